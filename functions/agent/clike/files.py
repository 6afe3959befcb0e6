"""The file of tests of a suite, from its language's template."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

from functions.agent.clike.scanner import scan
from functions.agent.clike.writing import Writing, writing
from functions.agent.languages import LANGUAGES
from functions.agent.records import Suite


def render(suite: Suite, targets: Collection[str], language: str) -> str:
    """Imports, helpers, then one function a case; of `targets` the ones that the tests use are imported."""
    rules = writing(language)
    imports, helpers = _parted(suite.preamble, rules)
    inner = rules.templates["inner"]
    joined = rules.templates["joined"].join(_indented(c.source, inner) for c in suite.cases)
    whole = f"{helpers}\n{joined}"
    words = {t.text for t in scan(whole, rules.syntax) if t.kind == "word"} | set(re.findall(r"\w+", whole))
    used = [t for t in dict.fromkeys(targets) if t in words]
    code = rules.fill("import", names=", ".join(used), main=LANGUAGES[language].main_file) if used else ""
    support = "\n\n".join(
        text.replace("$suite", _identifier(suite.id))
        for name, text in rules.templates.items()
        if name.startswith("support.") and f"{name.removeprefix('support.')}_{_identifier(suite.id)}" in words
    )
    text = rules.fill(
        "file",
        suite=_identifier(suite.id),
        imports="\n".join([*imports, *_packages(f"{whole}\n{support}", rules)]),
        code=code if rules.templates["import"] else "",
        helpers=_indented(helpers, inner),
        cases=joined,
        support=support,
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip() + "\n"


def _parted(preamble: str, rules: Writing) -> tuple[list[str], str]:
    """(import lines, the rest) of a suite's preamble."""
    lines = preamble.split("\n") if preamble else []
    end = rules.templates.get("end", "")
    count = 0
    while count < len(lines) and rules.importable.fullmatch(lines[count].removesuffix(end)):
        count += 1
    return lines[:count], "\n".join(lines[count:])


def _packages(text: str, rules: Writing) -> list[str]:
    """An import line for each known package that the text uses."""
    tokens = scan(text, rules.syntax)
    used = {a.text for a, b in itertools.pairwise(tokens) if a.kind == "word" and b.text == "."}
    names = sorted({path for word, path in rules.packages.items() if word in used})
    return [rules.fill("package", path=path) for path in names]


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line.strip() else line for line in text.split("\n")) if text else ""


def _identifier(text: str) -> str:
    return re.sub(r"\W", "_", text)
