"""Screens of whoever walks a round."""
