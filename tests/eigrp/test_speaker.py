from __future__ import annotations

import pytest

from eigrp.bmp import Initiation, Message, Monitoring, PeerUp
from eigrp.speaker import asks_again


@pytest.mark.parametrize(
    ("message", "news", "renewed", "again"),
    [
        (Monitoring("10.255.0.3", (), ()), True, False, True),
        (Monitoring("10.255.0.3", (), ()), True, True, True),
        (Monitoring("10.255.0.3", (), ()), False, False, False),
        (PeerUp("10.255.0.3"), False, False, True),  # not one of its routes may ever be told
        (PeerUp("10.255.0.3"), False, True, False),
        (Initiation("FRR"), False, False, False),
    ],
)
def test_bgpd_is_asked_once_more_where_it_may_have_forgotten_something(
    *, message: Message, news: bool, renewed: bool, again: bool
) -> None:
    assert asks_again(message, news=news, renewed=renewed) is again
