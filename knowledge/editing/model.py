"""What staff's work is made of: who works, on what, from where, and what became of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional

from knowledge.editing.merging import Merge, merge
from knowledge.editing.payload import Fault
from knowledge.errors import EditRefused

Payload = dict[str, Any]
"""A layer as plain JSON; see ``knowledge.store.payload_of``."""


class State(str, Enum):
    """What a record, or the draft of one, is."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True)
class Actor:
    """Who works.

    Attributes:
        name: the account's name, for history; never a person's number or address.
        may_edit: write drafts and hand them in.
        may_publish: publish, retire, bring back, settle the review list.
    """

    name: str
    may_edit: bool = True
    may_publish: bool = False


@dataclass(frozen=True)
class Base:
    """What an editor had before their eyes when they began to write.

    Attributes:
        revision: of the published editorial layer that the text is written over; 0 for none.
        draft: version of the draft; 0 for none.
    """

    revision: int = 0
    draft: int = 0


@dataclass(frozen=True)
class Draft:
    """The newest version of a draft."""

    code: str
    version: int
    base_revision: int
    state: State
    author: str
    comment: Optional[str]
    at: dt.datetime
    payload: Payload


@dataclass(frozen=True)
class Work:
    """Everything an editor needs of one procedure.

    Attributes:
        code: its code.
        live: 'published' or 'retired'; None for what has never been published.
        revision: of the editorial layer as published; 0 for none.
        editorial: that layer; None for none.
        official: the portal's layer; None for none.
        draft: what is being worked on; None for nothing.
    """

    code: str
    live: Optional[State]
    revision: int
    editorial: Optional[Payload]
    official: Optional[Payload]
    draft: Optional[Draft]

    @property
    def base(self) -> Base:
        """What a form that shows this is based on."""
        return Base(self.draft.base_revision, self.draft.version) if self.draft else Base(self.revision)

    @property
    def outdated(self) -> bool:
        """Say whether something was published since the draft was begun, so that both must be joined."""
        return self.draft is not None and self.draft.base_revision != self.revision

    @property
    def payload(self) -> Payload:
        """What the form begins with: the draft, what is published, or the bare record's code and source."""
        if self.draft is not None:
            return self.draft.payload
        if self.editorial is not None:
            return self.editorial
        sources = (self.official or {}).get("sources")
        return {"code": self.code, **({"sources": sources} if sources else {})}


class EditConflict(EditRefused):
    """Somebody else changed what an editor began from; nothing was written.

    Attributes:
        base: what both began from.
        theirs: what stands now.
        mine: what was to be written.
        by: who wrote theirs.
        at: when, in UTC.
        now: what a new attempt must be based on.
    """

    def __init__(self, base: Payload, theirs: Payload, mine: Payload, by: str, at: dt.datetime, now: Base) -> None:
        super().__init__(
            f"{by} đã sửa thủ tục này trong lúc bạn đang sửa. Chưa có gì bị ghi đè: hãy xem hai bên khác nhau chỗ nào, "
            "rồi lưu lại."
        )
        self.base, self.theirs, self.mine = base, theirs, mine
        self.by, self.at, self.now = by, at, now

    @property
    def merge(self) -> Merge:
        """The three versions compared."""
        return merge(self.base, self.theirs, self.mine)


class PayloadInvalid(EditRefused):
    """What was written breaks the rules of the content; nothing was published.

    Attributes:
        faults: each with its field.
    """

    def __init__(self, code: str, faults: list[Fault]) -> None:
        more = f" (và {len(faults) - 1} chỗ nữa)" if len(faults) > 1 else ""
        super().__init__(f"Thủ tục {code} chưa công bố được. {faults[0]}{more}.")
        self.faults = faults
