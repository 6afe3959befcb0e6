"""The parser: a model's reply in, whole files out, or a ParseError that says to the model what to do better."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from functions.agent.errors import ParseError
from functions.agent.languages import LANGUAGES, by_file_name, is_test_file
from functions.agent.parsing.blocks import MAX_FILE_BYTES, MAX_FILES, MAX_REPLY_BYTES, Block, Parsed
from functions.agent.parsing.choice import choose, language_of
from functions.agent.parsing.cleaning import normal_text, without_stop_tokens
from functions.agent.parsing.entry import fitted
from functions.agent.parsing.gather import Named, blocks_of, named_blocks
from functions.agent.parsing.guards import is_edit, left_out, repeats, why_no_code
from functions.agent.parsing.honesty import gaming, unstable
from functions.agent.parsing.python_source import tree_of
from functions.agent.parsing.repair import repaired
from functions.agent.parsing.separation import code_only, without_subject
from functions.agent.parsing.vacuity import vacuous

Purpose = Literal["code", "tests"]


def parse(
    reply: str,
    *,
    language: str,
    expected: Sequence[str] = (),
    finish_reason: str = "stop",
    purpose: Purpose = "code",
    under_test: Collection[str] = (),
) -> Parsed:
    """The files of a Markdown reply (also of JSON, YAML, XML or bare code), by safe relative path.

    `language` is a name in LANGUAGES. `expected` are the paths that must come; without any, files keep their own names
    and code without one goes to the language's main file (purpose tests: its test file). `finish_reason` is the
    provider's: stop, length or refused. `under_test` names the functions that tests must not bring along.
    Raises ParseError, and nothing else: over 512 KiB, over 64 files, over 256 KiB a file, or without usable files.
    """
    tests = purpose == "tests"
    blocks = _blocks(reply, language, finish_reason)
    named, warnings = named_blocks(blocks, language, expected)
    main = LANGUAGES[language].test_file if tests else LANGUAGES[language].main_file
    said = list(warnings)
    placed = _placed(named, language, tuple(expected), main, tests, said)
    if any(block.fenced and not block.closed for _, block in placed):
        said.append("The last block was not closed.")
    files = _files(placed, expected, tests, under_test, said)
    files = _of_purpose(files, expected, tests, said)
    files, more = fitted(files, language, expected)
    _check_limits(files, expected)
    signs = [sentence for path, text in files.items() for sentence in _signs(path, text, tests)]
    return Parsed(files, tuple(dict.fromkeys((*said, *more, *signs))))


def _blocks(reply: str, language: str, finish_reason: str) -> tuple[Block, ...]:
    """The blocks of a reply that came whole."""
    if len(reply) > MAX_REPLY_BYTES or len(reply.encode("utf-8", "replace")) > MAX_REPLY_BYTES:
        raise ParseError("The reply is longer than 512 KiB.", "Be much shorter: send only the code, without comments.")
    if finish_reason == "refused":
        raise ParseError("The provider refused the reply.", "Send only the code that was asked for.")
    text = normal_text(reply)
    cut = finish_reason != "stop"
    if cut and repeats(text):
        raise _repetition()
    if cut and not text.strip():
        raise _cut()
    try:
        blocks = blocks_of(without_stop_tokens(text, code=False), language)
    except ParseError:
        if cut:
            raise _cut() from None
        raise
    still_open = next((block for block in blocks if not block.closed), None)
    if still_open is not None and repeats(still_open.text):
        raise _repetition()
    if still_open is not None and cut:
        raise _cut()
    return blocks


def _cut() -> ParseError:
    return ParseError(
        "The reply was cut off at the token limit.",
        "Your reply was cut off because it was too long. Be shorter: the whole file, no comments, no explanation.",
    )


def _repetition() -> ParseError:
    return ParseError(
        "The reply repeats the same lines without end.",
        "Your reply repeated itself until it was cut off. Write the file again, short, each line once.",
    )


def _placed(
    named: Sequence[Named], language: str, expected: tuple[str, ...], main: str, tests: bool, said: list[str]
) -> list[tuple[str, Block]]:
    """Path and block of each file; a path may come twice. Adds to `said`. Raises ParseError where files are missing."""
    placed = [(item.path, item.block) for item in named if item.path and _has_text(item)]
    nameless = [item.block for item in named if not item.path and _has_text(item)]
    if not expected and any(by_file_name(path) == language and is_test_file(path) == tests for path, _ in placed):
        return placed
    wanted = expected or (main,)
    missing = [path for path in wanted if path not in {path for path, _ in placed}]
    if not missing:
        return placed
    if len(missing) == 1 and (len(wanted) == 1 or len(_spoken(nameless, missing[0], language)) == 1):
        path = missing[0]
        of_file = by_file_name(path) or language
        block, warning = choose(nameless, of_file, tests or is_test_file(path))
        if block is None and by_file_name(path) is None and len(nameless) == 1:
            block = nameless[0]
        if block is not None:
            said.extend([warning] if warning else [])
            return [*placed, (path, block)]
        alike = [i for i, (name, _) in enumerate(placed) if _stands_for(name, path)]
        if len(wanted) == 1 and len(alike) == 1:
            said.append(f"{placed[alike[0]][0]} was taken for {path}.")
            placed[alike[0]] = (path, placed[alike[0]][1])
            return placed
    if placed and not expected:
        return placed
    if not placed and not nameless:
        raise ParseError(*why_no_code("The reply has only commands."))
    names = ", ".join(missing[:8])
    raise ParseError(
        f"The reply does not say which block is {names}.",
        f"Send {names}: write each file's name alone on the line before its code block.",
    )


def _has_text(item: Named) -> bool:
    return bool(without_stop_tokens(item.block.text).strip()) or item.path.endswith("__init__.py")


def _spoken(blocks: Sequence[Block], path: str, language: str) -> list[Block]:
    wanted = by_file_name(path) or language
    return [block for block in blocks if language_of(block, wanted) == wanted]


def _stands_for(name: str, path: str) -> bool:
    return by_file_name(name) == by_file_name(path) and is_test_file(name) == is_test_file(path)


def _files(
    placed: Sequence[tuple[str, Block]],
    expected: Sequence[str],
    tests: bool,
    under_test: Collection[str],
    said: list[str],
) -> dict[str, str]:
    """The text of each path: identical twice is one, of different ones the last complete. Raises ParseError."""
    versions: dict[str, list[tuple[str, str, bool]]] = {}
    folded: dict[str, str] = {}
    for path, block in placed:
        text, repairs = repaired(path, block.text)
        said.extend(repairs)
        if not text and not path.endswith("__init__.py"):
            continue
        if is_edit(text) and not path.endswith((".diff", ".patch", ".md")):
            raise ParseError(f"{path} is an edit instead of a file.", "Do not send a diff: send the whole file.")
        text = _separated(path, text, path in expected, tests, under_test, said)
        gap = left_out(path, text, bodies=not tests)
        same = folded.setdefault(path.casefold(), path)
        broken = by_file_name(path) == "python" and tree_of(text) is None
        versions.setdefault(same, []).append((text, gap, bool(gap) or broken or not block.closed))
    return {path: _latest(path, texts, said) for path, texts in versions.items()}


def _latest(path: str, versions: Sequence[tuple[str, str, bool]], said: list[str]) -> str:
    if len({text for text, _, _ in versions}) > 1:
        said.append(f"{path} came in several versions; the last complete one was taken.")
    complete = [version for version in versions if not version[2]]
    text, gap, _ = (complete or versions)[-1]
    if gap:
        raise ParseError(
            f"{path} is not complete: {gap}",
            f"You left out a part of {path} ({gap}). Write the whole file with every function; never shorten it.",
        )
    return text


def _separated(
    path: str, text: str, is_expected: bool, tests: bool, under_test: Collection[str], said: list[str]
) -> str:
    """Python with only what was asked for: the code or the tests."""
    if by_file_name(path) != "python":
        return text
    if tests and (is_test_file(path) or is_expected):
        text, warnings = without_subject(text, under_test)
        said.extend(warnings)
    elif not tests and not is_test_file(path):
        rest, warning = code_only(text)
        if warning and not rest.strip():
            raise ParseError(warning, f"Send the code of {path}, not its tests.")
        said.extend([warning] if warning else [])
        text = rest
    return text.strip("\n").rstrip() + "\n" if text.strip() else ""


def _of_purpose(files: Mapping[str, str], expected: Sequence[str], tests: bool, said: list[str]) -> dict[str, str]:
    """Without files of the other purpose, as long as others are left."""
    mains = {language.main_file for language in LANGUAGES.values()}
    dropped = [path for path in files if path not in expected and (path in mains if tests else is_test_file(path))]
    if not dropped or len(dropped) == len(files):
        return dict(files)
    said.append(f"Not asked for and left out: {', '.join(dropped)}.")
    return {path: text for path, text in files.items() if path not in dropped}


def _check_limits(files: Mapping[str, str], expected: Sequence[str]) -> None:
    if not any(text.strip() for text in files.values()):
        raise ParseError(*why_no_code(""))
    if empty := [path for path in expected if path not in files]:
        raise ParseError(f"{empty[0]} is empty.", f"Send the whole text of {', '.join(empty)}.")
    if len(files) > MAX_FILES:
        raise ParseError(f"The reply has {len(files)} files, more than 64.", "Use at most 64 files.")
    for path, text in files.items():
        if len(text.encode("utf-8", "replace")) > MAX_FILE_BYTES:
            raise ParseError(f"{path} is larger than 256 KiB.", f"Make {path} much shorter.")
    folders = {
        "/".join(parts[:i]).casefold() for path in files for parts in [path.split("/")] for i in range(1, len(parts))
    }
    if clash := next((path for path in files if path.casefold() in folders), ""):
        raise ParseError(f"{clash} is both a file and a folder.", f"Give {clash} another name: it is a folder too.")


def _signs(path: str, text: str, tests: bool) -> list[str]:
    if by_file_name(path) != "python":
        return []
    found = (vacuous(text), *unstable(text)) if tests and is_test_file(path) else () if tests else gaming(text)
    return [f"{path}: {sentence}" for sentence in found if sentence]
