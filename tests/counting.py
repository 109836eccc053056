"""Calls of a process, counted by the kernel: it stops at those that are asked for and nowhere else, which costs hardly anything.

The process allows itself to be traced (`let`), its parent follows it (`follow`) and may kill it at the n-th of them: the call
that it is killed at is not made. `strace` does the same, but stops at every call.

Source: seccomp(2), SECCOMP_RET_TRACE; ptrace(2), PTRACE_O_TRACESECCOMP.
"""

import ctypes
import os
import platform
import signal
import struct
import sys
from collections import Counter

NUMBERS = {
    "write": 1,
    "pwrite64": 18,
    "sendfile": 40,
    "fsync": 74,
    "fdatasync": 75,
    "ftruncate": 77,
    "rename": 82,
    "mkdir": 83,
    "rmdir": 84,
    "link": 86,
    "unlink": 87,
    "chmod": 90,
    "unlinkat": 263,
}
"""The calls that change what is on a disk, or make it last, as Linux numbers them on x86-64."""

IS_POSSIBLE = sys.platform == "linux" and platform.machine() == "x86_64"

_TRACEME, _CONT, _SETOPTIONS, _GETEVENTMSG = 0, 7, 0x4200, 0x4201
_CLONES, _SECCOMPS, _ENDS_WITH_US = 0x8, 0x80, 0x100000
_EVENT_CLONE, _EVENT_SECCOMP = 3, 7
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _TRACE = 0x7FFF0000, 0x7FF00000
_LOAD_NUMBER, _IF_EQUAL, _RETURN = (0x20, 0, 0, 0), 0x15, 0x06
_WALL = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long
_libc.prctl.argtypes = (ctypes.c_int, *[ctypes.c_void_p] * 4)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))


def let(calls):
    """In the process that is followed: stop, and from then on at each of `calls`."""
    _check(_libc.ptrace(_TRACEME, 0, None, None))
    os.kill(os.getpid(), signal.SIGSTOP)
    lines = [_LOAD_NUMBER]
    for call in calls:
        number = NUMBERS[call]
        lines += [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _TRACE | number)]
    lines.append((_RETURN, 0, 0, _ALLOW))
    program = _Program(len(lines), b"".join(struct.pack("HBBI", *line) for line in lines))
    _check(_libc.prctl(_NO_NEW_PRIVILEGES, 1, None, None, None))
    _check(_libc.prctl(_SET_SECCOMP, _FILTER, ctypes.addressof(program), None, None))


def follow(pid, *, until=0):
    """In the parent of `pid`: return (its status at the end, how often it made each call); at the `until`-th it is killed."""
    os.waitpid(pid, os.WUNTRACED)
    _check(_libc.ptrace(_SETOPTIONS, pid, None, _SECCOMPS | _CLONES | _ENDS_WITH_US))
    made, names = Counter(), {number: name for name, number in NUMBERS.items()}
    stopped, sent = pid, 0
    while True:
        _libc.ptrace(_CONT, stopped, None, sent)  # of a thread that is killed meanwhile it fails, and that is well
        stopped, status = os.waitpid(-1, _WALL)
        if not os.WIFSTOPPED(status):
            if stopped == pid:
                return status, made
            continue
        event, sent = status >> 16, 0
        if event == _EVENT_SECCOMP:
            number = ctypes.c_long()
            _libc.ptrace(_GETEVENTMSG, stopped, None, ctypes.addressof(number))
            made[names[number.value]] += 1
            if made.total() == until:
                os.kill(pid, signal.SIGKILL)
        elif event != _EVENT_CLONE and os.WSTOPSIG(status) != signal.SIGSTOP:
            sent = os.WSTOPSIG(status)


def _check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
