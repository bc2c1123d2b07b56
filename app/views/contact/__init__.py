"""The contact person's screens."""
