from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge.content import read_content
from knowledge.layer import (
    Agencies,
    Case,
    Channel,
    ChannelKind,
    Document,
    Fee,
    Form,
    Instead,
    Layer,
    LegalBasis,
    Level,
    OnlineLevel,
    ProcessingTime,
    Source,
    TimeUnit,
)
from tests.knowledge.made_up import CODE, save

WORDS = st.text(alphabet="aáb ế.()", min_size=1, max_size=8).map(str.strip).filter(bool)
MAYBE = st.none() | WORDS
DAYS = st.none() | st.dates()
PERIODS = st.tuples(DAYS, DAYS).map(lambda days: days if None in days else tuple(sorted(days)))  # type: ignore[type-var]


@st.composite
def times(draw: st.DrawFn) -> ProcessingTime:
    start, end = draw(PERIODS)
    amount = draw(st.none() | st.integers(1, 99))
    unit = draw(st.sampled_from(TimeUnit)) if amount else None
    return ProcessingTime(
        text=draw(WORDS), amount=amount, unit=unit, when=draw(MAYBE), start=start, end=end, source=draw(MAYBE)
    )


@st.composite
def fees(draw: st.DrawFn) -> Fee:
    start, end = draw(PERIODS)
    return Fee(
        label=draw(WORDS), amount=draw(st.none() | st.integers(0, 10**9)), text=draw(WORDS), per=draw(MAYBE),
        when=draw(MAYBE), area=draw(MAYBE), start=start, end=end, source=draw(MAYBE),
    )  # fmt: skip


DOCUMENTS = st.builds(
    Document, name=WORDS, original=st.integers(0, 20), copies=st.integers(0, 20), show_only=st.booleans(),
    if_any=st.booleans(), form=MAYBE, note=MAYBE,
)  # fmt: skip
SOURCES = st.builds(Source, name=WORDS, url=MAYBE, dated=DAYS, checked=st.dates())
AGENCIES = st.builds(Agencies, decides=WORDS, receives=MAYBE, carries_out=MAYBE, cooperates=MAYBE, source=MAYBE)
LAYERS = st.builds(
    Layer,
    code=st.just(CODE), name=MAYBE, official_name=MAYBE, kind=MAYBE, field=MAYBE, ministry=MAYBE, applicants=MAYBE,
    decision=MAYBE, summary=MAYBE, portal_url=MAYBE, documents_note=MAYBE,
    code_listed=DAYS,
    level=st.lists(st.sampled_from(Level), unique=True), online=st.none() | st.sampled_from(OnlineLevel),
    applies=st.lists(WORDS, max_size=2), conditions=st.lists(WORDS, max_size=2), mistakes=st.lists(WORDS, max_size=2),
    warnings=st.lists(WORDS, max_size=2), steps=st.lists(WORDS, max_size=3), results=st.lists(WORDS, max_size=2),
    popular_names=st.lists(WORDS, max_size=2), ways_to_ask=st.lists(WORDS, max_size=2),
    related=st.lists(st.just("9.000002"), max_size=2),
    instead=st.lists(st.builds(Instead, when=WORDS, code=st.just("9.000003")), max_size=2),
    sources=st.dictionaries(WORDS, SOURCES, max_size=2),
    cases=st.lists(
        st.builds(Case, name=WORDS, when=MAYBE, source=MAYBE, documents=st.lists(DOCUMENTS, min_size=1, max_size=2)),
        max_size=2,
    ),
    channels=st.lists(
        st.builds(Channel, kind=st.sampled_from(ChannelKind), place=MAYBE, note=MAYBE,
                  times=st.lists(times(), max_size=2), fees=st.lists(fees(), max_size=2)),
        max_size=2,
    ),
    agencies=st.none() | AGENCIES,
    forms=st.lists(st.builds(Form, name=WORDS, note=MAYBE, url=MAYBE), max_size=2),
    legal_bases=st.just([LegalBasis(number="60/2014/QH13", title="Luật Hộ tịch")]),
)  # fmt: skip


@settings(
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(layer=LAYERS)
def test_a_layer_comes_back_from_its_tables_as_it_went_in(engine: Engine, layer: Layer) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, layer)
        assert store.load_layers(connection, [CODE]) == {(CODE, store.OFFICIAL): layer}


def test_our_own_content_comes_back_as_it_stands_in_its_files(content_engine: Engine) -> None:
    procedures = read_content().procedures
    with content_engine.connect() as connection:
        loaded = store.load_layers(connection, [procedure.code for procedure in procedures])
    titles = {basis.number: basis.title for procedure in procedures for basis in procedure.legal_bases}
    for procedure in procedures:
        here = store.payload_of(loaded[procedure.code, store.EDITORIAL])
        there = store.payload_of(procedure)
        for basis in here.get("legal_bases", []) + there.get("legal_bases", []):
            basis["title"] = titles[basis["number"]]  # one text, one title
        assert here == there, procedure.code


@pytest.mark.parametrize("level", [[], [Level.COMMUNE], list(Level)])
def test_levels_keep_their_order(engine: Engine, level: list[Level]) -> None:
    with engine.begin() as connection:
        save(connection, store.OFFICIAL, Layer(code=CODE, name="x", level=level))
        assert store.load_layers(connection, [CODE])[CODE, store.OFFICIAL].level == level
