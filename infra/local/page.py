"""The plain page at / and the page's configuration, until there is a web page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

_CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Assay</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>Assay</h1>
<p>Code that arrives proven: written, tested and repaired in a sandbox, with the evidence beside it.</p>
<p>This server speaks HTTP. Its API is described at <a href="/api/docs">/api/docs</a>,
as a document at <a href="/api/openapi.json">/api/openapi.json</a>. In the terminal: <code>./assay run "…"</code>.</p>
</html>
"""


async def index(request: Request) -> HTMLResponse:
    return HTMLResponse(_INDEX, headers={"Content-Security-Policy": _CSP, "X-Content-Type-Options": "nosniff"})


async def config(request: Request) -> JSONResponse:
    """Where the page finds the API."""
    return JSONResponse({"apiBase": "/api"}, headers={"Cache-Control": "no-store"})
