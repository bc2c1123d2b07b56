"""What users do, without Flet and without a browser."""
