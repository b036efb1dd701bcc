"""What everything that speaks HTTP stands on: limits, bodies, request ids, headers."""
