"""Reports: what was done, counted by period and area; and the tables of it that may be published."""
