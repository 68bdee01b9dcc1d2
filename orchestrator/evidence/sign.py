"""Signatures of bundles: ed25519 (RFC 8032) over the manifest, which has a digest of each other part.

Who signed is named by the public key in the words of OpenSSH, as `ssh-keygen -t ed25519` writes it. A
signature that is there must be right; whose it is to be, only the reader can say.
"""

from __future__ import annotations

import base64
import binascii
import stat
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from orchestrator.errors import UsageError
from orchestrator.evidence.archive import BadBundle

if TYPE_CHECKING:
    from pathlib import Path

SIGNATURE: Final = "manifest.sig"
_CONTEXT: Final = b"l3vpn evidence bundle\n"
"""Signed before the manifest: nothing else that the key signs can be taken for one."""
_LINES: Final = 2
_LARGEST: Final = 100_000


def read_key(file: Path) -> Ed25519PrivateKey:
    """The private key in a file of OpenSSH or PEM, which has no passphrase.

    Raises:
        UsageError: there is none.
        OSError: the file can't be read though it is there.
    """
    data = _octets(file)
    for load in (serialization.load_ssh_private_key, serialization.load_pem_private_key):
        try:
            key = load(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if isinstance(key, Ed25519PrivateKey):
            return key
    raise UsageError(f"{file}: is no ed25519 private key without a passphrase: `ssh-keygen -t ed25519 -N ''`")


def read_signer(file: Path) -> str:
    """The public key in a file, in the words of OpenSSH.

    Raises:
        UsageError: there is none.
        OSError: the file can't be read though it is there.
    """
    try:
        key = serialization.load_ssh_public_key(_octets(file))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{file}: is no ed25519 public key: the file FILE.pub of `ssh-keygen -t ed25519`")
    return _text(key)


def _octets(file: Path) -> bytes:
    try:
        about = file.stat()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}: a key file is expected there") from None
    if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
        raise UsageError(f"{file}: is no key: it is no ordinary file, or larger than any key")
    return file.read_bytes()


def signature(manifest: bytes, key: Ed25519PrivateKey) -> bytes:
    """What is kept beside a manifest: who signed, and the signature."""
    signed = base64.b64encode(key.sign(_CONTEXT + manifest)).decode()
    return f"{_text(key.public_key())}\n{signed}\n".encode()


def signer(manifest: bytes, kept: bytes) -> str:
    """Who signed a manifest.

    Raises:
        BadBundle: nobody did: the signature is of something else, or none at all.
    """
    try:
        lines = kept.decode("ascii").splitlines()
        if len(lines) == _LINES:
            key = serialization.load_ssh_public_key(lines[0].encode())
            if isinstance(key, Ed25519PublicKey):
                key.verify(base64.b64decode(lines[1], validate=True), _CONTEXT + manifest)
                return _text(key)
    except (ValueError, binascii.Error, UnsupportedAlgorithm, InvalidSignature):
        pass
    raise BadBundle("is damaged: its signature is not one of its manifest")


def _text(key: Ed25519PublicKey) -> str:
    return key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
