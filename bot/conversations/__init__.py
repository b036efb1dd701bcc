"""The conversation log: every message in and out is a row here before anything else happens. It never imports Rasa."""
