"""Personal data: what is masked before people read it in lists and exports."""
