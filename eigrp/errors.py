"""What can go wrong, each one clear line."""

from __future__ import annotations


class EigrpError(Exception):
    """Something the speaker could not do."""


class DecodeError(EigrpError):
    """Bytes that are not a valid message; the text says which rule they break."""


class ConfigError(EigrpError):
    """A configuration that cannot be used; the text names the line."""


class ZebraError(EigrpError):
    """Zebra is of an unknown version, or said something that its version does not say."""
