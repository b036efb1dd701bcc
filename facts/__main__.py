"""`python -m facts [check|update|questions|export|import|add-language]`: the content's tools, without the assistant."""

from __future__ import annotations

import sys

from facts.commands import main

sys.exit(main(sys.argv[1:]))
