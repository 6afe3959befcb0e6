"""Whether Ollama runs and what it has. The answer is kept for a while: routing asks often, and it may not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

KEPT_S = 30.0
_PATIENCE_S = 1.0


@dataclass(frozen=True)
class Found:
    """The names of the models that Ollama has; `running` tells none apart from no Ollama."""

    running: bool
    models: tuple[str, ...] = ()


class OllamaProbe:
    def __init__(self, base_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._found: tuple[float, Found] | None = None

    async def look(self) -> Found:
        """At most one request every KEPT_S seconds, which waits one second at most; never raises."""
        if self._found is None or self._clock() - self._found[0] >= KEPT_S:
            self._found = (self._clock(), await self._ask())
        return self._found[1]

    async def _ask(self) -> Found:
        import httpx

        try:
            async with httpx.AsyncClient(timeout=_PATIENCE_S, trust_env=False) as client:
                response = await client.get(f"{self._base_url}/api/tags")
                response.raise_for_status()
                return Found(True, tuple(str(model["name"]) for model in response.json().get("models", [])))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError):
            return Found(False)
