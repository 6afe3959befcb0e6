"""Tests of a user that can't be taken apart into single assertions without changing them: each is one case."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from functions.agent import python_source
from functions.agent.checks import Check, asserts, collect
from functions.agent.unittest_style import deep

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
MAX_STATEMENTS, MAX_NODES = 120, 4000
"""Of one test; the time to take it apart grows with the square."""
MAX_ALL = 600
"""Statements of all tests together that are looked at."""
MAX_TESTS = 60
MAX_LOOSE = 40
"""Assertions outside of all tests."""
_HARMLESS = ("never calls the code", "asserts nothing")
"""Objections to one assertion that leave the others of its test as they are."""


@dataclass(frozen=True)
class Whole(Check):
    """All statements of one test; `name` is the test's own."""

    name: str = ""


def whole_where_needed(module: ast.Module, objection: Callable[[Check], str]) -> Iterator[Check]:
    """All checks of the module; those of a test of which one meets an objection are replaced by one of all of it."""
    loose = [n for n in module.body if not _is_test(n)]
    asserting = [n for n in loose if asserts(n)]
    last = asserting[MAX_LOOSE] if len(asserting) > MAX_LOOSE else None
    loose = loose[: loose.index(last)] if last is not None else loose
    yield from collect(ast.Module(loose, []))
    shared: list[ast.stmt] = [n for n in loose if isinstance(n, (ast.Assign, ast.AnnAssign))]
    looked = 0
    tests = (one for node in module.body for one in _tests(node))
    for one in islice(tests, MAX_TESTS):
        nodes = list(ast.walk(one))
        size = sum(isinstance(n, ast.stmt) for n in nodes)
        looked += size if size <= MAX_STATEMENTS else 0
        if len(nodes) > MAX_NODES or size > MAX_STATEMENTS or looked > MAX_ALL:
            yield Check(one, why="is too long")
        else:
            checks = list(collect(ast.Module([*shared, one], [])))[_loose(shared) :]
            whole = _whole(one, shared)
            refused = [why for c in checks if (why := objection(c)) and not why.startswith(_HARMLESS)]
            yield from [whole] if whole and refused and not objection(whole) else checks


def _loose(shared: list[ast.stmt]) -> int:
    return len(list(collect(ast.Module([*shared], []))))


def _is_test(node: ast.stmt) -> bool:
    return bool(list(_tests(node)))


def _tests(node: ast.stmt) -> Iterator[ast.stmt]:
    """The node itself where it is a test function; of a class, one class for each of its test methods."""
    if isinstance(node, _Function) and node.name.startswith("test"):
        node.body = deep(node.body)
        yield node
    elif isinstance(node, ast.ClassDef):
        for method in node.body:
            if isinstance(method, _Function) and method.name.startswith("test"):
                method.body = deep(method.body)
                yield ast.ClassDef(node.name, node.bases, [], [method], node.decorator_list)


def _whole(node: ast.stmt, shared: list[ast.stmt]) -> Whole | None:
    """The test as one check: a block that always runs. None where it needs arguments, or is decorated."""
    function = node.body[0] if isinstance(node, ast.ClassDef) else node
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return None
    if isinstance(node, ast.ClassDef) and node.decorator_list:
        return None
    names = [a.arg for a in function.args.args]
    if names not in ([], ["self"]):
        return None
    body = function.body
    if any(isinstance(n, ast.Name) and n.id == "self" for s in body for n in ast.walk(s)):
        return None
    if not any(asserts(s) for s in body):
        return None
    return Whole(body[-1], (*_read_by(body, shared), *body[:-1]), name=function.name)


def _read_by(body: list[ast.stmt], shared: list[ast.stmt]) -> list[ast.stmt]:
    """Those of the file's variables that the test reads, or that these read."""
    wanted = python_source.free(body)
    kept: list[ast.stmt] = []
    for statement in reversed(shared):
        if python_source.bound([statement]) & wanted:
            kept.insert(0, statement)
            wanted |= python_source.free([statement])
    return kept
