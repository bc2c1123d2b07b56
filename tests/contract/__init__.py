"""One suite for each port, which every implementation passes. Suites run on CPython and in the worker."""
