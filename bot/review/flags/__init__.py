"""The review list."""
