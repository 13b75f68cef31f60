"""Walk a guide: a pure state machine over what was answered so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Optional

from knowledge.guides.matching import by_phrase, by_whole, option_of
from knowledge.guides.model import Guide, Option
from vietnamese.extract import LAST, ordinal
from vietnamese.fold import fold

Answers = tuple[tuple[str, int], ...]

_POLITE = r"(?:\s+(?:a|nhe|nha|di|ban|em|ad|oi|nua|cai|luon|giup|giup em|giup minh))*[\s.!]*"
_LEAVES = re.compile(rf"^(?:da |u )?(?:thoi|thoat|dung|dung lai|bo qua|thoi khoi|khoi|de sau|khong hoi){_POLITE}$")
_BACK = re.compile(
    r"^(?:cho (?:em|minh|toi) )?(?:quay lai|lui lai|lui|tro lai|quay ve|tro ve|ve lai|back)"
    rf"(?: (?:mot|1) (?:buoc|cau))?(?: cau (?:truoc|hoi truoc))?{_POLITE}$|^cau truoc{_POLITE}$"
)
_RETURNS = re.compile(
    r"^(?:lam |hoi |di |minh )?(?:tiep tuc|tiep)"
    r"(?: (?:huong dan|cau hoi|hoi|di|lam|phan)(?: (?:nay|do|hoi nay|luc nay))?)?"
    rf"{_POLITE}$|^quay lai (?:huong dan|cau hoi|phan hoi)(?: (?:nay|do|hoi nay|luc nay))?{_POLITE}$"
)
_CHANGE = re.compile(
    r"^(?:cho )?(?:em |minh |toi )?(?:muon )?(?:doi|sua|chon|tra loi)(?: lai)? cau (?:tra loi )?(?:so |thu )?"
    r"(?P<number>\d{1,2}|mot|nhat|dau|hai|ba|bon|nam|sau)(?: (?:thanh|la|sang|qua) (?P<wanted>.+))?[\s.!]*$"
)
_MORE = re.compile(
    rf"^(?:cac |nhung |cai |mot )*(?:truong hop|lua chon|viec|y|cai|muc|dong)? ?(?:khac|con lai)(?: nua)?{_POLITE}$"
    rf"|^(?:xem|con)(?: gi)? (?:them|nua)(?: khong)?{_POLITE}$"
)
_NUMBERS = {"mot": 1, "nhat": 1, "dau": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6}


@dataclass(frozen=True)
class State:
    """Where somebody stands in a guide.

    Attributes:
        guide: its name.
        answers: questions answered, in order, each with the option's place from 0.
        kept: answers that count once their questions come up: what the opening sentence
            said already, and what stood behind an answer that is being changed.
        left: walked away; 'tiếp tục' comes back.
        more: the rest of the options of the question at hand is shown.
    """

    guide: str
    answers: Answers = ()
    kept: Answers = ()
    left: bool = False
    more: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values, for a slot."""
        plain: dict[str, Any] = {"guide": self.guide, "answers": [list(pair) for pair in self.answers]}
        if self.kept:
            plain["kept"] = [list(pair) for pair in self.kept]
        if self.left:
            plain["left"] = True
        if self.more:
            plain["more"] = True
        return plain

    @classmethod
    def from_json(cls, value: Any, guides: Mapping[str, Guide]) -> Optional[State]:
        """Read it back; None for anything odd, or for a guide that has changed under it."""
        if not isinstance(value, dict) or value.get("guide") not in guides:
            return None
        try:
            answers, kept = (
                tuple((str(name), int(place)) for name, place in value.get(key) or ()) for key in ("answers", "kept")
            )
        except (TypeError, ValueError):
            return None
        guide = guides[value["guide"]]
        if _follow(guide, answers)[0] != answers:
            return None
        return cls(guide.name, answers, kept, value.get("left") is True, value.get("more") is True)


@dataclass(frozen=True)
class Step:
    """What comes next: a question, or the leaf that was reached.

    Attributes:
        state: where one stands now.
        question: name of the question to ask; None at a leaf.
        leaf: the option that ended it.
        understood: the last answer meant something.
    """

    state: State
    question: Optional[str] = None
    leaf: Optional[Option] = None
    understood: bool = True


