"""Taking everything along: the organisation's records in an open form, a database to look at, calendar, help lines."""
