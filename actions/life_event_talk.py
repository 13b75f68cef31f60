"""Answer for a life event: the procedures that follow, in order, and one checklist for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Optional

from actions.cues import option_name
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.procedure_talk import Turn
from actions.thresholds import MAX_OPTIONS
from answers.common import short, source_line
from answers.outcome import Aspect, Outcome, TurnRecord
from answers.phrasing import say
from answers.reply import Block, Button, Item, Items, Paragraph, Reply, Title, fit
from knowledge.guides.matching import contains, strength
from knowledge.layer import CODE_PATTERN
from knowledge.life_events import LifeEvent, Step, checklist
from knowledge.wording import lower_first
from settings import today
from vietnamese.understand import folded_words

_BUTTONS = 5
_WHICH = re.compile(
    r"\b(?:lam (?:nhung |cac )?(?:gi|giay to gi|giay to nao|giay gi|thu tuc gi|thu tuc nao|viec gi)"
    r"|(?:nhung |cac )?thu tuc (?:gi|nao)|(?:nhung|cac) viec (?:gi|nao)|nhung buoc nao|cac buoc"
    r"|bat dau tu dau|tu a (?:den|toi) z|lo (?:nhung |cac )?(?:gi|giay to gi|thu tuc gi|viec gi))\b"
)
_TOGETHER = re.compile(r"\b(?:gom|gop|danh sach|chung)\b.*\bgiay to\b|\bgiay to chung\b")
# What may stand around an event without bringing a subject of its own.
_FILLERS_WORDS = """
    toi em minh anh chi con chau tui ta nha gia dinh ong ba co chu bac vo chong moi vua sap dang da roi xong thi la
    can phai nen a oi ban ad cho hoi va cua di ra len o voi vay the gio bay nay hom qua tuan thang nam truoc sau khi
    nhung cac gi nao duoc khong biet giup dum giay to thu tuc lam ho so viec buoc dau tien het tat ca muon chuan bi
    lien quan ve de nhu nuoc phuong xa gom gop danh sach chung lo nhe y ha tu z den bat mot shop admin thua xin chao
