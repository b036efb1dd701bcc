"""Cuts Meta's description of its API down to what the tests read.

    uv run python -m tests.channels.whatsapp.trim_meta_api business-messaging-api_v23.0.yaml

writes `tests/channels/whatsapp/meta_api/messages_v23.0.yaml`: the sending of a message with the schemas that it refers
to, and the schemas in `KEPT_SCHEMAS`. What is kept stands as Meta wrote it; nothing is reworded or mended.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.channels.whatsapp.openapi import DESCRIPTION, MESSAGES

#: Read by tests/channels/whatsapp/openapi.py although sending a message does not refer to them.
KEPT_SCHEMAS = ("MarkMessageRequestPayload", "CallRequestPayload", "TextMessage_1", "MediaObject_1")
HEADER = """\
# The part of Meta's {name} that the tests read.
# Copyright (c) Meta Platforms, Inc. and affiliates; MIT, see LICENSE.
# From https://github.com/facebook/openapi, the file with SHA-256
# {digest}.
# Made by tests/channels/whatsapp/trim_meta_api.py; not edited by hand.
"""


class _Dumper(yaml.SafeDumper):
    """Writes each thing out in full: references between places of a file (`&id001`) are hard to read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _references(node: Any) -> Iterator[str]:
    """The names of the schemas that a part of the description refers to."""
    if isinstance(node, list):
        for child in node:
            yield from _references(child)
    elif isinstance(node, dict):
        for key, child in node.items():
            if isinstance(child, str) and (key == "$ref" or child.startswith("#/components/schemas/")):
                yield child.rsplit("/", 1)[1]
            else:
                yield from _references(child)


def trimmed(description: dict[str, Any]) -> dict[str, Any]:
    """The sending of a message, with every schema that it needs.

    Raises:
        KeyError: the description has no such address, or lacks a schema that is referred to.
    """
    schemas = description["components"]["schemas"]
    posted = description["paths"][MESSAGES]["post"]
    operation = {"operationId": posted.get("operationId"), "requestBody": posted["requestBody"]}
    wanted = [*KEPT_SCHEMAS, *_references(operation)]
    kept: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept.add(name)
            wanted.extend(_references(schemas[name]))
    return {
        "openapi": description["openapi"],
        "info": {"title": description["info"]["title"], "version": description["info"]["version"]},
        "paths": {MESSAGES: {"post": operation}},
        "components": {"schemas": {name: schemas[name] for name in schemas if name in kept}},
    }


def main(source: Path) -> None:
    """Reads the whole description, writes the part."""
    raw = source.read_bytes()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    part = trimmed(yaml.load(raw, Loader=loader))
    header = HEADER.format(name=source.name, digest=hashlib.sha256(raw).hexdigest())
    body = yaml.dump(part, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)
    DESCRIPTION.write_text(header + body, encoding="utf-8")
    print(f"{DESCRIPTION}: {len(part['components']['schemas'])} schemas")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.channels.whatsapp.trim_meta_api FILE")
    main(Path(sys.argv[1]))
