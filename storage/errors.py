"""Errors a person can meet, whatever the part: one line in Vietnamese that says what to do next."""

from __future__ import annotations


class MotCuaError(Exception):
    """An error whose text is fit to be shown: one line, in Vietnamese, no personal data."""


class DatabaseUnreachable(MotCuaError):
    """The database named in the settings doesn't answer."""
