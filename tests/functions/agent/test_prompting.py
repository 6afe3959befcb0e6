"""Prompts are filled without holes, and leave what they are given as it is."""

from __future__ import annotations

import string
from importlib.resources import files

import pytest

from functions.agent import prompting

NAMES = sorted(f.name.removesuffix(".md") for f in files("functions.agent").joinpath("prompts").iterdir())


def variables(name: str) -> list[str]:
    text = files("functions.agent").joinpath("prompts", f"{name}.md").read_text("utf-8")
    return string.Template(text).get_identifiers()


@pytest.mark.parametrize("name", NAMES)
def test_each_prompt_needs_all_of_its_variables_and_has_no_hole(name: str) -> None:
    values = {v: f"<{v}>" for v in variables(name)}
    text = prompting.fill(name, **values)
    assert all(value in text for value in values.values())
    assert "$" not in text.replace("$<usd>", "")
    for missing in values:
        with pytest.raises(KeyError):
            prompting.fill(name, **{k: v for k, v in values.items() if k != missing})


@pytest.mark.parametrize("name", NAMES)
def test_empty_values_leave_no_gap(name: str) -> None:
    assert "\n\n\n" not in prompting.fill(name, **dict.fromkeys(variables(name), ""))


def test_values_are_not_touched() -> None:
    code = 'def f():\n    return """a\n\n\n\n  $b ${c} $$  \n"""'
    request = "Print  \n\n\n\n two gaps"
    values = {**dict.fromkeys(variables("repair"), ""), "code": code, "request": request}
    text = prompting.fill("repair", **values)
    assert code in text
    assert request in text
