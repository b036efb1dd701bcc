"""The commands of docs/contract.md, one module each."""
