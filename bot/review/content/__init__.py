"""Facts and figures edited, previewed and published."""
