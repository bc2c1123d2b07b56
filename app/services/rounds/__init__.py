"""Door-to-door rounds: what is planned, who walks what, what each door gave, and how a round ends."""
