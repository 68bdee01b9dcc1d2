"""The keys of this installation: one to log in with, and those that the guest and the nodes show as theirs.

No password exists anywhere. All are ed25519 (RFC 8709). Each node has a host key of its own, made from a
secret and from what the node is called: so it is known before the node first runs, and no other node can
pose as it. Host keys are always checked, and a key that is not the node's is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.hosts.files import private_folder, write_whole
from orchestrator.hosts.locks import alone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from orchestrator.settings import Places


_PRIVATE = re.compile(r"(-----)BEGIN (OPENSSH PRIVATE KEY-----)\n[\w+/=\n]+\1END \2\n", re.ASCII)
_PUBLIC = re.compile(r"ssh-ed25519 \S+ .*\n")
_SECRET = re.compile(r"[0-9a-f]{64}")


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
        host: what the guest shows as its host key.
        known_hosts: file that holds `host` as the key of every machine.
        secret: file with what the nodes' host keys are made from; it never leaves this machine.
    """

    login: KeyPair
    host: KeyPair
    known_hosts: Path
    secret: Path

    @classmethod
    def load_or_create(cls, places: Places) -> Keys:
        """The keys of this installation, made if there are none yet; damaged ones are made anew.

        A guest that runs does not know the new ones: it does not answer any more, and `down` ends it.
        """
        folder = private_folder(places.keys)
        with alone(folder / "lock", "another session to make the keys", lambda _: None):
            login = _pair(folder / "login", "l3vpn login")
            host = _pair(folder / "host", "l3vpn node")
            known_hosts = folder / "known_hosts"
            _write(known_hosts, f"* {host.public_text}\n")
            secret = folder / "nodes"
            if not _SECRET.fullmatch(_text(secret)):
                _write(secret, secrets.token_hex(32))
        return cls(login, host, known_hosts, secret)

    def private_of(self, lab: str, node: str) -> str:
        """A node's host key, in OpenSSH's format."""
        return _texts(self._of(lab, node))[0]

    def public_of(self, lab: str, node: str) -> str:
        """What a node's host key is recognised by, as it stands in known_hosts."""
        return _texts(self._of(lab, node))[1]

    def known_nodes(self, lab: str, addresses: Mapping[str, IPv4Address]) -> Path:
        """A file in known_hosts format with the host keys of a lab's nodes."""
        file = private_folder(self.secret.with_name("known")) / lab
        whose = "".join(f"{lab} {node} {at}\n" for node, at in addresses.items())
        seal, _, known = _text(file).partition("\n")
        # Made once, for the 60 ms that loading the cryptography takes, and made again if it is not whole.
        if seal != self._seal(whose + known):
            known = "".join(f"{at} {self.public_of(lab, node)}\n" for node, at in addresses.items())
            _write(file, f"{self._seal(whose + known)}\n{known}")
        return file

    def known_machine(self, address: IPv4Address) -> Path:
        """A file in known_hosts format with `host` as the key of one address: paramiko knows no patterns."""
        file = private_folder(self.secret.with_name("known")) / f".{address}"
        _write(file, f"{address} {self.host.public_text}\n")
        return file

    def _seal(self, text: str) -> str:
        return f"# {hmac.digest(self._seed, text.encode(), hashlib.sha256).hex()}"

    @property
    def _seed(self) -> bytes:
        return bytes.fromhex(self.secret.read_text())

    def _of(self, lab: str, node: str) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 -- 60 ms

        made = hmac.digest(self._seed, f"{lab} {node}".encode(), hashlib.sha256)
        return ed25519.Ed25519PrivateKey.from_private_bytes(made)


def _pair(private: Path, comment: str) -> KeyPair:
    public = private.with_suffix(".pub")
    if not (_PRIVATE.fullmatch(_text(private)) and _PUBLIC.fullmatch(_text(public))):
        private_text, public_text = new_pair()
        _write(private, private_text)
        _write(public, f"{public_text} {comment}\n")
    private.chmod(0o600)
    kind, key, *_ = public.read_text().split()
    return KeyPair(private, public, f"{kind} {key}")


def new_pair() -> tuple[str, str]:
    """A new private and its public key, as OpenSSH writes them."""
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 -- 60 ms, needed once

    return _texts(ed25519.Ed25519PrivateKey.generate())


def _texts(key: Ed25519PrivateKey) -> tuple[str, str]:
    """The private and the public key, as OpenSSH writes them."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 -- as above

    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), public.decode()


def _write(path: Path, text: str) -> None:
    """Put the text there, readable by its owner alone."""
    if _text(path) != text:
        write_whole(path, text, 0o600)


def _text(path: Path) -> str:
    """What stands in a file; "" if there is none."""
    try:
        return path.read_text(errors="replace")
    except FileNotFoundError:
        return ""
