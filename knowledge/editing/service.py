"""Staff's work step by step: draft, in review, published, retired; nothing is overwritten silently.

All functions work in the caller's transaction, so that a table of a hundred
procedures is written whole or not at all. A writer calls
``knowledge.database.begin_exclusive`` first, as ``writing`` does.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Optional

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine

from knowledge import store
from knowledge import tables as t
from knowledge.database import begin_exclusive
from knowledge.editing import reading
from knowledge.editing.differences import differences as diff
from knowledge.editing.model import Actor, Base, Draft, EditConflict, Payload, PayloadInvalid, State, Work
from knowledge.editing.payload import LARGEST, Fault, read_payload, size_of, without_empty
from knowledge.errors import EditRefused
from knowledge.layer import Layer, is_key

__all__ = [
    "diff",
    "discard",
    "faults_of",
    "publish",
    "publish_all",
    "reinstate",
    "restore",
    "retire",
    "save_draft",
    "see_that_it_is_current",
    "send_back",
    "submit",
    "writing",
]

DRAFTS = "drafts"
"""Name of the counter that numbers versions of drafts."""
_KEPT_VERSIONS = 200
"""Versions of a procedure's drafts that are kept, for editors who began from one of them."""


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else writes."""
    with engine.begin() as connection:
        begin_exclusive(connection)
        yield connection


def faults_of(work: Work, payload: Mapping[str, object]) -> list[Fault]:
    """What keeps a payload from being published, by the rules of ``motcua check``."""
    return read_payload(payload, over_official=work.official is not None)[1]


def save_draft(
    connection: Connection, payload: Payload, *, base: Base, actor: Actor, comment: Optional[str] = None
) -> Draft:
    """Save a draft. What citizens see stays as it is; mistakes may stand in a draft until it is published.

    Args:
        connection: in a transaction.
        payload: the whole editorial layer, its code among it.
        base: what the editor began from (``Work.base`` of what they were shown).
        actor: who writes.
        comment: what it is about.

    Raises:
        EditRefused: the actor may not, or the code is none.
        EditConflict: somebody else changed it meanwhile.
    """
    _must(actor.may_edit, "Bạn chỉ có quyền xem, chưa có quyền sửa thủ tục.")
    mine = without_empty(payload)
    _must(size_of(mine) <= LARGEST, f"Bản ghi dài quá {LARGEST:,} chữ cái, hãy viết ngắn lại.".replace(",", "."))
    code = str(mine.get("code", ""))
    _must(is_key(code), f"Mã thủ tục '{code}' không đúng dạng 1.001193.")
    work = reading.read_work(connection, code)
    _see_that_nothing_changed(connection, work, base, mine)
    layer, _faults = read_payload(mine, over_official=work.official is not None)
    return _write_draft(connection, work, store.payload_of(layer) if layer else mine, base.revision, actor, comment)


def submit(connection: Connection, code: str, *, version: int, actor: Actor, comment: Optional[str] = None) -> Draft:
    """Hand a draft in for review.

    Raises:
        EditRefused: the actor may not, or there is no draft.
        EditConflict: the draft is no longer the one that was looked at.
        PayloadInvalid: it has mistakes.
    """
    _must(actor.may_edit, "Bạn chỉ có quyền xem, chưa có quyền sửa thủ tục.")
    work = _with_draft(connection, code, version)
    assert work.draft is not None
    _sound(work, work.draft.payload)
    return _move(connection, work.draft, State.IN_REVIEW, actor, comment)


def send_back(connection: Connection, code: str, *, version: int, actor: Actor, comment: str) -> Draft:
    """Give a draft back to its editor, with a word on what to do.

    Raises:
        EditRefused: the actor may not, says nothing, or the draft isn't in review.
        EditConflict: the draft is no longer the one that was looked at.
    """
    _must(actor.may_publish, "Chỉ người duyệt mới trả lại được bản nháp.")
    _must(bool(comment.strip()), "Hãy ghi lý do trả lại, để người soạn biết cần sửa gì.")
    work = _with_draft(connection, code, version)
    assert work.draft is not None
    _must(work.draft.state is State.IN_REVIEW, "Bản nháp này không ở trạng thái chờ duyệt.")
    return _move(connection, work.draft, State.DRAFT, actor, comment)


def discard(connection: Connection, code: str, *, version: int, actor: Actor) -> None:
    """Throw a draft away; what is published stays.

    Raises:
        EditRefused: the actor may not, or there is no draft.
        EditConflict: the draft is no longer the one that was looked at.
    """
    _must(actor.may_edit, "Bạn chỉ có quyền xem, chưa có quyền sửa thủ tục.")
    work = _with_draft(connection, code, version)
    assert work.draft is not None
    connection.execute(delete(t.drafts).where(t.drafts.c.code == code))
    _note_state(connection, code, work.draft.state.value, None, actor, "bỏ bản nháp")


def publish(
    connection: Connection, code: str, *, version: int, actor: Actor, comment: Optional[str] = None
) -> store.Outcome:
    """Publish one draft; see ``publish_all``."""
    return publish_all(connection, {code: version}, actor=actor, comment=comment)


def publish_all(
    connection: Connection, versions: Mapping[str, int], *, actor: Actor, comment: Optional[str] = None
) -> store.Outcome:
    """Publish drafts: all of them or none. The chat follows within seconds.

    Args:
        connection: in a transaction.
        versions: the draft's version by code, as it was looked at.
        actor: who publishes.
        comment: why, for the history.

    Raises:
        EditRefused: the actor may not, or there is no such draft.
        EditConflict: a draft, or what it was written over, has changed meanwhile.
        PayloadInvalid: a draft has mistakes.
    """
    _must(actor.may_publish, "Chỉ người duyệt mới công bố được. Bạn hãy gửi duyệt.")
    works = reading.read_works(connection, list(versions))
    writes = []
    for code, version in versions.items():
        work = works[code]
        draft = _draft_at(connection, work, version)
        see_that_it_is_current(connection, work)
        layer = _sound(work, draft.payload)
        writes.append(store.Write(layer, store.digest_of(store.payload_of(layer))))
    outcome = store.save_layers(connection, store.EDITORIAL, writes, actor=actor.name, reason=comment)
    for code, work in ((code, works[code]) for code in versions):
        assert work.draft is not None
        connection.execute(delete(t.drafts).where(t.drafts.c.code == code))
        if work.live is State.RETIRED:
            _set_live(connection, code, State.PUBLISHED)
        _note_state(connection, code, work.draft.state.value, State.PUBLISHED.value, actor, comment)
        _prune(connection, code)
    return outcome


def see_that_it_is_current(connection: Connection, work: Work) -> None:
    """See that a draft was written over what is published now.

    Raises:
        EditConflict: something was published since; both must be joined first.
    """
    if work.draft is not None and work.outdated:
        seen = _seen(connection, work.code, Base(work.draft.base_revision))
        raise _over_live(connection, work, seen, work.draft.payload)


def retire(connection: Connection, code: str, *, actor: Actor, comment: str) -> None:
    """Take a procedure out of the answers; its record and history stay.

    Raises:
        EditRefused: the actor may not, says no reason, or it isn't published.
    """
    _must(actor.may_publish, "Chỉ người duyệt mới cho thôi áp dụng một thủ tục.")
    _must(bool(comment.strip()), "Hãy ghi lý do thôi áp dụng, ví dụ số quyết định bãi bỏ.")
    _turn(connection, code, State.PUBLISHED, State.RETIRED, actor, comment)


def reinstate(connection: Connection, code: str, *, actor: Actor, comment: Optional[str] = None) -> None:
    """Bring a retired procedure back as it was.

    Raises:
        EditRefused: the actor may not, or it isn't retired.
    """
    _must(actor.may_publish, "Chỉ người duyệt mới đưa một thủ tục trở lại.")
    _turn(connection, code, State.RETIRED, State.PUBLISHED, actor, comment)


def restore(
    connection: Connection, code: str, revision: int, *, base: Base, actor: Actor, comment: Optional[str] = None
) -> Draft:
    """Begin a draft with the editorial layer as it stood at an earlier revision; publishing makes it a new revision.

    Raises:
        EditRefused: the actor may not, or there is no such revision.
        EditConflict: somebody else changed the procedure meanwhile.
    """
    payload = reading.revision_payload(connection, code, store.EDITORIAL, revision)
    _must(payload is not None, f"Thủ tục {code} không có bản biên soạn số {revision}.")
    assert payload is not None
    return save_draft(connection, payload, base=base, actor=actor, comment=comment or f"Lấy lại bản số {revision}")


def _must(holds: bool, reason: str) -> None:
    if not holds:
        raise EditRefused(reason)


def _sound(work: Work, payload: Payload) -> Layer:
    layer, faults = read_payload(payload, over_official=work.official is not None)
    if layer is None:
        raise PayloadInvalid(work.code, faults)
    return layer


def _see_that_nothing_changed(connection: Connection, work: Work, base: Base, mine: Payload) -> None:
    """Let an editor write who began from what stands now, or has joined their text with what is published now."""
    if work.draft is None:
        if base == work.base:
            return
        seen = _seen(connection, work.code, base)
        raise _over_live(connection, work, seen, mine)
    if base.draft != work.draft.version:
        seen = _seen(connection, work.code, base)
        draft = work.draft
        raise EditConflict(seen, draft.payload, mine, draft.author, draft.at, work.base)
    if base.revision not in (work.draft.base_revision, work.revision):
        raise _over_live(connection, work, _seen(connection, work.code, Base(base.revision)), mine)


def _seen(connection: Connection, code: str, base: Base) -> Payload:
    """What an editor had before their eyes."""
    draft = reading.draft_payload(connection, code, base.draft) if base.draft else None
    return draft or reading.revision_payload(connection, code, store.EDITORIAL, base.revision) or {"code": code}


def _over_live(connection: Connection, work: Work, seen: Payload, mine: Payload) -> EditConflict:
    row = reading.written_last(connection, work.code, store.EDITORIAL)
    by, at = (row.actor, row.at) if row else ("người khác", store.now())
    now = Base(work.revision, work.draft.version if work.draft else 0)
    return EditConflict(seen, work.editorial or {"code": work.code}, mine, by, at, now)


def _draft_at(connection: Connection, work: Work, version: int) -> Draft:
    if work.draft is None:
        raise EditRefused(f"Thủ tục {work.code} không có bản nháp nào; có thể người khác vừa công bố hoặc bỏ nó.")
    if work.draft.version != version:
        seen = reading.draft_payload(connection, work.code, version) or {"code": work.code}
        raise EditConflict(seen, work.draft.payload, seen, work.draft.author, work.draft.at, work.base)
    return work.draft


def _with_draft(connection: Connection, code: str, version: int) -> Work:
    work = reading.read_work(connection, code)
    _draft_at(connection, work, version)
    return work


def _write_draft(
    connection: Connection, work: Work, payload: Payload, over: int, actor: Actor, comment: Optional[str]
) -> Draft:
    row = {"code": work.code, "base_revision": over, "author": actor.name, "comment": comment, "at": store.now(),
           "payload": payload}  # fmt: skip
    state = State.DRAFT
    version = store.grow(connection, DRAFTS)  # never the number of a draft that is gone
    connection.execute(insert(t.draft_versions).values(**row, version=version))
    head = {**row, "version": version, "state": state.value, "name": _name_of(payload)}
    if work.draft is None:
        connection.execute(insert(t.drafts).values(**head))
    else:
        connection.execute(update(t.drafts).where(t.drafts.c.code == work.code).values(**head))
    before = work.draft.state.value if work.draft else None
    if before != state.value:
        _note_state(connection, work.code, before, state.value, actor, comment)
    return reading.draft_of(connection.execute(select(t.drafts).where(t.drafts.c.code == work.code)).one())


def _name_of(payload: Payload) -> Optional[str]:
    name = payload.get("name") or payload.get("official_name")
    return name if isinstance(name, str) else None


def _move(connection: Connection, draft: Draft, to: State, actor: Actor, comment: Optional[str]) -> Draft:
    if draft.state is not to:
        values = {"state": to.value, "comment": comment or draft.comment}
        connection.execute(update(t.drafts).where(t.drafts.c.code == draft.code).values(**values))
        _note_state(connection, draft.code, draft.state.value, to.value, actor, comment)
    return reading.draft_of(connection.execute(select(t.drafts).where(t.drafts.c.code == draft.code)).one())


def _turn(connection: Connection, code: str, before: State, after: State, actor: Actor, comment: Optional[str]) -> None:
    work = reading.read_work(connection, code)
    words = {State.PUBLISHED: "đang công bố", State.RETIRED: "đã thôi áp dụng"}
    _must(work.live is before, f"Thủ tục {code} không ở trạng thái {words[before]}.")
    _set_live(connection, code, after)
    _note_state(connection, code, before.value, after.value, actor, comment)


def _set_live(connection: Connection, code: str, state: State) -> None:
    values = {"state": state.value, "updated_at": store.now()}
    connection.execute(update(t.procedures).where(t.procedures.c.code == code).values(**values))
    store.grow(connection, store.KNOWLEDGE)


def _note_state(
    connection: Connection, code: str, old: Optional[str], new: Optional[str], actor: Actor, comment: Optional[str]
) -> None:
    line = {"at": store.now(), "actor": actor.name, "action": "state", "code": code, "layer": store.EDITORIAL,
            "field": "state", "old": old, "new": new, "reason": comment}  # fmt: skip
    connection.execute(insert(t.audit_log).values(**line))


def _prune(connection: Connection, code: str) -> None:
    v = t.draft_versions.c
    kept = select(v.version).where(v.code == code).order_by(v.version.desc()).limit(_KEPT_VERSIONS)
    oldest: Sequence[int] = list(connection.execute(kept).scalars())
    if len(oldest) == _KEPT_VERSIONS:
        connection.execute(delete(t.draft_versions).where(v.code == code, v.version < oldest[-1]))