"""
_FILLERS = frozenset(_FILLERS_WORDS.split())


class LifeEventTalk:
    """The policy for life events, over one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, events: Optional[Mapping[str, LifeEvent]] = None) -> None:
        self._knowledge = knowledge
        self._given = events

    @property
    def _events(self) -> Mapping[str, LifeEvent]:
        """Those given, else what counts now: staff may have written one since the last turn."""
        return self._knowledge.life_events() if self._given is None else self._given

    def answer(self, message: Message, memory: Memory) -> Optional[Turn]:
        """The list for an event that a message names with a general question; None otherwise."""
        text = " ".join(folded_words(message.text))
        together = _TOGETHER.search(text) is not None
        if not together and not _WHICH.search(text):
            return None
        event = self._named(message.text)
        if event is None:
            return None
        return self._papers(event, memory) if together else self._steps(event, message, memory)

    def told(self, turn: Turn, message: Message, memory: Memory) -> Turn:
        """The list for an event told without a question ('mở quán ăn'), in the place of options of an unsure search."""
        asked = turn.record.outcome is Outcome.ASKED_BACK and turn.memory.waiting
        event = self._named(message.text) if asked and memory.procedure is None and not memory.waiting else None
        if event is None:
            return turn
        steps = self._steps(event, message, memory)
        ranked = turn.record.codes
        likely = [code for code in ranked if code in event.codes]
        record = replace(
            turn.record,
            codes=[*ranked, *(code for code in event.codes if code not in ranked)],
            options=[*likely, *(code for code in event.codes if code not in likely)][:MAX_OPTIONS],
        )
        aspect = turn.record.aspect or Aspect.WHICH
        return Turn(steps.reply, record, turn.memory.asking(tuple(event.codes), message.text, aspect))

    def _named(self, text: str) -> Optional[LifeEvent]:
        """The event that a text names, if it is about nothing else."""
        best: tuple[int, Optional[LifeEvent], str] = (0, None, "")
        for event in self._events.values():
            for name in (event.title, *event.names):
                score = strength(text, name)
                if score > best[0]:
                    best = (score, event, name)
        words = folded_words(text)
        name_words = folded_words(best[2])
        at = next(
            (at for at in range(len(words)) if name_words and contains(words[at : at + len(name_words)], name_words)), 0
        )
        rest = words[:at] + words[at + len(name_words) :]
        return best[1] if set(rest) <= _FILLERS else None

    def _steps(self, event: LifeEvent, message: Message, memory: Memory) -> Turn:
        records = self._knowledge.procedures(event.codes)
        names = {code: option_name(records[code].name) if code in records else code for code in event.codes}
        items = tuple(Item(names[step.code], _remark(step)) for step in event.steps)
        blocks: list[Block] = [Title(event.title), Paragraph(event.summary), Items(items, "numbers")]
        blocks += [Paragraph(text) for text in event.together.values()]
        blocks += [Paragraph(say("event_late", text=fine)) for fine in _fines(event)]
        blocks.append(_sources(event))
        reply = Reply(fit(blocks, say("event_more")))
        reply.buttons = [Button(short(names[code], 60), payload=f"thu-tuc:{code}") for code in event.codes[:_BUTTONS]]
        reply.buttons.append(
            Button(say("event_papers_button"), payload=f"hoi:gom giấy tờ chung khi {lower_first(event.title)}")
        )
        record = TurnRecord(Outcome.ANSWERED, Aspect.WHICH, event.codes[0], list(event.codes), confidence=1.0)
        about = memory.about(event.codes[0], Aspect.WHICH, message.text or None)
        return Turn(reply, record, replace(about, options=tuple(event.codes)))

    def _papers(self, event: LifeEvent, memory: Memory) -> Turn:
        records = self._knowledge.procedures(event.codes)
        taken = checklist(event, lambda code: records[code].cases if code in records else ())
        items = []
        for entry in taken:
            count = say("event_for_many", count=len(entry.codes)) if len(entry.codes) > 1 else None
            marks = [say("event_if_any") if entry.paper.if_any else "", count or ""]
            items.append(Item(short(entry.paper.name, 120), "; ".join(filter(None, marks)) or None))
        blocks: list[Block] = [
            Title(event.title),
            Paragraph(say("event_papers", count=len(items))),
            Items(tuple(items), "checklist"),
            source_line([source for record in records.values() if (source := record.source())][:1], today()),
        ]
        reply = Reply(fit(blocks, say("event_more_papers")))
        reply.buttons = [
            Button(short(option_name(records[code].name), 60), payload=f"thu-tuc:{code}:documents")
            for code in event.codes[:_BUTTONS]
            if code in records
        ]
        record = TurnRecord(Outcome.ANSWERED, Aspect.DOCUMENTS, event.codes[0], list(event.codes), confidence=1.0)
        about = memory.about(event.codes[0], Aspect.DOCUMENTS)
        return Turn(reply, record, replace(about, options=tuple(event.codes)))


def _remark(step: Step) -> str:
    parts = [step.deadline.text if step.deadline else "", step.when or ""]
    return "; ".join(lower_first(part.rstrip(".")) for part in parts if part) or lower_first(step.why.rstrip("."))


def _sources(event: LifeEvent) -> Block:
    """One line for all: records of the portal by their codes, other sources by their names."""
    if not event.sources:
        return Paragraph(say("event_sources"))
    records = [key for key in event.sources if CODE_PATTERN.match(key)]
    told = [source for key, source in event.sources.items() if key not in records]
    if records:
        first = min((event.sources[key] for key in records), key=lambda source: source.checked)
        told.insert(0, first.copy(update={"name": say("event_records", codes=", ".join(records))}))
    return source_line(told, today())


def _fines(event: LifeEvent) -> list[str]:
    return [step.deadline.fine for step in event.steps if step.deadline and step.deadline.fine]
