"""Where Python code may be changed: every node, with what is around it, but for what no test could notice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from functions.agent.mutation.python_facts import Facts

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
# f-strings have wrong positions before Python 3.12. Patterns are no expressions: a changed one may not compile.
_NEVER = ("Raise", "Import", "ImportFrom", "Global", "Nonlocal", "JoinedStr", "TemplateStr", "TypeAlias")
_OUTSIDE = (ast.Module, *_FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.If, ast.Try)
_SAYING = re.compile(
    r"(print|warn|warnings\.warn|sys\.exit|exit|(.+\.)?log(ger|ging)?\.\w+|_?log(ger)?\.\w+|\w*(Error|Exception|Warning))"
)
_NAMING = re.compile(
    r"(typing\.|collections\.|logging\.)?(TypeVar|ParamSpec|NewType|NamedTuple|namedtuple|getLogger|cast)"
)


@dataclass(frozen=True)
class Place:
    """What is around a node: the name of its function or class, whether it is in a function, whether texts there say
    something to the program (and not only to people), whether it is in a loop, what is known of its function."""

    scope: str = ""
    inside: bool = False
    texts: bool = True
    loop: bool = False
    facts: Facts = field(default_factory=lambda: Facts(ast.Module([], [])))


def places(module: ast.Module) -> Iterator[tuple[ast.AST, Place]]:
    """Every node that may be changed, in the order of the text."""
    stack: list[tuple[ast.AST, Place]] = [(module, Place())]
    while stack:
        node, place = stack.pop()
        yield node, place
        stack += reversed(list(_below(node, place)))


def _below(node: ast.AST, place: Place) -> Iterator[tuple[ast.AST, Place]]:
    if type(node).__name__ in _NEVER or _guards(node):
        return
    if isinstance(node, ast.stmt) and not place.inside and (not isinstance(node, _OUTSIDE) or _dunder(node)):
        return
    if isinstance(node, _FUNCTIONS):
        inner = replace(place, scope=node.name, inside=True, loop=False, facts=Facts(node))
        yield node.args, inner
        yield from ((statement, inner) for statement in _live(list(_undocumented(node.body))))
    elif isinstance(node, ast.Lambda):
        inner = replace(place, inside=True, loop=False)
        yield from ((node.args, inner), (node.body, inner))
    elif isinstance(node, (ast.Module, ast.ClassDef)):
        scope = node.name if isinstance(node, ast.ClassDef) else place.scope
        yield from ((statement, replace(place, scope=scope)) for statement in _undocumented(node.body))
    elif isinstance(node, _LOOPS):
        yield from (
            (part, place) for part in ([node.test] if isinstance(node, ast.While) else [node.target, node.iter])
        )
        yield from ((statement, replace(place, loop=True)) for statement in _live(node.body))
        yield from ((statement, place) for statement in node.orelse)
    elif isinstance(node, ast.match_case):
        yield from ((part, place) for part in (node.guard, *_live(node.body)) if part is not None)
    elif isinstance(node, ast.Call):
        said = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) and _near(node.func) else ""
        if not _NAMING.fullmatch(said):
            inner = replace(place, texts=place.texts and not _SAYING.fullmatch(said))
            yield from ((part, inner) for part in (node.func, *node.args, *node.keywords))
    elif isinstance(node, (ast.Assert, ast.AnnAssign)):
        part = node.test if isinstance(node, ast.Assert) else node.value
        if part is not None:
            yield part, place
    else:
        yield from ((part, place) for part in _plain(node))


def _plain(node: ast.AST) -> Iterator[ast.AST]:
    """The children, without annotations and decorators, and without what comes after the end of a block."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params", "ctx", "op", "ops"):
            continue
        if isinstance(value, ast.AST):
            yield value
        elif isinstance(value, list):
            yield from _live([part for part in value if isinstance(part, ast.AST)])


def _live(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    for statement in body:
        yield statement
        if isinstance(statement, _ENDS):
            return


def _undocumented(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Without texts that stand alone: docstrings, wherever they are."""
    for statement in body:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield statement


def _guards(node: ast.AST) -> bool:
    """`if __name__ == …` and `if TYPE_CHECKING`: no test gets there."""
    if not isinstance(node, ast.If):
        return False
    parts = [node.test, *([node.test.left, *node.test.comparators] if isinstance(node.test, ast.Compare) else [])]
    named = {
        part.id if isinstance(part, ast.Name) else part.attr
        for part in parts
        if isinstance(part, (ast.Name, ast.Attribute))
    }
    return bool(named & {"__name__", "TYPE_CHECKING"})


def _dunder(node: ast.AST) -> bool:
    """`__all__ = …` and the like."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id.startswith("__") for target in targets)


def _near(node: ast.expr) -> bool:
    """Whether it is a dotted name of at most four parts, so that to write it takes no time."""
    for _ in range(4):
        if isinstance(node, ast.Name):
            return True
        if not isinstance(node, ast.Attribute):
            return False
        node = node.value
    return False
