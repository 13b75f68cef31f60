"""Fields of the portal and the life areas of the list."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.fields import FILE, group_of_field, read_table
from knowledge.layer import Group


@pytest.mark.parametrize(
    ("field", "group"),
    [
        ("Hộ tịch", Group.CIVIL_STATUS),
        (" đất  đai ", Group.LAND),
        ("Sát hạch, cấp giấy phép lái xe", Group.TRANSPORT),
        ("Thi đua - Khen thưởng", Group.OTHER),
        ("Đâ\u0301t đai", Group.LAND),
    ],
)
def test_a_field_has_its_area_however_it_is_written(field: str, group: Group) -> None:
    assert group_of_field(field) is group


@pytest.mark.parametrize("field", [None, "", "Chim cảnh"])
def test_a_field_that_is_not_in_the_table_has_no_area(field: str | None) -> None:
    assert group_of_field(field) is None


def test_every_area_has_a_field() -> None:
    assert set(read_table(FILE).values()) == set(Group)


def test_a_field_in_two_areas_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fields.yml"
    path.write_text("dat_dai: [Đất đai]\nnha_o: [đất đai]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="hai nhóm"):
        read_table(path)
