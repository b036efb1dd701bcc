"""The one door to Rasa. Nobody else imports it (an import rule holds it so).

Rasa 3.6.21 is frozen; what is mended here, and why, stands in docs/decisions/0003-behind-the-door.md. Each mend has a
test that fails when the upstream code changes under it.
"""
