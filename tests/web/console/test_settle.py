"""Staff settle what the assistant couldn't answer, see what it does, and nothing is published unseen."""

from __future__ import annotations

import datetime as dt
import json
import re

import httpx
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import Engine

from analytics import tables as t
from analytics.database import migrate
from analytics.examples import collected
from answers.outcome import Outcome
from knowledge import tables as knowledge
from knowledge.editing.reading import read_work
from knowledge.search.entry import Entry
from knowledge.search.trial import Asked, effect
from tests.analytics.support import Talk
from tests.knowledge.editing.conftest import draft, publish
from tests.knowledge.made_up import CODE, LetterEncoder, content_of
from tests.knowledge.search.conftest import small_index
from tests.web.conftest import Rasa
from tests.web.console.conftest import ROOT, Browser
from tests.web.console.test_figures import text_of
from web.console.trials import proven

QUESTION = "muốn nuôi chim cảnh"
EVIL = "<script>alert(1)</script> nuôi gà"


@pytest.fixture
def asked(staff_engine: Engine, rasa: Rasa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    migrate(staff_engine)
    publish(staff_engine, draft(staff_engine, content_of(name="Cấp thẻ nuôi chim", ways_to_ask=["làm thẻ chim ở đâu"])))
    for who in range(2):
        Talk(staff_engine, f"tg:{who}", dt.datetime(2026, 11, 24, 2))(Outcome.NOT_FOUND, text=QUESTION, codes=(CODE,))
    Talk(staff_engine, "tg:9", dt.datetime(2026, 11, 24, 3))(Outcome.NOT_FOUND, text=EVIL)
    encoder = LetterEncoder()
    entries = [Entry(CODE, "Cấp thẻ nuôi chim", (), ("làm thẻ chim ở đâu",)), Entry("9.000002", "Nuôi gà", (), ("gà",))]
    index = small_index(entries, encoder)
    questions = [Asked("nuôi gà", encoder.query("nuôi gà"), ("9.000002",))]

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/webhooks/web/try"
        told = json.loads(request.content)
        found = effect(index, told["code"], told["way"], encoder.query(told["way"]), questions)
        return httpx.Response(200, json={"effect": found.as_json()})

    rasa.answer = answer


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


def tried(browser: Browser, engine: Engine, way: str = QUESTION) -> dict[str, str]:
    """The form as the page of a trial holds it."""
    form = {"cau": name_of(engine), "cach_hoi": way, "ma": CODE}
    page = browser.submit("/cau-hoi/thu", form).text
    found = re.search(r'name="thu" value="([^"]+)"', page)
    assert found, text_of(page)
    return {**form, "thu": found.group(1)}


def test_what_waits_is_listed_with_how_often_and_why(editor: Browser, asked: None) -> None:
    page = editor.get(f"{ROOT}/cau-hoi").text
    told = text_of(page)
    assert told.index(QUESTION) < told.index("nuôi gà")
    assert "2 lần: không tìm thấy. Gần nhất" in told
    assert f'<option value="{CODE}">Cấp thẻ nuôi chim</option>' in page
    assert "<script>alert" not in page
    assert QUESTION not in editor.get(f"{ROOT}/cau-hoi?vi=rated_down").text


def test_an_effect_is_shown_before_anything_is_written(editor: Browser, staff_engine: Engine, asked: None) -> None:
    form = {"cau": name_of(staff_engine), "cach_hoi": QUESTION, "ma": CODE}
    answer = editor.submit("/cau-hoi/thu", form)
    assert answer.status_code == 200
    told = text_of(answer.text)
    assert "Sau khi thêm, Cấp thẻ nuôi chim vẫn đứng thứ 1" in told
    assert "Đã thử 2 cách hỏi gần nhất đã có: trước đúng 2, sau đúng 2" in told
    assert "Đã thử 1 câu trong bộ câu hỏi đánh giá: trước đúng 1, sau đúng 1" in told
    assert "/cau-hoi/cach-hoi" in answer.text
    assert made_of(staff_engine) == {None}
    assert live_ways(staff_engine) == ["làm thẻ chim ở đâu"]


def test_words_instead_of_a_code_offer_a_choice(editor: Browser, staff_engine: Engine, asked: None) -> None:
    answer = editor.submit("/cau-hoi/thu", {"cau": name_of(staff_engine), "cach_hoi": QUESTION, "ma": "nuôi chim"})
    assert f'type="radio" name="ma" value="{CODE}"' in answer.text
    assert "Thêm cách hỏi này" not in answer.text


def test_a_reviewers_way_is_live_at_once(reviewer: Browser, staff_engine: Engine, asked: None) -> None:
    form = tried(reviewer, staff_engine)
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
    editor.submit("/cau-hoi/cach-hoi", tried(editor, staff_engine))
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


def test_nothing_is_published_that_was_not_tried(
    reviewer: Browser, editor: Browser, staff_engine: Engine, asked: None
) -> None:
    form = tried(reviewer, staff_engine)
    others = tried(editor, staff_engine)
    for change in ({"thu": ""}, {"thu": "x.y.z"}, {"cach_hoi": "chim"}, {"thu": others["thu"]}):
        answer = reviewer.submit("/cau-hoi/cach-hoi", {**form, **change})
        assert answer.status_code == 422
        assert "Thử xem” đã" in text_of(answer.text)
    with time_machine.travel(dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=31), tick=True):
        assert proven(form["thu"], "reviewer", CODE, QUESTION) is None
    assert live_ways(staff_engine) == ["làm thẻ chim ở đâu"]
    assert made_of(staff_engine) == {None}


