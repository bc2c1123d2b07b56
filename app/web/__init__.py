"""How the static site is made."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder, wherever the command is given."""
