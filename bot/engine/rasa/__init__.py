"""Rasa, behind the engine contract: the only place of `bot` beside nlu/components that imports it."""
