"""Try a question and see what happened inside."""
