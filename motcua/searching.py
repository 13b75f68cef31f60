"""What a developer does with the search: explain a result, learn the weights, ship vectors."""

from __future__ import annotations

import numpy as np
from sqlalchemy.engine import Engine

from knowledge.content import FOLDER, read_content
from knowledge.importers.clean import short_name
from knowledge.search import training
from knowledge.search.background import read_examples
from knowledge.search.build import build_index, make_queries, read_entries, texts_to_embed
from knowledge.search.weights import FEATURES
from knowledge.vectors import CONTENT_FILE, OFFICIAL_FILE, Progress, embed_missing, write_shipped
from motcua.training import Tell
from vietnamese import shipped
from vietnamese.corpus import train_restorer
from vietnamese.embedding import SentenceEncoder, default_encoder
from vietnamese.shipped import text_hash
from vietnamese.understand import Understander

_OUTSIDE = ("out_of_scope", "chitchat", "scam", "greet", "thank", "ask_identity")
"""Intents whose examples no procedure answers."""
_SHOWN = 5


def _understander(examples: dict[str, list[str]]) -> Understander:
    return Understander(train_restorer((text for texts in examples.values() for text in texts), [FOLDER]))


def explain(engine: Engine, question: str) -> str:
    """What was typed, what was understood, and each candidate with its features."""
    examples = read_examples()
    encoder = default_encoder()
    with engine.connect() as connection:
        index = build_index(connection, encoder, make_queries(connection, examples))
    understood = _understander(examples).understand(question)
    found = index.search(understood.text, encoder.query(understood.text))
    query = index.queries(understood.text)
    lines = [
        f"gõ:        {understood.typed}",
        f"chuẩn:     {understood.normal}",
        f"hiểu:      {understood.text}",
        f"có trong kho: {found.known:.2f}   có chủ đề: {found.subject:.2f}",
        "từ:        " + " ".join(f"{term}={weight:.2f}" for term, weight in query.weights.items()),
    ]
    weights = dict(zip(FEATURES, index.weights.rank.tolist(), strict=True))
    for hit in found.hits[:_SHOWN]:
        parts = sorted(
            ((name, value * weights[name]) for name, value in hit.features.items()), key=lambda part: -abs(part[1])
        )
        shown = " ".join(f"{name}={value:+.2f}" for name, value in parts[:8])
        lines.append(f"{hit.share:5.2f}  {hit.code}  {index.entries[index.at[hit.code]].name[:80]}\n       {shown}")
    return "\n".join(lines)


def learn(engine: Engine, count: int, progress: Progress) -> str:
    """Learn the ranking's weights and write them; returns the cross-validated report."""
    examples = read_examples()
    encoder = default_encoder()
    with engine.connect() as connection:
        index = build_index(connection, encoder, make_queries(connection, examples))
    outside = [text for intent in _OUTSIDE for text in examples.get(intent, [])]
    weights, report = training.train(index, encoder, _understander(examples), outside, count, progress)
    weights.save()
    return (
        f"{report.examples} câu, năm phần kiểm chéo: đúng đầu {report.first:.3f}, trong năm {report.among_five:.3f}, "
        f"có trong danh sách xét {report.candidate_recall:.3f}"
    )


def ship_vectors(engine: Engine, tell: Tell) -> str:
    """Make the vectors of all our own texts and write the files that travel with them.

    Names that the database holds beside ours, from an import of the portal's
    records, get a file of their own; without such an import it stays as it is.
    """
    content = read_content()
    texts = [key.text for key in content.keys]
    for procedure in content.procedures:
        # The search knows a procedure by the short form of its official name.
        texts += [short_name(procedure.official_name), procedure.name]
        texts += [*procedure.popular_names, *procedure.ways_to_ask]
    encoder = default_encoder()
    made = embed_missing(engine, encoder, texts, lambda done, total: tell(f"  {done}/{total}"))
    with engine.connect() as connection:
        written = write_shipped(connection, encoder, texts, CONTENT_FILE)
        ours = {text_hash(text) for text in texts}
        official = [text for text in texts_to_embed(read_entries(connection)) if text_hash(text) not in ours]
        if official:
            written += write_shipped(connection, encoder, official, OFFICIAL_FILE)
    written += _ship_examples(encoder, tell)
    return f"Đã tính {made}, ghi {written} véc-tơ."


def _ship_examples(encoder: SentenceEncoder, tell: Tell) -> int:
    """The same for the NLU examples, as they are understood."""
    examples = read_examples()
    understander = _understander(examples)
    texts = {understander.understand(text).text for group in examples.values() for text in group}
    hashes, vectors = shipped.read(shipped.EXAMPLE_VECTORS, encoder.name)
    rows = dict(zip(hashes, vectors, strict=True))
    for done, text in enumerate(sorted(texts), 1):
        key = shipped.text_hash(text)
        if key not in rows:
            rows[key] = encoder.query(text)
        if done % 1_000 == 0:
            tell(f"  câu mẫu: {done}/{len(texts)}")
    wanted = sorted({shipped.text_hash(text) for text in texts})
    shipped.write(shipped.EXAMPLE_VECTORS, encoder.name, wanted, np.array([rows[key] for key in wanted]))
    return len(wanted)
