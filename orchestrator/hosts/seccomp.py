"""What the process that is the guest's kernel may not ask of the machine's kernel (seccomp(2)).

Root of a node can come to be that process. It computes, and talks to its own files and descriptors. What is
refused here it never needs, and is where a kernel is attacked, or what namespaces do not divide (vsock).
A list of what is refused, not of what is allowed: another kernel in the guest may need other calls.
"""

from __future__ import annotations

import errno
import struct
from typing import Final

_X86_64: Final = 0xC000003E  # AUDIT_ARCH_X86_64
_X32: Final = 0x40000000  # numbers from here on are those of a second table
_SOCKET: Final = 41
_AF_UNIX: Final = 1
_REFUSED: Final = (
    *(29, 30, 31, 64, 65, 66, 67, 68, 69, 70, 71, 220),  # System V IPC
    *(240, 241, 242, 243, 244, 245),  # message queues
    *(155, 161, 165, 166, 272, 308, 428, 429, 430, 431, 432, 433, 442),  # mounts, roots, namespaces
    *(163, 167, 168, 169, 172, 173, 175, 176, 246, 313, 320),  # modules, ports, swap, reboot
    *(248, 249, 250),  # keys
    *(298, 321, 323),  # perf_event_open, bpf, userfaultfd
    *(275, 276, 278, 425, 426, 427),  # splice, io_uring
    *(253, 294, 300, 303, 304, 312, 438),  # watches, file handles, other processes' descriptors
)
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def program() -> bytes:
    """The filter, as the machine's kernel reads it: instructions of its classic packet filter."""
    # Each entry: what is done, with what, and whether a match goes to the end, where it is refused.
    tests = [(_AT_LEAST, _X32), *((_EQUAL, one) for one in _REFUSED)]
    to_end = len(tests)
    lines = [
        (_LOAD, 0, 0, 4),  # of which processor the call is
        (_EQUAL, 0, to_end + 5, _X86_64),
        (_LOAD, 0, 0, 0),  # its number
        *((code, to_end + 3 - at, 0, value) for at, (code, value) in enumerate(tests)),
        (_EQUAL, 0, 2, _SOCKET),
        (_LOAD, 0, 0, 16),  # its first argument
        (_EQUAL, 0, 1, _AF_UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
