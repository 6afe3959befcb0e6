from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from functions.agent.ports import Model
from tests.infra.models.wire import ADAPTERS, Wire


@pytest.fixture(params=list(ADAPTERS))
async def talk(request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, Wire, Model]]:
    """Name, server and adapter of one provider."""
    dialect, build = ADAPTERS[request.param]
    wire = Wire(dialect)
    async with wire.http as server:
        model = build(server.url)
        yield request.param, wire, model
        await model.aclose()  # type: ignore[attr-defined]
