"""Figures to hand out: one document of tables, as a page to print, a workbook, or a text for a spreadsheet. Pure."""
