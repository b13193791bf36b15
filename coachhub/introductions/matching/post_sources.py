"""Matches between posts: offers that answer asks, recruiters in the field, leads that fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from coachhub.introductions.matching.candidates import RECRUITER_PLACES, Candidate
from coachhub.introductions.matching.likeness import ANYWHERE, Words, as_written, overlap
from coachhub.introductions.matching.match import Parts
from coachhub.introductions.matching.people import Person
from coachhub.introductions.matching.posts import Given, Posts, Wanted

_ANSWER = 0.8
_LEAST_FIT = 0.6
_WORDS_COUNT = 0.8  # likeness by plain words tells less than by topics
_RECRUITER, _OPENING = 0.9, 0.85
_SEARCH_MATTERS, _TARGET_MATTERS = 0.85, 1.0
_FIELD_ONLY = 0.65
_PLACE_UNKNOWN = 0.9


def answers(posts: Posts) -> Iterator[Candidate]:
    """Give a match for each ask and each offer of its kind that has something in common with it."""
    of_kind: dict[str, list[Given]] = {}
    for offer in posts.offers:
        of_kind.setdefault(offer.kind, []).append(offer)
    for ask in posts.asks:
        for offer in of_kind.get(ask.kind, ()):
            like = _likeness(ask, offer)
            if offer.owner_id == ask.owner_id or not like:
                continue
            yield Candidate(
                "insider" if offer.kind == "insider" else "offer",
                offer.owner_id,
                ask.owner_id,
                "ask",
                ask.id,
                offer.id,
                ask.company_id or offer.company_id,
                Parts(
                    _ANSWER,
                    ask.matters,
                    _LEAST_FIT + (1 - _LEAST_FIT) * like,
                ),
                min(ask.since, offer.since),
                _answer_reason(ask, offer),
            )


def _likeness(ask: Wanted, offer: Given) -> float:
    if ask.company_id and offer.company_id:
        return 1.0 if ask.company_id == offer.company_id else 0.0
    return max(overlap(ask.topics, offer.topics), _WORDS_COUNT * overlap(ask.about, offer.about))


def _answer_reason(ask: Wanted, offer: Given) -> str:
    if ask.company_id and ask.company_id == offer.company_id:
        return f"An offer of the kind that is asked for, about {ask.company}."
    shared = (ask.topics & offer.topics) or (ask.about & offer.about)
    about = _listed(as_written(shared, ask.text))
    return f"An offer of the kind that is asked for; both are about {about}."


def _listed(found: list[str], most: int = 3) -> str:
    found = found[:most]
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def recruiters(posts: Posts, people: Mapping[UUID, Person]) -> Iterator[Candidate]:
    """Give a match for each offered recruiter and each member who looks in that field."""
    for offer in posts.offers:
        field = offer.field or offer.title
        if offer.kind != "recruiter" or not field:
            continue
        for person in people.values():
            like = max(overlap(field, person.fields), overlap(field, person.titles))
            if person.id == offer.owner_id or not like:
                continue
            yield Candidate(
                "offer",
                offer.owner_id,
                person.id,
                "lead",
                offer.id,
                offer.id,
                offer.company_id,
                Parts(_RECRUITER, _SEARCH_MATTERS, _LEAST_FIT + (1 - _LEAST_FIT) * like),
                offer.since,
                "Knows a recruiter in the field that is wanted: "
                f"{_listed(as_written(field & (person.fields | person.titles), offer.text))}.",
                RECRUITER_PLACES,
            )


def leads(posts: Posts, people: Mapping[UUID, Person]) -> Iterator[Candidate]:
    """Give a match for each lead and each member whose titles, field and place it fits."""
    aimed = {(target.owner_id, target.company_id) for target in posts.targets}
    for lead in posts.leads:
        for person in people.values():
            fit = _lead_fit(lead, person)
            if person.id == lead.owner_id or not fit:
                continue
            is_target = lead.company_id is not None and (person.id, lead.company_id) in aimed
            recruiter = lead.kind == "recruiter"
            yield Candidate(
                "lead",
                lead.owner_id,
                person.id,
                "lead",
                lead.id,
                lead.id,
                lead.company_id,
                Parts(
                    _RECRUITER if recruiter else _OPENING,
                    _TARGET_MATTERS if is_target else _SEARCH_MATTERS,
                    fit,
                ),
                lead.since,
                _lead_reason(lead, person, is_target=is_target),
                RECRUITER_PLACES if recruiter else 1,
            )


def _lead_fit(lead: Given, person: Person) -> float:
    role = overlap(lead.title, person.titles)
    fit = max(role, _FIELD_ONLY * overlap(lead.field, person.fields))
    return fit * _place_fit(lead.place, person.places)


def _place_fit(place: Words, wanted: Words) -> float:
    """Return 1 for the place wanted, 0 for another one, a little less where nobody has said."""
    if not place or not wanted:
        return _PLACE_UNKNOWN
    if not place.isdisjoint(wanted) or not place.isdisjoint(ANYWHERE):
        return 1.0
    return 0.0


def _lead_reason(lead: Given, person: Person, *, is_target: bool) -> str:
    what = "A recruiter's search" if lead.kind == "recruiter" else "An opening"
    parts = []
    if lead.title & person.titles:
        parts.append("the role")
    if lead.field & person.fields:
        parts.append("the field")
    if lead.place & person.places:
        parts.append("the place")
    at = f" at {lead.company}, which is wanted," if is_target else ""
    return f"{what}{at} that fits {_listed(parts)} looked for."
