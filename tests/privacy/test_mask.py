from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import Kind, mask, without_tokens
from privacy.mask import LONGEST_GROWTH
from tests.vietnamese.strategies import ANY_TEXT, PROPERTY

# Numbers of these tests are made up.
MASKED = [
    # identity numbers
    ("cccd của em là 079185001234 làm lại được không", "cccd của em là [số định danh] làm lại được không"),
    ("CCCD 079 185 001 234", "CCCD [số định danh]"),
    ("căn cước: 0791-8500-1234", "căn cước: [số định danh]"),
    ("so dinh danh ca nhan cua be la 001221009876 nhe", "so dinh danh ca nhan cua be la [số định danh] nhe"),
    ("em 096099123456 hỏi", "em [số định danh] hỏi"),
    ("cmnd cũ 024123456, giờ đổi", "cmnd cũ [số định danh], giờ đổi"),
    ("chung minh 024 123 456 mat roi", "chung minh [số định danh] mat roi"),
    ("chứng minh nhân dân số 024.123.456", "chứng minh nhân dân số [số định danh]"),
    ("024123456 là số cũ", "[số định danh] là số cũ"),
    ("０７９１８５００１２３４", "[số định danh]"),
    ("079\u200b185\u200b001\u200b234", "[số định danh]"),
    # phone numbers
    ("gọi em 0912345678", "gọi em [số điện thoại]"),
    ("sđt 0912 345 678 nha", "sđt [số điện thoại] nha"),
    ("zalo 0912.345.678", "zalo [số điện thoại]"),
    ("so em la 091-234-5678", "so em la [số điện thoại]"),
    ("+84912345678", "[số điện thoại]"),
    ("(+84) 912 345 678", "[số điện thoại]"),
    ("+84 (0)912 345 678", "[số điện thoại]"),
    ("0084 912 345 678", "[số điện thoại]"),
    ("84912345678", "[số điện thoại]"),
    ("máy bàn 028 3829 1234", "máy bàn [số điện thoại]"),
    ("(028) 38291234", "[số điện thoại]"),
    ("số cũ 01682345678", "số cũ [số điện thoại]"),
    ("o912345678", "[số điện thoại]"),
    ("0 9 1 2 3 4 5 6 7 8", "[số điện thoại]"),
    ("0912345678 hoặc 0987654321", "[số điện thoại] hoặc [số điện thoại]"),
    ("sdt em 912345678", "sdt em [số điện thoại]"),
    ("0912345678 đồng ý", "[số điện thoại] đồng ý"),
    # e-mail
    ("gửi qua an.nguyen+1@gmail.com giúp em", "gửi qua [email] giúp em"),
    ("mail: an_nguyen @ yahoo.com.vn.", "mail: [email]."),
    # bank accounts and cards
    ("stk 0071000123456 vietcombank", "stk [số tài khoản] vietcombank"),
    ("số tài khoản của em ở BIDV là 12510000123", "số tài khoản của em ở BIDV là [số tài khoản]"),
    ("chuyen khoan vao 123456789 acb", "chuyen khoan vao [số tài khoản] acb"),
    ("thẻ 9704 0012 3456 7890", "thẻ [số tài khoản]"),
    # dossiers
    ("hồ sơ H29.12-250610-0034 tới đâu rồi", "hồ sơ [mã hồ sơ] tới đâu rồi"),
    ("ho so h29.12-250610-0034", "ho so [mã hồ sơ]"),
    ("000.00.18.G22-240105-0001", "[mã hồ sơ]"),
    ("G01.899.102 - 250610 - 90034", "[mã hồ sơ]"),
    ("mã hồ sơ là 20250610123 nhé", "mã hồ sơ là [mã hồ sơ] nhé"),
    ("số biên nhận BN-2025-00123", "số biên nhận [mã hồ sơ]"),
    # insurance, passport, plate
    ("mã số bhxh 7912345678", "mã số bhxh [số bảo hiểm]"),
    ("sổ bảo hiểm xã hội số 0123456789", "sổ bảo hiểm xã hội số [số bảo hiểm]"),
    ("thẻ DN4797912345678", "thẻ [số bảo hiểm]"),
    ("the bhyt gd 4 79 79 123 45678", "the bhyt [số bảo hiểm]"),
    ("hộ chiếu B1234567 hết hạn", "hộ chiếu [số hộ chiếu] hết hạn"),
    ("passport P01234567", "passport [số hộ chiếu]"),
    ("xe 59X1-234.56 bị mất cà vẹt", "xe [biển số xe] bị mất cà vẹt"),
    ("bien so 29A 12345", "bien so [biển số xe]"),
    ("biển số 51F-1234", "biển số [biển số xe]"),
    # addresses
    ("nhà em ở số 12 đường Lê Lợi, phường Bến Thành", "nhà em [địa chỉ], phường Bến Thành"),
    ("em ở 12/5 Lê Lợi, P. Bến Thành, Q1", "em [địa chỉ], P. Bến Thành, Q1"),
    ("nha o 12/5 duong le loi phuong ben thanh", "[địa chỉ] phuong ben thanh"),
    ("địa chỉ: 45A Nguyễn Huệ muốn mở quán", "[địa chỉ] muốn mở quán"),
    ("tôi ở hẻm 51 Cao Thắng, quận 3", "tôi [địa chỉ], quận 3"),
    ("số nhà 7 ngõ 12 phố Huế, Hà Nội", "[địa chỉ], Hà Nội"),
    ("em ở tổ 5, ấp 2, xã Tân Thông", "em ở [địa chỉ], xã Tân Thông"),
    ("o 45 nguyen hue quan 1 muon xin giay phep", "[địa chỉ] quan 1 muon xin giay phep"),
    # anything long
    ("mã của em 99887766554433", "mã của em [dãy số]"),
]  # fmt: skip
KEPT = [
    "thủ tục 1.001193 cần gì",
    "mã thủ tục 1.001193.000.00.00.H10",
    "hồ sơ 1.001193 gồm gì",
    "mã hồ sơ 1.001193",
    "làm căn cước 1.001193 hết bao lâu",
    "Luật 91/2025/QH15 và Nghị định 356/2025/NĐ-CP",
    "Quyết định 3380/QĐ-BNNMT ngày 24/11/2026",
    "sinh ngày 01/02/1990 hoặc 1.2.1990 hay 01-02-1990",
    "em sinh năm 1990, con 14 tuổi",
    "lệ phí 50.000 đ hay 50000đ",
    "vốn 1.500.000.000 đồng, 1 tỷ 2",
    "vốn 1500000000 đồng",
    "vốn điều lệ 900000000",
    "chuyển khoản 200.000 được không",
    "chuyển khoản ngày 30.11.2026",
    "chuyển khoản 50.000.000 đ tiền cọc",
    "tài khoản VNeID mức 2",
    "nhà 75 m2 xây 3 tầng",
    "đất 1250,5 m2 ở xã Củ Chi",
    "gọi 18001096 hay 1022",
    "tổng đài 1900 6035",
    "phường 12 quận 10",
    "em ở quận 1, phường Bến Thành, TP.HCM",
    "khu phố 3 phường Tân Định",
    "tờ khai theo mẫu CT01, TP/HT-2018-KS.01",
    "Điều 12 Luật Đất đai",
    "nghị định 168 đường bộ phạt sao",
    "ở 12 tuổi làm căn cước được chưa",
    "ở 2 nơi khác nhau thì nộp đâu",
    "số 12 Bộ Công an ban hành",
    "đường Lê Lợi thuộc phường nào",
    "bằng lái B1, A2, xe 125cc",
    "cái thứ 2",
    "2 vợ chồng 3 con, hộ 5 người",
    "[số điện thoại] của em",
    "",
    "@@@",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "kept"), MASKED)
