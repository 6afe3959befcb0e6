"""The command line: every command, its options, their limits. Standard library only: a mistake costs no install."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from functions.agent.errors import BadInput
from functions.agent.words import OutputType, Preference

BENCH = Path(__file__).resolve().parents[3] / "bench"
MAX_ATTACHMENT_MIB = 50
MODEL = re.compile(r"[a-z0-9][a-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._:/@-]*)?")
EPILOG = """\
exit codes: 0 passed, 1 partial or failed, 2 bad usage or a refused request,
            3 model or sandbox unavailable, 130 cancelled
example:    ./assay run "Write a function that parses ISO 8601 durations"
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        sentence = re.sub(r"^argument (\S+): (?=must )", r"\1 ", message).removeprefix("argument ").rstrip(".")
        self.exit(2, f"{self.prog}: {sentence}; see ./{self.prog} --help\n")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The namespace of one command (`command` names it); exits with 0 after help, with 2 after one sentence on stderr.

    For `run` the prompt may still be `-`: standard input is read later, once.
    """
    parser = build()
    if not words:
        parser.print_help()
        parser.exit(0)
    return parser.parse_args(words)


def build() -> Parser:
    parser = Parser(
        prog="assay",
        description="Writes code that arrives proven: the code, its tests, and the evidence that they passed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    _run(commands.add_parser("run", help="write and prove code for one request, in the terminal", allow_abbrev=False))
    _serve(commands.add_parser("serve", help="the whole stack as a server on this machine", allow_abbrev=False))
    _verify(commands.add_parser("verify", help="run the proof of a bundle again", allow_abbrev=False))
    _bench(commands.add_parser("bench", help="measure: quality, cost, own time", allow_abbrev=False))
    _openapi(commands.add_parser("openapi", help="print the API's OpenAPI document", allow_abbrev=False))
    reset = commands.add_parser("reset-password", help="a code that sets a user's password anew", allow_abbrev=False)
    reset.add_argument("email", metavar="EMAIL", help="the address that the user registered with")
    commands.add_parser("doctor", help="look at this machine: what is there and what is missing", allow_abbrev=False)
    _test(commands.add_parser("test", help="all checks and tests; what CI runs", allow_abbrev=False))
    return parser


def _run(parser: Parser) -> None:
    add = parser.add_argument
    add("prompt", metavar="PROMPT", type=_prompt, help="what to write; - reads it from standard input")
    add("--language", type=_language, help="default: found from the request")
    add("--out", metavar="DIR", type=_folder, help="where the files go (default ./assay-out/<execution>)")
    add("--attempts", metavar="N", type=_attempts, default=5, help="at most N attempts, 1 to 5 (default 5)")
    add("--model", metavar="PROVIDER[/MODEL]", type=_model, help="default: chosen by how hard the request is")
    add("--attach", metavar="FILE", type=_attachment, action="append", default=[], help="a file to read; repeatable")
    add("--output", choices=(OutputType.SNIPPET.value, OutputType.ZIP.value), default=OutputType.SNIPPET.value)
    add("--preference", choices=[p.value for p in Preference], default=Preference.BALANCED.value)
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print the result as JSON; progress goes to stderr")
    shown.add_argument("--quiet", action="store_true", help="print only the summary")


def _serve(parser: Parser) -> None:
    parser.add_argument("--port", type=_port, help="0 takes a free one (default: ASSAY_PORT, else 8080)")


def _verify(parser: Parser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", type=_attachment, help="a ZIP that Assay delivered")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")


def _bench(parser: Parser) -> None:
    known = sorted(p.stem for p in BENCH.glob("*.py") if not p.stem.startswith("_"))
    parser.add_argument("name", metavar="NAME", choices=known, help=f"one of: {', '.join(known) or 'none yet'}")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="…", help="options of that measurement")


def _openapi(parser: Parser) -> None:
    parser.add_argument("--out", metavar="FILE", type=Path, help="write it there instead of standard output")


def _test(parser: Parser) -> None:
    parser.add_argument("--full", action="store_true", help="every attack, language and privilege level")
    parser.add_argument("-k", metavar="EXPRESSION", dest="expression", help="only matching tests, without the checks")


def _wrong(text: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(text)


def _prompt(text: str) -> str:
    if not text.strip():
        raise _wrong("must say what to write")
    return text


def _language(text: str) -> str:
    from functions.agent.languages import resolve  # its tables take a while to compile: not for every command

    try:
        return resolve(text)
    except BadInput as error:
        raise _wrong(error.detail) from None


def _attempts(text: str) -> int:
    if text not in ("1", "2", "3", "4", "5"):
        raise _wrong(f"must be a whole number from 1 to 5, not {text!r}")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise _wrong(f"must be a whole number from 0 to 65535, not {text!r}")
    return int(text)


def _model(text: str) -> str:
    if not MODEL.fullmatch(text):
        raise _wrong(f"must be a provider or provider/model, such as groq or ollama/qwen2.5-coder, not {text!r}")
    return text


def _path(text: str) -> Path:
    try:
        path = Path(text).expanduser()
        path.exists()
    except (OSError, RuntimeError) as error:  # too long a name, a user that is not there
        raise _wrong(f"{text[:60]!r} is not a path that can be used ({getattr(error, 'strerror', error)})") from None
    return path


def _folder(text: str) -> Path:
    path = _path(text)
    if path.exists() and not path.is_dir():
        raise _wrong(f"must be a folder, {text!r} is a file")
    return path


def _attachment(text: str) -> Path:
    path = _path(text)
    if not path.is_file():
        raise _wrong(f"{text!r} is not a file that can be read")
    if path.stat().st_size > MAX_ATTACHMENT_MIB * 1024 * 1024:
        raise _wrong(f"{text!r} is larger than {MAX_ATTACHMENT_MIB} MiB")
    return path
