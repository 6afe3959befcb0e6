"""What `bench sandbox` is compared with: the plain process, and each sandbox that is installed here."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping

Prefix = Callable[[str], list[str]]
"""Folder of the job → what goes in front of its command."""


def _bwrap(folder: str) -> list[str]:
    return ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
            "--bind", folder, folder]  # fmt: skip


def _nsjail(folder: str) -> list[str]:
    limits = ["--rlimit_as", "inf", "--rlimit_nofile", "512", "--rlimit_fsize", "1024"]
    return ["nsjail", "-Mo", "-Q", *limits, "-R", "/", "-T", "/tmp", "-B", folder, "--"]


def _runsc(folder: str) -> list[str]:
    return ["runsc", "--network=none", "--ignore-cgroups", "--platform=ptrace", "do", "--cwd", folder]


def installed() -> Mapping[str, Prefix]:
    """bare and bwrap (where it is), then the peers on the PATH."""
    peers: dict[str, Prefix] = {"bwrap": _bwrap, "nsjail": _nsjail, "runsc": _runsc}
    return {"bare": lambda folder: [], **{name: prefix for name, prefix in peers.items() if shutil.which(name)}}
