"""The build of a Vietnamese syllable: onset, vowels, coda and tone.

Used to tell syllables from other strings, to put tone marks where current
spelling wants them ('hoà' and 'hòa' are one word), and to undo Telex and VNI
keystrokes that an input method left behind.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional

TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_TONE_MARKS = {key: mark for mark, key in TONES.items()}
_VNI_TONES = {"1": "s", "2": "f", "3": "r", "4": "x", "5": "j"}

ONSETS = (
    "ngh", "ng", "nh", "gh", "gi", "kh", "ph", "qu", "th", "tr", "ch",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
)  # fmt: skip

# Every rhyme of standard spelling, without its tone.
RHYMES = frozenset(
    [
        "a",
        "ac",
        "ach",
        "ai",
        "am",
        "an",
        "ang",
        "anh",
        "ao",
        "ap",
        "at",
        "au",
        "ay",
        "ă",
        "ăc",
        "ăm",
        "ăn",
        "ăng",
        "ăp",
        "ăt",
        "â",
        "âc",
        "âm",
        "ân",
        "âng",
        "âp",
        "ât",
        "âu",
        "ây",
        "e",
        "ec",
        "em",
        "en",
        "eng",
        "eo",
        "ep",
        "et",
        "ê",
        "êch",
        "êm",
        "ên",
        "ênh",
        "êp",
        "êt",
        "êu",
        "i",
        "ia",
        "ich",
        "iêc",
        "iêm",
        "iên",
        "iêng",
        "iêp",
        "iêt",
        "iêu",
        "im",
        "in",
        "inh",
        "ip",
        "it",
        "iu",
        "o",
        "oa",
        "oac",
        "oach",
        "oai",
        "oam",
        "oan",
        "oang",
        "oanh",
        "oao",
        "oap",
        "oat",
        "oay",
        "oăc",
        "oăm",
        "oăn",
        "oăng",
        "oăt",
        "oc",
        "oe",
        "oem",
        "oen",
        "oeo",
        "oet",
        "oi",
        "om",
        "on",
        "ong",
        "ooc",
        "oong",
        "op",
        "ot",
        "ô",
        "ôc",
        "ôi",
        "ôm",
        "ôn",
        "ông",
        "ôp",
        "ôt",
        "ôông",
        "ơ",
        "ơi",
        "ơm",
        "ơn",
        "ơp",
        "ơt",
        "u",
        "ua",
        "uân",
        "uâng",
        "uât",
        "uây",
        "uc",
        "uê",
        "uêch",
        "uênh",
        "ui",
        "um",
        "un",
        "ung",
        "uơ",
        "uôc",
        "uôi",
        "uôm",
        "uôn",
        "uông",
        "uôt",
        "uôp",
        "up",
        "ut",
        "uy",
        "uya",
        "uych",
        "uyên",
        "uyêt",
        "uynh",
        "uyp",
        "uyt",
        "uyu",
        "ư",
        "ưa",
        "ưc",
        "ưi",
        "ưm",
        "ưn",
        "ưng",
        "ươc",
        "ươi",
        "ươm",
        "ươn",
        "ương",
        "ươp",
        "ươt",
        "ươu",
        "ưt",
        "ưu",
        "y",
        "yêm",
        "yên",
        "yêt",
        "yêu",
        "yêng",
    ]
)

_PLAIN_VOWELS = set("aăâeêioôơuưy")
_MARKED_VOWELS = set("ăâêôơư")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Syllable:
    """A parsed syllable; ``tone`` is '' or one of Telex's f s r x j."""

    onset: str
    rhyme: str
    tone: str

    @property
    def vowels(self) -> str:
        """The vowel letters of the rhyme."""
        return "".join(letter for letter in self.rhyme if letter in _PLAIN_VOWELS)

    def spell(self) -> str:
        """Write the syllable with its tone mark in its place (old style: 'hòa', 'thủy')."""
        if not self.tone:
            return self.onset + self.rhyme
        at = _tone_position(self.vowels, has_coda=len(self.vowels) < len(self.rhyme))
        marked = self.rhyme[: at + 1] + _TONE_MARKS[self.tone] + self.rhyme[at + 1 :]
        return self.onset + unicodedata.normalize("NFC", marked)


def _tone_position(vowels: str, has_coda: bool) -> int:
    marked = [index for index, vowel in enumerate(vowels) if vowel in _MARKED_VOWELS]
    if marked:
        return marked[-1]
    if len(vowels) == 1:
        return 0
    if len(vowels) == 2:
        return 1 if has_coda else 0
    return 1


def split_tone(word: str) -> tuple[str, str]:
    """Take the tone off a word: ``'hoà'`` -> ``('hoa', 'f')``; the last tone wins."""
    if word.isascii():
        return word, ""
    tone = ""
    letters: list[str] = []
    for letter in unicodedata.normalize("NFD", word):
        if letter in TONES:
            tone = TONES[letter]
        else:
            letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters)), tone


