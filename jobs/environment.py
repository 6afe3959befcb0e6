"""This process's own environment, out of the place where the kernel shows it to others as /proc/PID/environ.

Linux shows it to the same user only, and Landlock to nobody; some kernels (gVisor before 2023) show it to everybody.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import threading

_LIBC = ctypes.CDLL(None)
_ALONE = threading.Lock()


def hide() -> None:
    """Moves the variables to memory of this process alone. They stay what they are, here and for its children."""
    with _ALONE:
        before = _strings()
        for name, value in os.environ.items():
            os.environ[name] = value  # the C library makes a copy of its own
        for address in before - _strings():
            ctypes.memset(address, 0, len(ctypes.string_at(address)))


def _strings() -> set[int]:
    """Where the variables are now."""
    block = ctypes.POINTER(ctypes.c_void_p).in_dll(_LIBC, "environ")
    return set(itertools.takewhile(bool, (block[index] for index in itertools.count()))) if block else set()
