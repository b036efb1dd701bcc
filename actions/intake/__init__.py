"""Cases: what a worker tells is gathered, a question at a time, until a sum can be made or a report be written."""
