"""The only composition root. It imports the chosen side alone, at first use; `install` puts a ready one there."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from functions.agent.errors import ConfigError
from functions.agent.ports import Ports
from infra.config import Config


@dataclass(frozen=True)
class Wired:
    """The ports, and how the inner entry points know their caller. `caller_secret` None: the platform has checked.

    `keep_alive_s`: how long a stream may keep silent before a comment shows that it is still there."""

    ports: Ports
    caller_secret: str | None = None
    local: bool = False
    hosts: frozenset[str] = frozenset({"localhost", "127.0.0.1", "::1"})
    keep_alive_s: float = 15.0


_wired: Wired | None = None


def install(wired: Wired | None) -> None:
    """Makes `wired` what this process uses; None forgets it."""
    global _wired
    _wired = wired


def ports() -> Ports:
    return _now_wired().ports


def caller_secret() -> str | None:
    return _now_wired().caller_secret


def is_local() -> bool:
    return _now_wired().local


def local_hosts() -> frozenset[str]:
    """Host names that a local server answers to."""
    return _now_wired().hosts


def keep_alive_s() -> float:
    return _now_wired().keep_alive_s


def clock() -> float:
    """Seconds since the epoch."""
    return time.time()


def _now_wired() -> Wired:
    if _wired is None:
        install(_build(Config.from_env(os.environ)))
    assert _wired is not None
    return _wired


def _build(config: Config) -> Wired:
    if config.target == "local":
        from infra.local.stack import LocalStack

        return LocalStack(config).wired
    raise ConfigError(f"ASSAY_TARGET={config.target}: this version runs on one machine only (ASSAY_TARGET=local).")
