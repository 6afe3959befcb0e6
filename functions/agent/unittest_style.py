"""`self.assertEqual(a, b)` and its like as plain assertions, so that every case reads and runs alike."""

from __future__ import annotations

import ast

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
