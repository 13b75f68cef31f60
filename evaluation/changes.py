"""Two assistants on the same questions: their figures side by side, and what only one of them answers rightly."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.figures import asks_for_procedure, first_right, refused, resolved, right_aspect
from evaluation.items import Answer, Question

Twice = tuple[Question, Answer, Answer]
"""A question with the answers of both."""


def measures_of(asked: Sequence[Twice]) -> list[tuple[str, float, float, int]]:
    """Figures of both: name, the first's, the other's, and of how many questions.

    ``first``: a right procedure stands first (R@1); ``resolved``; ``aspect`` of what was answered rightly, which may
    be other questions for each, and the larger number of them is told; ``refused``: of what is out of scope. What
    nothing was asked of is left out.
    """
    about = [one for one in asked if asks_for_procedure(one[0])]
    outside = [one for one in asked if one[0].expected.aspect == "out_of_scope"]
    (before, answered), (after, answered_now) = _aspects(about, 1), _aspects(about, 2)
    told = [
        ("first", *_shares([[first_right(q, a), first_right(q, b)] for q, a, b in about]), len(about)),
        ("resolved", *_shares([[resolved(q, a), resolved(q, b)] for q, a, b in about]), len(about)),
        ("aspect", before, after, max(answered, answered_now)),
        ("refused", *_shares([[refused(a), refused(b)] for _, a, b in outside]), len(outside)),
    ]
    return [(name, before, after, of) for name, before, after, of in told if of]


def _shares(rights: Sequence[Sequence[bool]]) -> tuple[float, float]:
    count = max(1, len(rights))
    return sum(right[0] for right in rights) / count, sum(right[1] for right in rights) / count


def _aspects(about: Sequence[Twice], which: int) -> tuple[float, int]:
    """Share of the right aspects among what was answered for a right procedure, and how many those are."""
    answers = [(one[0], one[which]) for one in about]
    right = [
        right_aspect(q, a) for q, a in answers if isinstance(a, Answer) and a.outcome == "answered" and resolved(q, a)
    ]
    return sum(right) / max(1, len(right)), len(right)


def changes_of(asked: Sequence[Twice]) -> list[tuple[str, str, str, str, bool]]:
    """Questions that only one of both answers rightly: text, what is right, what each said, whether the second does."""
    told = []
    for question, first, second in asked:
        if asks_for_procedure(question):
            right = [resolved(question, answer) for answer in (first, second)]
        elif question.expected.aspect == "out_of_scope":
            right = [refused(answer) for answer in (first, second)]
        else:
            continue
        if right[0] != right[1]:
            wanted = ", ".join(sorted(question.expected.codes)) or question.expected.aspect
            told.append((question.text, wanted, _said(first), _said(second), right[1]))
    return told


def _said(answer: Answer) -> str:
    """What an assistant made of a question: the procedure it answered for or put first, or how it ended."""
    return answer.answer or next(iter(answer.options), "") or answer.outcome
