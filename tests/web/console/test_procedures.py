"""Staff's work on procedures in the browser: list, form, steps, two editors at once, history."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from analytics.database import migrate
from answers.outcome import Outcome
from knowledge.editing.payload import without_empty
from tests.analytics.support import Talk
from tests.knowledge.editing.conftest import draft, publish, with_fee, work_of
from tests.knowledge.made_up import CODE, content_of, layer, save, told
from tests.web.console.conftest import ORIGIN, ROOT, Browser
from web.console import procedure_fields as fields

PAGE = f"/thu-tuc/{CODE}"
SCRIPT = "<script>alert(1)</script>"


def as_form(payload: dict[str, Any]) -> dict[str, Any]:
    """A payload as a browser sends the form that shows it."""
    sent: dict[str, Any] = {}

    def put(each: fields.Field, value: Any, path: str) -> None:
        if each.kind == "rows":
            sent[f"{path}.so"] = str(len(value or []))
            for at, row in enumerate(value or []):
                for inner in each.inner:
                    put(inner, row.get(inner.name), f"{path}.{at}.{inner.name}")
        elif each.kind == "group":
            for inner in each.inner:
                put(inner, (value or {}).get(inner.name), f"{path}.{inner.name}")
        elif each.kind == "check":
            if value:
                sent[path] = "1"
        elif each.kind == "choices":
            sent[path] = value or []
        elif each.kind == "lines":
            sent[path] = "\r\n".join(value or [])
        else:
            sent[path] = "" if value is None else str(value)

    shown = fields.to_form(payload)
    for each in fields.FIELDS:
        put(each, shown.get(each.name), each.name)
    return sent


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found.group(1)


def opened(browser: Browser) -> dict[str, str]:
    """What the form's hidden fields say of what it is based on."""
    page = browser.get(f"{ROOT}{PAGE}/sua").text
    return {name: hidden(page, name) for name in ("ban", "ban_nhap")}


def saved(browser: Browser, payload: dict[str, Any], based: dict[str, str] | None = None) -> Any:
    return browser.submit(f"{PAGE}/luu", {**as_form(payload), **(based or opened(browser))})


def version(engine: Engine) -> str:
    made = work_of(engine).draft
    assert made is not None
    return str(made.version)


def test_every_field_of_a_layer_is_in_the_form() -> None:
    from knowledge.editing.labels import FIELDS

    assert {each.name for each in fields.FIELDS} == set(FIELDS) - {"code"}


def test_from_an_empty_form_to_the_answer(editor: Browser, reviewer: Browser, staff_engine: Engine) -> None:
    assert editor.get(f"{ROOT}/thu-tuc/moi?ma=1").status_code == 422
    begun = editor.get(f"{ROOT}/thu-tuc/moi?ma={CODE}")
    assert begun.headers["location"] == f"{ROOT}{PAGE}/sua"
    assert editor.get(f"{ROOT}{PAGE}").status_code == 404
    answer = saved(editor, with_fee(50_000))
    assert answer.status_code == 303, answer.text
    assert CODE in editor.get(f"{ROOT}/thu-tuc?trang-thai=draft").text
    given = editor.submit(f"{PAGE}/gui-duyet", {"ban_nhap": version(staff_engine), "loi": "thủ tục mới"})
    assert given.status_code == 303
    assert CODE in reviewer.get(f"{ROOT}/thu-tuc?trang-thai=in_review").text
    done = reviewer.submit(f"{PAGE}/cong-bo", {"ban_nhap": version(staff_engine), "loi": "đúng"})
    assert done.status_code == 303
    assert told(staff_engine).summary == content_of()["summary"]
    page = reviewer.get(f"{ROOT}{PAGE}").text
    assert "đang công bố" in page
    assert "50.000 đồng" in reviewer.get(f"{ROOT}{PAGE}?hoi=fee").text


def test_what_the_form_shows_it_sends_back_unchanged(editor: Browser, content_engine: Engine) -> None:
    assert editor  # the form's fields need no browser; a signed-in one shows that they are reachable
    from knowledge.content import read_content
    from knowledge.store import payload_of

    for procedure in read_content().procedures[::10]:
        payload = payload_of(procedure)
        sent = {name: list(value) if isinstance(value, list) else [value] for name, value in as_form(payload).items()}
        back = without_empty(fields.to_payload(fields.read_form(sent, procedure.code)))
        read = type(procedure).parse_obj(back)
        assert payload_of(read) == payload