def test_a_way_that_makes_others_worse_has_to_be_meant(reviewer: Browser, staff_engine: Engine, asked: None) -> None:
    form = tried(reviewer, staff_engine, "nuôi gà")
    page = reviewer.submit("/cau-hoi/thu", form).text
    assert "“nuôi gà”: Nuôi gà" not in page  # only its code is known here
    assert "Những câu trước đúng, giờ sai" in page
    assert "9.000002 → Cấp thẻ nuôi chim" in page
    assert reviewer.submit("/cau-hoi/cach-hoi", form).status_code == 422
    assert live_ways(staff_engine) == ["làm thẻ chim ở đâu"]
    assert reviewer.submit("/cau-hoi/cach-hoi", {**form, "van_them": "1"}).status_code == 303
    assert live_ways(staff_engine) == ["làm thẻ chim ở đâu", "nuôi gà"]


def test_without_the_assistant_nothing_can_be_tried_and_nothing_is_lost(
    editor: Browser, rasa: Rasa, staff_engine: Engine, asked: None
) -> None:
    for answer in (httpx.Response(503), httpx.Response(200, json={"effect": None}), httpx.Response(200, json={"x": 1})):
        rasa.answer = lambda _, answer=answer: answer  # type: ignore[misc]
        told = editor.submit("/cau-hoi/thu", {"cau": name_of(staff_engine), "cach_hoi": QUESTION, "ma": CODE})
        assert told.status_code == 422
        assert QUESTION in told.text
        assert "Thêm cách hỏi này" not in told.text


@pytest.mark.parametrize("kind", ["outside", "set_aside"])
def test_one_click_puts_a_question_away(editor: Browser, staff_engine: Engine, asked: None, kind: str) -> None:
    assert editor.submit("/cau-hoi/xep", {"cau": name_of(staff_engine), "thanh": kind}).status_code == 303
    assert made_of(staff_engine) == {kind}
    assert made_of(staff_engine, EVIL) == {None}


def test_a_general_question_begins_with_its_words_and_is_settled_with_the_draft(
    editor: Browser, staff_engine: Engine, asked: None
) -> None:
    name = name_of(staff_engine)
    answer = editor.submit("/cau-hoi/xep", {"cau": name, "thanh": "faq"})
    page = editor.get(answer.headers["location"]).text
    assert 'value="Muốn nuôi chim cảnh"' in page
    group = answer.headers["location"].partition("tu-cau=")[2]  # any of its texts names a group
    assert f'name="tu_cau" value="{group}"' in page
    assert made_of(staff_engine) == {None}
    editor.submit("/cau-hoi-chung/moi", {"question": "Nuôi chim cảnh?", "tu_cau": group})
    assert made_of(staff_engine) == {"faq"}
    assert "Nuôi chim cảnh?" in editor.get(f"{ROOT}/cau-hoi-chung").text


def test_what_is_outside_becomes_an_example(editor: Browser, staff_engine: Engine, asked: None) -> None:
    editor.submit("/cau-hoi/xep", {"cau": name_of(staff_engine), "thanh": "outside"})
    (example,) = collected(staff_engine)
    assert (example.text, example.intent, example.by) == (QUESTION, "out_of_scope", "editor")


def test_a_question_becomes_an_example_of_what_it_wants(editor: Browser, staff_engine: Engine, asked: None) -> None:
    form = {"cau": name_of(staff_engine), "mau": "nuôi chim hết mấy tiền", "muon": "ask_fee"}
    for wrong in ({"muon": "no_such"}, {"mau": "gọi 0912345678"}):
        editor.submit("/cau-hoi/mau", {**form, **wrong})
        assert collected(staff_engine) == []
        assert made_of(staff_engine) == {None}
    editor.submit("/cau-hoi/mau", form)
    assert [(one.text, one.intent) for one in collected(staff_engine)] == [("nuôi chim hết mấy tiền", "ask_fee")]
    assert made_of(staff_engine) == {"example"}


def test_a_question_that_is_gone_is_said(editor: Browser, asked: None) -> None:
    for path in ("/cau-hoi/xep", "/cau-hoi/thu", "/cau-hoi/cach-hoi", "/cau-hoi/mau"):
        assert (
            editor.submit(path, {"cau": "none", "thanh": "faq", "ma": CODE, "cach_hoi": "nuôi chim"}).status_code == 303
        )
    assert "vừa được người khác xử lý" in editor.get(f"{ROOT}/cau-hoi").text
