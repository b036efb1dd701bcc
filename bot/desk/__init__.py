"""The advisors' desk: who waits for a person, the conversation with one, and the way back to Baken."""
