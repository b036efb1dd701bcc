"""How the tables came to be, one file a step. `run.upgrade` brings a database up to date."""
