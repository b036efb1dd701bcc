"""Holds requests and answers against Chatwoot's published API description (the excerpt in data/)."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

FILE = Path(__file__).parent / "data" / "chatwoot-openapi.yaml"


@functools.cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def operation(method: str, path: str) -> dict[str, Any]:
    """The described operation of an address.

    Raises:
        AssertionError: Chatwoot describes none such.
    """
    # the most literal path first: contacts/search is not contacts/{id}
    for template in sorted(description()["paths"], key=lambda one: one.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", template), path):
            found = description()["paths"][template].get(method.lower())
            if found is not None:
                return dict(found)
    raise AssertionError(f"{method} {path}: not described")


def hold(method: str, path: str, query: Mapping[str, str], body: Any) -> None:
    """A request that Chatwoot describes, with no field that it does not.

    Raises:
        AssertionError: what does not fit.
    """
    described = operation(method, path)
    assert set(query) <= set(described.get("query", ())), f"{method} {path}: {sorted(query)}"
    if "request" not in described:
        assert body is None, f"{method} {path} takes no body"
        return
    fits(described["request"], body, strict=True)


def fits(name: str, value: Any, *, strict: bool = False) -> None:
    """Whether a value fits a described shape; `strict`: and has nothing beside it."""
    schemas = description()["components"]["schemas"]
    schema = {**schemas[name], "components": {"schemas": schemas}}
    if strict:
        schema["additionalProperties"] = False
    errors = [
        f"{'/'.join(map(str, error.path))}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(value)
    ]
    assert errors == [], f"{name}: {errors}"
