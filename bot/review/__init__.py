"""The NGO's test room: try, flag, run, look after the content, and publish it."""
