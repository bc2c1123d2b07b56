"""What is counted of a period and an area. Being written by the lead (17:45): E1, please go on with hiding and publishing."""
