"""deep-translator's providers behind one small interface, each with a time limit of its own."""

from __future__ import annotations

from typing import Any, Protocol

import requests

from bot.settings import Settings


class Provider(Protocol):
    """Translates one text; blocks."""

    def translate(self, text: str, source: str, target: str) -> str:
        """Raises any exception where it does not work."""
        ...


class SelfHosted:
    """Your own LibreTranslate. deep-translator's client puts text and key into the address, where servers log them, and
    insists on a key; this one keeps its shape and sends a body."""

    def __init__(self, url: str, key: str, seconds: float) -> None:
        self._url, self._key, self._seconds = url.rstrip("/"), key, seconds

    def translate(self, text: str, source: str, target: str) -> str:
        """One POST to /translate."""
        body = {"q": text, "source": source, "target": target, "format": "text"}
        if self._key:
            body["api_key"] = self._key
        response = requests.post(f"{self._url}/translate", json=body, timeout=self._seconds)
        response.raise_for_status()
        return str(response.json()["translatedText"])


class Named:
    """One of deep-translator's services, named by the operator. It has no time limit; the caller's deadline holds."""

    def __init__(self, name: str, key: str) -> None:
        self._name, self._key = name, key

    def translate(self, text: str, source: str, target: str) -> str:
        """One call of deep-translator."""
        import deep_translator

        made: Any
        if self._name == "google":
            made = deep_translator.GoogleTranslator(source=source, target=target)
        elif self._name == "deepl":
            made = deep_translator.DeeplTranslator(api_key=self._key, source=source, target=target)
        else:
            made = deep_translator.MyMemoryTranslator(source=source, target=target)
        found = made.translate(text)
        if not found:
            raise ValueError("no translation")
        return str(found)


def provider(settings: Settings) -> Provider | None:
    """The provider that the settings name; None where translation is off."""
    if settings.translate == "off":
        return None
    if settings.translate == "libretranslate":
        return SelfHosted(settings.translate_url, settings.translate_key, settings.translate_deadline)
    return Named(settings.translate, settings.translate_key)
