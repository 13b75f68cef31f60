from __future__ import annotations

import re
from pathlib import Path

import pytest

from privacy import pseudonym


@pytest.fixture(autouse=True)
def _secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MOTCUA_PSEUDONYM_SECRET", raising=False)


def test_a_person_keeps_a_name_that_tells_nothing() -> None:
    name = pseudonym("person", "tg:700000001")
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert pseudonym("person", "tg:700000001") == name
    assert pseudonym("person", "tg:700000002") != name
    assert pseudonym("conversation", "tg:700000001") != name
    assert Path("var/secrets/pseudonyms").stat().st_mode & 0o077 == 0


def test_another_secret_gives_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    before = pseudonym("person", "tg:700000001")
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "another secret with twenty-four letters")
    assert pseudonym("person", "tg:700000001") != before


@pytest.mark.parametrize("filling", ["change-me-change-me-change-me-please", "thay-doi-gia-tri-nay-nhe-1234"])
def test_a_sample_value_is_no_secret(filling: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", filling)
    with pytest.raises(ValueError, match=r"^MOTCUA_PSEUDONYM_SECRET .*còn là giá trị mẫu"):
        pseudonym("person", "x")
