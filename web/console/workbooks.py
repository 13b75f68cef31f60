"""Excel: the template and any selection to take away, and a file handed in, looked through and then written."""

from __future__ import annotations

import datetime as dt
from typing import Optional

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from accounts.roles import Role
from knowledge.editing.listing import Wanted, list_procedures
from knowledge.editing.model import State
from knowledge.errors import ImportRefused, PreviewGone
from knowledge.layer import Group, Level
from knowledge.wording import GROUPS, LEVELS
from knowledge.workbook import previews
from knowledge.workbook.current import read_shown
from knowledge.workbook.files import OFFICIAL
from knowledge.workbook.guard import LARGEST_FILE
from knowledge.workbook.plan import Status
from knowledge.workbook.template import template
from knowledge.workbook.writing import write_workbook
from settings import VIETNAM
from web.console import editing_words
from web.console import exchange_words as words
from web.console.pages import Pages, Tile
from web.console.paging import paged
from web.console.procedures import actor_of
from web.console.visit import Visit

PATH = "/excel"
MOST = 500
"""Procedures in one downloaded workbook: it takes some seconds to write."""
_ROOM = 64 * 1024
"""Bytes that a form has around its file."""
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pages = Pages(Tile(PATH, words.EXCEL, words.EXCEL_TEXT, Role.VIEWER))


def _first(visit: Visit, *, fault: str = "", status: int = 200) -> Response:
    return visit.page(
        "excel.html", status=status, fault=fault, groups=GROUPS, levels=LEVELS, states=editing_words.STATES,
        largest=LARGEST_FILE // 2**20,
    )  # fmt: skip


@pages.get(PATH, Role.VIEWER)
def first(visit: Visit) -> Response:
    """What to take away and where to hand in."""
    return _first(visit)


def _file(name: str, data: bytes) -> Response:
    return Response(data, media_type=_KIND, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@pages.get(f"{PATH}/mau", Role.VIEWER)
def empty(_visit: Visit) -> Response:
    """The template with its two examples."""
    return _file("mau-thu-tuc.xlsx", template())


@pages.get(f"{PATH}/tai-ve", Role.VIEWER)
def download(visit: Visit) -> Response:
    """A selection: by codes, or by words, life area, level and state as in the list of procedures."""
    with visit.engine.connect() as connection:
        codes = visit.query("ma").replace(",", " ").split()
        count = len(codes)
        if not codes:
            rows, count = list_procedures(connection, _wanted(visit), limit=MOST, offset=0)
            codes = [row.code for row in rows]
        if not codes:
            return _first(visit, fault=words.NOTHING_CHOSEN, status=422)
        if count > MOST:
            return _first(visit, fault=words.TOO_MANY.format(most=MOST, count=count), status=422)
        chosen = read_shown(connection, codes)
    return _file(f"thu-tuc-{_today()}.xlsx", write_workbook(chosen))


def _wanted(visit: Visit) -> Wanted:
    def of(kind: type, name: str) -> Optional[object]:
        return next((item for item in kind if item.value == visit.query(name)), None)  # type: ignore[attr-defined]

    group, level, state = of(Group, "nhom"), of(Level, "cap"), of(State, "trang-thai")
    return Wanted(
        words=visit.query("tu")[:200],
        group=group if isinstance(group, Group) else None,
        level=level if isinstance(level, Level) else None,
        state=state if isinstance(state, State) else None,
    )


def _today() -> dt.date:
    # The real day: what is written down is no matter of 'as of'.
    return dt.datetime.now(VIETNAM).date()


@pages.post(PATH, Role.EDITOR, largest_body=LARGEST_FILE + _ROOM)
async def hand_in(visit: Visit) -> Response:
    """Take a file in; nothing is written but its preview."""
    upload = visit.file("file")
    if upload is None:
        return _first(visit, fault=words.NO_FILE, status=422)
    data = await upload.read()
    name = (upload.filename or "file").replace("\\", "/").rsplit("/", 1)[-1][:120]
    try:
        token = await run_in_threadpool(previews.begin, visit.engine, data, name, actor=actor_of(visit), today=_today())
    except ImportRefused as refused:
        return _first(visit, fault=str(refused), status=422)
    return visit.go(f"{PATH}/{token}")


@pages.get(f"{PATH}/{{token}}", Role.EDITOR)
def look(visit: Visit) -> Response:
    """The preview: what each procedure and row would become."""
    try:
        with visit.engine.connect() as connection:
            preview = previews.read_preview(connection, visit.path("token"), actor=actor_of(visit))
    except PreviewGone as gone:
        return _first(visit, fault=str(gone), status=404)
    plan = preview.plan
    told = [item for item in plan.items if item.status is not Status.UNCHANGED]
    return visit.page(
        "excel_preview.html", preview=preview, plan=plan, page=paged(visit, told), token=visit.path("token"),
        writes=plan.counts[Status.NEW] + plan.counts[Status.CHANGED], statuses=words.STATUSES, Status=Status,
        changes=words.CHANGES, official=plan.format in OFFICIAL,
    )  # fmt: skip


@pages.post(f"{PATH}/{{token}}/ghi", Role.EDITOR)
def write(visit: Visit) -> Response:
    """Write what was looked through, as drafts or published."""
    token, publish = visit.path("token"), visit.text("cong_bo") == "1"
    done = previews.confirm(
        visit.engine, token, actor=actor_of(visit), publish=publish, today=_today(), comment=visit.text("loi") or None
    )
    if done.written is None:
        return visit.go(f"{PATH}/{done.token}", words.AGAIN, bad=True)
    told = words.PUBLISHED if done.written.published else words.DRAFTED
    return visit.go(PATH, told.format(count=done.written.created + done.written.changed))


@pages.post(f"{PATH}/{{token}}/bo", Role.EDITOR)
def drop(visit: Visit) -> Response:
    """Forget the file."""
    previews.drop(visit.engine, visit.path("token"), actor=actor_of(visit))
    return visit.go(PATH, words.DROPPED)