def _follow(guide: Guide, answers: Iterable[tuple[str, int]]) -> tuple[Answers, Optional[str], Optional[Option]]:
    """The answers that fit, and where they lead."""
    given = dict(answers)
    taken: list[tuple[str, int]] = []
    name: Optional[str] = guide.first
    while name is not None:
        options = guide.questions[name].options
        place = given.get(name)
        if place is None or not 0 <= place < len(options):
            break
        taken.append((name, place))
        option = options[place]
        if option.next is None:
            return tuple(taken), None, option
        name = option.next
    return tuple(taken), name, None


def look(guide: Guide, state: State, *, understood: bool = True) -> Step:
    """Where a state stands."""
    _, question, leaf = _follow(guide, state.answers)
    return Step(state, question, leaf, understood)


def start(guide: Guide, said: str = "") -> Step:
    """Begin a guide.

    Args:
        guide: to walk.
        said: the sentence that led here; questions that it plainly answers are not asked.
    """
    told = ((name, by_phrase(question, said, alone=False)) for name, question in guide.questions.items())
    kept = tuple((name, place) for name, place in told if place is not None) if said else ()
    return look(guide, State(guide.name, _follow(guide, kept)[0], kept))


def _answered(guide: Guide, state: State, question: str, place: int) -> Step:
    before = [pair for pair in state.answers if pair[0] != question]
    answers, _, _ = _follow(guide, [*state.kept, *before, (question, place)])
    return look(guide, State(guide.name, answers, _without(state.kept, question)))


def _without(answers: Answers, question: str) -> Answers:
    return tuple(pair for pair in answers if pair[0] != question)


def choose(guide: Guide, state: State, place: int) -> Step:
    """Answer the question at hand with one of the options shown, from 0; one beyond the list isn't understood.

    Of a long list the last one shown leads to the rest.
    """
    step = look(guide, state)
    if step.question is None:
        return replace(step, understood=False)
    question = guide.questions[step.question]
    shown = question.shown(state.more)
    if place == len(shown) and question.has_more and not state.more:
        return look(guide, replace(state, more=True))
    if not 0 <= place < len(shown):
        return replace(step, understood=False)
    return _answered(guide, state, step.question, question.first_shown(state.more) + place)


def reply(guide: Guide, state: State, text: str) -> Step:
    """Take a typed message: an answer, 'quay lại', 'đổi câu 1', 'thôi', 'tiếp tục'.

    A message that means nothing here leaves the state as it was, not understood.
    """
    said = fold(text.lower()).strip()
    if _RETURNS.match(said):
        return look(guide, replace(state, left=False))
    if state.left:
        return look(guide, state, understood=False)
    change = _CHANGE.match(said)
    if change:
        return _changed(guide, state, change.group("number"), change.group("wanted") or "")
    step = look(guide, state)
    # 'trở lại' may be an answer ('Trở lại quốc tịch Việt Nam'), but only as a whole.
    whole = by_whole(guide.questions[step.question], text) if step.question else None
    if whole is None and _LEAVES.match(said):
        return look(guide, replace(state, left=True))
    if whole is None and _BACK.match(said):
        return _back(guide, state)
    if step.question is None:
        return replace(step, understood=False)
    question = guide.questions[step.question]
    number = ordinal(text) if whole is None else None
    if number is not None:
        return choose(guide, state, question.lines(state.more) - 1 if number == LAST else number - 1)
    if whole is None and question.has_more and _MORE.match(said):
        return look(guide, replace(state, more=True))
    place = option_of(question, text)
    if place is None:
        return replace(step, understood=False)
    return _answered(guide, state, step.question, place)


def _back(guide: Guide, state: State) -> Step:
    if state.more:
        return look(guide, replace(state, more=False))
    if not state.answers:
        return look(guide, state, understood=False)
    return look(guide, State(guide.name, state.answers[:-1], _without(state.kept, state.answers[-1][0])))


def _changed(guide: Guide, state: State, number: str, wanted: str) -> Step:
    at = (int(number) if number.isdigit() else _NUMBERS[number]) - 1
    if not 0 <= at < len(state.answers):
        return look(guide, state, understood=False)
    question = state.answers[at][0]
    kept = (*_without(state.kept, question), *state.answers[at + 1 :])
    back = State(guide.name, state.answers[:at], kept)
    place = option_of(guide.questions[question], wanted) if wanted else None
    return look(guide, back) if place is None else _answered(guide, back, question, place)
