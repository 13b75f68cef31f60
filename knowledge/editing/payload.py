"""Check what staff wrote by the rules of the content files, each fault at the field of the form it belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from pydantic import ValidationError, root_validator

from knowledge.editing.labels import FIELDS, label_of
from knowledge.faults import told
from knowledge.layer import Layer, ProcedureContent, check_sources

LARGEST = 400_000
"""Characters of a payload as JSON; the largest record of the portal has a quarter of that."""
_WEB = ("https://", "http://")


@dataclass(frozen=True)
class Fault:
    """Something that must be put right before a draft can be published.

    Attributes:
        place: keys and places from 0, as in the payload: ('channels', 0, 'fees', 1, 'amount').
        reason: why, in Vietnamese.
    """

    place: tuple[str | int, ...]
    reason: str

    @property
    def path(self) -> str:
        """The place as the form names its fields: 'channels.0.fees.1.amount'."""
        return ".".join(map(str, self.place))

    @property
    def label(self) -> str:
        """The place in words: 'Cách nộp, thời hạn, phí, mục 1, Phí, lệ phí, mục 2, Số tiền'."""
        words, within = [], ""
        for part in self.place:
            if isinstance(part, int):
                words.append(f"mục {part + 1}")
            else:
                words.append(label_of(part, within))
                within = part
        return ", ".join(words) or "Bản ghi"

    def __str__(self) -> str:
        return f"{self.label}: {self.reason}"


class Correction(Layer):
    """An editorial layer over a record of the portal: what it doesn't say is taken from there."""

    @root_validator(skip_on_failure=True)
    def _sources_exist(cls, values: dict[str, Any]) -> dict[str, Any]:
        return check_sources(values)


def read_payload(payload: Mapping[str, Any], *, over_official: bool) -> tuple[Optional[Layer], list[Fault]]:
    """Read a payload as an editorial layer.

    Args:
        payload: what was written; empty texts and lists count as absent.
        over_official: the portal's record is there, so that a field may be left to it.

    Returns:
        The layer, or None; and what is wrong.
    """
    model = Correction if over_official else ProcedureContent
    try:
        layer = model.parse_obj(without_empty(dict(payload)))
    except ValidationError as error:
        found = [
            Fault(tuple(part for part in fault["loc"] if part != "__root__"), told(fault)) for fault in error.errors()
        ]
        return None, [*found, *_links(payload)]
    faults = _links(payload)
    return (None, faults) if faults else (layer, [])


def size_of(payload: Mapping[str, Any]) -> int:
    """Characters of a payload as JSON."""
    return len(json.dumps(payload, ensure_ascii=False))


def without_empty(value: Any) -> Any:
    """The value without empty texts, lists and objects, which say nothing."""
    if isinstance(value, dict):
        inner = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return [item for item in map(without_empty, value) if item not in (None, "", [], {})]
    return value.strip() if isinstance(value, str) else value


def _links(payload: Mapping[str, Any]) -> list[Fault]:
    """Addresses that are none of the web: a page would make a link of them."""
    places: list[tuple[tuple[str | int, ...], Any]] = [(("portal_url",), payload.get("portal_url"))]
    sources, forms = payload.get("sources"), payload.get("forms")
    if isinstance(sources, Mapping):
        places += [(("sources", key, "url"), source.get("url")) for key, source in sources.items() if _is(source)]
    if isinstance(forms, list):
        places += [(("forms", at, "url"), form.get("url")) for at, form in enumerate(forms) if _is(form)]
    reason = "địa chỉ phải bắt đầu bằng https:// hoặc http:// và không có dấu cách"
    return [
        Fault(place, reason)
        for place, url in places
        if url and not (isinstance(url, str) and url.strip().startswith(_WEB) and len(url.split()) == 1)
    ]


def _is(value: Any) -> bool:
    return isinstance(value, Mapping)


def fields_of_faults(faults: list[Fault]) -> list[str]:
    """The fields of the form that have a fault, in its order."""
    named = {str(fault.place[0]) for fault in faults if fault.place}
    return [name for name in FIELDS if name in named]
