"""Figures of an evaluation, with the definitions that the reports use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from evaluation.items import PROCEDURE_ASPECTS, Answer, Question

# The border between the two is a matter of wording.
_SAME_ASPECT = {"how_to_file": "which_procedure"}

Pair = tuple[Question, Answer]


def asks_for_procedure(question: Question) -> bool:
    """Say whether a procedure is the right answer."""
    return question.expected.aspect in PROCEDURE_ASPECTS and bool(question.expected.codes)


def first_right(question: Question, answer: Answer) -> bool:
    """A right code stands first in the ranking (R@1)."""
    return bool(answer.codes) and answer.codes[0] in question.expected.codes


def among_five(question: Question, answer: Answer) -> bool:
    """A right code is among the first five (R@5)."""
    return any(code in question.expected.codes for code in answer.codes[:5])


def resolved(question: Question, answer: Answer) -> bool:
    """It answers for a right code, or asks back with one among the options."""
    if answer.outcome == "answered":
        return answer.answer in question.expected.codes
    return answer.outcome == "asked_back" and any(code in question.expected.codes for code in answer.options)


def wrong(question: Question, answer: Answer) -> bool:
    """It answers for a code that isn't right."""
    return answer.outcome == "answered" and answer.answer is not None and answer.answer not in question.expected.codes


def missed(question: Question, answer: Answer) -> bool:
    """It says that nothing is known, though a right code exists."""
    return answer.outcome in ("not_found", "out_of_scope") and bool(question.expected.codes)


def refused(answer: Answer) -> bool:
    """No procedure was given: neither answered for nor offered."""
    return answer.answer is None and not answer.options


def right_aspect(question: Question, answer: Answer) -> bool:
    """The aspect is the one asked for; which procedure and how to file count as one."""
    asked, got = question.expected.aspect, answer.aspect or ""
    return _SAME_ASPECT.get(asked, asked) == _SAME_ASPECT.get(got, got)


def right_turn(question: Question, answer: Answer) -> bool:
    """A dialogue's turn is right if its outcome and its code fit; without codes the outcome decides."""
    if question.expected.codes:
        return resolved(question, answer)
    if question.expected.aspect == "smalltalk":
        return answer.outcome == "smalltalk"
    if question.expected.aspect == "out_of_scope":
        return answer.outcome in ("out_of_scope", "not_found") and refused(answer)
    if question.expected.aspect == "status":
        return answer.answer is None and answer.outcome in ("answered", "handed_over")
    return answer.outcome == "asked_back"


@dataclass
class Tally:
    """Counts over the questions that ask for a procedure, and the others."""

    asked: int = 0
    first: int = 0
    five: int = 0
    resolved: int = 0
    wrong: int = 0
    missed: int = 0
    aspect_right: int = 0
    aspect_of: int = 0
    outside: int = 0
    outside_refused: int = 0
    times: list[float] = field(default_factory=list)

    def add(self, question: Question, answer: Answer) -> None:
        """Count one answered question."""
        self.times.append(answer.ms)
        if asks_for_procedure(question):
            self.asked += 1
            self.first += first_right(question, answer)
            self.five += among_five(question, answer)
            self.resolved += resolved(question, answer)
            self.wrong += wrong(question, answer)
            self.missed += missed(question, answer)
            if answer.outcome == "answered" and resolved(question, answer):
                self.aspect_of += 1
                self.aspect_right += right_aspect(question, answer)
        elif question.expected.aspect == "out_of_scope":
            self.outside += 1
            self.outside_refused += refused(answer)

    def row(self) -> list[str]:
        """The figures as text; '-' where there is nothing to divide by."""
        shares = [self.first, self.five, self.resolved, self.wrong, self.missed]
        cells = [share(count, self.asked) for count in shares]
        return [
            str(len(self.times)),
            *cells,
            share(self.aspect_right, self.aspect_of),
            share(self.outside_refused, self.outside),
            f"{median(self.times):.0f}" if self.times else "-",
        ]


COLUMNS = ("n", "R@1", "R@5", "resolved", "wrong", "missed", "aspect", "refused", "ms")


def share(part: int, whole: int) -> str:
    """A share with three places, or '-'."""
    return f"{part / whole:.3f}" if whole else "-"


def tally_by(pairs: Iterable[Pair], attribute: str) -> dict[str, Tally]:
    """Tallies by style, group or aspect, in order of their names, after that of all."""
    tallies: dict[str, Tally] = {"all": Tally()}
    for question, answer in pairs:
        value = question.expected.aspect if attribute == "aspect" else getattr(question, attribute)
        for name in ("all", value):
            tallies.setdefault(name, Tally()).add(question, answer)
    return {"all": tallies.pop("all"), **dict(sorted(tallies.items()))}


def table(tallies: dict[str, Tally], title: str) -> str:
    """A plain-text table."""
    rows = [[title, *COLUMNS], *([name, *tally.row()] for name, tally in tallies.items())]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def dialogue_table(pairs: Sequence[Pair]) -> str:
    """Turns right, by what was asked, and whole dialogues right."""
    by_aspect: dict[str, list[bool]] = {}
    by_dialogue: dict[str, list[bool]] = {}
    for question, answer in pairs:
        right = right_turn(question, answer)
        by_aspect.setdefault(question.expected.aspect, []).append(right)
        by_dialogue.setdefault(question.id, []).append(right)
    rights = [right for rights in by_aspect.values() for right in rights]
    lines = [f"turns right      {sum(rights):4d} / {len(rights):4d}  {share(sum(rights), len(rights))}"]
    whole = [all(values) for values in by_dialogue.values()]
    lines.append(f"dialogues right  {sum(whole):4d} / {len(whole):4d}  {share(sum(whole), len(whole))}")
    lines += [
        f"  {aspect:16} {sum(values):3d} / {len(values):3d}  {share(sum(values), len(values))}"
        for aspect, values in sorted(by_aspect.items())
    ]
    return "\n".join(lines)
