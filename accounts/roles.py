"""What a member of the staff may do: four roles, each with all that the one below it may."""

from __future__ import annotations

from enum import Enum


class Role(str, Enum):
    """From the least to the most; the value is what the database and the command line say."""

    VIEWER = "viewer"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role in the words of people."""
        return _TITLES[self]

    def may(self, needed: Role) -> bool:
        """Say whether this role is enough where another is needed."""
        return _ORDER.index(self) >= _ORDER.index(needed)


_ORDER = list(Role)
_TITLES = {
    Role.VIEWER: "người xem",
    Role.EDITOR: "biên tập viên",
    Role.REVIEWER: "người duyệt",
    Role.ADMINISTRATOR: "quản trị viên",
}
