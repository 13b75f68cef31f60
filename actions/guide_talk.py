"""Lead somebody through a guide: begin it where the search is unsure, take answers, go back, leave, return."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Optional

from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.procedure_talk import ProcedureTalk, Turn
from actions.readings import INTENT_ASPECTS
from actions.thresholds import KNOWN_OF_ITS_OWN, MAX_OPTIONS, SUBJECT
from answers.outcome import Aspect, Outcome, TurnRecord
from answers.phrasing import reply as ready
from answers.phrasing import say
from answers.reply import LIMIT, Block, Button, Item, Items, Paragraph, Reply, fit
from knowledge.guides.matching import entered
from knowledge.guides.model import Guide
from knowledge.guides.walk import State, Step, choose, look, reply, start
from knowledge.wording import lower_first
from vietnamese.extract import LAST
from vietnamese.fold import fold
from vietnamese.understand import folded_words

_URGENT = frozenset({"danger", "scam", "ask_person", "follow_procedure", "stop_following"})
_URGENT_FROM = 0.45
"""Probability from which danger, and what has nothing to do with the guide's question, goes before it."""
_OWN_SUBJECT_WORDS = 5
"""Words from which a message may well be a new question rather than an answer."""
_ASKS_FROM, _ASKS_WORDS = 0.6, 4
"""Probability of an intent like 'ask_fee', and words, from which a message is a question rather than an answer."""
_MOST_BUTTONS = 6
_UNSURE = re.compile(
    r"^(?:em |minh |toi )?(?:cung )?(?:khong|ko|hong|chua|chang) (?:biet|ro|chac|hieu)"
    r"(?: (?:nua|luon|lam|sao|a|ha))*[\s.?!]*$"
)


