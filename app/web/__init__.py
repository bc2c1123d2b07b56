"""How the static site is made."""
