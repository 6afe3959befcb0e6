"""The one exception that means: the sandbox failed, not the code; and the one reason that no setting can mend."""

from __future__ import annotations

import sys


class SandboxFailure(Exception):
    """The message is one sentence for the person who runs the machine."""


def require_linux(platform: str = sys.platform) -> None:
    """Raises SandboxFailure on every other system (`platform` as in sys.platform)."""
    if platform != "linux":
        system = {"darwin": "macOS", "win32": "Windows"}.get(platform, platform)
        raise SandboxFailure(
            f"code is run on Linux only, and this is {system}: start Assay in a Linux container or virtual machine; "
            "jobs/images/python/Dockerfile makes the container image of the sandbox"
        )
