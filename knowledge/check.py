"""Everything that ``motcua check`` looks at, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.content import FOLDER, Content, Problem, read_content
from knowledge.faqs import Faqs, read_faqs
from knowledge.guides.model import Guides, read_guides
from knowledge.guides.scenarios import run_all
from knowledge.life_events import LifeEvents, read_life_events
from knowledge.yaml_models import Known


@dataclass(frozen=True)
class Checked:
    """All content, and every mistake in it."""

    content: Content
    guides: Guides
    events: LifeEvents
    faqs: Faqs
    problems: tuple[Problem, ...]


def check(folder: Path = FOLDER) -> Checked:
    """Read and check procedures, keys, guides with their scenarios, life events and FAQs."""
    content = read_content(folder)
    known = Known.of(content)
    guides, events, faqs = read_guides(known, folder), read_life_events(known, folder), read_faqs(known, folder)
    scenarios = [problem for _, ran in run_all(list(guides.guides.values()), folder) for problem in ran.problems]
    unknown = [problem for code, problem in content.references if code not in known.codes]
    return Checked(
        content,
        guides,
        events,
        faqs,
        (*content.problems, *unknown, *guides.problems, *scenarios, *events.problems, *faqs.problems),
    )
