from __future__ import annotations

import logging

import pytest

from bot.channels.complaints import EVERY, Complaints


def test_strangers_cannot_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    complaints = Complaints(logging.getLogger("test"), lambda: now[0])
    for _ in range(1_000):
        complaints.about("wrong secret")
    complaints.about("another reason")
    now[0] += EVERY
    complaints.about("wrong secret")
    assert [record.getMessage() for record in caplog.records] == [
        "wrong secret (1 since the start)",
        "another reason (1 since the start)",
        "wrong secret (1001 since the start)",
    ]
