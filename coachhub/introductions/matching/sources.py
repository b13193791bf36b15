"""What a cohort's matches are derived from, cut into pieces that can be derived one by one.

A source is a handful of posts that make matches with each other: one company, one ask, one lead.
Its fingerprint covers everything its matches depend on but address books, so what changed is
found by holding fingerprints against those kept, whoever changed it and in whatever order.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from coachhub.contacts import strength
from coachhub.introductions.matching import company_sources, post_sources
from coachhub.introductions.matching.candidates import Candidate
from coachhub.introductions.matching.match import Key
from coachhub.introductions.matching.people import Person
from coachhub.introductions.matching.posts import Given, Posts, Wanted
from coachhub.introductions.matching.rivals import Rivals

DOOR = "door:"


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """One piece. `derive` gives its matches; None where address books are needed: the doors."""

    name: str
    fingerprint: str
    derive: Callable[[], Iterable[Candidate]] | None
    company_id: UUID | None = None


# The company or post that a source is about, and how the source is made once it is wanted:
# its fingerprint takes time.
_Piece = tuple[UUID, Callable[[], Source]]


def sources_of(
    posts: Posts,
    people: Mapping[UUID, Person],
    rivals: Rivals,
    *,
    tell_strength: bool,
    among: Collection[Key] | None = None,
) -> list[Source]:
    """Return the sources of a cohort's matches, in no order that matters.

    With `among`, only those that a match with one of these keys may come from.
    """
    about = None if among is None else _about(posts, among)
    pieces = chain(
        _doors(posts, tell_strength=tell_strength),
        _companies(posts, rivals),
        _asks(posts),
        _searches(posts, people),
    )
    return [made() for subject, made in pieces if about is None or subject in about]


def _about(posts: Posts, keys: Iterable[Key]) -> set[UUID]:
    """Return the posts that keys name, and the companies that they or their posts name."""
    named = {one for key in keys for one in (key.need_id, key.asset_id)}
    needs = {post.company_id for post in (*posts.targets, *posts.asks) if post.id in named}
    assets = {offer.company_id for offer in posts.offers if offer.id in named}
    return named.union(one for one in needs | assets if one)


def door_name(company_id: UUID) -> str:
    """Return the name of the source of a company's doors."""
    return f"{DOOR}{company_id.hex}"


def _doors(posts: Posts, *, tell_strength: bool) -> Iterator[_Piece]:
    wanted = company_sources.by_company(company_sources.wanted_companies(posts))
    for company_id, needs in wanted.items():
        yield company_id, partial(_door, company_id, needs, tell_strength=tell_strength)


def _door(company_id: UUID, needs: Sequence[Wanted], *, tell_strength: bool) -> Source:
    return Source(door_name(company_id), fingerprint(tell_strength, needs), None, company_id)


def _companies(posts: Posts, rivals: Rivals) -> Iterator[_Piece]:
    offered: dict[UUID, list[Given]] = defaultdict(list)
    for offer in posts.offers:
        if offer.company_id:
            offered[offer.company_id].append(offer)
    for company_id, targets in company_sources.by_company(posts.targets).items():
        offers = offered.get(company_id, [])
        if not offers and len(targets) < 2:  # noqa: PLR2004 - one alone makes no pair
            continue
        yield company_id, partial(_company, company_id, targets, offers, rivals)


def _company(
    company_id: UUID, targets: Sequence[Wanted], offers: Sequence[Given], rivals: Rivals
) -> Source:
    own = Posts(targets=tuple(targets), asks=(), offers=tuple(offers), leads=())
    return Source(
        f"company:{company_id.hex}",
        fingerprint(rivals.rule, targets, offers),
        partial(_at_one_company, own, rivals),
    )


def _at_one_company(posts: Posts, rivals: Rivals) -> list[Candidate]:
    return [*company_sources.offered(posts), *company_sources.buddies(posts, rivals)]


def _asks(posts: Posts) -> Iterator[_Piece]:
    of_kind: dict[str, list[Given]] = defaultdict(list)
    for offer in posts.offers:
        of_kind[offer.kind].append(offer)

    @cache
    def mark(kind: str) -> str:
        return fingerprint(of_kind[kind])

    for ask in posts.asks:
        if offers := of_kind.get(ask.kind):
            yield ask.id, partial(_ask, ask, offers, mark)


def _ask(ask: Wanted, offers: Sequence[Given], mark: Callable[[str], str]) -> Source:
    own = Posts(targets=(), asks=(ask,), offers=tuple(offers), leads=())
    return Source(
        f"ask:{ask.id.hex}",
        fingerprint(ask, mark(ask.kind)),
        partial(post_sources.answers, own),
    )


def _searches(posts: Posts, people: Mapping[UUID, Person]) -> Iterator[_Piece]:
    """Give the sources that depend on what people look for: recruiters and leads."""
    seeking = fingerprint([(one.id, one.titles, one.fields, one.places) for one in people.values()])
    for offer in posts.offers:
        if offer.kind == "recruiter":
            yield offer.id, partial(_recruiter, offer, people, seeking)
    wanted = company_sources.by_company(posts.targets)
    for lead in posts.leads:
        aimed = wanted.get(lead.company_id, []) if lead.company_id else []
        yield lead.id, partial(_lead, lead, aimed, people, seeking)


def _recruiter(offer: Given, people: Mapping[UUID, Person], seeking: str) -> Source:
    own = Posts(targets=(), asks=(), offers=(offer,), leads=())
    return Source(
        f"recruiter:{offer.id.hex}",
        fingerprint(offer, seeking),
        partial(post_sources.recruiters, own, people),
    )


def _lead(
    lead: Given, aimed: Sequence[Wanted], people: Mapping[UUID, Person], seeking: str
) -> Source:
    own = Posts(targets=tuple(aimed), asks=(), offers=(), leads=(lead,))
    return Source(
        f"lead:{lead.id.hex}",
        fingerprint(lead, seeking, sorted({target.owner_id for target in aimed})),
        partial(post_sources.leads, own, people),
    )


def fingerprint(*things: Any) -> str:
    """Return a short text that differs where the things, or this code, differ."""
    return hashlib.blake2b(
        repr((_edition(), *map(_plain, things))).encode(), digest_size=12
    ).hexdigest()


def _plain(thing: Any) -> Any:
    """Return a thing in a form whose `repr` is the same in every process."""
    if isinstance(thing, (Wanted, Given)):
        return tuple(_plain(getattr(thing, name)) for name in type(thing).__slots__)
    if isinstance(thing, frozenset):
        return sorted(thing)
    if isinstance(thing, (list, tuple)):
        return [_plain(one) for one in thing]
    return thing.hex if isinstance(thing, UUID) else thing


@lru_cache(maxsize=1)
def _edition() -> str:
    """Tell this code from another edition of it, whose matches may differ."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(strength.__file__)]
    return hashlib.blake2b(b"".join(map(Path.read_bytes, files)), digest_size=6).hexdigest()
