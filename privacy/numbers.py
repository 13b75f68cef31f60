"""How personal numbers look in Vietnam: patterns over folded text (privacy/folding.py).

A pattern's group ``it`` is what is masked; where there is none, the whole match
is. Where numbers alone are too plain, words before them decide. Amounts of
money, dates, codes of procedures and numbers of legal texts stay.
"""

from __future__ import annotations

import re

# Spaces, dots and dashes between the digits of one number.
_SEP = r"[ .\-]{0,2}"
_START = r"(?<![\w./])"
# '50.000 đ', '3 tỷ': a number before a currency is money ('đồng ý' isn't one).
_NOT_MONEY = r"(?!\s?(?:d|dong|vnd|trieu|tr|ty|ti|nghin|ngan|k)\b(?! y\b))"
# '1.001193', '30.11.2026' and '1.500.000' have separators too.
_NOT_CODE = r"(?!\d\.\d{6}(?!\d))"
_NOT_DATE = r"(?!(?:0?[1-9]|[12]\d|3[01])[ .\-](?:0?[1-9]|1[0-2])[ .\-](?:19|20)\d\d(?!\d))"
_NOT_AMOUNT = r"(?!\d{1,3}(?:\.\d{3})+(?![\d.])(?! ?\d))"
_END = r"(?!\d)(?!\s?/\s?\w)" + _NOT_MONEY


def _digits(least: int, most: int) -> str:
    """A number of so many digits, separated or not."""
    return rf"\d(?:{_SEP}\d){{{least - 1},{most - 1}}}"


def _after(words: str, number: str, gap: int, refused: str = _NOT_CODE + _NOT_DATE) -> re.Pattern[str]:
    """A number after words, with up to ``gap`` characters without digits between them."""
    return re.compile(rf"(?<![a-z])(?:{words})(?![a-z])[^\d\[\]]{{0,{gap}}}?{_START}{refused}(?P<it>{number}){_END}")


EMAIL = re.compile(r"[^\s@\[\]<>(),;:\"]{1,64} ?@ ?[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63})+")

_DAY_AND_NUMBER = r" ?- ?\d{6} ?- ?\d{3,6}(?!\d)"
DOSSIER = (
    # Agency, day, number of the day: 'H29.12-250610-0034', '000.00.18.G22-240105-0001'.
    re.compile(rf"(?:\d{{3}}\.\d{{2}}\.\d{{2}}\.)?[a-z]\d{{2}}(?:\.\d{{1,4}}){{0,3}}{_DAY_AND_NUMBER}"),
    re.compile(
        r"(?<![a-z])(?:(?:ma|so) (?:so )?(?:ho so|bien nhan|giay hen|tra cuu|phieu hen)|mhs)(?![a-z])"
        rf"[^\w\[\]]{{0,4}}(?:(?:la|cua (?:em|minh|toi|anh|chi)|so)[^\w\[\]]{{1,3}}){{0,3}}{_NOT_CODE}{_NOT_DATE}"
        r"(?P<it>(?=[\w.\-/]{0,20}\d{4})\w[\w.\-/]{3,40})" + _NOT_MONEY
    ),
)

# Province 001 to 096, then the digit for century and sex: 0 to 3 for those born from 1900 to 2099.
_CITIZEN = rf"0{_SEP}\d{_SEP}\d{_SEP}[0-3](?:{_SEP}\d){{8}}"
_IDENTITY_WORDS = "cccd|cmnd|cmtnd|cmt|can cuoc(?: cong dan)?|chung minh(?: thu| nhan dan)?|so dinh danh|ma dinh danh"
IDENTITY = (
    _after(_IDENTITY_WORDS, rf"(?:{_digits(12, 12)}|{_digits(9, 9)})", 30),
    re.compile(rf"(?<!\d)(?=0{_SEP}\d{_SEP}\d)(?!0{_SEP}(?:0{_SEP}0|9{_SEP}[7-9])){_CITIZEN}(?!\d)"),
    # The old card's nine digits; a round sum of hundreds of millions is money.
    re.compile(rf"(?<![\w./\-])(?!\d+000(?!\d))(?:\d{{9}}|\d{{3}} \d{{3}} \d{{3}})(?! ?\d)(?!\s?/\s?\w){_NOT_MONEY}"),
)

