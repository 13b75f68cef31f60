"""The 2,642 national records, where ../shared holds them."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.errors import ImportRefused
from knowledge.importers.money import COUNCIL_SETS
from knowledge.importers.run import import_file
from knowledge.layer import ChannelKind, Layer, Level
from knowledge.procedure import Procedure, load_procedures
from knowledge.search.build import read_entries, texts_to_embed
from knowledge.vectors import load_shipped, missing_texts
from tests.conftest import RECORDS, TODAY, shared_file
from tests.knowledge.conftest import NAMES_ONLY, National
from tests.knowledge.made_up import count
from vietnamese.embedding import SentenceEncoder
from vietnamese.shipped import LONGEST_TEXT

SUM = re.compile(r"\d[\d.,]*\s*(?:đồng|đ\b|vnđ)", re.I)


@pytest.fixture(scope="module")
def raw() -> dict[str, Mapping[str, Any]]:
    with gzip.open(shared_file(RECORDS), "rt", encoding="utf-8") as lines:
        return {entry["ma_thu_tuc"]: entry for entry in map(json.loads, lines)}


@pytest.fixture(scope="module")
def layers(national: National, raw: Mapping[str, Any]) -> dict[str, Layer]:
    from knowledge.database import open_engine

    engine = open_engine(f"sqlite:///{national.database}")
    with engine.connect() as connection:
        found = store.load_layers(connection, list(raw))
    engine.dispose()
    return {code: layer for (code, _), layer in found.items()}


def procedure(engine: Engine, code: str) -> Procedure:
    with engine.connect() as connection:
        return load_procedures(connection, [code])[code]


@pytest.mark.measured
def test_all_records_enter_in_a_minute_and_a_repeat_changes_nothing_in_ten_seconds(national: National) -> None:
    assert (national.summary.created, national.summary.rejected) == (2_642, [])
    assert (national.repeat.created, national.repeat.changed, national.repeat.unchanged) == (0, 0, 2_642)
    assert national.seconds < 60
    assert national.repeat_seconds < 10


def test_the_names_of_the_records_bring_their_vectors(national_engine: Engine, encoder: SentenceEncoder) -> None:
    with national_engine.begin() as connection:
        texts = set(texts_to_embed(read_entries(connection)))
        load_shipped(connection, encoder)
        assert missing_texts(connection, encoder, texts) == [], "run 'motcua search ship-vectors' after the import"
    assert len(texts) > 2_000


def test_every_change_is_logged_once(national_engine: Engine) -> None:
    with national_engine.connect() as connection:
        assert count(connection, t.audit_log) == 2_642
        assert count(connection, t.import_runs) == 2  # the records, the marks


def test_no_time_is_a_bare_number(layers: Mapping[str, Layer], raw: Mapping[str, Any]) -> None:
    bare = [
        code
        for code, record in raw.items()
        if any(re.fullmatch(r"\d+", (one["thoi_gian"] or "").strip()) for one in record["kenh_nop"])
    ]
    assert len(bare) == 354
    for layer in layers.values():
        for channel in layer.channels:
            assert all(time.unit and not time.text.isdigit() for time in channel.times)


def test_no_free_beside_a_sum_or_beside_the_provincial_council(
    layers: Mapping[str, Layer], raw: Mapping[str, Any]
) -> None:
    contradicted = 0
    for code, record in raw.items():
        notes = [one["mo_ta"] or "" for one in record["kenh_nop"] if (one["phi"] or "").strip().lower() == "miễn phí"]
        # A council that decides on a programme, outside the fee's parentheses, sets no fee.
        if any(SUM.search(note) or re.match(r"\([^)]*(?:HĐND|Hội đồng nhân dân)", note) for note in notes):
            contradicted += 1
            assert all(fee.amount != 0 for channel in layers[code].channels for fee in channel.fees), code
    assert contradicted > 100


def test_names_are_composed_and_documents_bear_no_file_names(layers: Mapping[str, Layer]) -> None:
    for code, layer in layers.items():
        names = [paper.name for case in layer.cases for paper in case.documents]
        for text in [layer.name or "", layer.official_name or "", *names]:
            assert unicodedata.is_normalized("NFC", text), code
        assert not any(re.search(r"\.(docx?|xlsx?)$", name, re.I) for name in names), code
    assert max(len(layer.official_name or "") for layer in layers.values()) > LONGEST_TEXT


def test_records_without_channels_enter_too_and_no_level_is_a_district(layers: Mapping[str, Layer]) -> None:
    assert sum(not layer.channels for layer in layers.values()) == 15
    assert {level for layer in layers.values() for level in layer.level} <= set(Level)


def test_fees_whose_time_is_over_are_not_told(layers: Mapping[str, Layer]) -> None:
    for code, layer in layers.items():
        for fee in (fee for channel in layer.channels for fee in channel.fees):
            assert fee.end is None or fee.end >= TODAY, code
            years = re.findall(r"đến (?:hết )?(?:ngày )?\d{1,2}/\d{1,2}/(\d{4})", fee.text or "")
            assert all(int(year) >= TODAY.year for year in years), (code, fee.text)


def test_marriage_shows_no_time_because_the_record_has_none(national_engine: Engine) -> None:
    marriage = procedure(national_engine, "1.000894")
    assert marriage.name == "Đăng ký kết hôn"
    assert marriage.levels == (Level.COMMUNE,)
    assert marriage.portal_url.startswith("https://dichvucong.gov.vn/thu-tuc-hanh-chinh/")
    assert all(channel.times == () for channel in marriage.channels(TODAY))
    assert "times" in marriage.doubtful
    assert marriage.text_is_dated(marriage.official.agencies.decides)  # type: ignore[union-attr,arg-type]


def test_a_driving_licence_is_never_called_free(national_engine: Engine) -> None:
    licence = procedure(national_engine, "3.000346")
    assert [channel.fees for channel in licence.channels(TODAY)] == [(), (), ()]
    assert [time.text for time in licence.channels(TODAY)[0].times] == ["7 ngày"]


def test_a_passport_costs_what_is_true_after_the_reduction(national_engine: Engine) -> None:
    passport = procedure(national_engine, "1.001456")
    told = " ".join(fee.text or "" for channel in passport.channels(TODAY) for fee in channel.fees)
    assert "200.000" in told
    assert "2023" not in told


def test_an_identity_cards_reduction_ends_with_its_day(layers: Mapping[str, Layer]) -> None:
    card = Procedure("2.001194", layers["2.001194"], None)
    last = dt.date(2026, 12, 31)
    assert any(channel.fees for channel in card.channels(last))
    assert not any(channel.fees for channel in card.channels(last + dt.timedelta(days=1)))


def test_a_household_business_fee_is_the_councils_to_set(layers: Mapping[str, Layer]) -> None:
    fees = [fee for channel in layers["1.001612"].channels for fee in channel.fees]
    assert {(fee.amount, fee.text) for fee in fees} == {(None, COUNCIL_SETS)}


def test_a_certified_copy_costs_by_the_page(layers: Mapping[str, Layer]) -> None:
    (channel,) = layers["2.000815"].channels
    assert channel.kind is ChannelKind.DIRECT
    assert [(fee.amount, fee.per) for fee in channel.fees] == [(2_000, "trang")]


def test_marks_of_doubt_enter_and_withhold_their_field(national: National, national_engine: Engine) -> None:
    assert national.marks.format == "doubts"
    assert national.marks.created > 500
    assert national.marks.rejected == []
    with national_engine.connect() as connection:
        marked = load_procedures(connection, list(dict.fromkeys(connection.execute(t.doubts.select()).scalars())))
    for one in marked.values():
        channels = one.channels(TODAY)
        if "fees" in one.doubtful:
            assert all(channel.fees == () for channel in channels)
        if "times" in one.doubtful:
            assert all(channel.times == () for channel in channels)
        if "agencies" in one.doubtful:
            assert one.agencies is None


def test_the_list_of_names_is_refused(engine: Engine) -> None:
    path = shared_file(NAMES_ONLY)
    with pytest.raises(ImportRefused, match="chỉ có tên"):
        import_file(engine, path, today=TODAY)
    with engine.connect() as connection:
        assert count(connection, t.procedures) == 0
