"""The phone and laptop app, and the command line."""

VERSION = "0.1.0"  # the same as in pyproject.toml
