"""The simulation itself: its seeds, that they repeat themselves, and that each of its checks can fail."""
