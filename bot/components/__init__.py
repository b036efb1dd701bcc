"""Rasa's side of understanding: thin components around bot.understanding, as config.yml names them."""
