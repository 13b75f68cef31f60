"""Staff settle what the assistant couldn't answer, see what it does, and nothing is published unseen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine

from analytics import tables as t
from analytics.database import migrate
from answers.outcome import Outcome
from knowledge import tables as knowledge
from knowledge.editing.reading import read_work
from knowledge.search.entry import Entry
from knowledge.search.index import SearchIndex
from tests.analytics.support import Talk
from tests.knowledge.editing.conftest import draft, publish
from tests.knowledge.made_up import CODE, LetterEncoder, content_of
from tests.knowledge.search.conftest import small_index
from tests.web.console.conftest import ROOT, Browser
from tests.web.console.test_figures import text_of
from web.console.trying import use_keeper

QUESTION = "muốn nuôi chim cảnh"
EVIL = "<script>alert(1)</script> nuôi gà"


@dataclass
class Held:
    """The search's index, there already."""

    index: SearchIndex
    encoder: LetterEncoder

    def follow(self, version: int) -> None:
        """It doesn't change."""


@pytest.fixture
def asked(staff_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    migrate(staff_engine)
    publish(staff_engine, draft(staff_engine, content_of(name="Cấp thẻ nuôi chim", ways_to_ask=["làm thẻ chim ở đâu"])))
    for who in range(2):
        Talk(staff_engine, f"tg:{who}", dt.datetime(2026, 11, 24, 2))(Outcome.NOT_FOUND, text=QUESTION, codes=(CODE,))
    Talk(staff_engine, "tg:9", dt.datetime(2026, 11, 24, 3))(Outcome.NOT_FOUND, text=EVIL)
    encoder = LetterEncoder()
    entries = [Entry(CODE, "Cấp thẻ nuôi chim", (), ("làm thẻ chim ở đâu",)), Entry("9.000002", "Nuôi gà", (), ("gà",))]
    use_keeper(staff_engine, Held(small_index(entries, encoder), encoder))


def name_of(engine: Engine, text: str = QUESTION) -> str:
    with engine.connect() as connection:
        found = sa.select(t.texts.c.key).where(t.texts.c.text == text, t.texts.c.settled.is_(None))
        return str(connection.execute(found.order_by(t.texts.c.at)).scalars().first())


def made_of(engine: Engine, text: str = QUESTION) -> set[str | None]:
    with engine.connect() as connection:
        return set(connection.execute(sa.select(t.texts.c.settled).where(t.texts.c.text == text)).scalars())


def live_ways(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        editorial = read_work(connection, CODE).editorial or {}
        return list(editorial.get("ways_to_ask", []))


def test_what_waits_is_listed_with_how_often_and_why(editor: Browser, asked: None) -> None:
    page = editor.get(f"{ROOT}/cau-hoi").text
    told = text_of(page)
    assert told.index(QUESTION) < told.index("nuôi gà")
    assert "2 lần: không tìm thấy 2" in told
    assert f'<option value="{CODE}">Cấp thẻ nuôi chim</option>' in page
    assert "<script>alert" not in page
    assert QUESTION not in editor.get(f"{ROOT}/cau-hoi?vi=rated_down").text


def test_an_effect_is_shown_before_anything_is_written(editor: Browser, staff_engine: Engine, asked: None) -> None:
    form = {"cau": name_of(staff_engine), "cach_hoi": QUESTION, "ma": CODE}
    answer = editor.submit("/cau-hoi/thu", form)
    assert answer.status_code == 200
    told = text_of(answer.text)
    assert "Sau khi thêm, Cấp thẻ nuôi chim đứng thứ 1" in told
    assert "Đã thử 2 câu gần nhất" in told
    assert "/cau-hoi/cach-hoi" in answer.text
    assert made_of(staff_engine) == {None}
    assert live_ways(staff_engine) == ["làm thẻ chim ở đâu"]


def test_words_instead_of_a_code_offer_a_choice(editor: Browser, staff_engine: Engine, asked: None) -> None:
    answer = editor.submit("/cau-hoi/thu", {"cau": name_of(staff_engine), "cach_hoi": QUESTION, "ma": "nuôi chim"})
    assert f'type="radio" name="ma" value="{CODE}"' in answer.text
    assert "Thêm cách hỏi này" not in answer.text


def test_a_reviewers_way_is_live_at_once(reviewer: Browser, staff_engine: Engine, asked: None) -> None:
    form = {"cau": name_of(staff_engine), "cach_hoi": QUESTION, "ma": CODE}
    with staff_engine.connect() as connection:
        before = connection.execute(sa.select(sa.func.max(knowledge.revisions.c.revision))).scalar_one()
    answer = reviewer.submit("/cau-hoi/cach-hoi", form)
    assert answer.status_code == 303, text_of(answer.text)
    assert live_ways(staff_engine) == ["làm thẻ chim ở đâu", QUESTION]
    assert made_of(staff_engine) == {"way"}
    with staff_engine.connect() as connection:
        after = connection.execute(sa.select(sa.func.max(knowledge.revisions.c.revision))).scalar_one()
    assert after > before
    assert QUESTION not in text_of(reviewer.get(f"{ROOT}/cau-hoi").text)


def test_an_editors_way_is_handed_in(editor: Browser, staff_engine: Engine, asked: None) -> None:
    editor.submit("/cau-hoi/cach-hoi", {"cau": name_of(staff_engine), "cach_hoi": QUESTION, "ma": CODE})
    assert live_ways(staff_engine) == ["làm thẻ chim ở đâu"]
    with staff_engine.connect() as connection:
        draft = read_work(connection, CODE).draft
    assert draft is not None
    assert (draft.state.value, draft.author) == ("in_review", "editor")
    assert draft.payload["ways_to_ask"] == ["làm thẻ chim ở đâu", QUESTION]


@pytest.mark.parametrize(
    "way", ["x", "y" * 201, "gọi em 0912345678 làm thẻ chim", "nuôi chim [số điện thoại]", "làm thẻ chim ở đâu"]
)
def test_a_way_that_cannot_be_one_is_refused(reviewer: Browser, staff_engine: Engine, asked: None, way: str) -> None:
    form = {"cau": name_of(staff_engine), "cach_hoi": way, "ma": CODE}
    assert reviewer.submit("/cau-hoi/cach-hoi", form).status_code == 422
    assert live_ways(staff_engine) == ["làm thẻ chim ở đâu"]
    assert made_of(staff_engine) == {None}


@pytest.mark.parametrize("kind", ["faq", "outside", "set_aside"])
def test_one_click_puts_a_question_away(editor: Browser, staff_engine: Engine, asked: None, kind: str) -> None:
    assert editor.submit("/cau-hoi/xep", {"cau": name_of(staff_engine), "thanh": kind}).status_code == 303
    assert made_of(staff_engine) == {kind}
    assert made_of(staff_engine, EVIL) == {None}


def test_what_was_collected_can_be_taken_away(editor: Browser, staff_engine: Engine, asked: None) -> None:
    editor.submit("/cau-hoi/xep", {"cau": name_of(staff_engine), "thanh": "outside"})
    editor.submit("/cau-hoi/xep", {"cau": name_of(staff_engine, EVIL), "thanh": "faq"})
    examples = yaml.safe_load(editor.get(f"{ROOT}/cau-hoi/ngoai-pham-vi.yml").text)
    assert examples["nlu"] == [{"intent": "out_of_scope", "examples": f"- {QUESTION}\n"}]
    assert [faq["question"] for faq in yaml.safe_load(editor.get(f"{ROOT}/cau-hoi/faq.yml").text)] == [EVIL]
    assert editor.get(f"{ROOT}/cau-hoi/etc.yml").status_code == 404


def test_a_question_that_is_gone_is_said(editor: Browser, asked: None) -> None:
    for path in ("/cau-hoi/xep", "/cau-hoi/thu", "/cau-hoi/cach-hoi"):
        assert (
            editor.submit(path, {"cau": "none", "thanh": "faq", "ma": CODE, "cach_hoi": "nuôi chim"}).status_code == 303
        )
    assert "vừa được người khác xử lý" in editor.get(f"{ROOT}/cau-hoi").text
