"""The form of a procedure: rows added and moved, checked and shown as one types, saved, joined with others' changes."""

from __future__ import annotations

from typing import Any, Optional

from starlette.responses import Response

from accounts.roles import Role
from knowledge.editing import service
from knowledge.editing.differences import differences
from knowledge.editing.model import Base, EditConflict, Work
from knowledge.editing.payload import without_empty
from knowledge.layer import is_key
from settings import today
from web.console import editing_words as words
from web.console import procedure_fields as fields
from web.console import procedure_preview as shown
from web.console.pages import Pages
from web.console.procedures import CODE, actor_of, missing, work_of
from web.console.visit import Visit

pages = Pages()
LARGEST = 3 * 2**20
"""Bytes of a sent form: each Vietnamese letter takes up to nine in it."""


def _form(visit: Visit, work: Work, values: dict[str, Any], base: Base, **more: Any) -> Response:
    faults = service.faults_of(work, fields.to_payload(values))
    context = {
        "work": work, "values": values, "sections": fields.SECTIONS, "base": base, "faults": faults,
        "fault_at": {fault.path: fault.reason for fault in faults}, "official": fields.to_form(work.official or {}),
        "aspects": shown.aspects(), "aspect": shown.aspect_of(visit.text("hoi")), "conflict": None, "comment": "",
    }  # fmt: skip
    template = "procedure_form_part.html" if visit.live else "procedure_form.html"
    status = more.pop("status", 200)
    return visit.page(template, status=status, **{**context, **more})


def _sent(visit: Visit) -> dict[str, Any]:
    form = {name: visit.texts(name) for name in visit.form}
    return fields.read_form(form, visit.path("code"))


def _base(visit: Visit) -> Base:
    return Base(visit.count("ban"), visit.count("ban_nhap"))


@pages.get(f"{CODE}/sua", Role.EDITOR)
def edit(visit: Visit) -> Response:
    """The form; 'ghep=1' joins a draft with what was published since it was begun."""
    if not is_key(visit.path("code")):
        return missing(visit)
    work = work_of(visit)
    if visit.query("ghep") and work.outdated and work.draft is not None:
        try:
            with visit.engine.connect() as connection:
                service.see_that_it_is_current(connection, work)
        except EditConflict as error:
            return _conflict(visit, work, error)
    return _form(visit, work, fields.to_form(_begun(work)), work.base)


def _begun(work: Work) -> dict[str, Any]:
    """What the form begins with; a new procedure with the source that every one needs, to be filled in."""
    if work.live is None and work.draft is None and "sources" not in work.payload:
        return {**work.payload, "sources": {"portal": {"name": words.PORTAL, "checked": str(today())}}}
    return work.payload


@pages.post(f"{CODE}/dong", Role.EDITOR, largest_body=LARGEST)
def rows(visit: Visit) -> Response:
    """Add, take away or move a row; nothing is saved."""
    values = fields.change_rows(_sent(visit), visit.text("thao_tac"))
    return _form(visit, work_of(visit), values, _base(visit), comment=visit.text("loi"))


@pages.post(f"{CODE}/xem", Role.EDITOR, largest_body=LARGEST)
def check(visit: Visit) -> Response:
    """Mistakes, and the answer to citizens, of what has been typed so far; nothing is saved."""
    work, values = work_of(visit), _sent(visit)
    if not visit.live:
        return _form(visit, work, values, _base(visit), comment=visit.text("loi"), **_seen(visit, work, values))
    return visit.page("procedure_check.html", **_seen(visit, work, values))


def _seen(visit: Visit, work: Work, values: dict[str, Any]) -> dict[str, Any]:
    payload = without_empty(fields.to_payload(values))
    aspect = shown.aspect_of(visit.text("hoi"))
    with visit.engine.connect() as connection:
        told = shown.told(connection, work, payload)
    return {
        "faults": service.faults_of(work, payload),
        "preview": shown.preview(told, aspect, today()) if told else None,
        "aspect": aspect,
        "aspects": shown.aspects(),
        "changes": differences(work.editorial or {}, payload),
    }


@pages.post(f"{CODE}/luu", Role.EDITOR, largest_body=LARGEST)
def save(visit: Visit) -> Response:
    """Save the draft, or show what others did meanwhile."""
    values, comment = _sent(visit), visit.text("loi") or None
    try:
        with service.writing(visit.engine) as connection:
            service.save_draft(
                connection, fields.to_payload(values), base=_base(visit), actor=actor_of(visit), comment=comment
            )
    except EditConflict as error:
        return _conflict(visit, work_of(visit), error, comment)
    return visit.go(f"/thu-tuc/{visit.path('code')}", words.SAVED)


def _conflict(visit: Visit, work: Work, error: EditConflict, comment: Optional[str] = None) -> Response:
    """The form with both changes joined; where both changed a field, the three versions stand above it."""
    merge = error.merge
    clashes = [
        (name, differences(_only(error.base, name), _only(error.theirs, name)),
         differences(_only(error.base, name), _only(error.mine, name)))
        for name in merge.clashing
    ]  # fmt: skip
    values = fields.to_form(merge.joined)
    return _form(
        visit, work, values, error.now, status=409, conflict=error, merge=merge, clashes=clashes, comment=comment or ""
    )


def _only(payload: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: payload[name]} if name in payload else {}
