"""Matches about one company: doors, what is offered there, and members after the same company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from coachhub.introductions.matching.candidates import Candidate
from coachhub.introductions.matching.doors import STRONG, Door
from coachhub.introductions.matching.likeness import Words, is_hiring, overlap, role_words
from coachhub.introductions.matching.match import Asset, Parts
from coachhub.introductions.matching.posts import Posts, Wanted
from coachhub.introductions.matching.rivals import Rivals, same_role

# Kinds of ask that a contact at the company answers.
ASKS_FOR_A_DOOR = frozenset({"door", "insider"})
_SAME_LINE, _HIRES, _ELSEWHERE = 1.0, 0.95, 0.8
_OFFERED = {"insider": 0.85, "door": 0.8, "recruiter": 0.7}
_OFFERED_OTHER = 0.55
_BUDDY = 0.5


def wanted_companies(posts: Posts) -> list[Wanted]:
    """Return the needs that a door at a company would serve."""
    asks = [ask for ask in posts.asks if ask.company_id and ask.kind in ASKS_FOR_A_DOOR]
    return [*posts.targets, *asks]


def by_company(needs: Iterable[Wanted]) -> dict[UUID, list[Wanted]]:
    """Return the needs at each company, in the order given."""
    found: dict[UUID, list[Wanted]] = {}
    for need in needs:
        if need.company_id:
            found.setdefault(need.company_id, []).append(need)
    return found


def doors(
    wanted: Mapping[UUID, Sequence[Wanted]], known: Iterable[Door], *, tell_strength: bool
) -> Iterator[Candidate]:
    """Give a match for each need at a company and each other member with a contact there.

    Without `tell_strength` (a very small cohort) the reason says only that there is a door.
    """
    behind: dict[tuple[UUID, UUID], list[tuple[float, Words, bool]]] = {}
    for door in known:
        behind.setdefault((door.giver_id, door.company_id), []).append(
            (door.strength, role_words(door.position), is_hiring(door.position))
        )
    for (giver_id, company_id), contacts in behind.items():
        for need in wanted[company_id]:
            if need.owner_id == giver_id:
                continue
            strength, fit = _best(contacts, need.roles)
            yield Candidate(
                "door",
                giver_id,
                need.owner_id,
                need.need,
                need.id,
                company_id,
                company_id,
                Parts(strength, need.matters, fit),
                need.since,
                _door_reason(need.company, strength, fit, tell_strength=tell_strength),
            )


def _best(contacts: list[tuple[float, Words, bool]], roles: Words) -> tuple[float, float]:
    best, strength, fit = -1.0, 0.0, 0.0
    for strong, position, hires in contacts:
        fits = _ELSEWHERE
        if not roles.isdisjoint(position):
            fits = _SAME_LINE
        elif hires:
            fits = _HIRES
        if strong * fits > best:
            best, strength, fit = strong * fits, strong, fits
    return strength, fit


def _door_reason(company: str, strength: float, fit: float, *, tell_strength: bool) -> str:
    if not tell_strength:
        return f"There is a door at {company}, which is wanted."
    door = "A strong door" if strength >= STRONG else "A door"
    if fit == _SAME_LINE:
        return f"{door} at {company}, in the line of work that is wanted."
    if fit == _HIRES:
        return f"{door} at {company}, to somebody who has a say in hiring."
    return f"{door} at {company}, which is wanted."


def offered(posts: Posts) -> Iterator[Candidate]:
    """Give a match for each target and each offer of another member about that company."""
    wanted = by_company(posts.targets)
    for offer in posts.offers:
        for need in wanted.get(offer.company_id, ()) if offer.company_id else ():
            if need.owner_id == offer.owner_id:
                continue
            alike = overlap(need.about, offer.about)
            asset: Asset = "insider" if offer.kind == "insider" else "offer"
            yield Candidate(
                asset,
                offer.owner_id,
                need.owner_id,
                "target",
                need.id,
                offer.id,
                offer.company_id,
                Parts(
                    _OFFERED.get(offer.kind, _OFFERED_OTHER),
                    need.matters,
                    _ELSEWHERE + (1 - _ELSEWHERE) * alike,
                ),
                min(need.since, offer.since),
                _offered_reason(offer.kind, need.company),
            )


def _offered_reason(kind: str, company: str) -> str:
    if kind == "insider":
        return f"Inside knowledge of {company}, which is wanted."
    if kind == "door":
        return f"An offer to open a door at {company}, which is wanted."
    return f"An offer about {company}, which is wanted."


def buddies(posts: Posts, rivals: Rivals) -> Iterator[Candidate]:
    """Give a match each way for two members after the same company."""
    for company_id, wanted in by_company(posts.targets).items():
        for need in wanted:
            for own in wanted:
                if own.owner_id == need.owner_id:
                    continue
                rival = rivals.are(own.owner_id, need.owner_id, company_id)
                yield Candidate(
                    "buddy",
                    own.owner_id,
                    need.owner_id,
                    "target",
                    need.id,
                    own.id,
                    company_id,
                    Parts(
                        _BUDDY,
                        need.matters,
                        _SAME_LINE if same_role(own.roles, need.roles) else _ELSEWHERE,
                    ),
                    min(own.since, need.since),
                    _buddy_reason(need.company, rivals.rule if rival else ""),
                )


def _buddy_reason(company: str, rule: str) -> str:
    if rule == "tell":
        return f"Both are after a similar role at {company}, and both are told."
    if rule == "share":
        return f"Both are after {company}: they can share what they learn, not the vacancy."
    return f"Both are after {company}, and can look together."