def test_rows_are_added_moved_and_taken_away_without_a_script(editor: Browser, staff_engine: Engine) -> None:
    payload = content_of(cases=[{"name": "Một", "documents": [{"name": "Đơn"}]},
                                {"name": "Hai", "documents": [{"name": "Tờ khai"}]}])  # fmt: skip

    def after(action: str) -> str:
        answer = editor.submit(f"{PAGE}/dong", {**as_form(payload), "thao_tac": action})
        assert answer.status_code == 200
        text: str = answer.text
        return text

    moved = after("xuong:cases.0")
    assert moved.index('value="Hai"') < moved.index('value="Một"')
    assert 'name="cases.so" value="3"' in after("them:cases")
    assert 'name="cases.1.documents.so" value="2"' in after("them:cases.1.documents")
    gone = after("bo:cases.0")
    assert "Đơn" not in gone
    assert "Tờ khai" in gone
    for nonsense in (
        "len:cases.0",
        "bo:cases.99",
        "xuong:name.0",
        "them:",
        "x",
        "bo:cases.-1",
        "them:cases.x.documents",
    ):
        assert 'name="cases.so" value="2"' in after(nonsense)
    assert work_of(staff_engine).draft is None


def test_mistakes_and_the_answer_are_shown_as_one_types(editor: Browser) -> None:
    wrong = as_form({**with_fee(50_000), "summary": "", "portal_url": "javascript:alert(1)"})
    live = {"HX-Request": "true", "X-Form-Token": editor.token()}
    answer = editor.post(f"{ROOT}{PAGE}/xem", data=wrong, headers={**ORIGIN, **live})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "Tóm tắt</a>: còn thiếu" in answer.text
    assert "địa chỉ phải bắt đầu bằng https://" in answer.text
    right = editor.post(
        f"{ROOT}{PAGE}/xem", data={**as_form(with_fee(50_000)), "hoi": "fee"}, headers={**ORIGIN, **live}
    )
    assert right.text.count("50.000 đồng") >= 4  # on the web, on Telegram, on Zalo, and in the difference
    assert "Lệ phí" in right.text


def test_two_editors_at_once(editor: Browser, reviewer: Browser, staff_engine: Engine) -> None:
    publish(staff_engine, draft(staff_engine, with_fee(50_000)))
    mine, theirs = opened(editor), opened(reviewer)
    assert saved(reviewer, with_fee(60_000), theirs).status_code == 303
    answer = saved(editor, with_fee(50_000, summary="Lời của tôi."), mine)
    assert answer.status_code == 409
    assert "reviewer đã sửa thủ tục này" in answer.text
    assert "50.000 đồng" in answer.text
    assert "60.000 đồng" in answer.text
    assert 'value="60000"' in answer.text, "what they changed is joined into the form"
    assert "Lời của tôi." in answer.text
    joined = {name: hidden(answer.text, name) for name in ("ban", "ban_nhap")}
    assert saved(editor, with_fee(60_000, summary="Lời của tôi."), joined).status_code == 303
    assert work_of(staff_engine).payload["summary"] == "Lời của tôi."
    assert work_of(staff_engine).payload["channels"][0]["fees"][0]["amount"] == 60_000


def test_both_changed_the_same_and_see_three_versions(editor: Browser, reviewer: Browser, staff_engine: Engine) -> None:
    publish(staff_engine, draft(staff_engine, with_fee(50_000)))
    mine = opened(editor)
    assert saved(reviewer, with_fee(60_000)).status_code == 303
    answer = saved(editor, with_fee(70_000), mine)
    assert answer.status_code == 409
    assert "Cả hai cùng đổi" in answer.text
    for amount in ("50.000", "60.000", "70.000"):
        assert f"{amount} đồng" in answer.text


def test_a_draft_that_others_overtook_is_joined_in_the_form(reviewer: Browser, staff_engine: Engine) -> None:
    publish(staff_engine, draft(staff_engine, with_fee(50_000)))
    draft(staff_engine, with_fee(50_000, summary="Lời mới."))
    from knowledge import store

    with staff_engine.begin() as connection:
        save(connection, store.EDITORIAL, layer(**{k: v for k, v in with_fee(60_000).items() if k != "code"}))
    assert "Ghép hai bản" in reviewer.get(f"{ROOT}{PAGE}").text
    stopped = reviewer.submit(f"{PAGE}/cong-bo", {"ban_nhap": version(staff_engine)})
    assert stopped.headers["location"].endswith("?ghep=1")
    page = reviewer.get(stopped.headers["location"])
    assert page.status_code == 409
    based = {name: hidden(page.text, name) for name in ("ban", "ban_nhap")}
    assert saved(reviewer, with_fee(60_000, summary="Lời mới."), based).status_code == 303
    assert reviewer.submit(f"{PAGE}/cong-bo", {"ban_nhap": version(staff_engine)}).status_code == 303
    assert told(staff_engine).summary == "Lời mới."


