"""Values as the JSON text that SQLite keeps."""

from __future__ import annotations

import json
from typing import Any

from functions.agent.codec import to_dict
from functions.agent.errors import BadInput


def dump(value: Any, field: str) -> str:
    """ASCII, so that any text survives. Raises BadInput for NaN and infinity: SQLite couldn't read that row again."""
    try:
        return json.dumps(to_dict(value), allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise BadInput(field, f"A number in {field} is not finite and can't be stored.") from error
