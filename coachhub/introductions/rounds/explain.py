"""Why a member receives nothing in a round, and what would help."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.posts import Posts, Wanted

_MOST_NAMED = 3
_PLAIN = {
    "cap": (
        "There were introductions for them, but the turns in those went elsewhere.",
        "One more turn for those beside them.",
    ),
    "left out": ("You left their introduction out.", "Allow it again."),
}

_UNDER_WAY = (
    "All that they asked for is under way already.",
    "One more target or ask, or the answers that are due.",
)


def explained(
    why: str,
    one: UUID,
    posts: Posts,
    matches: Iterable[Match],
    max_ring: int,
    under_way: Collection[UUID] = (),
) -> dict[str, str]:
    """Return as `told` why in words, and as `help` what would help.

    Args:
        why: the engine's word (see `exchange.market.Why`), or "left out" for the coach's hand.
        one: the member who receives nothing.
        posts: what is on the board.
        matches: the cohort's matches today.
        max_ring: the longest ring that the round allows.
        under_way: needs that an open introduction is about.
    """
    if why in _PLAIN:
        told, helps = _PLAIN[why]
    elif why == "ring length":
        told = f"Only a ring longer than {max_ring}, or a longer chain, leads to them."
        helps = "Longer rings, or chains."
    else:
        needs = [need for need in (*posts.targets, *posts.asks) if need.owner_id == one]
        free = [need for need in needs if need.id not in under_way]
        told, helps = _no_match(one, free, list(matches))
        if needs and not free:
            told, helps = _UNDER_WAY
    return {"told": told, "help": helps}


def _no_match(one: UUID, needs: list[Wanted], matches: list[Match]) -> tuple[str, str]:
    gets = any(match.receiver_id == one for match in matches)
    gives = any(match.giver_id == one for match in matches)
    if not needs and not gets:
        return (
            "They have no open target or ask on the board.",
            "A company that they want to reach.",
        )
    if not gets:
        return ("Nobody here has anything for what they need.", _guest(needs))
    if not gives:
        return (
            "Others could give to them, but nobody needs what they have.",
            "An offer, or their contacts; or a chain.",
        )
    return (
        "Those they could give to have nothing for those who could give to them.",
        "Chains, or one more offer of theirs.",
    )


def _guest(needs: list[Wanted]) -> str:
    wanted = list(dict.fromkeys(need.company for need in needs if need.company))
    if not wanted:
        return "A guest or an alumnus who can answer their asks."
    return f"A guest or an alumnus with a door at {' or '.join(wanted[:_MOST_NAMED])}."
