"""Prints docs/configuration.md, made from the fields of `Config`."""

from __future__ import annotations

from infra.config import variables

_HEAD = """# Configuration

Assay is configured by environment variables alone. None has to be set to run it on one machine. A variable that is set
to nothing counts as not set. When values are wrong, it doesn't start, and one message names all of them; keys and
secrets are never shown.

This page is made from `infra/config.py`: `python -m infra.config_page > docs/configuration.md`.

| variable | default | meaning |
|---|---|---|
"""


def page() -> str:
    rows = []
    for one in variables():
        about = one.metadata
        default = f"`{about['default']}`" if about["default"] else "not set"
        rows.append(
            f"| `{about['variable']}` | {default} | {about['about']}{' Secret.' if about['secret'] else ''} |\n"
        )
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    print(page(), end="")
