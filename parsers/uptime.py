"""The ways in which FRR's daemons write a span of time."""

from __future__ import annotations

import re
from datetime import timedelta

# bgpd, zebra: 00:01:02, 1d02h03m, 02w3d04h, 01y02w3d; ldpd: the same without years;
# ospfd (8.4 on): 57.077s, 1m11s, 1h02m03s, 1d02h03m, 1w2d03h; 999 usecs, or below zero -1.787s
_CLOCK = re.compile(r"([0-9]+):([0-9]{2}):([0-9]{2})")
_UNITS = re.compile(
    r"(?:(?P<years>[0-9]+)y)?(?:(?P<weeks>[0-9]+)w)?(?:(?P<days>[0-9]+)d)?"
    r"(?:(?P<hours>[0-9]+)h)?(?:(?P<minutes>[0-9]+)m)?(?:(?P<seconds>[0-9]+(?:[.][0-9]+)?)s)?"
)
_OVERDUE = re.compile(r"(-[0-9]+)([.][0-9]{3})s")
_MICROSECONDS = re.compile(r"([0-9]+) usecs")


def parse_uptime(text: str) -> timedelta:
    """Read a span of time as FRR writes it; a year has 365 days.

    A timer that should have gone off has a span below zero. ospfd then counts whole seconds down and
    milliseconds up (``ospf_timeval_dump``, FRR 8.4 to 10.7): ``-1.787s`` is 213 ms ago.

    Raises:
        ValueError: The text is not a span of time, or a longer one than can be reckoned with.
    """
    try:
        return _span(text)
    except OverflowError:
        raise ValueError(f"{text!r} is no span of time that a router has been up") from None


def _span(text: str) -> timedelta:
    if overdue := _OVERDUE.fullmatch(text):
        return timedelta(seconds=int(overdue[1]) + float(overdue[2]))
    if few := _MICROSECONDS.fullmatch(text):
        return timedelta(microseconds=int(few[1]))
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = map(int, clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    units = _UNITS.fullmatch(text)
    if not text or units is None:
        raise ValueError(f"{text!r} is no span of time")
    spans = {unit: float(span) for unit, span in units.groupdict("0").items()}
    years = spans.pop("years")
    return timedelta(days=365 * years) + timedelta(**spans)