def test_history_tells_and_an_earlier_version_comes_back(
    editor: Browser, viewer: Browser, staff_engine: Engine
) -> None:
    publish(staff_engine, draft(staff_engine, with_fee(50_000)))
    publish(staff_engine, draft(staff_engine, with_fee(60_000)), "nghị quyết mới")
    page = viewer.get(f"{ROOT}{PAGE}/lich-su").text
    for words in ("50.000 đồng", "60.000 đồng", "nghị quyết mới", "Bản biên soạn số 2", "ha,"):
        assert words in page
    assert "Lấy lại bản này" not in page
    assert "Lấy lại bản này" in editor.get(f"{ROOT}{PAGE}/lich-su").text
    assert editor.submit(f"{PAGE}/khoi-phuc", {"ban": "1"}).status_code == 303
    assert work_of(staff_engine).payload["channels"][0]["fees"][0]["amount"] == 50_000


def test_buttons_are_those_of_the_role(
    viewer: Browser, editor: Browser, reviewer: Browser, staff_engine: Engine
) -> None:
    publish(staff_engine, draft(staff_engine, with_fee(50_000)))
    draft(staff_engine, with_fee(60_000))
    seen = {name: browser.get(f"{ROOT}{PAGE}").text for name, browser in
            (("viewer", viewer), ("editor", editor), ("reviewer", reviewer))}  # fmt: skip
    for button, who in (("/gui-duyet", {"editor", "reviewer"}), ("/cong-bo", {"reviewer"}),
                        ("/thoi-ap-dung", {"reviewer"}), ("/sua", {"editor", "reviewer"})):  # fmt: skip
        assert {name for name, page in seen.items() if f"{PAGE}{button}" in page} == who, button


def test_retire_and_bring_back(reviewer: Browser, staff_engine: Engine) -> None:
    publish(staff_engine, draft(staff_engine, with_fee(50_000)))
    assert reviewer.submit(f"{PAGE}/thoi-ap-dung", {"loi": ""}).status_code == 422
    assert reviewer.submit(f"{PAGE}/thoi-ap-dung", {"loi": "bãi bỏ"}).status_code == 303
    assert reviewer.get(f"/thu-tuc/{CODE}").status_code == 404
    assert CODE in reviewer.get(f"{ROOT}/thu-tuc?trang-thai=retired").text
    assert reviewer.submit(f"{PAGE}/ap-dung-lai", {"loi": "còn hiệu lực"}).status_code == 303
    assert reviewer.get(f"/thu-tuc/{CODE}").status_code == 200


def _everywhere(text: str) -> dict[str, Any]:
    """A payload with a text in every field that takes words."""
    return {
        **content_of(), **dict.fromkeys(("name", "official_name", "summary", "applicants", "documents_note"), text),
        **dict.fromkeys(("kind", "field", "ministry", "decision"), text),
        **{name: [text] for name in ("applies", "conditions", "steps", "results", "warnings", "mistakes",
                                     "popular_names", "ways_to_ask", "related")},
        "instead": [{"when": text, "code": text}],
        "cases": [{"name": text, "when": text, "documents": [{"name": text, "form": text, "note": text}]}],
        "channels": [{"kind": "direct", "place": text, "note": text,
                      "times": [{"text": text, "when": text}],
                      "fees": [{"label": text, "text": text, "when": text, "per": text, "area": text}]}],
        "agencies": dict.fromkeys(("decides", "receives", "carries_out", "cooperates"), text),
        "forms": [{"name": text, "note": text, "url": "https://example.vn/x"}],
        "legal_bases": [{"number": "60/2014/QH13", "title": text}],
        "sources": {"portal": {"name": text, "url": "https://example.vn", "checked": "2026-11-24"}},
    }  # fmt: skip


