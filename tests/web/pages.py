"""A web application over a knowledge base with a few made-up records, and ways to look at its pages."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy import insert
from sqlalchemy.engine import Engine

from knowledge import store
from knowledge import tables as t
from knowledge.layer import Layer, Source
from tests.conftest import TODAY

PORTAL = "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/thu"


def save(engine: Engine, code: str, name: str, which: str = store.EDITORIAL, **fields: object) -> None:
    """Write one layer of a made-up procedure."""
    source = Source(name=f"Bản ghi {code}", url=PORTAL, checked=TODAY)
    layer = Layer(**{"code": code, "name": name, "portal_url": PORTAL, "sources": {"portal": source}, **fields})
    with engine.begin() as connection:
        store.save_layers(connection, which, [store.Write(layer, store.digest_of(store.payload_of(layer)))], actor="t")


def doubt(engine: Engine, code: str, field: str) -> None:
    """Put a field of a procedure under doubt."""
    with engine.begin() as connection:
        connection.execute(insert(t.doubts).values(code=code, field=field, position=0, what="thử"))


def text_of(html: str) -> str:
    """What a page says, without its marks, spaces made one."""
    body = html.split("<main", 1)[-1].split("</main>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", body, flags=re.DOTALL))).split())


def sections(html: str) -> dict[str, str]:
    """What a page says below each of its second headings."""
    parts = re.split(r"<h2[^>]*>(.*?)</h2>", html)
    return {text_of(title): text_of(below) for title, below in zip(parts[1::2], parts[2::2], strict=True)}
