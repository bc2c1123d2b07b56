"""The sealed, signed change log and its exchange: what phone and server share, and each one's half."""
