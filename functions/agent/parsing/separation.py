"""Code apart from its tests, for Python by its tree: whichever of the two was not asked for is taken out."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator

from functions.agent.languages import LANGUAGES
from functions.agent.parsing.python_source import (
    Definition,
    Function,
    defined_names,
    definitions,
    dotted,
    is_test,
    tree_of,
    without,
)

_TEST_MODULES = frozenset(("pytest", "unittest"))
_LIBRARIES = _TEST_MODULES | {"hypothesis", "numpy", "pandas", "freezegun", "requests"}
_MADE_UP = re.compile(
    r"^(?:your|my|the)_|^(?:main|module|code|app|answer|your|my|example|src|program|script|function)$"
)
_MAIN = LANGUAGES["python"].main_file.removesuffix(".py")


def code_only(source: str) -> tuple[str, str]:
    """`source` without its tests, and a warning if there were any; only tests: the text "" and the warning."""
    tree = tree_of(source)
    if tree is None:
        return source, ""
    names = frozenset(node.name for node in definitions(tree) if is_test(node))
    if not names:
        return source, ""
    tests = [node for node in tree.body if is_test(node) or _starts_tests(node, names)]
    if not any(isinstance(node, Definition) and not is_test(node) and not _is_fixture(node) for node in tree.body):
        return "", "Only tests came where the code was asked for."
    rest = without(source, [*tests, *(node for node in tree.body if _is_fixture(node))])
    return _without_test_imports(rest), "The tests in the code were left out; they are asked for apart."


def without_subject(source: str, under_test: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """`source` without its own version of what it tests, with the import of the real one, and warnings.

    `under_test` names what is tested; empty, it is what is imported and defined too, or what the assertions call.
    """
    tree = tree_of(source)
    if tree is None or not any(map(is_test, tree.body)):
        return source, ()
    warnings: list[str] = []
    imported = _imported_from(tree, _MAIN)
    subjects = under_test or imported or _called_in_assertions(tree)
    redefined = [
        node for node in definitions(tree) if node.name in subjects and not is_test(node) and not _is_fixture(node)
    ]
    if redefined:
        names = sorted({node.name for node in redefined})
        source = without(source, redefined)
        if missing := [name for name in names if name not in imported]:
            source = _with_import(source, f"from {_MAIN} import {', '.join(missing)}")
        warnings.append(f"The tests came with their own {', '.join(names)}; the real one is tested instead.")
    source, renamed = _with_right_module(source, under_test)
    source, added = _with_what_it_uses(source, under_test)
    return source, (*warnings, *renamed, *added)


def _starts_tests(node: ast.stmt, names: Collection[str]) -> bool:
    """A statement that runs tests when the module is loaded or started: pytest.main(), test_a(), guarded or not."""
    if isinstance(node, ast.If) and any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test)):
        return bool(node.body) and all(_starts_tests(child, names) for child in node.body)
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    called = dotted(node.value.func)
    return called in names or called in ("unittest.main", "pytest.main")


def _is_fixture(node: ast.stmt) -> bool:
    return isinstance(node, Function) and any(
        dotted(d.func if isinstance(d, ast.Call) else d).endswith("fixture") for d in node.decorator_list
    )


def _without_test_imports(source: str) -> str:
    tree = tree_of(source)
    if tree is None:
        return source
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    unused = [
        node
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and _module_of(node) in _TEST_MODULES | {_MAIN}
        and not used & {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    ]
    return without(source, unused)


def _module_of(node: ast.Import | ast.ImportFrom) -> str:
    name = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
    return name.split(".")[0]


def _imports(tree: ast.Module) -> Iterator[ast.ImportFrom]:
    return (node for node in tree.body if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module)


def _imported_from(tree: ast.Module, module: str) -> frozenset[str]:
    return frozenset(alias.name for node in _imports(tree) if node.module == module for alias in node.names)


def _called_in_assertions(tree: ast.Module) -> frozenset[str]:
    """Names that a test calls within an assertion, or in what pytest.raises guards."""
    asserting = (
        node
        for test in tree.body
        if is_test(test)
        for node in ast.walk(test)
        if isinstance(node, ast.Assert | ast.With) or (isinstance(node, ast.Call) and "assert" in dotted(node.func))
    )
    calls = (n for node in asserting for n in ast.walk(node) if isinstance(n, ast.Call))
    return frozenset(n.func.id for n in calls if isinstance(n.func, ast.Name))


def _with_right_module(source: str, under_test: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """An import from a module that is made up becomes one from the real one."""
    tree = tree_of(source)
    if tree is None:
        return source, ()
    lines = source.split("\n")
    warnings: list[str] = []
    for node in _imports(tree):
        module = node.module or ""
        known = module == _MAIN or module.split(".")[0] in sys.stdlib_module_names | _LIBRARIES
        wanted = any(alias.name in under_test for alias in node.names)
        if not known and (wanted or _MADE_UP.search(module)):
            line = lines[node.lineno - 1]
            lines[node.lineno - 1] = re.sub(rf"\bfrom\s+{re.escape(module)}\b", f"from {_MAIN}", line, count=1)
            warnings.append(f"The tests imported from {module}; they import from {_MAIN} now.")
    return "\n".join(lines), tuple(warnings)


def _with_what_it_uses(source: str, under_test: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """With the import of the functions under test that are used but come from nowhere."""
    tree = tree_of(source)
    if tree is None or any(alias.name == "*" for node in _imports(tree) for alias in node.names):
        return source, ()
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names = sorted((used & set(under_test)) - defined_names(tree))
    if not names:
        return source, ()
    statement = f"from {_MAIN} import {', '.join(names)}"
    return _with_import(source, statement), (f"The tests lacked {statement!r}; it was added.",)


def _with_import(source: str, statement: str) -> str:
    """`source` with `statement` after its docstring and its __future__ imports."""
    tree = tree_of(source)
    line = 0
    for node in tree.body if tree is not None else ():
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not docstring and not future:
            break
        line = node.end_lineno or line
    lines = source.split("\n")
    return "\n".join([*lines[:line], statement, *lines[line:]])
