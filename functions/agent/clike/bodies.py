"""Where the tests of a file are: functions that the language's way of testing would run, and loose lines."""

from __future__ import annotations

from functions.agent.clike.blocks import block
from functions.agent.clike.found import Finder, Found, Style
from functions.agent.clike.methods import members
from functions.agent.clike.scanner import Syntax
from functions.agent.clike.tokens import Tokens


def find(tokens: Tokens, syntax: Syntax, style: Style) -> Found:
    """All tests of a file, those that are loose lines first."""
    finder = Finder(syntax, style)
    if style.annotation:
        members(tokens, finder, inside=False)
    else:
        block(tokens, finder, (), 0)
    return Found(tuple(finder.bodies), tuple(finder.helpers), tuple(finder.imports))
