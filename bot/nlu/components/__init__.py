"""Rasa's side of understanding: thin components around bot.nlu, as config.yml names them."""
