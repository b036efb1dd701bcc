"""Letters and accounts as PDF: Dutch for whoever reads them, the worker's own language beside it."""
