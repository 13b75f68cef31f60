"""The tokenizer: underthesea's words, with their places in the normalised text."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from vietnamese.fold import fold
from vietnamese.segment import words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class UndertheseaTokenizer(Tokenizer):
    """Words ('khai sinh' is one) in lower case; the lemma is the word without diacritics."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Rasa's own options of a tokenizer."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> List[Token]:
        """Tokenize one attribute; ``text[token.start:token.end]`` is the token as it stands."""
        text = message.get(attribute)
        tokens = []
        for word in words(text):
            shown = "_".join(word.text.lower().split())
            tokens.append(Token(shown, word.start, word.end, lemma=fold(shown)))
        return self._apply_token_pattern(tokens)
