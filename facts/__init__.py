"""What Baken knows: the letter, the law, the facts, the dated figures and the texts in twelve languages.

Plain data with a small typed loader and checker. This package knows nobody: no Rasa, no web, no database.
"""
