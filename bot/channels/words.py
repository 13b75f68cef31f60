"""Ready words of the channels, from words.yml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from rendering.tree import Button, Paragraph, Tree
from settings import public_url
from settings.privacy import privacy_settings

FILE = Path(__file__).parent / "words.yml"


def say(name: str) -> Tree:
    """The words of a name as a reply.

    Raises:
        KeyError: there are none of this name.
    """
    return _introduction() if name == "introduction" else _words()[name]


def known(name: str) -> bool:
    """Whether there are words of this name."""
    return name in _words()


def _introduction() -> Tree:
    """Who runs the assistant and what is kept, as the settings say now."""
    settings, page = privacy_settings(), public_url()
    values = {
        "operator": settings.operator or "một bản chạy thử chưa có đơn vị vận hành",
        "days": f"{settings.text_days:g}",
    }
    told = _words()["introduction"]
    blocks = tuple(Paragraph(getattr(block, "text", "").format(**values)) for block in told.blocks)
    links = (Button("Quyền riêng tư", url=f"{page}/quyen-rieng-tu"),) if page else ()
    return Tree(blocks, links)


@lru_cache(maxsize=1)
def _words() -> dict[str, Tree]:
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        name: Tree(
            tuple(Paragraph(line) for line in entry["text"].strip().split("\n")),
            tuple(Button(title, payload=payload) for title, payload in entry.get("buttons", {}).items()),
        )
        for name, entry in entries.items()
    }
