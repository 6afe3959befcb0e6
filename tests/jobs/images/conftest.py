"""Every language's image, made on first use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import image


@pytest.fixture(scope="session")
def image_of() -> Callable[[str], Path]:
    """The ready image of a language."""

    def made(language: str) -> Path:
        return image.make(language)

    return made
