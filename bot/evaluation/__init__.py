"""Runs questions and conversations against the real assistant and reports (docs/contract.md)."""