def test_what_tells_who_somebody_is_is_masked(typed: str, kept: str) -> None:
    assert mask(typed).text == kept


@pytest.mark.parametrize(("typed", "kept"), MASKED)
def test_decomposed_letters_are_read_alike(typed: str, kept: str) -> None:
    masked = mask(unicodedata.normalize("NFD", typed))
    assert unicodedata.normalize("NFC", masked.text) == unicodedata.normalize("NFKC", kept)


@pytest.mark.parametrize("typed", KEPT)
def test_what_the_dialogue_needs_stays(typed: str) -> None:
    assert mask(typed).text == typed
    assert mask(typed).kinds == ()


def test_the_kinds_are_told_once_each() -> None:
    masked = mask("0912345678, 0987654321, a@b.vn, cccd 079185001234")
    assert masked.kinds == (Kind.EMAIL, Kind.IDENTITY, Kind.PHONE)


@given(ANY_TEXT)
@PROPERTY
def test_any_text_can_be_masked_and_stays_so(text: str) -> None:
    once = mask(text)
    again = mask(once.text)
    assert (again.text, again.kinds) == (once.text, ())
    assert len(once.text) <= LONGEST_GROWTH * len(text)
    assert bool(once.kinds) == (once.text != text)


_AROUND = st.text(st.sampled_from("abc nhà ở cho em hỏi đường, .!?\n"), max_size=30).map(lambda text: f"{text} ")
_SEPARATOR = st.sampled_from(["", " ", ".", "-", " - "])


