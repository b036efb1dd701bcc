"""What a message says: its language, its topic, and signs of danger. Plain functions and arrays, no Rasa."""