@lru_cache(maxsize=30_000)
def parse(word: str) -> Optional[Syllable]:
    """Parse a lower-case word as one syllable, or return None where it isn't one."""
    plain, tone = split_tone(word)
    for onset in ONSETS:
        if not plain.startswith(onset):
            continue
        rhyme = plain[len(onset) :]
        # 'gì', 'gìn': the i of 'gi' is the vowel itself.
        if onset == "gi" and ("i" + rhyme) in RHYMES and rhyme[:1] not in _PLAIN_VOWELS:
            return Syllable("g", "i" + rhyme, tone)
        if rhyme in RHYMES and not (onset == "qu" and rhyme.startswith("u")):
            return Syllable(onset, rhyme, tone)
    return None


@lru_cache(maxsize=16_384)
def respell(word: str) -> str:
    """Put the tone mark of one lower-case word in its place; other words pass."""
    if not split_tone(word)[1]:
        return word
    syllable = parse(word)
    return syllable.spell() if syllable else word


def respell_text(text: str) -> str:
    """Put all tone marks of a text in their places, keeping its letter case.

    A word whose length would change is left as it is.
    """

    def fix(match: re.Match[str]) -> str:
        word = match.group()
        if word.isascii():
            return word
        lower = word.lower()
        fixed = respell(lower)
        if fixed == lower or len(fixed) != len(word):
            return word
        return "".join(new.upper() if old.isupper() else new for old, new in zip(word, fixed, strict=True))

    return text if text.isascii() else _WORD.sub(fix, text)


_TELEX_LETTERS = (
    ("dd", "đ"), ("uow", "ươ"), ("uwow", "ươ"), ("uwo", "ươ"), ("aa", "â"), ("aw", "ă"), ("ee", "ê"),
    ("oo", "ô"), ("ow", "ơ"), ("uw", "ư"),
)  # fmt: skip
_VNI_LETTERS = {"a6": "â", "a8": "ă", "e6": "ê", "o6": "ô", "o7": "ơ", "u7": "ư", "d9": "đ"}


def decode_keystrokes(word: str) -> Optional[str]:
    """Undo Telex or VNI keystrokes: ``'ddawng'``, ``'dang8'``... -> a syllable, else None.

    Only answers where the keystrokes change the word and the result is a
    syllable; whether it is a likely one is for the caller to judge.
    """
    if not word.isascii() or not 2 <= len(word) <= 10:
        return None
    decoded = _decode_vni(word) if any(letter.isdigit() for letter in word) else _decode_telex(word)
    if decoded is None or decoded == word or parse(decoded) is None:
        return None
    return decoded


def _decode_telex(word: str) -> Optional[str]:
    body, tone = word, ""
    # The tone key may follow the vowel or end the word ('lamf', 'lafm').
    match = re.search(r"(?<=[aeiouyw])[fsrxj]", body)
    if match:
        tone = match.group()
        body = body[: match.start()] + body[match.end() :]
    elif len(body) > 2 and body[-1] in "fsrxj":
        body, tone = body[:-1], body[-1]
    # 'dangd' and 'langa': marks typed at the end of the word.
    if body.startswith("d") and body.endswith("d") and len(body) > 2:
        body = "đ" + body[1:-1]
    for keys, letter in _TELEX_LETTERS:
        body = body.replace(keys, letter)
    late = re.fullmatch(r"(.*?)([aeou])([a-zđâăêôơư]*?)([aeow])", body)
    if late and parse(body) is None:
        pair = late.group(2) + late.group(4)
        mark = dict(_TELEX_LETTERS).get(pair)
        if mark:
            body = late.group(1) + mark + late.group(3)
    syllable = parse(body)
    if syllable is None:
        return None
    return Syllable(syllable.onset, syllable.rhyme, tone).spell()


def _decode_vni(word: str) -> Optional[str]:
    if not re.fullmatch(r"[a-z]+[1-9](?:[a-z]*[1-9]?)*", word):
        return None
    letters = [letter for letter in word if letter.isalpha()]
    tone = ""
    for digit in (letter for letter in word if letter.isdigit()):
        if digit in _VNI_TONES:
            if tone:
                return None
            tone = _VNI_TONES[digit]
            continue
        targets = {key[0]: mark for key, mark in _VNI_LETTERS.items() if key[1] == digit}
        places = [index for index, letter in enumerate(letters) if letter in targets]
        if digit == "7" and not places and {"ư", "ơ"} & set(letters):
            continue  # 'nguo7i72' and 'ngu7o7i2': the first 7 has marked both
        if not places:
            return None
        if digit == "7" and len(places) > 1:  # 'duong72': u and o together
            for index in places:
                letters[index] = targets[letters[index]]
        else:
            place = places[0] if digit == "9" else places[-1]
            letters[place] = targets[letters[place]]
    syllable = parse("".join(letters))
    if syllable is None:
        return None
    return Syllable(syllable.onset, syllable.rhyme, tone).spell()
