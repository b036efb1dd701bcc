"""Baken's plugin for Rasa: switches telemetry off, whoever starts Rasa and however.

`rasa_plus` is the one name under which Rasa 3.6 looks for a plugin (rasa/plugin.py), so it is the name here. Nothing of
Rasa's commercial package of that name is in it.
"""

import os

import rasa.telemetry


def init_hooks(manager):
    """Rasa calls this once, before any command runs and before it reports anything.

    The variable is Rasa's own switch, and wins over a `~/.config/rasa/global.yml`. Beyond it Rasa would write such a
    file, with a number for this machine and telemetry on, at the first command; that is left out.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    rasa.telemetry.initialize_telemetry = lambda: False
