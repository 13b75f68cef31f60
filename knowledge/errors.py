"""Errors a person can meet, named, with words in Vietnamese that say what to do next."""

from __future__ import annotations

from storage.errors import DatabaseUnreachable, MotCuaError

__all__ = [
    "ContentInvalid",
    "DatabaseUnreachable",
    "EditRefused",
    "ImportRefused",
    "ModelMissing",
    "MotCuaError",
    "PortTaken",
]


class ContentInvalid(MotCuaError):
    """A content file can't be read; the text names the file, the line and the reason."""


class ImportRefused(MotCuaError):
    """A file can't be imported at all; nothing of it was written."""


class WorkbookRefused(ImportRefused):
    """An Excel file can't be read as a whole, or a procedure doesn't fit into one; nothing was written."""


class PreviewGone(MotCuaError):
    """The preview of an import is no longer kept; the file must be handed in again."""


class ProcedureUnknown(MotCuaError):
    """No published procedure has the code that was asked for, or it has no such case."""


class EditRefused(MotCuaError):
    """A step of staff's work isn't allowed, or not from the state that the record is in; nothing was written."""


class ModelMissing(MotCuaError):
    """There is no trained model."""


class PortTaken(MotCuaError):
    """A port that a server needs is in use."""