@pytest.mark.parametrize("text", [SCRIPT, '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "<b>đậm</b>"])
def test_no_field_becomes_markup_anywhere(editor: Browser, reviewer: Browser, staff_engine: Engine, text: str) -> None:
    payload = _everywhere(text)
    assert saved(editor, payload).status_code == 303
    sent = {**as_form(payload), **opened(editor)}
    live = {"HX-Request": "true", "X-Form-Token": editor.token()}
    shown = [
        editor.get(f"{ROOT}{PAGE}/sua").text,
        editor.submit(f"{PAGE}/dong", {**sent, "thao_tac": "them:cases"}).text,
    ]
    shown += [
        editor.post(f"{ROOT}{PAGE}/xem", data={**sent, "hoi": aspect}, headers={**ORIGIN, **live}).text
        for aspect in ("which", "documents", "fee", "form", "legal_basis")
    ]
    made = draft(staff_engine, {**payload, "instead": [{"when": text, "code": "9.000002"}]})
    publish(staff_engine, made, text)
    draft(staff_engine, content_of(), comment=text)
    shown += [
        reviewer.get(f"{ROOT}{path}").text
        for path in ("/thu-tuc", PAGE, f"{PAGE}?hoi=documents", f"{PAGE}?hoi=fee", f"{PAGE}/lich-su")
    ]
    stale = saved(editor, payload, {"ban": "0", "ban_nhap": "0"})
    assert stale.status_code == 409
    for page in (*shown, stale.text):
        assert "49" not in re.findall(r"\b49\b", page)
        assert text not in page or "<" not in text
    assert sum(text in html.unescape(page) for page in shown) >= 5, "the text was shown at all"


@pytest.mark.parametrize("path", ["/thu-tuc/..%2f..%2fetc", "/thu-tuc/%00", "/thu-tuc/1.1/sua", "/thu-tuc/x/lich-su"])
def test_paths_that_are_no_code_are_nothing(editor: Browser, path: str) -> None:
    assert editor.get(f"{ROOT}{path}").status_code in (404, 422)


def test_a_form_without_end_is_cut_short(editor: Browser, staff_engine: Engine) -> None:
    huge = {"cases.so": "9999", "name": "Tên", **opened(editor)}
    assert editor.submit(f"{PAGE}/luu", huge).status_code == 303
    assert "cases" not in work_of(staff_engine).payload
    too_long = {**as_form(content_of(summary="a" * 400_001)), **opened(editor)}
    assert editor.submit(f"{PAGE}/luu", too_long).status_code == 422
    assert editor.submit(f"{PAGE}/luu", {"summary": "a" * 3_200_000}).status_code == 413


def test_the_list_finds_and_filters(viewer: Browser, staff_engine: Engine) -> None:
    publish(staff_engine, draft(staff_engine, content_of(name="Cấp thẻ nuôi chim", popular_names=["giấy chim sáo"])))
    publish(staff_engine, draft(staff_engine, content_of("9.000002", name="Đăng ký tàu bay", group="giao_thong",
                                                         level=["province"])))  # fmt: skip
    draft(staff_engine, content_of("9.000003", name="Đang soạn"))

    def found(query: str) -> set[str]:
        page = viewer.get(f"{ROOT}/thu-tuc?{query}")
        assert page.status_code == 200
        return set(re.findall(r'/quan-tri/thu-tuc/(9\.\d+)"', page.text))

    assert found("") == {"9.000001", "9.000002", "9.000003"}
    assert found("tu=giay+chim+sao") == found("tu=9.000001") == {"9.000001"}
    assert found("tu=tàu+bay") == {"9.000002"}
    assert found("nhom=giao_thong") == found("cap=province") == {"9.000002"}
    assert found("trang-thai=draft") == {"9.000003"}
    assert found("kiem-truoc=2026-11-24") == set()
    assert found("kiem-truoc=2026-11-25") == {"9.000001", "9.000002"}
    assert found("tu=khong+co&nhom=x&cap=y&kiem-truoc=z&xep=w&trang=99") == set()


def test_a_field_that_says_nothing_is_empty_in_the_form(editor: Browser, staff_engine: Engine) -> None:
    publish(staff_engine, draft(staff_engine, content_of(cases=[{"name": "Một", "documents": [{"name": "Đơn"}]}])))
    page = editor.get(f"{ROOT}{PAGE}/sua").text
    # 'copy' is also what a dict can do.
    assert re.search(r'name="cases\.0\.documents\.0\.copy" [^>]*value=""', page)
    assert "built-in method" not in page
    assert "None" not in page


def test_the_list_is_sorted_by_what_people_ask_and_by_what_they_blame(
    viewer: Browser, staff_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "only-for-tests-only-for-tests")
    migrate(staff_engine)
    for code, name in (("9.000001", "Một"), ("9.000002", "Hai"), ("9.000003", "Ba")):
        publish(staff_engine, draft(staff_engine, content_of(code, name=name)))
    talk = Talk(staff_engine, "web-1", dt.datetime.now(dt.timezone.utc).replace(tzinfo=None), "web")
    for _ in range(2):
        talk.found("9.000002", ms=10)
    talk.found("9.000001", ms=10)
    talk(Outcome.SMALLTALK, intent="rate_bad", ms=5)

    def found(order: str) -> list[str]:
        page = viewer.get(f"{ROOT}/thu-tuc?xep={order}").text
        return re.findall(r'/quan-tri/thu-tuc/(9\.\d+)"', page)

    assert found("dung") == ["9.000002", "9.000001"]
    assert found("che") == ["9.000001"]
    assert "1 lượt hỏi, 1 lượt chê" in viewer.get(f"{ROOT}/thu-tuc?xep=che&nhom=khac").text
    assert set(found("x")) == {"9.000001", "9.000002", "9.000003"}
