"""What a run needs before it can begin: the sandbox's own tools, and the embedded model where it will be asked."""

from __future__ import annotations

import asyncio
from typing import TextIO

from functions.agent.errors import SandboxError
from functions.agent.words import Tier
from infra.config import Config
from infra.local.cli.progress import Progress, open_progress
from infra.local.stack import model_settings


def prepare(
    config: Config, stream: TextIO, wanted: str | None = None, quiet: bool = False, language: str = "python"
) -> None:
    """Makes what is missing for `language`, with progress on `stream`; `wanted` is the model asked for.

    Raises SandboxError, ModelError, StorageError, BadInput."""
    progress = open_progress(stream, quiet)
    try:
        _image(progress, language)
        if asyncio.run(_asks_embedded(config, wanted)):
            _model(config, progress)
    finally:
        progress.close()


def prepare_sandbox(stream: TextIO, language: str) -> None:
    """Only the sandbox's tools for `language`. Raises SandboxError."""
    progress = open_progress(stream)
    try:
        _image(progress, language)
    finally:
        progress.close()


def _image(progress: Progress, language: str) -> None:
    from jobs.failure import SandboxFailure
    from jobs.image import is_ready, location, make

    try:
        if is_ready(location(language)):
            return
        progress.setup(f"making the sandbox's own tools for {language} (once, about half a minute)")
        make(language, progress.setup)
    except SandboxFailure as error:
        raise SandboxError(str(error)) from error


async def _asks_embedded(config: Config, wanted: str | None) -> bool:
    from infra.models.router import ModelRouter

    router = ModelRouter(model_settings(config))
    try:
        routes = [await router.route(tier, wanted) for tier in Tier]
    finally:
        await router.aclose()
    return any(route.specs[0].provider == "embedded" for route in routes)


def _model(config: Config, progress: Progress) -> None:
    from infra.models.download import ensure
    from infra.models.model_file import QWEN_CODER_1_5B

    ensure(QWEN_CODER_1_5B, config.model_folder, config.model_path, progress.download)
