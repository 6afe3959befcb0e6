"""`assay openapi`: the API's document, without starting a server."""

from __future__ import annotations

import argparse
import json
import sys

from functions.agent.errors import BadInput


def main(args: argparse.Namespace) -> int:
    """0. Raises BadInput (field out) where the file can't be written."""
    from functions.api.app import create

    text = json.dumps(create().openapi(), indent=2) + "\n"
    if not args.out:
        sys.stdout.write(text)
        return 0
    try:
        args.out.write_text(text, "utf-8")
    except OSError as error:
        raise BadInput("out", f"{args.out} can't be written: {error.strerror}.") from error
    return 0
