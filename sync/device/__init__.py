"""A device's half of the sync. No Flet, no browser."""
