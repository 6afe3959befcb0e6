"""Text without what models and transports add to it. Every function here is idempotent and takes linear time."""

from __future__ import annotations

import re

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\ufeff\u200b\u2060]")
_LINE_ENDS = re.compile(r"\r\n?")
_STOP_TOKENS = (
    "<|eot|>",
    "<|eot_id|>",
    "<|im_end|>",
    "<|im_start|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|end|>",
    "<|end_of_sentence|>",
    "<|fim_pad|>",
    "<｜end▁of▁sentence｜>",
)
_CODE_ONLY_TOKENS = ("[/python]", "[/code]", "[/inst]", "</s>")
_GLUED = re.compile(r"(?:stop|execute|eof|<\|\w{1,20}\|>|\[/\w{1,12}\]|</s>)+", re.IGNORECASE)


def normal_text(text: str) -> str:
    """`text` with line feeds only, no byte order mark, no NUL, and no lone surrogate (it could not be stored)."""
    if "\0" in text:
        text = text.replace("\0", "")
    text = _SURROGATE.sub("\ufffd", text)
    return _LINE_ENDS.sub("\n", text).lstrip("\ufeff")


def is_glued_stop(rest: str) -> bool:
    """Whether what stands after a closing fence is only a stop word of the model, as in "```stop"."""
    return _GLUED.fullmatch(rest.strip()) is not None


def without_stop_tokens(text: str, code: bool = True) -> str:
    """`text` without the stop tokens at its end; `code` adds those that could be the end of prose or markup.

    A token goes as a whole word: `return [1, 2]` keeps its bracket.
    """
    tokens = _STOP_TOKENS + _CODE_ONLY_TOKENS if code else _STOP_TOKENS
    end = len(text.rstrip())
    while True:
        tail = text[max(0, end - 32) : end].lower()
        token = next((t for t in tokens if tail.endswith(t)), "")
        if token:
            end -= len(token)
        elif code and (line := _last_line(text, end)) and is_glued_stop(line):
            end -= len(line)
        else:
            return text[:end]
        while end and text[end - 1].isspace():
            end -= 1


def trimmed(text: str) -> str:
    """`text` without blank lines around it and with one line feed at its end; empty if there is nothing else."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    body = "\n".join(lines[first:]).rstrip()
    return body + "\n" if body else ""


def without_invisible(text: str) -> str:
    """`text` without zero-width characters and byte order marks, for names and prose (not for code: see repair)."""
    return _INVISIBLE.sub("", text).replace("\xa0", " ")


def _last_line(text: str, end: int) -> str:
    start = text.rfind("\n", max(0, end - 64), end) + 1
    return text[start:end] if start or end <= 64 else ""
