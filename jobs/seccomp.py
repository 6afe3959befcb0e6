"""The seccomp filter as raw classic BPF: a deny-list that answers with an errno, for x86-64 and aarch64.

A deny-list, not an allow-list that kills: that would end honest programs at random when a library learns a new call.
What is denied: the network, tracing, mounts, namespaces, keys, io_uring (its sockets pass a socket() filter),
memory that outlives or escapes accounting (memfd, SysV and POSIX IPC), and every call newer than the table.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

# name: (x86-64, aarch64); 0 where the machine has no such call.
DENIED: dict[str, tuple[int, int]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "perf_event_open": (298, 241),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "statmount": (457, 457), "listmount": (458, 458), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "sysfs": (139, 0), "uselib": (134, 0),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "bpf": (321, 280),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "lsm_set_self_attr": (460, 460), "map_shadow_stack": (453, 453),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "acct": (163, 89), "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "adjtimex": (159, 171), "sethostname": (170, 161), "setdomainname": (171, 162), "iopl": (172, 0),
    "ioperm": (173, 0), "modify_ldt": (154, 0), "syslog": (103, 116), "vhangup": (153, 58),
    "lookup_dcookie": (212, 18), "nfsservctl": (180, 42), "_sysctl": (156, 0),
    "mq_open": (240, 180), "mq_unlink": (241, 181), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "vmsplice": (278, 75), "connect": (42, 203), "bind": (49, 200),
}  # fmt: skip
# Calls that change limits, priority or cores of the process in this argument: (argument, x86-64, aarch64).
OF_OTHERS: dict[str, tuple[int, int, int]] = {
    "prlimit64": (0, 302, 261), "setpriority": (1, 141, 140), "ioprio_set": (1, 251, 30),
    "sched_setaffinity": (0, 203, 122), "sched_setscheduler": (0, 144, 119), "sched_setparam": (0, 142, 118),
    "sched_setattr": (0, 314, 274),
}  # fmt: skip
FIRST_UNKNOWN = 463  # numbers from here on are newer than the table


@dataclass(frozen=True)
class Machine:
    """What the filter must know of an architecture: its audit number and the calls whose arguments are looked at."""

    arch: int
    column: int
    socket: int
    socketpair: int
    clone: int
    clone3: int
    personality: int
    ioctl: int


MACHINES = {
    "x86_64": Machine(0xC000003E, 0, socket=41, socketpair=53, clone=56, clone3=435, personality=135, ioctl=16),
    "aarch64": Machine(0xC00000B7, 1, socket=198, socketpair=199, clone=220, clone3=435, personality=92, ioctl=29),
}
NEW_NAMESPACE = 0x7E020000  # every CLONE_NEW* flag that clone() knows
X32_BIT = 0x40000000
SOCK_STREAM, SOCK_SEQPACKET, SOCK_TYPE = 1, 5, 0xF
TIOCSTI, TIOCLINUX = 0x5412, 0x541C

_LD, _AND, _JEQ, _JGE, _JSET, _RET = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NR, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LIBC = ctypes.CDLL(None, use_errno=True)


def _ins(code: int, k: int, jt: int = 0, jf: int = 0) -> bytes:
    return struct.pack("HBBI", code, jt, jf, k & 0xFFFFFFFF)


def _fail(number: int) -> bytes:
    return _ins(_RET, _ERRNO | number)


def _when(call: int, body: Sequence[bytes]) -> list[bytes]:
    """`body` (which must end in a return) for the system call `call`; anything else goes on behind it."""
    return [_ins(_JEQ, call, 0, len(body)), *body]


@cache
def build(machine: Machine, alone: bool = True) -> bytes:
    """The program for `machine`, 8 bytes an instruction. Another architecture's entry (int 0x80, x32) kills.

    `alone`: the run has a uid of its own; without one, only the filter keeps it from the limits of others."""
    allow, denied = _ins(_RET, _ALLOW), _fail(errno.EPERM)
    program = [_ins(_LD, _ARCH), _ins(_JEQ, machine.arch, 1, 0), _ins(_RET, _KILL), _ins(_LD, _NR)]
    program += [_ins(_JGE, X32_BIT, 0, 1), _ins(_RET, _KILL)]
    program += [_ins(_JGE, FIRST_UNKNOWN, 0, 1), _fail(errno.ENOSYS)]
    for number in sorted(row[machine.column] for row in DENIED.values() if row[machine.column]):
        program += _when(number, [denied])
    # clone3 hides its flags in memory: "not implemented" makes the C library fall back to clone.
    program += _when(machine.clone3, [_fail(errno.ENOSYS)])
    program += _when(machine.clone, [_ins(_LD, _ARG0), _ins(_JSET, NEW_NAMESPACE, 0, 1), denied, allow])
    # No family at all, AF_UNIX included: Landlock does not stop connect() to a socket file. socketpair() stays, but
    # only where both ends stay with each other: a datagram can be sent to any name.
    program += _when(machine.socket, [_fail(errno.EACCES)])
    kind = [_ins(_LD, _ARG1), _ins(_AND, SOCK_TYPE), _ins(_JEQ, SOCK_STREAM, 1, 0), _ins(_JEQ, SOCK_SEQPACKET, 0, 1)]
    program += _when(machine.socketpair, [*kind, allow, _fail(errno.EACCES)])
    for argument, *numbers in () if alone else OF_OTHERS.values():
        mine = [_ins(_LD, (_ARG0, _ARG1)[argument]), _ins(_JEQ, 0, 0, 1), allow, denied]
        program += _when(numbers[machine.column], mine)
    query = [_ins(_LD, _ARG0), _ins(_JEQ, 0, 1, 0), _ins(_JEQ, 0xFFFFFFFF, 0, 1), allow, denied]
    program += _when(machine.personality, query)
    terminal = [_ins(_LD, _ARG1), _ins(_JEQ, TIOCSTI, 1, 0), _ins(_JEQ, TIOCLINUX, 0, 1), denied, allow]
    program += _when(machine.ioctl, terminal)
    return b"".join([*program, allow])


def supported() -> bool:
    """True where there is a table for this machine; whether the kernel takes it, only trying shows."""
    return platform.machine() in MACHINES


def prepare(alone: bool) -> None:
    """Builds the filter ahead of `install`, for whoever forks many that need it."""
    if supported():
        build(MACHINES[platform.machine()], alone)


def install(alone: bool = True) -> None:
    """Puts the filter on this process for good; no_new_privs must be set. `alone` as for `build`. Raises OSError."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(errno.ENOSYS, f"there is no seccomp table for {platform.machine()}")
    code = build(machine, alone)
    text = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(text)))
    if _LIBC.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.c_void_p(ctypes.addressof(program)), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")
