"""The only public door: the chat page and its API, health and metrics. It never imports Rasa."""
