"""Says which packages run as pure Python, several times slower, though they have a compiled part; then exits with 1.

Run by packaging/gateway/install.sh with the gateway's own Python, so that such an image is never made.
"""

from __future__ import annotations

import importlib
import sys

#: Package, what of it is looked at, and the compiled module (or its package) that this comes from.
COMPILED = [
    ("aiohttp, reading", "aiohttp.http_parser", "HttpRequestParser", "aiohttp._http_parser"),
    ("aiohttp, writing", "aiohttp.http_writer", "_serialize_headers", "aiohttp._http_writer"),
    ("frozenlist", "frozenlist", "FrozenList", "frozenlist._frozenlist"),
    ("markupsafe", "markupsafe", "_escape_inner", "markupsafe._speedups"),
    ("multidict", "multidict", "MultiDict", "multidict._multidict"),
    ("propcache", "propcache.api", "cached_property", "propcache._helpers_c"),
    ("sqlalchemy", "sqlalchemy.engine.row", "BaseRow", "sqlalchemy.cyextension.resultproxy"),
    ("yarl", "yarl._quoting", "_Quoter", "yarl._quoting_c"),
]
#: Compiled modules that are there or not.
MODULES = [
    "aiohttp._websocket.reader_c",
    "_argon2_cffi_bindings._ffi",
    "cryptography.hazmat.bindings._rust",
    "fontTools.misc.bezierTools",
    "msgspec._core",
    "psycopg2._psycopg",
    "uharfbuzz._harfbuzz",
    "uvloop.loop",
    "yaml._yaml",
]


def pure() -> list[str]:
    """What is not compiled, a line each."""
    found = []
    for package, module, name, wanted in COMPILED:
        comes_from = getattr(importlib.import_module(module), name).__module__
        if comes_from != wanted:
            found.append(f"{package}: {module}.{name} comes from {comes_from}, not from {wanted}")
    for module in MODULES:
        try:
            file = importlib.import_module(module).__file__ or ""
        except ImportError as error:
            found.append(f"{module}: {error}")
            continue
        if not file.endswith((".so", ".pyd")):
            found.append(f"{module} is {file}")
    return found


if __name__ == "__main__":
    lines = pure()
    print("\n".join(lines), file=sys.stderr, end="\n" if lines else "")
    sys.exit(bool(lines))
