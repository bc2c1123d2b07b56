"""The only place on the phone's side that meets JavaScript, cryptography and the network."""
