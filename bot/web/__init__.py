"""What everything that speaks HTTP stands on: limits, request ids, headers."""