def _spread(digits: str, separator: str, size: int) -> str:
    return separator.join(re.findall(f".{{1,{size}}}", digits))


@given(
    _AROUND, st.from_regex(r"0(?:3[2-9]|5[689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}", fullmatch=True), _SEPARATOR, _AROUND
)
@PROPERTY
def test_no_phone_number_is_left(before: str, number: str, separator: str, after: str) -> None:
    typed = _spread(number, separator[:2], 3)
    masked = mask(f"{before}{typed} {after}")
    assert typed not in masked.text
    assert not re.search(r"\d{4}", masked.text)


@given(
    _AROUND, st.from_regex(r"0[0-8][1-9][0-3][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", ".", "-"]), _AROUND
)
@PROPERTY
def test_no_identity_number_is_left(before: str, number: str, separator: str, after: str) -> None:
    typed = _spread(number, separator, 4 if separator == "-" else 3)
    masked = mask(f"{before}{typed} {after}")
    assert typed not in masked.text
    assert not re.search(r"\d{3}", masked.text)


@given(_AROUND, st.emails(domains=st.sampled_from(["gmail.com", "yahoo.com.vn", "a-b.vn"])), _AROUND)
@PROPERTY
def test_no_address_of_mail_is_left(before: str, address: str, after: str) -> None:
    assert "@" not in mask(f"{before}{address} {after}").text


@given(_AROUND, st.from_regex(r"[A-Z][0-9]{2}(?:\.[0-9]{2,3}){0,2}-[0-9]{6}-[0-9]{4}", fullmatch=True), _AROUND)
@PROPERTY
def test_no_code_of_a_dossier_is_left(before: str, code: str, after: str) -> None:
    masked = mask(f"{before}{code} {after}")
    assert Kind.DOSSIER in masked.kinds
    assert not re.search(r"\d{4}", masked.text)


@given(_AROUND, st.from_regex(r"[12]\.[0-9]{6}", fullmatch=True), st.sampled_from(["", ".", "?", " được không"]))
@PROPERTY
def test_codes_of_procedures_stay(before: str, code: str, after: str) -> None:
    assert code in mask(f"{before}thủ tục {code}{after}").text


def test_a_long_text_takes_no_time() -> None:
    for hard in (
        "0912 345 678 " * 600,
        "a" * 8_000,
        "1/" * 4_000,
        "số 12 đường " * 600,
        "1 2 3 4 " * 1_000,
        "tk " * 2_600,
    ):
        assert len(mask(hard[:8_000]).text) <= LONGEST_GROWTH * 8_000


def test_tokens_are_taken_out_for_understanding_but_a_dossier_stays_one() -> None:
    text = mask("sđt em 0912345678 hỏi hồ sơ H29.12-250610-0034 tới đâu").text
    assert without_tokens(text) == "sđt em hỏi hồ sơ [mã hồ sơ] tới đâu"
    assert without_tokens("khai sinh  cho bé") == "khai sinh  cho bé"
