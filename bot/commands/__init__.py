"""The commands of contract.md, one module each."""
