"""Which mistakes are made in Python code, and which never."""

from __future__ import annotations

import ast

import pytest

from functions.agent.mutation import mutants

CASES = [
    (
        """\
def f(a, b):
    return a < b
""",
        [
            "line 2: `<` became `<=`",
        ],
    ),
    (
        """\
def f(a, b):
    return a == b
""",
        [
            "line 2: `==` became `!=`",
        ],
    ),
    (
        """\
def f(a, b):
    return a not  in b or b is a
""",
        [
            "line 2: `is` became `is not`",
            "line 2: `not in` became `in`",
            "line 2: `or` became `and`",
            "line 2: `return a not in b or b is a` became `return not (a no…in b or b is a)`",
        ],
    ),
    (
        """\
def f(a, b):
    return (a  # - b
        ) + (b)
""",
        [
            "line 2: `return (a # - b ) + (b)` became `return None`",
            "line 3: `+` became `-`",
        ],
    ),
    (
        """\
def f(a, b):
    a //= b
    return a
""",
        [
            "line 2: `//=` became `/=`",
            "line 2: `a //= b` was removed",
            "line 3: `return a` became `return None`",
        ],
    ),
    (
        """\
def f(a):
    if a:
        return 1
    return 0
""",
        [
            "line 2: `a` became `not (a)`",
            "line 3: `1` became `2`",
            "line 4: `0` became `1`",
        ],
    ),
    (
        """\
def f(a):
    if not a.ok:
        return True
    return False
""",
        [
            "line 2: `not a.ok` became `a.ok`",
            "line 3: `True` became `False`",
            "line 4: `False` became `True`",
        ],
    ),
    (
        """\
def f(a):
    return [x for x in a if x > 3]
""",
        [
            "line 2: `3` became `4`",
            "line 2: `>` became `>=`",
            "line 2: `return [x for x in a if x > 3]` became `return []`",
            "line 2: `x > 3` became `not (x > 3)`",
        ],
    ),
    (
        """\
def f(a, i):
    return a[i:len(a)], a[:i]
""",
        [
            "line 2: `i` became `i + 1`",
            "line 2: `i` became `i + 1`",
            "line 2: `return a[i:len(a)], a[:i]` became `return None`",
        ],
    ),
    (
        """\
def f(a):
    for i in range(4):
        a[i] = a[i]
""",
        [
            "line 2: `4` became `5`",
            "line 3: `[i]` became `[i + 1]`",
            "line 3: `[i]` became `[i + 1]`",
            "line 3: `a[i] = a[i]` was removed",
        ],
    ),
    (
        """\
def f(a):
    out = []
    for x in a:
        out.append(x)
    return out
""",
        [
            "line 4: `out.append(x)` was removed",
            "line 5: `return out` became `return None`",
        ],
    ),
    (
        """\
def f(a):
    for x in a:
        if x:
            break
    return x
""",
        [
            "line 3: `x` became `not (x)`",
            "line 4: `break` became `continue`",
            "line 5: `return x` became `return None`",
        ],
    ),
    (
        """\
LIMIT = 3
NAME = "n"
EMPTY = b""
""",
        [
            "line 1: `3` became `4`",
            'line 2: `"n"` became `""`',
            'line 3: `b""` became `b"x"`',
        ],
    ),
    (
        """\
def f(é):
    return "😀" + é if é < "ü" else 2
""",
        [
            'line 2: `"ü"` became `""`',
            'line 2: `"😀"` became `""`',
            "line 2: `2` became `3`",
            "line 2: `<` became `<=`",
            'line 2: `return "😀" + é if é < "ü" else 2` became `return None`',
            'line 2: `é < "ü"` became `not (é < "ü")`',
        ],
    ),
    (
        '''\
"""Doc."""
import os


@lru_cache(3)
def f(a: "int" = None) -> list["str"]:
    """Doc 1."""
    # a < 1
    x: dict[str, 1]
    raise ValueError("no" + a)
    a += 1
''',
        [],
    ),
    (
        """\
def f():
    print("said")
    log.info("x %s", "y")
    assert f, "message"
    "alone"


if __name__ == "__main__":
    f(1 < 2)
__all__ = ["f"]
f(1)
T = TypeVar("T")
""",
        [],
    ),
    (
        """\
def f(a, x):
    a = a + 0
    x = x * 1
    return f"{a + 1}"
""",
        [
            "line 2: `0` became `1`",
            "line 3: `1` became `2`",
            'line 4: `return f"{a + 1}"` became `return ""`',
        ],
    ),
    (
        """\
def f(a):
    best = a[0]
    for x in a:
        if x > best:
            best = x
    return best
""",
        [
            "line 2: `0` became `1`",
            "line 4: `x > best` became `not (x > best)`",
            "line 6: `return best` became `return None`",
        ],
    ),
    (
        """\
def f(n):
    while n > 0:
        n -= 1
    while True:
        n = n + 1
        if n:
            break
""",
        [
            "line 2: `0` became `1`",
            "line 2: `>` became `>=`",
            "line 2: `n > 0` became `not (n > 0)`",
            "line 3: `1` became `2`",
            "line 5: `+` became `-`",
            "line 5: `1` became `2`",
            "line 6: `n` became `not (n)`",
        ],
    ),
    (
        """\
def f(a):
    for x in a:
        if x:
            found = True
            break
""",
        [
            "line 3: `x` became `not (x)`",
            "line 4: `True` became `False`",
        ],
    ),
    (
        """\
def main():
    return 1
def g():
    return 2
""",
        [
            "line 4: `2` became `3`",
        ],
    ),
]


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_these_mistakes_and_no_others(code: str, expected: list[str]) -> None:
    assert sorted(m.what for m in mutants({"solution.py": code}, "python", 99)) == expected


def test_all_else_in_the_file_stays_as_it_is() -> None:
    code = "# a  <  b\n\ndef f(a , b):  # é 😀\r\n\treturn (a\t<\n\tb )  # same\n"
    (mutant,) = mutants({"solution.py": code}, "python")
    assert mutant.files == {"solution.py": code.replace("<\n", "<=\n")}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_that_python_knows_counts(end: str) -> None:
    code = f"# é\f\u2028x{end}def f(a):{end}    return a < 1{end}"
    said = {m.what: m.files["solution.py"] for m in mutants({"solution.py": code}, "python")}
    assert said == {
        "line 3: `<` became `<=`": code.replace("<", "<="),
        "line 3: `1` became `2`": code.replace("1", "2"),
    }


def test_a_mutant_is_python_and_says_something_else() -> None:
    code = "def f(a, b):\n    if not(a)and b: return [a, -1][0:b]\n    return {a: b} if a else (a, b)\n"
    made = [m.files["solution.py"] for m in mutants({"solution.py": code}, "python", 99)]
    assert len(made) >= 8
    assert ast.dump(ast.parse(code)) not in {ast.dump(ast.parse(text)) for text in made}
