"""Names that a request states, and what tests import."""

from __future__ import annotations

import time

import pytest

from functions.agent import interface


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("Write a function `add` that adds", ("add",)),
        ("Write a function called add that adds", ("add",)),
        ("Write a function named `add(a, b)`", ("add",)),
        ("Write functions `encode` and so on", ("encode",)),
        ("a method called push_all", ("push_all",)),
        ("def add(a, b):\n    ...", ("add",)),
        ("class Stack:\n    def push(self, x): ...", ("Stack", "push")),
        ("Write a class `Stack`", ("Stack",)),
        ("Name the function parse_it", ("parse_it",)),
        ("write something named parse_it", ("parse_it",)),
        ("it is called 'parse'", ("parse",)),
        ("the function add(a, b) adds", ("add",)),
        ("`add` once, `add` twice: function `add`, def add(x)", ("add",)),
        ("The function is called repeatedly by the scheduler", ()),
        ("It returns a named tuple", ()),
        ("The so-called deadlock", ()),
        ("a function called once at the start", ()),
        ("the following class names: A, B", ()),
        ("", ()),
    ],
)
def test_stated_names(prompt: str, names: tuple[str, ...]) -> None:
    assert interface.named_functions(prompt) == names


def test_a_long_run_of_blanks_is_read_in_time() -> None:
    began = time.perf_counter()
    for filler in (" " * 60_000, "named " * 10_000, "function " * 7_000, "def f(" * 10_000, "`" * 60_000):
        interface.named_functions("function" + filler + "x")
    assert time.perf_counter() - began < 3


def test_tests_import_the_stated_names_that_are_there_else_all_that_is_there() -> None:
    signatures = "def add(a, b): ...\nasync def later(): ...\nclass Stack:\n    def push(self, x): ..."
    assert interface.targets(("add", "gone"), signatures) == ("add",)
    assert interface.targets((), signatures) == ("add", "later", "Stack")
    assert interface.targets(("gone",), signatures) == ("add", "later", "Stack")
    assert interface.targets(("add",), "") == ("add",)


def test_the_interface_is_that_of_the_main_file() -> None:
    files = {"helper.py": "def other(): pass", "solution.py": "def add(a, b=1): return a\ndef _hidden(): pass"}
    assert interface.of_files(files, "solution.py") == "def add(a, b=1): ..."
    assert interface.of_files({"a.py": "def x(): pass", "b.py": "def y(): pass"}, "solution.py").count("def") == 2
    assert interface.of_files({"solution.py": "not python ("}, "solution.py") == ""
