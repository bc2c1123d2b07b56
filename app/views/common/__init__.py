"""Screens and parts that every role uses."""
