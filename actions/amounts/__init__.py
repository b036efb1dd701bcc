"""Reads money, hours, ages, dates and plain answers out of what people type, in twelve languages."""
