from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

import pytest

from knowledge.importers.portal_records import DATED, MINISTRIES, USUAL_CASE, legal_bases, read_cases, read_record
from knowledge.layer import ChannelKind, Layer, Level, OnlineLevel
from tests.conftest import TODAY
from tests.knowledge.made_up import CODE, PAGE, channel, paper, record


def read(**changes: Any) -> Layer:
    return read_record(record(**changes), DATED, TODAY)


def test_a_record_becomes_the_official_layer() -> None:
    layer = read()
    assert layer.code == CODE
    assert layer.name == "Cấp thẻ nuôi chim bồ câu"
    assert layer.official_name == "Thủ tục cấp thẻ nuôi chim bồ câu"
    assert layer.level == [Level.COMMUNE]
    assert layer.ministry == "Bộ Tư pháp"
    assert layer.steps == ["Nộp hồ sơ.", "Nhận thẻ."]
    assert layer.conditions == []
    assert layer.results == ["Thẻ nuôi chim"]
    assert layer.portal_url == PAGE
    assert [basis.number for basis in layer.legal_bases] == ["60/2014/QH13"]


def test_the_source_names_the_record_the_decision_and_the_day() -> None:
    source = read().sources["portal"]
    assert CODE in source.name
    assert "12/QĐ-THU" in source.name
    assert (source.url, source.checked) == (PAGE, DATED)


@pytest.mark.parametrize("field", ["ma_thu_tuc", "ten_thu_tuc", "detail_url"])
@pytest.mark.parametrize("value", ["", "  ", None, 7])
def test_a_record_without_code_name_or_page_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"thiếu {field}"):
        read(**{field: value})


def test_channels_that_are_no_list_are_refused() -> None:
    with pytest.raises(ValueError, match="danh sách"):
        read(kenh_nop={"kenh": "Trực tuyến"})


def test_a_bare_number_is_no_processing_time() -> None:
    layer = read(kenh_nop=[channel(time="1"), channel("Trực tuyến", time="1 Ngày làm việc")])
    assert [(one.kind, [time.text for time in one.times]) for one in layer.channels] == [
        (ChannelKind.DIRECT, []),
        (ChannelKind.ONLINE, ["1 ngày làm việc"]),
    ]


def test_free_beside_a_stated_fee_is_not_free() -> None:
    layer = read(kenh_nop=[channel(fee="Miễn phí", note="(Lệ phí cấp thẻ: 135.000 đồng/lần)")])
    assert [fee.amount for fee in layer.channels[0].fees] == [None]
    assert layer.channels[0].fees[0].text == "Lệ phí cấp thẻ: 135.000 đồng/lần"


def test_free_that_one_channels_note_contradicts_is_believed_in_no_channel() -> None:
    layer = read(
        kenh_nop=[channel("Trực tuyến", fee="Miễn phí"), channel(fee="Miễn phí", note="(Do HĐND tỉnh quy định)")]
    )
    assert [[fee.amount for fee in one.fees] for one in layer.channels] == [[], [None]]
    layer = read(kenh_nop=[channel("Trực tuyến", fee="Miễn phí"), channel(fee="20,000 VNĐ")])
    assert [[fee.amount for fee in one.fees] for one in layer.channels] == [[0], [20_000]]


def test_a_fee_that_the_council_sets_says_so() -> None:
    layer = read(kenh_nop=[channel(fee="Miễn phí", note="(Theo quy định của Hội đồng nhân dân cấp tỉnh)")])
    assert layer.channels[0].fees[0].amount is None
    assert "Hội đồng nhân dân" in (layer.channels[0].fees[0].text or "")


def test_a_reduction_that_is_over_on_the_day_of_import_is_not_told() -> None:
    note = "(200.000đ/quyển. Nộp trực tuyến đến hết ngày 31/12/2023: 180.000đ/quyển.)"
    told = read(kenh_nop=[channel("Trực tuyến", fee="Miễn phí", note=note)]).channels[0].fees
    assert [fee.text for fee in told] == ["200.000đ/quyển."]


def test_a_running_reduction_ends_on_its_day() -> None:
    note = "(Từ ngày 01/07/2025 đến hết ngày 31/12/2026 áp dụng mức thu 35.000 đồng)"
    lowered, full = read(kenh_nop=[channel(fee="70,000 VNĐ", note=note)]).channels[0].fees
    assert (lowered.amount, lowered.end) == (35_000, dt.date(2026, 12, 31))
    assert (full.amount, full.start) == (70_000, dt.date(2027, 1, 1))


