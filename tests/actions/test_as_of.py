"""'As of' a day: MOTCUA_TODAY decides which fee is told."""

from __future__ import annotations

import pytest

from tests.actions.conftest import Talk


@pytest.mark.parametrize(
    ("day", "told", "not_told"),
    [
        ("2026-12-31", "cấp hộ chiếu: 100.000 đồng/hộ chiếu, áp dụng đến 31/12/2026", "400.000 đồng"),
        ("2027-01-01", "cấp hộ chiếu: 200.000 đồng/hộ chiếu", "31/12/2026"),
    ],
)
def test_a_passport_costs_what_holds_on_the_day_asked_for(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, day: str, told: str, not_told: str
) -> None:
    monkeypatch.setenv("MOTCUA_TODAY", day)
    text = talk("phí bao nhiêu", "ask_fee", procedure_code="1.001456").reply.text()
    assert told in text
    assert not_told not in text
