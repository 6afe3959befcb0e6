"""The filter, run by a small interpreter of classic BPF for both machines, and once by the kernel."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest

from jobs.seccomp import DENIED, MACHINES, OF_OTHERS, build

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, EACCES, ENOSYS = (ERRNO | n for n in (errno.EPERM, errno.EACCES, errno.ENOSYS))
HEADERS = {
    "x86_64": [Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")],
    "aarch64": [Path("/usr/include/asm-generic/unistd.h")],
}


def run(program: bytes, number: int, arguments: tuple[int, int] = (0, 0), arch: int | None = None) -> int:
    """What the kernel would answer."""
    data = struct.pack("IIQQQ", number, arch or 0, 0, *arguments)
    at = accumulator = 0
    while True:
        code, jt, jf, k = struct.unpack_from("HBBI", program, at * 8)
        at += 1
        if code == 0x54:
            accumulator &= k
            continue
        if code == 0x06:
            return int(k)
        if code == 0x20:
            (accumulator,) = struct.unpack_from("I", data, k)
        else:
            holds = {0x15: accumulator == k, 0x35: accumulator >= k, 0x45: bool(accumulator & k)}[code]
            at += jt if holds else jf


@pytest.mark.parametrize("name", MACHINES)
def test_each_call_gets_its_answer(name: str) -> None:
    machine = MACHINES[name]
    program = build(machine)

    def answer(number: int, *arguments: int) -> int:
        return run(program, number, (*arguments, 0, 0)[:2], machine.arch)

    for row in DENIED.values():
        if row[machine.column]:
            assert answer(row[machine.column]) == EPERM
    assert answer(machine.socket, 2) == EACCES
    assert answer(machine.socket, 1) == EACCES
    for kind, expected in ((1, ALLOW), (5, ALLOW), (1 | 0x80800, ALLOW), (2, EACCES), (3, EACCES), (4, EACCES)):
        assert answer(machine.socketpair, 1, kind) == expected
    assert answer(machine.clone3) == ENOSYS
    assert answer(machine.clone, 0x11) == ALLOW
    assert answer(machine.clone, 0x10000000 | 0x11) == EPERM
    assert answer(machine.personality, 0xFFFFFFFF) == ALLOW
    assert answer(machine.personality, 0x0040000) == EPERM
    assert answer(machine.ioctl, 0, 0x5412) == EPERM
    assert answer(machine.ioctl, 0, 0x5401) == ALLOW
    assert answer(500) == ENOSYS
    assert answer(0x40000000 | 1) == KILL
    assert run(program, 1, arch=0x40000003) == KILL
    allowed = {0: 63, 1: 64} if name == "aarch64" else {0: 0, 1: 1}
    assert all(answer(number) == ALLOW for number in allowed.values())


@pytest.mark.parametrize("name", MACHINES)
def test_without_a_uid_of_its_own_it_cannot_limit_others(name: str) -> None:
    machine = MACHINES[name]
    for argument, *numbers in OF_OTHERS.values():
        other = (7, 7) if argument == 0 else (0, 7)
        number = numbers[machine.column]
        assert run(build(machine, alone=False), number, other, machine.arch) == EPERM
        assert run(build(machine, alone=False), number, (0, 0), machine.arch) == ALLOW
        assert run(build(machine), number, other, machine.arch) == ALLOW


@pytest.mark.parametrize("name", MACHINES)
def test_the_numbers_are_those_of_the_kernel_headers(name: str) -> None:
    text = "".join(path.read_text() for path in HEADERS[name] if path.exists())
    if not text:
        pytest.skip("this machine has no kernel headers")
    known = {n: int(v) for n, v in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    column = MACHINES[name].column
    table = DENIED | {name: (row[1], row[2]) for name, row in OF_OTHERS.items()}
    wrong = {n: (row[column], known[n]) for n, row in table.items() if n in known and row[column] != known[n]}
    assert not wrong
    machine = MACHINES[name]
    for call in ("socket", "socketpair", "clone", "clone3", "personality", "ioctl"):
        assert known.get(call, getattr(machine, call)) == getattr(machine, call)
