"""Examples of a request that the rules do not see: a model is asked to write them down, and only what stands in the
request is believed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from functions.agent import anchors, asked, prompting, prose, python_source
from functions.agent.clike.scanner import scan
from functions.agent.clike.writing import writing
from functions.agent.interface import named_functions
from functions.agent.languages import LANGUAGES
from functions.agent.records import Case, Suite
from functions.agent.words import Origin

MAX_TOKENS = 200
"""Of the answer."""
MAX_LINES = 12
NEAR = 240
"""Characters between the arguments and the result of one example."""
_WORD = re.compile(
    r"\b(?:examples?|e\.g|for instance|returns?|should|must|gives?|yields?|outputs?|results?|becomes?|turns? into|"
    r"expected|equals?)\b|→|->|=>|⇒",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\d|[\"'`“”][^\"'`“”\n]{0,60}[\"'`“”]|\[[^\]\n]*\]|\b(?:true|false|None|null)\b", re.IGNORECASE)
_LISTED = re.compile(
    r"\b(?:lists?|arrays?|sequences?|tuples?|slices?|vectors?|sets?|dict\w*|maps?|object|numbers)\b|\[", re.I
)
_QUOTES = r"[\s'\"`“”*\[\](){}]*"
_GAP = re.compile(rf"{_QUOTES}[,;:|]?{_QUOTES}(?:(?:and|&)\s*|[A-Za-z_]\w*\s*[=:]\s*)?{_QUOTES}")
_MORE = rf"{_QUOTES}(?:[,&]|and\b)\s*(?:and\b)?{_QUOTES}-?\d"
_NO_MORE = rf"(?!{_QUOTES}(?:[,&](?!\s*and\b)|and\b){_QUOTES}-?\d)"
"""After a result: `, and 12` may begin the next example."""
_WENT_ON = re.compile(r"(?:\d|['\"`”\])])\s*(?:,|&|\band)\s*['\"`“\[(]*$|[.\d]$")
_JOINS = {"and", "or", "to", "through", "until", "by", "with", "than", "from", "up", "of", "n"}
"""Words between two values that say nothing of one being the result of the other."""
_EMPTY = {"": r"\bempty (?:string|text|input)|\"\"|''|``", "[]": r"\bempty (?:list|array|input|slice)|\[\s*\]"}


def worth_asking(prompt: str, language: str) -> bool:
    """Whether a request seems to hold an example that the rules did not see: two values near a word that leads from
    one to the other."""
    named = set(named_functions(prompt, language))
    if asked.function(prompt, named or {"f"}) is None or anchors.find(prompt, language).cases:
        return False
    for match in list(_WORD.finditer(prompt))[:100]:
        around = prompt[max(0, match.start() - 80) : match.end() + 80]
        if len(_VALUE.findall(around)) >= 2:
            return True
    return False


def question(prompt: str, language: str) -> str:
    """Asks for the examples of the request, as calls of the function that it names."""
    named = named_functions(prompt, language)
    facts = LANGUAGES[language]
    call = f"{named[0]}(arguments)" if named else "name(arguments)"
    return prompting.fill("examples", request=prompt.strip(), language=facts.label, call=call, fence=facts.tags[0])


def read(reply: str, prompt: str, language: str) -> Suite:
    """The examples of a reply as anchors, without any that the request does not hold; perhaps none.

    The values must stand in the request: the arguments in a row, and the result near them, led to by words."""
    named = set(named_functions(prompt, language))
    kept: list[str] = []
    for line in list(_lines(reply))[:MAX_LINES]:
        single = anchors.find(_spelled(line, named, language), language)
        if len(single.cases) == 1 and _stands(single.cases[0], prompt, language, named):
            kept.append(line)
    text = "\n".join([*kept, *(f"function `{name}`" for name in sorted(named))]) if kept else ""
    found = anchors.find(text, language)
    return replace(found, origin=Origin.ANCHOR)


def _spelled(line: str, named: set[str], language: str) -> str:
    """The line with the names that it may call, as a request has them."""
    return "\n".join([line, *(f"function `{name}`" for name in sorted(named))])


def _lines(reply: str) -> Iterator[str]:
    """Lines of the fenced block that are equations, as they are written."""
    block = re.search(r"```[^\n]*\n(.*?)(?:```|\Z)", reply, re.DOTALL)
    for line in (block[1] if block else reply).splitlines():
        plain = re.sub(r"^\s*(?:[-*]|\d+[.)]|assert\b|>>>)\s*", "", line).strip().strip("`;")
        if "==" in plain and len(plain) <= 400:
            yield plain


def _stands(case: Case, prompt: str, language: str, named: set[str]) -> bool:
    """Whether the case calls what the request asks for, as it asks for it, with values that stand in its text."""
    name, arguments = _taken(case.call, language)
    if not name or (named and name not in named):
        return False
    pieces = asked.split(arguments)
    function = asked.function(prompt, named or {name})
    if function is None or not function.call([("", piece) for piece in pieces]):
        return False
    if re.match(r"[\[({]", arguments) and not _LISTED.search(prompt):
        return False
    given, value = _leaves(arguments, language), _leaves(case.expected, language)
    return any(
        _leads(prompt, start, result) and not prose.blamed(_lines_at(prompt, start, result))
        for start in _runs(given, prompt, rf"(?!{_MORE})")
        for result in _runs(value, prompt, _NO_MORE)
    )


def _runs(values: list[str], prompt: str, ended: str) -> Iterator[tuple[int, int]]:
    """Where the values stand one after the other, as a list of just these; `ended` matches where it goes no further."""
    end_of_list = re.compile(ended)
    for first in _places(values[0], prompt) if values else ():
        end = first[1]
        for value in values[1:]:
            following = next((p for p in _places(value, prompt) if p[0] >= end), None)
            if following is None or not _GAP.fullmatch(prompt[end : following[0]]):
                break
            end = following[1]
        else:
            if end_of_list.match(prompt, end) and not _WENT_ON.search(prompt[max(0, first[0] - 20) : first[0]]):
                yield first[0], end


def _leads(prompt: str, given: tuple[int, int], value: tuple[int, int]) -> bool:
    """Whether words, or an arrow, lead from one to the other, be it backwards."""
    first, second = sorted((given, value))
    between = prompt[first[1] : second[0]]
    if second[0] < first[1] or len(between) > NEAR or re.search(r"\n\s*\n|[.!?]\s+[A-Z]", between):
        return False
    if _VALUE.search(between.strip("'\"`“”[](){}*, ")):  # a nearer value is the one that is meant
        return False
    words = {w.lower() for w in re.findall(r"[A-Za-z]+", between)}
    return bool(words - _JOINS) or re.search(r"->|→|=>|⇒|=", between) is not None


def _lines_at(prompt: str, *spans: tuple[int, int]) -> str:
    """The lines of the request from the first of the places to the last."""
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    after = prompt.find("\n", end)
    return prompt[prompt.rfind("\n", 0, start) + 1 : after if after >= 0 else len(prompt)]


def _taken(call: str, language: str) -> tuple[str, str]:
    """(function, text of its arguments) of a call."""
    match = re.fullmatch(r"(?:[A-Za-z_]\w*\.)?([A-Za-z_$][\w$]*)\((.*)\)", call, re.DOTALL)
    return (match[1], match[2]) if match else ("", "")


def _leaves(text: str, language: str) -> list[str]:
    """The single values of literals, as text without quotes; an empty list or text as `_EMPTY` has it."""
    if re.fullmatch(r"[\[({]\s*[\])}]|(?:new \w+\[\d*\]\s*)?\{\s*\}", text.strip()):
        return ["[]"]
    if language == "python":
        module = python_source.tree(f"f({text})")
        if module is None:
            return []
        found = []
        for node in ast.walk(module):
            if isinstance(node, (ast.List, ast.Tuple)) and not node.elts:
                found.append("[]")
            elif isinstance(node, ast.Constant):
                found.append(str(node.value))
        return found
    tokens = scan(text, writing(language).syntax)
    values = [
        t.text[1:-1] if t.kind in ("text", "char") else t.text for t in tokens if t.kind in ("text", "number", "char")
    ]
    return values + [t.text for t in tokens if t.text in ("true", "false", "null", "nil", "undefined")]


def _places(value: str, prompt: str) -> Iterator[tuple[int, int]]:
    """Where a value stands in the request as a whole word."""
    if value in _EMPTY:
        pattern = _EMPTY[value]
    else:
        text = re.escape(value)
        pattern = rf"(?<![\w.]){text}(?!\w|\.\d)" if value[:1].isalnum() else text
    flags = re.IGNORECASE if value in ("True", "False", "None", "true", "false") else 0
    for match in list(re.finditer(pattern, prompt, flags))[:60]:
        yield match.span()
