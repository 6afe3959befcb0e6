"""Prompts are files beside this module; a variable without a value is an error, never a silent hole."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


@cache
def _template(name: str) -> Template:
    return Template(files(__package__).joinpath("prompts", f"{name}.md").read_text("utf-8"))


def fill(name: str, **values: str) -> str:
    """The prompt `name`, filled in; runs of blank lines become one. Raises KeyError for a variable without a value."""
    text = _template(name).substitute(values)
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip() + "\n"
