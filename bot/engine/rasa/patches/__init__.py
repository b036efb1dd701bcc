"""Changes of Rasa's code at run time, each with its reason."""
