"""Where to go, for somebody who says where they are: today's unit, its counter, a question where it isn't clear."""

from __future__ import annotations

from answers import answer
from answers.outcome import Aspect
from answers.reply import Reply
from knowledge.layer import Layer, Source
from knowledge.places import one_stop
from knowledge.procedure import Procedure
from tests.actions.conftest import Talk
from tests.conftest import TODAY

CENTRE = "Trung tâm Phục vụ hành chính công phường, xã, đặc khu"
BIRTH = "1.001193"


def told(text: str, receives: str, decides: str = "Ủy ban nhân dân phường, xã", level: str = "commune") -> Reply:
    source = Source(name="Bản ghi thử", checked=TODAY)
    layer = Layer(
        code="9.000001", name="Nuôi chim", level=[level], sources={"portal": source},
        agencies={"receives": receives, "decides": decides},
    )  # fmt: skip
    return answer(Procedure("9.000001", layer, None), Aspect.PLACE, TODAY, where=one_stop(text))


def test_an_old_ward_gets_the_centre_of_todays_and_may_file_anywhere() -> None:
    text = told("phường Bến Nghé cũ", CENTRE).text()
    assert "Phường Bến Nghé nay thuộc phường Sài Gòn." in text
    assert "Trung tâm Phục vụ hành chính công phường Sài Gòn" in text
    assert "nộp tại Trung tâm nào cũng được; phí, thời hạn như nhau" in text
    assert "Nghị quyết 1685/NQ-UBTVQH15" in text
    assert "nay thuộc" not in told("phường Sài Gòn", CENTRE).text()


def test_where_residence_decides_the_deciding_agency_stays_the_same() -> None:
    text = told("phường Sài Gòn", CENTRE, "Ủy ban nhân dân phường, xã nơi cư trú").text()
    assert "nơi giải quyết vẫn như dòng dưới" in text
    assert "Nơi giải quyết: ủy ban nhân dân phường, xã nơi cư trú" in text


def test_what_is_filed_where_the_house_stands_is_not_said_to_go_anywhere() -> None:
    text = told("phường Sài Gòn", f"{CENTRE} nơi xây").text()
    assert "nộp theo nơi có nhà, đất" in text
    assert "Trung tâm nào cũng được" not in text


def test_the_police_have_their_own_counter() -> None:
    text = told("phường Sài Gòn", "Công an phường, xã, đặc khu").text()
    assert "công an phường Sài Gòn" in text
    assert "Trung tâm" not in text
    some = told("phường Sài Gòn", "Công an phường, xã được giao đăng ký xe").text()
    assert "công an phường Sài Gòn" not in some


def test_other_takers_are_told_beside_the_centre() -> None:
    assert (
        "tổ chức hành nghề công chứng" in told("phường Sài Gòn", f"{CENTRE} hoặc tổ chức hành nghề công chứng").text()
    )


def test_a_district_is_asked_about_with_its_wards_to_tap() -> None:
    reply = told("quận 7", CENTRE)
    assert "Quận 7 nay là phường Tân Hưng, phường Tân Thuận, phường Phú Thuận, phường Tân Mỹ." in reply.text()
    assert "Bạn ở phường, xã nào" in reply.text()
    assert [button.payload for button in reply.buttons][:2] == ["hoi:phường Tân Hưng", "hoi:phường Tân Thuận"]
    assert "Bạn ở phường, xã nào" in told("Bình Dương", CENTRE).text()


def test_it_is_not_asked_where_the_ward_decides_nothing() -> None:
    reply = told("quận 7", "Trung tâm Phục vụ hành chính công tỉnh, thành phố", level="province")
    assert "Bạn ở phường, xã nào" not in reply.text()
    assert not any((button.payload or "").startswith("hoi:") for button in reply.buttons)


def test_the_answer_to_the_question_leads_to_the_centre(talk: Talk) -> None:
    asked = talk("em ở quận 7 nộp ở đâu", "ask_place", procedure_code=BIRTH).reply.text()
    assert "Bạn ở phường, xã nào" in asked
    turn = talk("phường Tân Hưng", "ask_procedure", place="Phường Tân Hưng")
    assert turn.record.answer == BIRTH
    assert "Trung tâm Phục vụ hành chính công phường Tân Hưng" in turn.reply.text()


def test_a_new_question_with_a_place_in_it_is_a_new_question(talk: Talk) -> None:
    talk("nộp ở đâu", "ask_place", procedure_code=BIRTH)
    turn = talk("làm hộ chiếu ở quận 7 cần giấy tờ gì", "ask_documents")
    assert turn.record.answer != BIRTH


def test_somebody_elsewhere_gets_the_general_answer(talk: Talk) -> None:
    text = talk("phường Tân Bình Hải Dương nộp ở đâu", "ask_place", procedure_code=BIRTH, place="Thành phố Hải Phòng")
    assert "1685" not in text.reply.text()
