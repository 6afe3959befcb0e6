"""Signs that a Python test cannot fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from functions.agent.parsing.python_source import Function, body_of, dotted, is_test, tree_of

_SKIPS = frozenset(("skip", "skipif", "skipIf", "skipUnless", "skipTest", "xfail", "expectedFailure", "importorskip"))
_CHECKS = frozenset(("raises", "warns", "fail", "deprecated_call"))
_WIDE = frozenset(("", "Exception", "BaseException", "AssertionError"))


def vacuous(source: str) -> str | None:
    """Why a Python test in `source` can never fail ("test_a has no assertion."), or None.

    No assertion, one that is always true, one whose failure is caught, a skip, no test at all, or no Python.
    """
    tree = tree_of(source)
    if tree is None:
        return "The tests are not Python."
    tests = list(_tests(tree))
    if not tests:
        return "There is no test."
    helpers = {
        node.name for node in ast.walk(tree) if isinstance(node, Function) and any(map(_is_check, ast.walk(node)))
    }
    return next((f"{test.name} {why}." for test in tests if (why := _why_green(test, helpers))), None)


def _tests(tree: ast.Module) -> Iterator[Function]:
    for node in tree.body:
        if isinstance(node, Function) and is_test(node):
            yield node
        elif isinstance(node, ast.ClassDef) and is_test(node):
            yield from (n for n in node.body if isinstance(n, Function) and n.name.startswith("test"))


def _why_green(test: Function, helpers: set[str]) -> str:
    nodes = [node for statement in body_of(test) for node in ast.walk(statement)]
    marks = [d.func if isinstance(d, ast.Call) else d for d in test.decorator_list]
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    if any(dotted(name).rsplit(".", 1)[-1] in _SKIPS for name in (*marks, *calls)):
        return "is skipped"
    checks = [node for node in nodes if _is_check(node)]
    called = {dotted(call).rsplit(".", 1)[-1] for call in calls}
    helped = any(name in helpers and name != test.name for name in called)
    if not checks and not helped:
        return "has no assertion"
    if not helped and all(map(_is_always_true, checks)):
        return "asserts what is always true"
    swallowed = {
        id(n) for node in nodes if isinstance(node, ast.Try) and _swallows(node) for s in node.body for n in ast.walk(s)
    }
    if not helped and all(id(check) in swallowed for check in checks):
        return "catches its own failure"
    return ""


def _is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.Raise):
        return (
            node.exc is not None
            and dotted(node.exc.func if isinstance(node.exc, ast.Call) else node.exc) == "AssertionError"
        )
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in _CHECKS or node.func.attr.lower().startswith("assert")


def _is_always_true(check: ast.AST) -> bool:
    if isinstance(check, ast.Assert):
        return _is_true(check.test)
    if isinstance(check, ast.Call) and isinstance(check.func, ast.Attribute) and check.args:
        if check.func.attr == "assertTrue":
            return _is_true(check.args[0])
        return check.func.attr in ("assertEqual", "assertEquals") and len(check.args) > 1 and _same(*check.args[:2])
    return False


def _is_true(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Tuple):
        return bool(test.elts)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(map(_is_true, test.values))
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is):
        return _same(test.left, test.comparators[0])
    return False


def _same(left: ast.expr, right: ast.expr) -> bool:
    """The same constant or variable twice; the same call twice is a test of its repeatability."""
    plain = not any(isinstance(node, ast.Call) for node in ast.walk(left))
    return plain and ast.dump(left) == ast.dump(right)


def _swallows(node: ast.Try) -> bool:
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = {dotted(kind).rsplit(".", 1)[-1] if kind is not None else "" for kind in kinds}
        if names & _WIDE and not any(
            isinstance(n, ast.Raise) or _is_check(n) for s in handler.body for n in ast.walk(s)
        ):
            return True
    return False
