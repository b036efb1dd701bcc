"""Question and conversation files that staff bring: read, run, compared."""
