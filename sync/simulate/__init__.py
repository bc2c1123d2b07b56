"""Whole organisations of devices on a fake network, with faults and a seed."""
