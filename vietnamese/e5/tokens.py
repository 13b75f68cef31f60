"""Texts cut into the model's pieces: the cut whose pieces are likeliest together (a unigram model, by Viterbi)."""

from __future__ import annotations

import re

from vietnamese.e5.weights import Vocabulary

_SPACE = "\u2581"
"""How the vocabulary writes a space."""
_UNKNOWN_COST = 10.0
"""By how much a letter that no piece has is less likely than the least likely piece."""
_NEVER = -1e30


class Cutter:
    """Cuts texts.

    Args:
        vocabulary: of the model.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._longest = max(map(len, vocabulary.pieces))
        self._unknown = min(vocabulary.scores) - _UNKNOWN_COST

    def __call__(self, text: str) -> list[int]:
        """Numbers of the pieces, without the tokens at both ends."""
        text = re.sub("  +", " ", text.translate(self._vocabulary.replaced))
        letters = [letter.encode("utf-8", "replace") for letter in f" {text.removeprefix(' ')}".replace(" ", _SPACE)]
        count = len(letters)
        best, piece, start = [0.0, *[_NEVER] * count], [0] * (count + 1), [0] * (count + 1)
        pieces, scores, unknown = self._vocabulary.pieces, self._vocabulary.scores, self._vocabulary.unknown
        for begin in range(count):
            so_far, found = best[begin], b""
            for end in range(begin + 1, count + 1):
                found += letters[end - 1]
                if len(found) > self._longest:
                    break
                number = pieces.get(found)
                if number is not None and number != unknown and so_far + scores[number] > best[end]:
                    best[end], piece[end], start[end] = so_far + scores[number], number, begin
            if so_far + self._unknown > best[begin + 1]:
                best[begin + 1], piece[begin + 1], start[begin + 1] = so_far + self._unknown, unknown, begin
        cut, end = [], count
        while end > 0:
            cut.append(piece[end])
            end = start[end]
        return cut[::-1]
