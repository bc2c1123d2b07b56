"""Thin: state in, controls out."""