def test_texts_in_decomposed_form_are_composed() -> None:
    name = "Thủ tục cấp thẻ nuôi chim bồ câu"
    made = read(ten_thu_tuc=unicodedata.normalize("NFD", name), trinh_tu_thuc_hien=unicodedata.normalize("NFD", name))
    assert made.official_name == name
    assert made.steps == [name]


def test_names_of_form_files_are_not_part_of_a_document() -> None:
    layer = read(ho_so=[paper("- Tờ khai nuôi chim theo mẫu.Mau so 1.docx"), paper("Ảnh chim;")])
    assert [one.name for one in layer.cases[0].documents] == ["Tờ khai nuôi chim theo mẫu", "Ảnh chim"]


def test_a_record_without_channels_or_documents_says_nothing_of_them() -> None:
    layer = read(kenh_nop=[], ho_so=[])
    assert layer.channels == []
    assert layer.cases == []


def test_an_unknown_channel_is_left_out_and_repeats_are_one() -> None:
    layer = read(kenh_nop=[channel("Bồ câu đưa thư"), channel(), channel(time="5 Ngày"), channel()])
    assert [one.kind for one in layer.channels] == [ChannelKind.DIRECT]
    assert [time.text for time in layer.channels[0].times] == ["3 ngày làm việc", "5 ngày"]


def test_a_record_without_a_code_of_the_portal_is_refused() -> None:
    with pytest.raises(ValueError, match=r"không đúng dạng 1\.001193"):
        read(ma_thu_tuc="nuoi-chim")


def test_names_of_abolished_levels_are_no_level() -> None:
    assert read(cap_thuc_hien="Cấp Huyện, Cấp xã, Cấp tỉnh").level == [Level.COMMUNE, Level.PROVINCE]


def test_one_provinces_own_ministry_folder_is_named_as_it_is() -> None:
    assert read(bo="bo-chim").ministry == "bo-chim"
    assert set(MINISTRIES) >= {"bo-tu-phap", "bo-cong-an"}


@pytest.mark.parametrize(
    ("name", "online"),
    [
        ("Cấp thẻ (dịch vụ công trực tuyến toàn trình)", OnlineLevel.FULL),
        ("Cấp thẻ (trực tuyến một phần)", OnlineLevel.PARTIAL),
        ("Cấp thẻ", None),
    ],
)
def test_the_online_level_is_told_only_where_the_name_says_it(name: str, online: OnlineLevel | None) -> None:
    assert read(ten_thu_tuc=name).online is online


def test_documents_are_grouped_by_case_with_their_counts() -> None:
    cases = read_cases(
        [("Trường hợp mất thẻ:", "Đơn trình báo", 1, 0), ("", "Tờ khai", 1, 2), ("Trường hợp mất thẻ", "Ảnh", 0, 2)]
    )
    assert [(case.name, [(one.name, one.original, one.copies) for one in case.documents]) for case in cases] == [
        ("Trường hợp mất thẻ", [("Đơn trình báo", 1, 0), ("Ảnh", 0, 2)]),
        (USUAL_CASE, [("Tờ khai", 1, 2)]),
    ]


def test_papers_to_show_are_marked_and_stand_in_the_usual_case() -> None:
    (case,) = read_cases([("* Giấy tờ phải xuất trình:", "Căn cước", 1, 0), ("Giấy tờ phải nộp", "Tờ khai", 1, 0)])
    assert case.name == USUAL_CASE
    assert [(one.name, one.show_only) for one in case.documents] == [("Căn cước", True), ("Tờ khai", False)]


@pytest.mark.parametrize(
    ("case", "name", "original", "copies"),
    [
        ("Hồ sơ", "Nếu không tra được thì xuất trình", 0, 0),
        ("Lưu ý", "Nộp giờ hành chính", 1, 0),
        ("Hồ sơ", "", 1, 1),
        ("Hồ sơ", "Tờ khai", "1", None),
        ("Hồ sơ", "Tờ khai", 400, -1),
    ],
)
def test_remarks_and_rows_without_a_sound_count_are_no_documents(
    case: str, name: str, original: object, copies: object
) -> None:
    assert read_cases([(case, name, original, copies)]) == []


def test_what_is_no_number_of_a_legal_text_is_left_out() -> None:
    found = legal_bases(["60/2014/QH13", " 85/2019/TT-BTC ", "Luật Hộ tịch", "", None, "60/2014/QH13"])
    assert [basis.number for basis in found] == ["60/2014/QH13", "85/2019/TT-BTC"]
