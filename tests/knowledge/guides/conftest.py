from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.guides.model import Guide

PIGEONS = """\
name: nuoi-chim
title: Nuôi chim bồ câu
entry: [nuôi chim, chim bồ câu, chuồng chim]
questions:
  how_many_birds:
    text: Bạn nuôi mấy con?
    help: Đếm cả chim non.
    options:
      - {label: Dưới 10 con, words: [ít, vài con], next: where_do_they_live}
      - {label: Từ 10 con, words: [nhiều, cả trăm con], code: "1.000002", case: Trại lớn, note: Hỏi thú y trước.}
  where_do_they_live:
    text: Chuồng ở đâu?
    options:
      - {label: Trong nhà, words: [ở trong nhà], code: "1.000001"}
      - {label: Ngoài vườn, words: [sân, ở ngoài], code: "1.000002", case: Trại nhỏ}
"""
SCENARIOS = """\
- hỏi: nuôi chim trong nhà
  trả lời: [vài con]
  kết quả: 1.000001
- trả lời: ["1", sân]
  kết quả: 1.000002 / Trại nhỏ
- trả lời: [cả trăm con]
  kết quả: 1.000002 / Trại lớn
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with one guide and its scenarios."""
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "nuoi-chim.yml").write_text(PIGEONS, encoding="utf-8")
    (tmp_path / "guides" / "nuoi-chim.scenarios.yml").write_text(SCENARIOS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def change(folder: Path) -> Callable[[str, str], Path]:
    """Put something else in the place of a text of the guide's file."""

    def changed(old: str, new: str) -> Path:
        path = folder / "guides" / "nuoi-chim.yml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return changed


@pytest.fixture
def pigeons(folder: Path) -> Guide:
    """The made-up guide."""
    from knowledge.guides.model import read_guides

    return read_guides(None, folder).guides["nuoi-chim"]
