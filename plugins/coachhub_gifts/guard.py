"""The gift rule as a kind word before something is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coachhub.core.words import gettext, money
from coachhub.firms.plugins import settings_of
from coachhub.moderation.hooks import Draft, Nudge
from coachhub_gifts import catalogue, rule
from coachhub_gifts.forms import LIMIT

NOTE = "gift_note"


@dataclass(frozen=True)
class House:
    """What the firm decided about gifts."""

    limit: int
    currency: str
    outside: int

    @property
    def amount(self) -> str:
        """Return the limit for people, as in ``€15``."""
        return money(self.limit, self.currency)


def house() -> House:
    """Return what the firm decided."""
    decided = settings_of("gifts")
    outside = decided.get("outside")
    return House(
        int(decided.get("limit") or LIMIT),
        str(decided.get("currency") or "EUR"),
        5 if outside is None else int(outside),
    )


def gift_rule(draft: Draft) -> Sequence[Nudge]:
    """Say a kind word about a treat on the board or a gift with a note that breaks the rule."""
    is_treat = draft.kind == "offer" and draft.fields.get("kind") == "treat"
    if not is_treat and draft.kind != NOTE:
        return []
    decided = house()
    found = []
    for field in ("title", "body") if is_treat else ("gift",):
        words = draft.fields.get(field, "")
        broken = rule.breaches(words, decided.limit, decided.currency)
        if not broken:
            continue
        confidential = any(breach.sort == "confidential" for breach in broken)
        found.append(
            Nudge(
                guard="gift_rule",
                rule="confidential" if confidential else "gift",
                field=field,
                passage=broken[0].passage,
                why=" ".join(breach.why for breach in broken),
                instead=suggestion(words),
            )
        )
    return found


def suggestion(words: str) -> str:
    """Return five things to give instead, in one sentence."""
    titles = [
        title[:1].lower() + title[1:]
        for title in (gettext(one.title) for one in catalogue.instead(words))
    ]
    return gettext("What would do as well: %(ideas)s.", ideas="; ".join(titles))
