"""Runs a command that has a new TAP device open: `tap.py NAME DESCRIPTOR COMMAND…`.

Started by file name with the standard library alone, in the network namespace where the device is to be. The
command then needs neither the right to make one nor /dev/net/tun; the device goes with its last user.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys

# linux/if_tun.h
_TUNSETIFF = 0x400454CA
_IFF_TAP, _IFF_NO_PI = 0x0002, 0x1000


def main(name: str, descriptor: str, *command: str) -> None:
    """Make the device, then become the command."""
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TAP | _IFF_NO_PI))
    os.dup2(tap, int(descriptor))
    os.set_inheritable(int(descriptor), True)  # noqa: FBT003 -- dup2 does not when the numbers are equal
    os.execvp(command[0], command)  # noqa: S606 -- that is what it is for


if __name__ == "__main__":
    main(*sys.argv[1:])