class GuideTalk:
    """The policy for guides, over one knowledge base."""

    def __init__(
        self, knowledge: KnowledgeBase, procedures: ProcedureTalk, guides: Optional[Mapping[str, Guide]] = None
    ) -> None:
        self._knowledge = knowledge
        self._procedures = procedures
        self._given = guides

    @property
    def _guides(self) -> Mapping[str, Guide]:
        """Those given, else what counts now: staff may have written one since the last turn."""
        return self._knowledge.guides() if self._given is None else self._given

    def go_on(self, message: Message, memory: Memory) -> Optional[Turn]:
        """Take a message as a step in the guide at hand; None where it is none."""
        state = State.from_json(memory.guide, self._guides)
        if state is None or message.entity("procedure_code") or self._goes_before(message):
            return None
        guide = self._guides[state.guide]
        step = self._step(guide, state, message)
        if step is None or (not step.state.left and state == step.state and self._elsewhere(message, guide)):
            return None
        if step.state.left and not state.left:
            kept = replace(memory.settled(), guide=step.state.as_json())
            return Turn(ready("guide_left"), TurnRecord(Outcome.SMALLTALK), kept)
        if step.leaf is not None:
            return self._end(step, message, memory)
        return self._ask(guide, step, memory, self._remark(message, state, step))

    def _goes_before(self, message: Message) -> bool:
        if message.intent in _URGENT and message.ranking.get(message.intent, 1.0) >= _URGENT_FROM:
            return True
        return message.intent == "start_over" and "dau" in folded_words(message.text)

    def _step(self, guide: Guide, state: State, message: Message) -> Optional[Step]:
        """The step a message takes; None where it means nothing here."""
        here = look(guide, state)
        if not message.text:
            number = message.entity("ordinal")
            if state.left or here.question is None or not number or not number.lstrip("-").isdigit():
                return None
            place = guide.questions[here.question].lines(state.more) - 1 if int(number) == LAST else int(number) - 1
            step = choose(guide, state, place)
            return step if step.understood else here
        step = reply(guide, state, message.text)
        if step.understood:
            moved = step.state != state and not step.state.left
            return None if moved and (_asks(message) or self._elsewhere(message, guide)) else step
        asked = here.question is not None and not state.left
        return here if asked and _UNSURE.match(fold(message.text.lower()).strip()) else None

    def _elsewhere(self, message: Message, guide: Guide) -> bool:
        """Say whether a message asks for a procedure that this guide knows nothing of."""
        if len(folded_words(message.text)) < _OWN_SUBJECT_WORDS:
            return False
        found = self._knowledge.search(message.text, message.vector)
        if not found.hits or found.subject < SUBJECT or found.known < KNOWN_OF_ITS_OWN:
            return False
        return found.hits[0].code not in guide.codes()

    def _remark(self, message: Message, before: State, step: Step) -> str:
        if before.left:
            return say("guide_returned")
        if step.state == before:
            return say("guide_unsure") if message.text else say("guide_no_such_option")
        return say("guide_back") if len(step.state.answers) < len(before.answers) else ""

    # Beginning

    def instead_of(self, turn: Turn, message: Message, memory: Memory) -> Turn:
        """Put a guide's first question in the place of a plain list of options, where all of it is one guide's.

        Any other turn that talks about procedures leaves the guide at hand, so that numbers mean its own list.
        """
        if turn.record.outcome not in (Outcome.ASKED_BACK, Outcome.ANSWERED):
            return turn
        options = turn.record.options
        asking = turn.record.outcome is Outcome.ASKED_BACK and turn.memory.waiting
        said = turn.memory.question or message.text
        guide = self._fitting(options, said) if asking and bool(options) == bool(turn.memory.options) else None
        state = State.from_json(memory.guide, self._guides)
        if guide is None:
            if state is None or state.left or look(self._guides[state.guide], state).question is None:
                return turn
            return replace(turn, memory=replace(turn.memory, guide=replace(state, left=True).as_json()))
        first = self._first(guide, said, options)
        if state is not None and state.guide == guide.name and not state.left:
            here = look(guide, state)
            if here.question is not None and len(first.state.answers) <= len(state.answers):
                return self._ask(guide, here, turn.memory, say("guide_again"), turn.record)
        return self._ask(guide, first, turn.memory, self._head(guide), turn.record)

    def _fitting(self, options: Sequence[str], said: str) -> Optional[Guide]:
        """The guide that knows all options; or that the words name, if it knows the first one and another.

        Where the search had nothing to offer ('căn cước'), the words alone count.
        """
        telling = len(options) > 1 and self._knowledge.keeper.index.subject(said) >= SUBJECT
        for guide in self._guides.values() if telling else ():
            if set(options) <= set(guide.codes()):
                return guide
        named = entered(list(self._guides.values()), said)
        if named is None or not options:
            return named
        shared = set(options) & set(named.codes())
        return named if options[0] in shared and len(shared) > 1 else None

    def _first(self, guide: Guide, said: str, options: Sequence[str]) -> Step:
        """The first question that the sentence leaves open; at least one is always asked."""
        step = start(guide, said)
        if step.leaf is not None:
            step = look(guide, State(guide.name, step.state.answers[:-1]))
        reachable = guide.codes(step.question)
        # Words that lead away from what the search thinks likeliest are no sure sign.
        return step if not options or options[0] in reachable else look(guide, State(guide.name))

    def _head(self, guide: Guide) -> str:
        return say("guide_begins", title=lower_first(guide.title))

    # Asking and ending

    def _ask(self, guide: Guide, step: Step, memory: Memory, head: str, record: Optional[TurnRecord] = None) -> Turn:
        name = step.question or guide.first
        question = guide.questions[name]
        more = step.state.more
        labels = [option.label for option in question.shown(more)]
        if question.has_more and not more:
            labels.append(say("guide_more"))
        text = say("guide_question", number=len(step.state.answers) + 1, text=question.text)
        blocks: list[Block] = [Paragraph(head)] if head else []
        blocks += [Paragraph(text), Items(tuple(Item(label) for label in labels), "numbers")]
        blocks += [Paragraph(question.help)] if question.help else []
        made = Reply(blocks)
        made.buttons = [Button(label, payload=f"chon:{number}") for number, label in enumerate(labels, 1)]
        if (step.state.answers or more) and len(made.buttons) < _MOST_BUTTONS:
            made.buttons.append(Button(say("guide_back_button"), payload="hoi:quay lại"))
        ranked = list(record.codes) if record else []
        reachable = guide.codes(name)
        likely = [code for code in ranked if code in reachable]
        told = TurnRecord(
            Outcome.ASKED_BACK,
            (record.aspect if record else memory.aspect) or Aspect.WHICH,
            codes=[*ranked, *(code for code in reachable if code not in ranked)],
            options=[*likely, *(code for code in reachable if code not in likely)][:MAX_OPTIONS],
            confidence=record.confidence if record else None,
        )
        kept = replace(memory, options=(), waiting=True, guide=step.state.as_json())
        return Turn(made, told, kept)

    def _end(self, step: Step, message: Message, memory: Memory) -> Turn:
        leaf = step.leaf
        code = leaf.code if leaf and leaf.code else ""
        record = self._knowledge.procedure(code)
        cases = [case.name for case in record.cases] if record else []
        at = cases.index(leaf.case) if leaf and leaf.case in cases else None
        entities: dict[str, Any] = {"case": (str(at),)} if at is not None else {}
        plain = replace(message, text="", entities=entities)
        turn = self._procedures.tell(code, memory.aspect or Aspect.WHICH, plain, memory, codes=[code], confidence=1.0)
        if record is not None:
            lines = [say("guide_case", case=lower_first(leaf.case))] if leaf and leaf.case and len(cases) > 1 else []
            lines += [leaf.note] if leaf and leaf.note else []
            blocks = [*turn.reply.blocks[:1], *(Paragraph(line) for line in lines), *turn.reply.blocks[1:]]
            turn.reply.blocks = fit(blocks, say("more_on_portal"), LIMIT)
            turn.reply.buttons = [_of_case(button, code, at) for button in turn.reply.buttons]
        return replace(turn, memory=replace(turn.memory, guide=step.state.as_json()))


def _asks(message: Message) -> bool:
    """Say whether a message surely asks for fees, papers, times …: read with the question before, it says more."""
    asked = INTENT_ASPECTS.get(message.intent, Aspect.WHICH) is not Aspect.WHICH
    sure = message.ranking.get(message.intent, 0.0) >= _ASKS_FROM
    return asked and sure and len(folded_words(message.text)) >= _ASKS_WORDS


def _of_case(button: Button, code: str, case: Optional[int]) -> Button:
    """The button for the documents, of the case that was found."""
    if case is None or button.payload != f"thu-tuc:{code}:documents":
        return button
    return replace(button, payload=f"{button.payload}:{case}")
