"""The phone and laptop app, and the command line."""
