"""Which module a user's file of tests is about: the one that is not to be had otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_PACKAGES = """
aiohttp attr attrs bs4 chai click cypress dateutil django dotenv enzyme express faker fastapi
flask freezegun httpx hypothesis jest jose jsdom lodash marshmallow matplotlib mocha mock
mongomock moto networkx nose nox numpy pandas parameterized pendulum pip playwright polars
psycopg2 pydantic pymongo pytz react redis requests responses scipy selenium setuptools sinon
six sklearn sortedcontainers sqlalchemy starlette supertest sympy tabulate tensorflow toolz
torch tox tqdm typer typing_extensions ujson unittest2 uuid uvicorn vcr vitest werkzeug yaml
zod
"""
WELL_KNOWN = frozenset(_PACKAGES.split())
"""Packages that tests import beside the code: none of them is what the request is about."""
_USUAL = ("solution", "main", "app", "index", "lib", "module")


def choose(modules: Mapping[str, Collection[str]], stem: str, prompt: str, named: Collection[str]) -> tuple[str, str]:
    """(module, "") or ("", why not). `modules` maps what the tests import and nobody else has to the names taken from
    it; `stem` is the file's name without the marks of a test, `named` are functions that the request names."""
    own = {m: names for m, names in modules.items() if m not in WELL_KNOWN}
    if len(own) == 1:
        return next(iter(own)), ""
    if not own:
        return "", "it imports no module that could be the code under test"
    signs = (
        lambda module: module == stem,
        lambda module: bool(set(own[module]) & set(named)),
        lambda module: module in _USUAL,
        lambda module: re.search(rf"\b{re.escape(module)}\b", prompt) is not None,
    )
    for sign in signs:
        found = [m for m in own if sign(m)]
        if len(found) == 1:
            return found[0], ""
    return "", f"which of {', '.join(sorted(own)[:5])} is the code under test is not clear"


def about_something_else(text: str, named: Collection[str]) -> bool:
    """Whether a request names functions or classes and the tests have none of them."""
    return bool(named) and not any(re.search(rf"\b{re.escape(name)}\b", text) for name in named)
