"""The help directory as people use it: what is in it, who is near, who answers now, and how it travels."""
