"""Tools for developers, never on in production."""
