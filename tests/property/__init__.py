"""Laws that must hold for whatever anyone can write, receive or see."""
