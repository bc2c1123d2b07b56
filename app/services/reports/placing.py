"""At which place a visit or activity is counted. Being written by the lead (17:45)."""
