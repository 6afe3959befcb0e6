"""`self.assertEqual(a, b)` and its like as plain assertions, so that every case reads and runs alike."""

from __future__ import annotations

import ast
from collections.abc import Sequence

_COMPARED: dict[str, ast.cmpop] = {
    **dict.fromkeys(("assertEqual", "assertEquals", "assertListEqual", "assertDictEqual"), ast.Eq()),
    **dict.fromkeys(("assertTupleEqual", "assertSetEqual", "assertMultiLineEqual"), ast.Eq()),
    "assertNotEqual": ast.NotEq(),
    "assertIs": ast.Is(),
    "assertIsNot": ast.IsNot(),
    "assertIn": ast.In(),
    "assertNotIn": ast.NotIn(),
    "assertGreater": ast.Gt(),
    "assertGreaterEqual": ast.GtE(),
    "assertLess": ast.Lt(),
    "assertLessEqual": ast.LtE(),
}
_JUDGED = {
    "assertTrue": "{0}",
    "assertFalse": "not {0}",
    "assertIsNone": "{0} is None",
    "assertIsNotNone": "{0} is not None",
}


def plain(statement: ast.stmt) -> ast.stmt:
    """The statement in pytest's words where it has such; any other statement as it is."""
    if isinstance(statement, ast.With):
        return _with(statement)
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return statement
    call = statement.value
    name, arguments = _name(call), call.args
    if name in ("assertRaises", "raises") and len(arguments) >= 2:
        body = ast.Expr(ast.Call(arguments[1], arguments[2:], call.keywords))
        return ast.With([ast.withitem(_raises(arguments[:1], []))], [body], lineno=0)
    if any(k.arg != "msg" for k in call.keywords):
        return statement
    if name in _COMPARED and len(arguments) in (2, 3):
        return _assert(ast.Compare(arguments[0], [_COMPARED[name]], [arguments[1]]))
    if name in _JUDGED and len(arguments) in (1, 2):
        return _assert(_expression(_JUDGED[name], arguments[0]))
    if name == "assertIsInstance" and len(arguments) in (2, 3):
        return _assert(ast.Call(ast.Name("isinstance", ast.Load()), arguments[:2], []))
    if name == "assertAlmostEqual" and len(arguments) == 2:
        near = ast.Call(_expression("pytest.approx"), [arguments[1]], [ast.keyword("rel", ast.Constant(0))])
        near.keywords.append(ast.keyword("abs", ast.Constant(5e-8)))  # what unittest calls equal to seven places
        return _assert(ast.Compare(arguments[0], [ast.Eq()], [near]))
    return statement


def _with(statement: ast.With) -> ast.With:
    items = [
        ast.withitem(_raises(i.context_expr.args, i.context_expr.keywords), i.optional_vars)
        if isinstance(i.context_expr, ast.Call) and _expects(i.context_expr)
        else i
        for i in statement.items
    ]
    return ast.With(items, [plain(s) for s in statement.body], lineno=0)


def _expects(call: ast.Call) -> bool:
    return _name(call) == "assertRaises" or (isinstance(call.func, ast.Name) and call.func.id == "raises")


def _name(call: ast.Call) -> str:
    """`assertEqual` of `self.assertEqual(…)`, `raises` of `pytest.raises(…)`; empty for any other call."""
    function = call.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return ""
    known = function.value.id == "self" or (function.value.id, function.attr) == ("pytest", "raises")
    return function.attr if known else ""


def _raises(arguments: list[ast.expr], keywords: list[ast.keyword]) -> ast.Call:
    return ast.Call(_expression("pytest.raises"), arguments, [k for k in keywords if k.arg != "msg"])


def _assert(test: ast.expr) -> ast.Assert:
    return ast.Assert(test, None)


def _expression(template: str, *values: ast.expr) -> ast.expr:
    holes = [f"({ast.unparse(v)})" for v in values]
    return ast.parse(template.format(*holes), mode="eval").body


_SETUPS = ("setUp", "setup_method", "setUpClass", "setup_class")


def without_self(module: ast.Module) -> ast.Module:
    """The module with what `setUp`, or the class itself, puts on `self` as variables of each test method."""
    return ast.Module([_without_self(n) if isinstance(n, ast.ClassDef) else n for n in module.body], [])


def deep(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements in pytest's words, also inside loops and conditions."""
    found = []
    for statement in statements:
        made = plain(statement)
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(made, field, None)
            if isinstance(inner, list):
                setattr(made, field, deep(inner))
        found.append(made)
    return found


def _without_self(node: ast.ClassDef) -> ast.ClassDef:
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
    shared: list[ast.stmt] = []
    names: set[str] = set()
    for statement in node.body:
        if isinstance(statement, ast.Assign) and all(isinstance(t, ast.Name) for t in statement.targets):
            owned = [f"self.{ast.unparse(t)}" for t in statement.targets]
            shared.append(ast.parse(f"{' = '.join(owned)} = {ast.unparse(statement.value)}").body[0])
    for name in (*_SETUPS[2:], *_SETUPS[:2]):
        shared += [s for m in methods if m.name == name for s in m.body if not _calls_super(s)]
    for part in (p for s in [*shared, *methods] for p in ast.walk(s)):
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and _is_self(part.value):
            names.add(part.attr)
    if not names:
        return node
    body: list[ast.stmt] = []
    for method in methods:
        if method.name.startswith("test"):
            method.body = [*ast.parse("\n".join(map(ast.unparse, shared))).body, *method.body]
            method.body = [_Selfless(names).visit(s) for s in method.body]
        if method.name not in _SETUPS:
            body.append(method)
    others = [n for n in node.body if not isinstance(n, (ast.FunctionDef, ast.Assign))]
    node.body = [*others, *body] or [ast.Pass()]
    return node


def _calls_super(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement).startswith("super()")


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


class _Selfless(ast.NodeTransformer):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if _is_self(node.value) and node.attr in self._names:
            return ast.copy_location(ast.Name(f"self_{node.attr}", node.ctx), node)
        return node
