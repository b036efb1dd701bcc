"""The key that makes content unreadable at rest, and ids unrecognisable."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.conversations.models import Contact, Content

T = TypeVar("T")
_BYTES: Final = 32
_NONCE: Final = 12


class BadKey(ValueError):
    """The key can't be read, or does not fit what was encrypted with another; or what was encrypted is damaged."""


class Keys:
    """One secret, uses kept apart: AES-256-GCM for content and contacts, HMAC-SHA256 for addresses, attempts and
    signatures."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _BYTES:
            raise BadKey(f"the key must be {_BYTES} bytes, as base64")
        self._cipher = AESGCM(hashlib.sha256(b"baken content" + secret).digest())
        self._mark = hashlib.sha256(b"baken address" + secret).digest()
        self._tried = hashlib.sha256(b"baken attempt" + secret).digest()
        self._signing = hashlib.sha256(b"baken signature" + secret).digest()
        self._content = msgspec.msgpack.Decoder(Content)
        self._contact = msgspec.msgpack.Decoder(Contact)
        self._encoder = msgspec.msgpack.Encoder()

    @classmethod
    def load(cls, given: str, file: Path) -> Keys:
        """The key from the environment (base64), or from a file that is made at the first start, readable by us alone.

        Raises:
            BadKey: it is no key.
        """
        try:
            secret = base64.b64decode(given or written(file), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadKey(f"the key in {'BAKEN_KEY' if given else file} is not base64: {error}") from error
        return cls(secret)

    def address(self, channel: str, address: str) -> str:
        """What is kept of a channel's id of a person: a keyed hash that can be looked up and not turned back."""
        return hmac.new(self._mark, f"{channel}\0{address}".encode(), hashlib.sha256).hexdigest()

    def attempt(self, kind: str, what: str) -> str:
        """What is kept of who tried to sign in: a keyed hash too, of a name, a code or a network address."""
        return hmac.new(self._tried, f"{kind}\0{what}".encode(), hashlib.sha256).hexdigest()

    def sign(self, purpose: str, what: str) -> str:
        """A signature (64 hex digits) over something that comes back to us from outside, for one purpose."""
        return hmac.new(self._signing, f"{purpose}\0{what}".encode(), hashlib.sha256).hexdigest()

    def seal(self, what: Content | Contact) -> bytes:
        """Encrypt a content or a contact."""
        return self.seal_bytes(self._encoder.encode(what))

    def content(self, sealed: bytes) -> Content:
        """The content again.

        Raises:
            BadKey: it was encrypted with another key, or changed since.
        """
        return _decoded(self._content, self.open_bytes(sealed))

    def contact(self, sealed: bytes | None) -> Contact | None:
        """The contact again; None for none.

        Raises:
            BadKey: see `content`.
        """
        return None if sealed is None else _decoded(self._contact, self.open_bytes(sealed))

    def seal_bytes(self, plain: bytes) -> bytes:
        """Encrypt: a fresh nonce, then the ciphertext with its tag."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Decrypt what `seal_bytes` made.

        Raises:
            BadKey: see `content`.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError) as error:  # ValueError: too short to be anything of ours
            raise BadKey("this was encrypted with another key, or changed since") from error


def _decoded(decoder: msgspec.msgpack.Decoder[T], plain: bytes) -> T:
    try:
        return decoder.decode(plain)
    except msgspec.DecodeError as error:
        raise BadKey("this is not what was written: another version of Baken wrote it, or it is damaged") from error


def written(file: Path) -> str:
    """The key in a file, as base64; made where there is none, readable by us alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(base64.b64encode(secrets.token_bytes(_BYTES)) + b"\n")
    return file.read_text(encoding="ascii").strip()
