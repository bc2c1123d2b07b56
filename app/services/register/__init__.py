"""The streets and doors that rounds are made of: read from the address register (BAG) in the forms it is handed out."""
