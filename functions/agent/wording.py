"""What is said to a model about an execution: the prompts, filled in. Pure; the texts are in prompts/."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import Template

from functions.agent import interface, languages, prompting, python_source
from functions.agent.anchors import SUITE_ID
from functions.agent.errors import ParseError
from functions.agent.feedback import for_model
from functions.agent.languages import Language
from functions.agent.records import Candidate, Execution, Suite
from functions.agent.words import Origin

SIGNATURES_SHOWN = 5
_IMPORT = re.compile(r"from solution import ([\w, ]+)\n")


def system() -> str:
    return prompting.fill("system")


def code(execution: Execution, context: str, hint: str) -> str:
    """Asks for the main file. `context` is text of attached files, `hint` a plan that makes samples differ."""
    language = languages.LANGUAGES[execution.language]
    wanted = ", ".join(f"`{n}`" for n in wanted_names(execution))
    wanted = wanted or "; ".join(execution.interface.splitlines()[:SIGNATURES_SHOWN])
    return prompting.fill(
        "code",
        request=execution.prompt.strip(),
        context=context,
        language=language.label,
        file=language.main_file,
        names=f"- It defines {wanted}, by exactly that name." if wanted else "",
        packages=_facts(language),
        rule=f"- {language.code_rule}" if language.code_rule else "",
        hint=f"- {hint}" if hint else "",
        fence=language.tags[0],
    )


def tests(execution: Execution, signatures: str, calls: Sequence[str]) -> str:
    """Asks for tests from the request and the signatures alone: who writes tests never sees code, nor what it gives.

    `calls` are those that the tests are to be about, if it matters."""
    language = languages.LANGUAGES[execution.language]
    return prompting.fill(
        "tests",
        task=f"Write one test for each of {', '.join(f'`{c}`' for c in calls)}" if calls else "Write 6 tests for it",
        request=execution.prompt.strip(),
        file=language.main_file,
        interface=signatures,
        language=language.label,
        style=language.test_style,
        fence=language.tags[0],
    )


def opening(execution: Execution, signatures: str) -> str:
    """How a reply with tests begins: with the first test, since small models like to write the code once more first.

    It ends before a bracket: models read `([` as one word, and go on from `(` with something that is no list. Empty
    where the first thing to be tested is no function, or the language has no such beginning."""
    language = languages.LANGUAGES[execution.language]
    stated = interface.named_functions(execution.prompt, execution.language)
    names = interface.targets(stated, signatures, execution.language)
    first = Template(language.test_opening).substitute(names=", ".join(names), name=names[0]) if names else ""
    if not first or not re.search(rf"^(?!class\b).*\b{re.escape(names[0])}\(", signatures, re.MULTILINE):
        return ""
    return f"```{language.tags[0]}\n{first}"


def repair(execution: Execution, context: str, candidate: Candidate) -> str:
    """Asks to mend `candidate`, told of one failing test."""
    language = languages.LANGUAGES[execution.language]
    return prompting.fill(
        "repair",
        request=execution.prompt.strip(),
        context=context,
        language=language.label,
        file=language.main_file,
        fence=language.tags[0],
        code="\n\n".join(candidate.files.values()).strip(),
        feedback=for_model(execution, candidate),
    )


def again(execution: Execution, prompt: str, unusable: ParseError) -> str:
    """The same question with what was wrong. The bad reply is not shown: a small model would go on in it."""
    fence = languages.LANGUAGES[execution.language].tags[0]
    return f"{prompt}\n{prompting.fill('again', advice=unusable.advice, fence=fence)}"


def _facts(language: Language) -> str:
    """What the code may use, as the sandbox has it."""
    packages = [p for p in language.packages if not p.endswith("for tests")]
    also = f"; of other packages there are {', '.join(packages)}" if packages else ""
    standard = (
        f"Use the standard library of {language.label} {language.version} unless the request asks for more{also}."
    )
    return f"{standard}\n- {language.notes}" if language.notes else standard


def wanted_names(execution: Execution) -> tuple[str, ...]:
    """Names that the code must define: those that the request says and attached tests import, else those that its
    examples call."""
    stated = interface.named_functions(execution.prompt, execution.language)
    anchors = [s for s in execution.suites if s.origin is Origin.ANCHOR]
    imported = (name for s in anchors if s.id != SUITE_ID for name in _imported(s, execution.language))
    names = tuple(dict.fromkeys((*stated, *imported)))
    if names:
        return names
    cases = [c for s in anchors for c in s.cases]
    if execution.language != "python":
        return tuple(dict.fromkeys(c.call.split("(", 1)[0] for c in cases if c.vector and c.call))
    trees = (python_source.tree(c.call) for c in cases)
    called = (name for tree in trees if tree is not None for name in python_source.called(tree))
    return tuple(dict.fromkeys(called))


def _imported(suite: Suite, language: str) -> list[str]:
    """What the tests of an attached Python file take from the code; their preamble begins with it."""
    found = _IMPORT.match(suite.preamble) if language == "python" else None
    return [name.strip() for name in found[1].split(",")] if found else []
