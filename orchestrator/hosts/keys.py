"""The keys of this installation: one to log in with, one that nodes show as theirs.

No password exists anywhere. Both pairs are ed25519 (RFC 8709) and made on first use. All nodes and
the guest share one host key, so that a node is known before it first runs: host keys are always
checked, and a key that is not ours is refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.hosts.locks import alone
from orchestrator.hosts.places import Places, private_folder

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One ed25519 pair.

    Attributes:
        private: the private key's file (OpenSSH format, mode 0600).
        public: the public key's file.
        public_text: the public key as it stands in authorized_keys, without a newline.
    """

    private: Path
    public: Path
    public_text: str

    @property
    def private_text(self) -> str:
        """The private key itself."""
        return self.private.read_text()


@dataclass(frozen=True, slots=True)
class Keys:
    """What sessions into a lab need.

    Attributes:
        login: who logs in, as root and as vtysh.
        host: what the guest and every node show as their host key.
        known_hosts: file that holds `host` as the key of every machine.
    """

    login: KeyPair
    host: KeyPair
    known_hosts: Path

    @classmethod
    def load_or_create(cls, places: Places | None = None) -> Keys:
        """The keys of this installation, made if there are none yet."""
        folder = private_folder((places or Places.here()).keys)
        with alone(folder / "lock", "another session to make the keys", lambda _: None):
            login = _pair(folder / "login", "l3vpn login")
            host = _pair(folder / "host", "l3vpn node")
            known_hosts = folder / "known_hosts"
            _write(known_hosts, f"* {host.public_text}\n")
        return cls(login, host, known_hosts)


def _pair(private: Path, comment: str) -> KeyPair:
    public = private.with_suffix(".pub")
    if not (private.exists() and public.exists()):
        private_text, public_text = _generate()
        _write(private, private_text)
        _write(public, f"{public_text} {comment}\n")
    private.chmod(0o600)
    kind, key, *_ = public.read_text().split()
    return KeyPair(private, public, f"{kind} {key}")


def _generate() -> tuple[str, str]:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 -- 60 ms, needed once
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- same

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), public.decode()


def _write(path: Path, text: str) -> None:
    """Put the text there whole or not at all, readable by its owner alone."""
    if path.exists() and path.read_text() == text:
        return
    half = path.with_name(path.name + ".new")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    half.replace(path)
