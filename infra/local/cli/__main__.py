"""`python -m infra.local.cli`: parses, imports what the command needs, and gives its exit code back."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from functions.agent.errors import AssayError, BadInput, ConfigError, NotFound, Refused
from infra.local.cli.args import parse
from infra.local.cli.text import clean

MODULES = {command: f"infra.local.cli.{command}" for command in ("run", "serve", "verify", "openapi", "doctor")}
MODULES |= {"test": "infra.local.cli.testing", "reset-password": "infra.local.cli.reset_password"}

FAILED, USAGE, UNAVAILABLE, CANCELLED = 1, 2, 3, 130


def main(words: Sequence[str]) -> int:
    """0 passed, 1 partial or failed, 2 bad usage or refused, 3 model or sandbox unavailable, 130 cancelled."""
    args = parse(words)
    try:
        if args.command == "run":
            args.prompt = read_prompt(args.prompt)
        return dispatch(args)
    except KeyboardInterrupt:
        print("assay: cancelled", file=sys.stderr)
        return CANCELLED
    except BrokenPipeError:
        # Whoever read our output has gone; what is still buffered must not raise once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except AssayError as error:
        print(f"assay {args.command}: {clean(error.detail)}", file=sys.stderr)
        return exit_code(error)


def dispatch(args: argparse.Namespace) -> int:
    """Runs the one module behind a command; nothing else is imported, so help stays fast."""
    if args.command == "bench":
        return int(importlib.import_module(f"bench.{args.name}").main(args.rest) or 0)
    return int(importlib.import_module(MODULES[args.command]).main(args))


def exit_code(error: AssayError) -> int:
    """What a raised error means for a shell. None is 1: that is said of code, never of a machine that failed."""
    return USAGE if isinstance(error, (BadInput, Refused, ConfigError, NotFound)) else UNAVAILABLE


def read_prompt(prompt: str) -> str:
    """The prompt itself, or all of standard input for `-`. Raises BadInput when there is no text in it."""
    if prompt != "-":
        return prompt
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("prompt", "the prompt on standard input is not UTF-8 text") from None
    if not text.strip():
        raise BadInput("prompt", "the prompt on standard input is empty")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
