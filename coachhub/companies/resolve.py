"""New names against known companies: which one is it, how sure, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.fuzz import ratio

from coachhub.companies.candidates import Index
from coachhub.companies.names import Name, fold, parse, split_words, without_notes
from coachhub.companies.scoring import Tier, reason, score_pairs, scorer, tier_of
from coachhub.companies.words import SHORT_FORMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coachhub.companies.trees import Scorer

_MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Resolution:
    """A name, the known company it points to (or None), how sure, and why."""

    name: str
    id: str | None
    tier: Tier
    score: float
    reason: str


def _full(text: str) -> list[str]:
    """The words of a name with its legal form, in one writing."""
    return [SHORT_FORMS.get(word, word) for word in split_words(without_notes(text))]


class Registry:
    """Known companies by id, ready to be asked."""

    def __init__(self, known: Sequence[tuple[str, str]]) -> None:
        """`known` holds pairs of id and name; an id may come with several names."""
        self.ids = [identity for identity, _ in known]
        self.index = Index(name for _, name in known)

    def resolve(self, names: Sequence[str], trees: Scorer | None = None) -> list[Resolution]:
        """One `Resolution` a name, in the same order; all are scored in one go.

        `trees` is another scorer than the one that ships, for measuring.
        """
        taken = [parse(name) for name in names]
        asked: list[tuple[Name, Name]] = []
        spans: list[tuple[int, list[int]]] = []
        for name in taken:
            found = self._candidates(name)
            spans.append((len(asked), found))
            asked.extend((name, parse(self.index.names[at])) for at in found)
        trees = trees or scorer()
        scores = score_pairs(asked, trees)
        return [
            self._answer(name, found, scores[start : start + len(found)], trees)
            for name, (start, found) in zip(taken, spans, strict=True)
        ]

    def _candidates(self, name: Name) -> list[int]:
        if not name.key:
            return []
        same = [at for at in self.index.same_key(name) if self.index.key(at) == name.key]
        return same or self.index.near(name)

    def _answer(
        self, name: Name, found: list[int], scores: list[float], trees: Scorer
    ) -> Resolution:
        if not found:
            why = "no known company is like it" if name.key else "this names no company"
            return Resolution(name.text, None, "different", 0.0, why)
        best = self._best_by_id(name, found, scores)
        identity, (score, _, at) = best[0]
        why = reason(name, parse(self.index.names[at]))
        twins = [identity for identity, rest in best if score - rest[0] < _MARGIN]
        if len(twins) > 1 and score > trees.maybe and not self._written_alike(name, best, twins):
            # Two known companies answer to it: a person decides.
            score = round((min(score, trees.same) + trees.maybe) / 2, 4)
            why += "; but another known company is as near"
        tier = tier_of(score, trees)
        return Resolution(name.text, identity if tier != "different" else None, tier, score, why)

    def _written_alike(
        self, name: Name, best: list[tuple[str, tuple[float, float, int]]], twins: list[str]
    ) -> bool:
        """Whether of several near ones exactly the first has the very same words and form."""
        wanted = _full(name.text)
        return [
            identity
            for identity, (_, _, at) in best[: len(twins)]
            if _full(self.index.names[at]) == wanted
        ] == [best[0][0]]

    def _best_by_id(
        self, name: Name, found: list[int], scores: list[float]
    ) -> list[tuple[str, tuple[float, float, int]]]:
        """Ids by score, then by how alike the texts are, each with its best name."""
        best: dict[str, tuple[float, float, int]] = {}
        for at, score in zip(found, scores, strict=True):
            alike = ratio(fold(name.text), fold(self.index.names[at]))
            kept = best.get(self.ids[at])
            if kept is None or (score, alike) > kept[:2]:
                best[self.ids[at]] = (score, alike, at)
        return sorted(best.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))


def resolve(names: Sequence[str], registry: Sequence[tuple[str, str]]) -> list[Resolution]:
    """Resolve names against a registry of (id, name) pairs.

    `id` is given only where there is a candidate; the tier says how sure it is. A caller
    with many calls against the same companies keeps a `Registry`.
    """
    return Registry(registry).resolve(names)
