"""What the code offers, for whoever writes its tests: stubs of what is public, and the names that tests may call."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import interface
from functions.agent.languages import LANGUAGES

CODE = {
    "javascript": (
        "import fs from 'node:fs';\nconst LIMIT = 3;\nexport function add(a, b = {x: 1}) {\n  return a;\n}\n"
        "export const twice = (x) => x * 2;\nexport async function* later() {}\nfunction hidden() {}\n"
        "export class Stack {\n  #items = [];\n  constructor(limit) { this.limit = limit; }\n  push(x) { return x; }\n"
        "  static of(...xs) { return new Stack(); }\n  #secret() {}\n  _own() {}\n}\n",
        [
            "export function add(a, b = {x: 1})",
            "export const twice = (x)",
            "export async function* later()",
            "export class Stack\n    constructor(limit)\n    push(x)\n    static of(...xs)",
        ],
        ("add", "twice", "later", "Stack"),
    ),
    "typescript": (
        "export interface Point { x: number; y: number }\nexport type Id = string | number;\n"
        "export function move<T extends Point>(p: T, by: {dx: number}): { x: number } {\n  return p;\n}\n"
        "export class Box<T> {\n  private items: T[] = [];\n  add(item: T): void { this.items.push(item); }\n"
        "  private hidden(): void {}\n  get size(): number { return 1; }\n}\n",
        [
            "export interface Point { x: number; y: number }",
            "export type Id = string | number",
            "export function move<T extends Point>(p: T, by: {dx: number}): { x: number }",
            "export class Box<T>\n    add(item: T): void\n    get size(): number",
        ],
        ("move", "Box"),
    ),
    "java": (
        "import java.util.*;\n\npublic class Solution {\n    private static final int X = f(1);\n"
        "    public static int add(int a, int b) { return a + b; }\n"
        "    static <T> Map<String, T> pair(List<T> xs) throws RuntimeException { return null; }\n"
        "    private static int hidden() { return 1; }\n}\n\nclass Stack {\n    Stack(int n) {}\n"
        "    void push(int x) { if (x > 0) { x++; } }\n    static class Inner { }\n}\n"
        "interface Shape { double area(); }\n",
        [
            "public class Solution\n    public static int add(int a, int b)\n"
            "    static <T> Map<String, T> pair(List<T> xs)",
            "class Stack\n    Stack(int n)\n    void push(int x)\n    static class Inner",
            "interface Shape\n    double area()",
        ],
        ("Solution", "Stack", "Shape", "add", "pair"),
    ),
    "go": (
        'package solution\n\nimport "fmt"\n\ntype Stack struct {\n\titems []int\n}\n\n'
        "func (s *Stack) Push(x int) error { return nil }\n\nfunc Add(a, b int) (int, error) {\n\treturn a, nil\n}\n\n"
        "func Map[T, U any](xs []T, f func(T) U) []U { return nil }\n\nfunc hidden() {}\n",
        [
            "type Stack struct {\n\titems []int\n}",
            "func (s *Stack) Push(x int) error",
            "func Add(a, b int) (int, error)",
            "func Map[T, U any](xs []T, f func(T) U) []U",
        ],
        ("Stack", "Add", "Map"),
    ),
    "csharp": (
        "using System;\nnamespace Code {\npublic static class Solution\n{\n"
        "    public static int Add(int a, int b = 1) => a + b;\n"
        "    public static T First<T>(IEnumerable<T> xs) where T : class { return null; }\n"
        "    static int Hidden() { return 1; }\n    public static int Field = F(1);\n}\n}\n"
        "public class Counter { private int n; public Counter(int n) { this.n = n; }\n"
        "public int Next() { return ++n; } }\n",
        [
            "public static class Solution\n    public static int Add(int a, int b = 1)\n"
            "    public static T First<T>(IEnumerable<T> xs)",
            "public class Counter\n    public Counter(int n)\n    public int Next()",
        ],
        ("Solution", "Counter", "Add", "First"),
    ),
}


def offered(language: str) -> str:
    main = LANGUAGES[language].main_file
    return interface.of_files({main: CODE[language][0]}, main, language)


@pytest.mark.parametrize("language", CODE)
def test_stubs_of_what_is_public(language: str) -> None:
    assert offered(language) == "\n".join(CODE[language][1])


@pytest.mark.parametrize("language", CODE)
def test_names_that_tests_may_call(language: str) -> None:
    assert interface.targets((), offered(language), language) == CODE[language][2]


def test_stated_names_come_first_and_classes_stay_where_functions_are_methods() -> None:
    assert interface.targets(("twice", "gone"), offered("javascript"), "javascript") == ("twice",)
    assert interface.targets(("pair",), offered("java"), "java") == ("Solution", "Stack", "Shape", "pair")
    assert interface.targets(("Add",), offered("go"), "go") == ("Add",)


@pytest.mark.parametrize(
    ("language", "prompt", "names"),
    [
        ("go", "func Add(a, b int) int", ("Add",)),
        ("go", "func (s *Stack) Push(x int)", ("Push",)),
        ("java", "Implement `public static int add(int a, int b)`", ("add",)),
        ("csharp", "public static List<int> Twice(IEnumerable<int> xs)", ("Twice",)),
        ("javascript", "Write a function `add`", ("add",)),
        ("python", "public static int add(int a)", ()),
    ],
)
def test_names_stated_in_code_of_the_language(language: str, prompt: str, names: tuple[str, ...]) -> None:
    assert interface.named_functions(prompt, language) == names


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(
                [
                    "class A {",
                    "}",
                    "export ",
                    "function f(",
                    ")",
                    "{",
                    "func ",
                    "public ",
                    "static int x",
                    ";",
                    "=>",
                    "(",
                    "\n",
                ]
            )
        ).map("".join),
    ),
    st.sampled_from(sorted(CODE)),
)
def test_any_text_has_stubs_or_none(text: str, language: str) -> None:
    interface.targets((), interface.of_files({"x": text}, "x", language), language)
