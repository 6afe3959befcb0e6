"""Who may import whom. Ruff holds two of these; here is the rest, over every import statement, lazy ones included."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("functions", "infra", "jobs")
MAX_LINES = 400
STANDARD = sys.stdlib_module_names
# Standard, but not pure: a clock, chance, the environment, the outside, or something that runs by itself.
IMPURE = {
    *("os", "time", "random", "secrets", "uuid", "platform", "resource", "getpass", "ctypes", "logging"),
    *("asyncio", "threading", "multiprocessing", "concurrent", "subprocess", "signal", "sched", "queue"),
    *("socket", "ssl", "select", "selectors", "http", "smtplib", "ftplib", "webbrowser"),
    *("shutil", "tempfile", "glob", "fileinput", "sqlite3", "mmap", "fcntl", "pty"),
}
PURE_PARTS = {"pathlib": {"PurePosixPath"}, "datetime": {"datetime", "UTC", "timedelta"}}
# Calls that no import betrays.
OUTSIDE = {"open", "input", "print", "breakpoint", "exec", "eval", "io.open", "datetime.now", "datetime.utcnow"}
SHARED = {
    f"functions.agent.{name}"
    for name in ("records", "people", "credentials", "words", "ports", "errors", "codec", "bundle")
}
ENTRY_POINTS = {"functions", "functions.agent", "functions.api", "infra.wiring", "infra.config"}


def imports(path):
    """`(line, module, name)` of every import in a file, relative ones resolved; `name` is None for `import module`."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, None
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            for alias in node.names:
                yield node.lineno, module, alias.name


def files(folder, *without):
    """The Python files below `folder`, but not those below `without`."""
    gone = [ROOT / other for other in without]
    return [f for f in sorted((ROOT / folder).rglob("*.py")) if not any(f == g or g in f.parents for g in gone)]


def within(module, roots):
    return any(module == root or module.startswith(root + ".") for root in roots)


def breaches(paths, allowed):
    """`file:line: module` of every import that `allowed(module, name)` refuses."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {module}" + (f" ({name})" if name else "")
        for path in paths
        for line, module, name in imports(path)
        if not allowed(module, name)
    ]


def pure(module, name):
    top = module.split(".")[0]
    if top in PURE_PARTS:
        return name in PURE_PARTS[top]
    parser = top == "tree_sitter" or top.startswith("tree_sitter_")  # from a text to its tree: as pure as ast
    return parser or within(module, {"functions.agent"}) or (top in STANDARD and top not in IMPURE)


def full(module, name, known):
    """`from package import module` names the module itself where `package.module` is a file of ours."""
    deeper = f"{module}.{name}"
    return deeper if name and deeper in known else module


def our_modules():
    return {".".join(f.relative_to(ROOT).with_suffix("").parts) for package in PACKAGES for f in files(package)}


def test_the_domain_is_pure_and_knows_nothing_but_itself():
    assert files("functions/agent")
    assert breaches(files("functions/agent", "functions/agent/usecases"), pure) == []


def test_usecases_await_ports_and_nothing_else():
    """They may wait for several ports at once, so asyncio is theirs."""
    paths = files("functions/agent/usecases")
    assert paths
    assert breaches(paths, lambda module, name: module == "asyncio" or pure(module, name)) == []


def outside_calls(source):
    """`line: call` of every call that leaves the domain without an import."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [f"{node.lineno}: {ast.unparse(node.func)}" for node in calls if ast.unparse(node.func) in OUTSIDE]


def test_the_domain_calls_nothing_outside():
    found = {str(f.relative_to(ROOT)): outside_calls(f.read_text("utf-8")) for f in files("functions/agent")}
    assert {name: calls for name, calls in found.items() if calls} == {}
    assert outside_calls("x = 1\nwith open('f') as f: f.read()") == ["2: open"]


def test_the_runner_is_standard_library_only():
    paths = files("jobs", "jobs/images")
    assert breaches(paths, lambda module, _: module.split(".")[0] in STANDARD or within(module, {"jobs"})) == []


def test_adapters_share_only_vocabulary_with_the_domain():
    known = our_modules()
    paths = files("infra", "infra/wiring.py", "infra/local/cli", "infra/local/server", "infra/local/server.py")
    assert paths

    def allowed(module, name):
        module = full(module, name, known)
        return not within(module, {"functions"}) or within(module, SHARED)

    assert breaches(paths, allowed) == []


def test_the_domain_has_one_name():
    paths = [file for package in (*PACKAGES, "tests", "bench") for file in files(package)]
    assert breaches(paths, lambda module, _: not within(module, {"agent"})) == []


def test_only_adapters_talk_to_google():
    paths = [file for package in PACKAGES for file in files(package, "infra/gcp", "infra/models")]
    assert breaches(paths, lambda module, _: not within(module, {"google"})) == []


def test_entry_points_parse_call_and_answer():
    known = our_modules()
    paths = sorted((ROOT / "functions").glob("*.py"))

    def allowed(module, name):
        module = full(module, name, known)
        return within(module, ENTRY_POINTS) or not within(module, {"functions", "infra", "jobs"})

    assert breaches(paths, allowed) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_long(package):
    lengths = {str(f.relative_to(ROOT)): len(f.read_text("utf-8").splitlines()) for f in files(package)}
    assert {name: length for name, length in lengths.items() if length >= MAX_LINES} == {}


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("import os", True),
        ("from time import monotonic", True),
        ("from pathlib import Path", True),
        ("import pathlib", True),
        ("import fastapi", True),
        ("def f():\n    import infra.config", True),
        ("from pathlib import PurePosixPath", False),
        ("import json, re", False),
        ("from functions.agent import records", False),
    ],
)
def test_the_rule_itself_can_fail(source, refused):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            assert all(pure(alias.name, None) is not refused for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert all(pure(node.module, alias.name) is not refused for alias in node.names)
