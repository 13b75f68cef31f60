from __future__ import annotations

from hypothesis import given
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT

from bot.nlu.tokenizer import UndertheseaTokenizer
from tests.bot.conftest import messages
from tests.vietnamese.strategies import ANY_TEXT, PROPERTY
from vietnamese.normalise import normalise


def _tokens(text: str) -> list[Token]:
    tokenizer = UndertheseaTokenizer(UndertheseaTokenizer.get_default_config())
    (message,) = tokenizer.process(messages(text))
    return list(message.get(TOKENS_NAMES[TEXT]) or [])


def test_a_compound_is_one_token_whose_lemma_is_plain() -> None:
    tokens = {token.text: token.lemma for token in _tokens("Đăng ký kết hôn hết bao nhiêu tiền?")}
    assert tokens["kết_hôn"] == "ket_hon"
    assert tokens["tiền"] == "tien"


def test_offsets_point_into_the_text_as_it_stands() -> None:
    text = "Làm HỘ CHIẾU, lệ phí 200.000 đồng"
    shown = [text[token.start : token.end] for token in _tokens(text)]
    assert "".join("".join(shown).split()) == "".join(text.split())


@given(ANY_TEXT.map(normalise).filter(bool))
@PROPERTY
def test_any_text_has_tokens_in_order_at_their_places(text: str) -> None:
    tokens = _tokens(text)
    assert tokens
    assert [token.start for token in tokens] == sorted({token.start for token in tokens})
    for token in tokens:
        assert token.text == "_".join(text[token.start : token.end].lower().split())
