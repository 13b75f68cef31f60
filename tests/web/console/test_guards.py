"""What the console refuses: large bodies, odd paths, other methods; and what it tells browsers."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from accounts.database import Accounts
from accounts.roles import Role
from tests.web.console.conftest import ANONYMOUS, ORIGIN, ROOT, Browser
from tests.web.console.expected import PAGES, Expected
from web.app import on_error
from web.console import rooms, words
from web.console.cookies import FLASH, SESSION
from web.console.door import behind_the_door
from web.console.pages import Page
from web.console.visit import Visit
from web.guards import LARGEST_BODY, BodyLimit

POSTS = tuple(page for page in PAGES if page.method == "POST")
UPLOAD = 10 * 1024 * 1024


@pytest.mark.parametrize("page", POSTS, ids=str)
def test_a_body_beyond_the_bound_is_refused(door: Browser, page: Expected) -> None:
    largest = max(
        [bound for pattern, bound in rooms.large_bodies() if pattern.match(page.address)], default=LARGEST_BODY
    )
    answer = door.post(page.address, content=b"x" * (largest + 1), headers=ORIGIN)
    # Where more is let in, it isn't read before the role has been seen.
    assert answer.status_code == (413 if largest == LARGEST_BODY else 303)
    if answer.status_code == 413:
        assert answer.text == words.TOO_LARGE


def upload(visit: Visit) -> Response:
    file = visit.file("file")
    return PlainTextResponse(str(file.size if file else None))


@pytest.fixture
def uploading(door: Browser, accounts: Accounts) -> Browser:
    """A page of the console that takes a file, visited by nobody yet."""
    page = Page("POST", "/thu", Role.EDITOR, upload, UPLOAD)
    app = Starlette(
        routes=[Route(f"{ROOT}/thu", behind_the_door(page, ()), methods=["POST"])],
        middleware=[Middleware(BodyLimit, larger=[(re.compile(f"^{ROOT}/thu$"), UPLOAD)])],
        exception_handlers={HTTPException: on_error},
    )
    app.state.accounts = accounts
    browser = Browser(app, raise_server_exceptions=False, follow_redirects=False)
    browser.portal = door.portal
    return browser


def test_a_page_for_files_takes_them_up_to_its_own_bound(uploading: Browser, editor: Browser) -> None:
    uploading.cookies.set(SESSION, editor.cookies[SESSION])
    form = {"form_token": editor.token("/tai-khoan")}
    for size, status in ((LARGEST_BODY * 4, 200), (UPLOAD + 1, 413)):
        files = {"file": ("a.xlsx", b"x" * size)}
        answer = uploading.post(f"{ROOT}/thu", data=form, files=files, headers=ORIGIN)
        assert answer.status_code == status
    assert words.TOO_LARGE in answer.text


@pytest.mark.parametrize(("who", "status"), [(ANONYMOUS, 303), ("viewer", 403), ("editor", 400)])
async def test_a_file_of_somebody_who_may_not_send_it_is_not_read(
    uploading: Browser, browsers: dict[str, Browser], who: str, status: int
) -> None:
    pieces = 0
    answered: list[Message] = []

    async def receive() -> Message:
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": b"no form at all", "more_body": False}

    async def send(message: Message) -> None:
        answered.append(message)

    headers = {**ORIGIN, "Host": "testserver", "Content-Type": "multipart/form-data; boundary=b"}
    if who != ANONYMOUS:
        headers["Cookie"] = f"{SESSION}={browsers[who].cookies[SESSION]}"
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": f"{ROOT}/thu", "query_string": b"", "headers": raw}
    await uploading.app({**scope, "scheme": "http", "server": ("testserver", 80)}, receive, send)
    assert answered[0]["status"] == status
    assert (pieces > 0) is (who == "editor")


ODD_PATHS = (
    "/quan-tri//nguoi-dung", "/quan-tri/nguoi-dung/", "//quan-tri/nguoi-dung", "/quan-tri/%2e/nguoi-dung",
    "/quan-tri/x/%2e%2e/nguoi-dung", "/quan-tri/nguoi-dung%00", "/quan-tri/nguoi-dung;a=b", "/quan-tri/nguoi-dung%2f",
    "/quan-tri/nguoi-dung%20", "/QUAN-TRI/nguoi-dung", "/quan-tri%2fnguoi-dung", "/thu-tuc/%2e%2e/quan-tri/nguoi-dung",
    "/quan-tri/nguoi-dung.json", "/quan-tri/nguoi-dung%5c", "/quan-tri/nguoi-dung/0x5", "/quan-tri/nguoi-dung/5%00",
    "/quan-tri/nguoi-dung/-1", "/quan-tri/nguoi-dung/" + "9" * 400, "/quan-tri/%E2%80%AEnguoi-dung",
    "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/%2e%2e/templates/console/user.html", "/static//etc/passwd",
    "/quan-tri/bat-dau/..%2f..%2fnguoi-dung", "/quan-tri/bat-dau/%00",
)  # fmt: skip


@pytest.mark.parametrize("path", ODD_PATHS)
def test_no_odd_path_leads_around_the_door(door: Browser, viewer: Browser, path: str) -> None:
    for browser in (door, viewer):
        answer = browser.get(path)
        assert answer.status_code in (303, 307, 400, 403, 404), answer.text
        assert "Thêm người dùng" not in answer.text
        assert "SecurityHeaders" not in answer.text
        if answer.status_code in (303, 307):
            assert browser.get(answer.headers["location"]).status_code in (303, 403, 200)
            assert "Thêm người dùng" not in browser.get(answer.headers["location"]).text


@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
def test_a_user_who_is_not_there_is_told_as_such(administrator: Browser, number: str) -> None:
    assert administrator.get(f"{ROOT}/nguoi-dung/{number}").status_code == 404
    for verb in ("khoa", "mo-khoa", "cap-lai", "phien", "tat-ma"):
        answer = administrator.submit(f"/nguoi-dung/{number}/{verb}")
        assert answer.status_code in (404, 422), verb


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUAN"])
def test_other_methods_are_refused(administrator: Browser, method: str) -> None:
    for path in (ROOT, f"{ROOT}/nguoi-dung", f"{ROOT}/nguoi-dung/5/khoa"):
        assert administrator.request(method, path, headers=ORIGIN).status_code == 405


def test_a_method_cannot_be_changed_by_a_header_or_a_field(administrator: Browser) -> None:
    answer = administrator.get(f"{ROOT}/nguoi-dung/5/khoa", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 405


@pytest.mark.parametrize("path", ["", "/dang-nhap", "/tai-khoan", "/nguoi-dung", "/nhat-ky", "/nowhere"])
def test_every_page_is_kept_to_itself(administrator: Browser, path: str) -> None:
    headers = administrator.get(f"{ROOT}{path}").headers
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


def test_htmx_comes_from_us_and_may_not_run_text_as_code(viewer: Browser) -> None:
    script = viewer.get("/static/htmx.js")
    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert "htmx" in script.text
    page = viewer.get(ROOT).text
    assert '"allowEval":false' in page
    assert '"includeIndicatorStyles":false' in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_what_a_page_is_told_to_say_cannot_be_made_up(viewer: Browser) -> None:
    viewer.cookies.set(FLASH, "WyJn4bqxbmciLCAiZ29vZCJd.x.y")
    assert "flash" not in viewer.get(ROOT).text


def test_a_word_is_said_once(viewer: Browser) -> None:
    viewer.submit("/tai-khoan/ten", {"ten_hien_thi": "Tên khác"})
    assert words.NAMED in viewer.get(f"{ROOT}/tai-khoan").text
    assert words.NAMED not in viewer.get(f"{ROOT}/tai-khoan").text


def test_a_multipart_body_that_makes_no_sense_is_refused_in_words(viewer: Browser) -> None:
    headers = {**ORIGIN, "Content-Type": "multipart/form-data"}
    answer = viewer.post(f"{ROOT}/tai-khoan/ten", content=b"--x\r\nnothing", headers=headers)
    assert answer.status_code == 400
