"""What both halves agree on. Pure: no clock, randomness, file, socket or crypto library."""
