"""Landlock through raw system calls: an allow-list of files, no TCP, no signals or abstract sockets to the outside."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from functools import cache

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
READ = 1 | 4 | 8  # execute, read a file, list a folder
WRITE = READ | 2 | 16 | 32 | 128 | 256 | 512 | 1024 | 4096 | _REFER | _TRUNCATE
DEVICE = 2 | 4
_FOR_FILES = 1 | 2 | 4 | _TRUNCATE | _IOCTL_DEV
_SCOPES, _TCP = 3, 3

_syscall = ctypes.CDLL(None, use_errno=True).syscall
_syscall.restype = ctypes.c_long


@cache
def abi() -> int:
    """The version the kernel speaks, 0 for none. From 6 on it also fences signals and abstract sockets."""
    return max(0, int(_syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))))


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock {what}: {os.strerror(number)}")
    return result


def _rule_set(handled: int, net: int, scoped: int) -> int:
    version = abi()
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = ctypes.create_string_buffer(struct.pack("QQQ", handled, net, scoped)[:size], size)
    return _checked(_syscall(_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0)), "create")


def _enforce(rules: int) -> None:
    try:
        _checked(_syscall(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0)), "restrict")
    finally:
        os.close(rules)


def _allow(rules: int, path: str, access: int) -> None:
    try:
        folder = os.path.isdir(path)
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what does not exist here needs no permission
    try:
        rule = struct.pack("=Qi", access if folder else access & _FOR_FILES, opened)
        buffer = ctypes.create_string_buffer(rule, len(rule))
        added = _syscall(_ADD, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), buffer, ctypes.c_uint32(0))
        _checked(added, f"rule for {path}")
    finally:
        os.close(opened)


def restrict(read: Iterable[str], write: Iterable[str], devices: Iterable[str]) -> None:
    """Only these paths from now on, for this process and its children. Does nothing at ABI 0. Raises OSError."""
    version = abi()
    if version < 1:
        return
    handled = (1 << 13) - 1
    handled |= _REFER if version >= 2 else 0
    handled |= _TRUNCATE if version >= 3 else 0
    handled |= _IOCTL_DEV if version >= 5 else 0
    rules = _rule_set(handled, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    for paths, access in ((read, READ), (write, WRITE), (devices, DEVICE)):
        for path in paths:
            _allow(rules, path, access & handled)
    _enforce(rules)


def fence_signals() -> None:
    """This process and its descendants can signal only each other from now on. Needs ABI 6. Raises OSError."""
    _enforce(_rule_set(0, 0, _SCOPES))
