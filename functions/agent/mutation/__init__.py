"""Small mistakes in code that passed its tests, to see whether the tests notice: `mutants` makes them, `count` counts.

`python_rules` finds the mistakes for Python with `ast`, `brace_rules` those for the other languages in a tree of
tree-sitter (`grammars`); both give `edits`, of which `choice` takes a few that lie apart. What is changed is one
span of the text: the rest of the file stays as it is.
"""

from functions.agent.mutation.making import Mutant, mutants
from functions.agent.mutation.outcome import count

__all__ = ["Mutant", "count", "mutants"]
