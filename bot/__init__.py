"""The talking: understanding, the engine that holds Rasa, the gateway, and the command line."""
