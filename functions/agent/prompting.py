"""Prompts are files beside this module; a variable without a value is an error, never a silent hole."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


@cache
def _template(name: str) -> tuple[Template, ...]:
    """The lines of a prompt."""
    text = files(__package__).joinpath("prompts", f"{name}.md").read_text("utf-8")
    return tuple(Template(line) for line in text.splitlines())


def fill(name: str, **values: str) -> str:
    """The prompt `name`, filled in. Raises KeyError for a variable without a value.

    Lines that are empty for want of a value leave no gap; the values themselves stay as they are."""
    lines: list[str] = []
    for line in _template(name):
        text = line.substitute(values)
        if text.strip() or (lines and lines[-1].strip()):
            lines.append(text)
    return "\n".join(lines).strip() + "\n"
