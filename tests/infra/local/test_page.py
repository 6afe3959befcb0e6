"""The plain page at /, and what the page is told of the API."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest

from infra.local.server import application


@pytest.fixture
async def visitor() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=application()), base_url="http://localhost")


class Page(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_the_page_says_what_this_is_and_where_to_go(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/")
    assert answer.status_code == 200
    page = Page(answer.text)
    names = [tag for tag, _ in page.tags]
    assert dict(page.tags)["html"] == {"lang": "en"}
    assert names.count("h1") == names.count("title") == 1
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links == ["/api/docs", "/api/openapi.json"]
    assert "./assay run" in page.text


async def test_the_page_loads_nothing_and_can_be_framed_by_nobody(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    for closed in ("frame-ancestors", "base-uri", "form-action"):
        assert policy[closed] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script|<img|<link|\bon\w+=|\bsrc=", answer.text)


async def test_the_configuration_is_never_kept(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/config.json")
    assert (answer.status_code, answer.json()) == (200, {"apiBase": "/api"})
    assert answer.headers["cache-control"] == "no-store"


async def test_there_is_nothing_else(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/")).status_code == 405
    for path in ("/index.html", "/_tasks/api/", "/.env", "/static/x"):
        answer = await visitor.get(path)
        assert answer.status_code == 404, path
        assert "Traceback" not in answer.text
