"""Holds a payload against Meta's own description of `POST /{Version}/{Phone-Number-ID}/messages`.

The description (MIT, github.com/facebook/openapi) is kept in the folder meta_api beside this file, cut down to the one
address. Where it is read otherwise than it stands, it says why.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

#: What is kept of the description; trim_meta_api.py beside this file makes it again.
DESCRIPTION = Path(__file__).parent / "meta_api" / "messages_v23.0.yaml"
MESSAGES = "/{Version}/{Phone-Number-ID}/messages"


@functools.cache
def description() -> dict[str, Any]:
    """The description: `paths` with the one address, `components` with the schemas that it needs."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(DESCRIPTION.read_text(encoding="utf-8"), Loader=loader)
    return found


@functools.cache
def validators() -> Mapping[str, Draft202012Validator]:
    """One per type of message."""
    schemas = description()["components"]["schemas"]
    posted = description()["paths"][MESSAGES]["post"]["requestBody"]["content"]["application/json"]["schema"]
    message = _whole(posted, schemas)
    return {
        kind: Draft202012Validator(_told_elsewhere(_whole({"$ref": ref}, schemas), schemas))
        for kind, ref in message["discriminator"]["mapping"].items()
    }


@functools.cache
def receipt() -> Draft202012Validator:
    """Of the read receipt, which goes to the same address and is described apart."""
    schemas = description()["components"]["schemas"]
    schema = _whole(schemas["MarkMessageRequestPayload"], schemas)
    # the typing indicator stands in the description's example only
    schema["properties"]["typing_indicator"] = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"const": "text"}},
    }
    schema["properties"]["status"] = {"const": "read"}
    schema["additionalProperties"] = False
    return Draft202012Validator(schema)


def faults(payload: Any) -> list[str]:
    """What is wrong with a payload; empty when nothing is."""
    if isinstance(payload, dict) and payload.get("status") == "read":
        validator = receipt()
    else:
        kind = payload.get("type") if isinstance(payload, dict) else None
        known = validators().get(kind) if isinstance(kind, str) else None
        if known is None:
            return [f"type: {kind!r} is none of {sorted(validators())}"]
        validator = known
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(payload)]


def _whole(schema: Any, schemas: Mapping[str, Any]) -> Any:
    """With every reference filled in, and every `allOf` of objects made one object.

    The description says `additionalProperties: false` in one half of an `allOf` and the common properties in the other
    half. By the letter no message at all would fit. What is meant is: nothing but the properties of both halves.
    """
    if isinstance(schema, list):
        return [_whole(one, schemas) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _whole(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    made = {key: _whole(value, schemas) for key, value in schema.items() if key != "allOf"}
    for half in schema.get("allOf", ()):
        half = _whole(half, schemas)
        made["properties"] = {**made.get("properties", {}), **half.get("properties", {})}
        made["required"] = [*made.get("required", []), *half.get("required", [])]
        if half.get("additionalProperties") is False:
            made["additionalProperties"] = False
    return made


def _told_elsewhere(schema: dict[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """With what Meta describes in other places.

    - `biz_opaque_callback_data` stands at the calls; messages take it too, and statuses bring it back.
    - a text's length stands at another schema of a text.
    - a media caption's length stands at another schema of a media object; so does the file's name in an example.
    - `recipient`, a business-scoped user id instead of `to`, came after this description.
    """
    schema = copy.deepcopy(schema)
    properties = schema["properties"]
    properties["biz_opaque_callback_data"] = schemas["CallRequestPayload"]["properties"]["biz_opaque_callback_data"]
    properties["recipient"] = {"type": "string", "minLength": 1}
    properties["to"] = {"type": "string", "minLength": 1}
    schema["required"] = [one for one in schema["required"] if one != "to"]
    schema["oneOf"] = [{"required": ["to"]}, {"required": ["recipient"]}]
    if "text" in properties:
        body = schemas["TextMessage_1"]["properties"]["body"]
        properties["text"]["properties"]["body"] = {**body, "minLength": 1}
        properties["text"]["required"] = ["body"]
    if "document" in properties:
        caption = schemas["MediaObject_1"]["oneOf"][0]["properties"]["caption"]
        properties["document"]["properties"] = {
            "id": {"type": "string", "minLength": 1},
            "link": {"type": "string"},
            "caption": caption,
            "filename": {"type": "string", "minLength": 1},
        }
        properties["document"]["additionalProperties"] = False
    return schema