_PHONE_WORDS = "sdt|so dt|dien thoai|dtdd|so zalo|zalo|sim|so may|alo|hotline|lien he|goi(?: lai)?(?: so)?|lh"
_MOBILE = rf"[35789](?:{_SEP}\d){{8}}"
PHONE = (
    re.compile(
        rf"(?<![\da-z])(?:\( ?)?(?:\+ ?|00 ?)84\)?{_SEP}(?:\( ?0 ?\)|0)?{_SEP}(?:{_MOBILE}|2(?:{_SEP}\d){{8,9}})(?!\d)"
    ),
    re.compile(rf"(?<![\d.a-z])84{_SEP}(?:0{_SEP})?{_MOBILE}(?!\d){_NOT_MONEY}"),
    # Mobile numbers of today, of before 2018 (eleven digits), and landlines; some type 'o' for the nought.
    re.compile(rf"(?<![\da-z])(?:\( ?)?[0o]{_SEP}{_MOBILE}(?!\d)"),
    re.compile(rf"(?<![\da-z])[0o]{_SEP}1{_SEP}[2689](?:{_SEP}\d){{8}}(?!\d)"),
    re.compile(rf"(?<![\da-z])\(?[0o]{_SEP}2(?:{_SEP}\d){{1,2}}\)?{_SEP}\d(?:{_SEP}\d){{6,7}}(?!\d)"),
    _after(_PHONE_WORDS, _digits(9, 11), 20),
)

_BANKS = "vietcombank|vcb|techcombank|bidv|agribank|vietinbank|sacombank|tpbank|vpbank|mbbank|mb bank|acb|momo"
BANK = (
    _after(
        rf"stk|so tk|tk|(?:so )?tai khoan(?: ngan hang)?|so the|the ngan hang|chuyen khoan|{_BANKS}",
        _digits(6, 19),
        40,
        _NOT_CODE + _NOT_DATE + _NOT_AMOUNT,
    ),
    re.compile(r"(?<![\d.\-])\d{4}(?:[ \-]\d{4}){3}(?:[ \-]?\d{3})?(?!\d)"),
)

INSURANCE = (
    _after("bhxh|bao hiem xa hoi|bhyt|bao hiem y te", _digits(10, 10), 30),
    # The health insurance card: group of people, benefit, province, ten digits.
    re.compile(r"(?<![a-z0-9])[a-z]{2} ?\d ?\d{2} ?\d{10}(?!\d)"),
    re.compile(r"(?<![a-z0-9])[a-z]{2} ?\d(?: ?\d{2}){2} ?\d{3} ?\d{5}(?!\d)"),
)

PASSPORT = (
    re.compile(
        r"(?<![a-z])(?:ho chieu|passport|pp)(?![a-z])[^\d\[\]]{0,25}?(?<![a-z])(?P<it>[a-z]{1,2} ?\d{6,8})(?!\w)"
    ),
    re.compile(r"(?<![\w.])[bcnp]\d{7,8}(?!\w)"),
)

PLATE = (
    # Province, series, number: '29A-123.45', '59X1 234.56', '51F12345'.
    re.compile(rf"(?<![\w.,/])[1-9]\d ?-?[a-z]{{1,2}}\d?[ \-.]{{0,2}}\d{{3}}\.?\d{{2}}(?!\w){_NOT_MONEY}"),
    re.compile(
        r"(?<![a-z])(?:bien so|bien kiem soat|bks|bsx|bien xe|bien)(?![a-z])[^\d\[\]]{0,15}?"
        r"(?P<it>[1-9]\d ?-? ?[a-z]{1,2} ?\d?[ \-.]{0,3}\d{4,5})(?!\w)"
    ),
)

# Any other long number: nobody needs one to ask about a procedure. Round sums are money.
NUMBER = re.compile(rf"(?<![\d\-/_=])(?![1-9]\d*00000(?!\d))\d{{10,}}(?!\d){_NOT_MONEY}")
