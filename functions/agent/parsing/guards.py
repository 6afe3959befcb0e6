"""What makes a reply useless although it has a form: nothing in it, endless repetition, edits, parts left out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from functions.agent.languages import by_file_name
from functions.agent.parsing.python_source import Function, body_of, dotted, tree_of

_LEFT_OUT = re.compile(
    r"\b(?:rest|remainder) of (?:the |your |this |my )?(?:\w+ )?(?:code|file|function|class|method|implementation|"
    r"program|module|script|tests?)\b"
    r"|\.\.\.\s*(?:existing|previous|remaining|other|same|rest|unchanged|omitted|the rest|your)\b"
    r"|\b(?:existing|previous|remaining|other) (?:\w+ )?(?:code|methods|functions|tests|imports)\b[^.]{0,30}"
    r"(?:\.\.\.|\bhere\b|unchanged|remains?|stays?|goes|the same)"
    r"|^(?:\.\.\.\s*)?(?:existing|remaining|previous) code(?:\s*\.\.\.)?$"
    r"|\b(?:code|implementation|logic|methods?|functions?) (?:is |are |remains? |stays? )?(?:unchanged|omitted)\b"
    r"|\b(?:same as (?:before|above)|omitted for brevity|remains? the same)\b"
    r"|\b(?:your|add|put|insert|write)(?: your| the)? (?:code|implementation|logic) (?:goes )?here\b"
    r"|\b(?:code|implementation|logic) goes here\b"
    r"|^(?:todo|fixme)\b[\s:,-]*(?:implement|add|write|complete|finish|fill)\b"
    r"|^implement(?: me| this| the)?(?: \w+)? ?(?:here|later)\b"
    r"|^(?:\.\.\.|…)$",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"(?:^|\s)(?:#|//|/\*|--|<!--)\s*([^\n]{1,300})")
_NOT_DONE = re.compile(
    r"new NotImplementedException\(|new Error\([\"'`](?:not implemented|todo|unimplemented)\b|"
    r"panic\(\"(?:not implemented|todo|unimplemented)|new UnsupportedOperationException\(\"(?:not implemented|todo)",
    re.IGNORECASE,
)
_NOTHING_NAMES = re.compile(r"^_|no_?op|nothing|dummy|ignore|pass", re.IGNORECASE)


def left_out(path: str, text: str, bodies: bool = True) -> str:
    """What the file leaves to the reader ("line 3: # rest of the code"), or "".

    `bodies`: also functions that only pass. A legal `...` is none: stubs, protocols, overloads, arguments, slices.
    """
    language = by_file_name(path)
    if language is None:
        return ""
    tree = tree_of(text) if language == "python" else None
    for number, comment in _python_comments(text) if tree is not None else _comments(text):
        if _LEFT_OUT.search(comment.strip(" */->#")):
            return f"line {number}: {comment.strip()[:80]}"
    if tree is not None:
        return "" if path.endswith(".pyi") else _empty_body(tree, bodies)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() in ("...", "…") or (bodies and _NOT_DONE.search(line[:1000])):
            return f"line {number}: {line.strip()[:80]}"
    return ""


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if found := _COMMENT.search(line[:1000]):
            yield number, found[1]


def _python_comments(text: str) -> Iterator[tuple[int, str]]:
    if "#" not in text:
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string.lstrip("#").strip()[:300]
    except (tokenize.TokenError, SyntaxError):
        return


def _empty_body(tree: ast.Module, bodies: bool) -> str:
    derived = {dotted(base) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases}
    for node in tree.body:
        if _is_dots(node):
            return f"line {node.lineno}: ..."
        if isinstance(node, Function) and (
            found := _left_out_of(node, bodies and not _NOTHING_NAMES.search(node.name))
        ):
            return found
        if isinstance(node, ast.ClassDef) and not node.bases and not node.keywords and node.name not in derived:
            for method in node.body:
                dunder = isinstance(method, Function) and method.name.startswith("_")
                if isinstance(method, Function) and (found := _left_out_of(method, bodies and not dunder)):
                    return found
    return ""


def _left_out_of(node: Function, whole: bool) -> str:
    decorators = {dotted(d).rsplit(".", 1)[-1] for d in node.decorator_list}
    if decorators & {"abstractmethod", "overload", "abstractproperty"}:
        return ""
    body = body_of(node)
    if len(body) > 1 and any(map(_is_dots, body)):
        return f"line {node.lineno}: {node.name} has a part that is only ..."
    if whole and (not body or (len(body) == 1 and (_is_dots(body[0]) or _is_nothing(body[0])))):
        return f"line {node.lineno}: {node.name} has no body"
    return ""


def _is_dots(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...


def _is_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise) and node.exc is not None:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return dotted(raised) == "NotImplementedError"
    return isinstance(node, ast.Pass)


def is_edit(text: str) -> bool:
    """Whether the text is a diff or search-and-replace block instead of a file."""
    head = text[:20_000]
    return bool(
        re.search(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", head, re.MULTILINE)
        or re.search(r"^<{5,9} (?:SEARCH|ORIGINAL|HEAD)\b", head, re.MULTILINE)
    )


_TAIL = 6000
_MIN_REPEATS, _MIN_LINES, _MIN_CHARS = 12, 30, 600


def repeats(text: str) -> bool:
    """Whether the end of `text` is the same lines or the same characters over and over, as a small model that hangs.

    Looks at the last 6,000 characters only, so that a stream can ask it again and again.
    """
    tail = text[-_TAIL:]
    lines = [line.strip() for line in tail.split("\n")[:-1] if line.strip()]
    count, period = _periodic(lines)
    if count >= _MIN_LINES and count >= _MIN_REPEATS * period:
        return True
    count, period = _periodic(tail.rstrip("\n"))
    return count >= _MIN_CHARS and count >= _MIN_REPEATS * period and bool(tail.strip())


def _periodic(items: Sequence[str]) -> tuple[int, int]:
    """The length of the longest end of `items` that repeats itself at least _MIN_REPEATS times, and its period."""
    reverse = items[::-1]
    failure = [0] * len(reverse)
    best = (0, 1)
    k = 0
    for i in range(1, len(reverse)):
        while k and reverse[i] != reverse[k]:
            k = failure[k - 1]
        if reverse[i] == reverse[k]:
            k += 1
        failure[i] = k
        period = i + 1 - k
        if i + 1 >= _MIN_REPEATS * period:
            best = (i + 1, period)
    return best


_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am) (?:sorry|unable|not able|afraid)|i (?:can(?:'|no|n)?t|cannot|won't|will not) (?:help|assist|"
    r"provide|write|do|create|fulfil|generate|comply)|as an ai\b|i apologi[sz]e|sorry, (?:but )?i\b)",
    re.IGNORECASE,
)


def why_no_code(prose: str) -> tuple[str, str]:
    """Detail and advice for a reply in which no code was found."""
    text = prose.strip()
    if not text:
        return "The reply is empty.", "Your reply was empty. Send the whole file in one fenced code block."
    if _REFUSAL.search(text[:3000].replace("’", "'")):
        return (
            "The model refused instead of writing code.",
            "The request is harmless. Do not apologise: send the whole file in one fenced code block.",
        )
    if text.endswith("?"):
        return (
            "The reply is a question and has no code.",
            "Do not ask back: choose the most usual meaning and send the whole file in one fenced code block.",
        )
    return "The reply has no code.", "Send the whole file in one fenced code block, with no text but the code."
