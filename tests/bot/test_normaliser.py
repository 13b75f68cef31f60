from __future__ import annotations

from pathlib import Path

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.normaliser import TYPED, VietnameseNormaliser
from tests.bot.conftest import Make, messages


def _understood(normaliser: VietnameseNormaliser, text: str) -> str:
    (message,) = normaliser.process(messages(text))
    return str(message.get(TEXT))


def test_an_untrained_normaliser_restores_nothing(make: Make) -> None:
    assert _understood(make(VietnameseNormaliser), "lam ho  chieu") == "lam ho chieu"


def test_what_was_typed_is_kept_and_what_was_understood_is_told(make: Make) -> None:
    (message,) = make(VietnameseNormaliser).process(messages("Hoà giải cccd"))
    assert message.get(TYPED) == "Hoà giải cccd"
    assert message.get(TEXT) == "Hòa giải căn cước công dân"
    assert message.as_dict(only_output_properties=True)["understood"] == message.get(TEXT)
    assert TYPED not in message.as_dict(only_output_properties=True)


def test_diacritics_are_learnt_from_examples_and_corpus(
    make: Make, training_data: TrainingData, tmp_path: Path
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.yml").write_text("- cải chính hộ tịch\n", encoding="utf-8")
    normaliser = make(VietnameseNormaliser, corpus=[str(tmp_path / "corpus")])
    normaliser.train(training_data)
    assert _understood(normaliser, "giay to gi") == "giấy tờ gì"
    assert _understood(normaliser, "cai chinh ho tich") == "cải chính hộ tịch"


def test_a_loaded_normaliser_understands_alike(make: Make, training_data: TrainingData) -> None:
    trained = make(VietnameseNormaliser)
    trained.train(training_data)
    loaded = make(VietnameseNormaliser, load=True)
    for text in ("lam ho chieu bao nhieu tien", "CCCD", "xin chaooo", ""):
        assert _understood(loaded, text) == _understood(trained, text)
    assert _understood(loaded, "lam ho chieu") == "làm hộ chiếu"


def test_training_examples_are_read_as_messages_will_be(make: Make, training_data: TrainingData) -> None:
    normaliser = make(VietnameseNormaliser)
    data = TrainingData([Message({TEXT: "làm cccd", "intent": "ask_fee"})])
    assert [example.get(TEXT) for example in normaliser.process_training_data(data).training_examples] == [
        "làm căn cước công dân"
    ]


def test_a_buttons_payload_is_left_alone(make: Make) -> None:
    normaliser = make(VietnameseNormaliser)
    normaliser.train(TrainingData([Message({TEXT: "tờ khai nộp ở đâu", "intent": "ask_place"})]))
    payload = '/ask_how_to_file{"procedure_code": "1.001193", "aspect": "how_to_file"}'
    assert _understood(normaliser, "to khai") == "tờ khai"
    assert _understood(normaliser, payload) == payload


def test_a_button_of_rasas_own_channels_says_what_ours_do(make: Make) -> None:
    normaliser = make(VietnameseNormaliser)
    assert _understood(normaliser, "chon:2") == '/choose_option{"ordinal": "2"}'
    assert _understood(normaliser, "thu-tuc:1.001193:fee").startswith("/ask_fee{")
    assert _understood(normaliser, "thu-tuc:1.001193:no-such-aspect").startswith("thu-tuc")


def test_a_message_without_text_passes(make: Make) -> None:
    message = Message({"intent": "greet"})
    assert make(VietnameseNormaliser).process([message])[0].get(TEXT) is None


def test_the_words_of_a_mask_are_not_understood_as_the_persons(make: Make) -> None:
    normaliser = make(VietnameseNormaliser)
    assert _understood(normaliser, "sđt em [số điện thoại] hỏi khai sinh") == _understood(
        normaliser, "sđt em hỏi khai sinh"
    )
    assert "[mã hồ sơ]" in _understood(normaliser, "hồ sơ [mã hồ sơ] tới đâu")
    # A message of nothing else still is a turn.
    assert _understood(normaliser, "[số định danh]")
