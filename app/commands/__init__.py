"""The command line's jobs, one file each."""
