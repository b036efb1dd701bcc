"""Who works here: accounts of advisors, editors and admins, their sessions, and the pages they share."""
