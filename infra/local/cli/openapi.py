"""`assay openapi`: the API's document, without starting a server."""

from __future__ import annotations

import argparse
import json
import sys


def main(args: argparse.Namespace) -> int:
    from functions.api.app import create

    text = json.dumps(create().openapi(), indent=2) + "\n"
    if args.out:
        args.out.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return 0
