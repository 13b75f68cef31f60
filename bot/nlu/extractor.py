"""The extractor: places, codes of dossiers and procedures, and ordinals."""

from __future__ import annotations

import time
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.normaliser import STARTED
from vietnamese.extract import Found, dossier_codes, ordinal, procedure_codes
from vietnamese.places import find_places
from watching import metrics


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DomainExtractor(GraphComponent, EntityExtractorMixin):
    """Finds entities by rule; offsets are those of the understood text."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DomainExtractor:
        """Make the extractor; it has no options."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities to each message."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = self.add_extractor_name(extract(text))
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
            # The last component: with it a message is understood.
            if started := message.get(STARTED):
                metrics.STAGE.labels("nlu").observe(time.perf_counter() - started)
        return messages


def extract(text: str) -> List[Dict[str, Any]]:
    """Entities of a text in Rasa's form.

    Kinds: ``dossier_code``, ``procedure_code``, ``ordinal`` (a whole message that picks
    from a list), and ``place`` with today's name, its role telling province, district or
    ward and its group telling the province.
    """
    codes = dossier_codes(text)
    entities = [_entity("dossier_code", code) for code in codes]
    entities += [_entity("procedure_code", code) for code in procedure_codes(text)]
    choice = ordinal(text)
    if choice is not None:
        entities.append(_entity("ordinal", Found(str(choice), 0, len(text))))
    for place in find_places(text):
        entity = _entity("place", Found(place.name, place.start, place.end))
        entities.append({**entity, "role": place.kind, "group": place.province or ""})
    return entities


def _entity(kind: str, found: Found) -> Dict[str, Any]:
    return {"entity": kind, "value": found.value, "start": found.start, "end": found.end}
