"""What the law asks: a resident's questions, the trail of who did what, terms, and what to do when a device is lost."""
