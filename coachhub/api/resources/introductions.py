"""A member's own introductions: where they stand, and what their side says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from coachhub.api import guarding
from coachhub.api.problems import InvalidError
from coachhub.api.resources.lists import page_among
from coachhub.api.rest import route
from coachhub.api.scopes import Scope
from coachhub.api.shapes import introductions as shapes
from coachhub.api.shapes.base import Empty, Listed, Shape
from coachhub.api.shapes.board import Guarded
from coachhub.core.access import current_actor
from coachhub.introductions import letters, life, promises, queries
from coachhub.introductions.answers import Answer
from coachhub.introductions.models import Introduction
from coachhub.introductions.shown import Shown
from coachhub.introductions.steps import AlreadyAnsweredError
from coachhub.permissions import Permission

Do = TypeVar("Do", bound=Callable[..., Any])
_READ = (Scope.INTRODUCTIONS_READ, Permission.MANAGE_OWN_THINGS)
_ONE = "/introductions/<uuid:introduction_id>"
_LINE = tuple(shapes.IntroductionLine.model_fields)
_MORE = (
    "company", "gift", "blurb", "promise", "due_on", "late", "later_on", "introduced_at",
    "outcome_kind", "outcome", "thanks",
)  # fmt: skip


def _said(what: str, body: type[Shape]) -> Callable[[Do], Do]:
    """Declare what a side says to one of its introductions; it is answered as it stands then."""
    return route(
        "POST",
        f"{_ONE}/{what}",
        Scope.INTRODUCTIONS_WRITE,
        Permission.MANAGE_OWN_THINGS,
        body=body,
        says=shapes.IntroductionOut,
        tag="Introductions",
    )


@route(
    "GET", "/introductions", *_READ, says=Listed[shapes.IntroductionLine],
    query=shapes.IntroductionsWanted, tag="Introductions",
)  # fmt: skip
def list_introductions(query: shapes.IntroductionsWanted) -> Listed[Any]:
    """Read your introductions."""
    everything = queries.mine(current_actor().member_id())
    wanted = [one for one in everything if one.is_done == (query.show == "done")]
    return page_among(wanted, query, lambda one: one.id, _lines)


@route("GET", _ONE, *_READ, says=shapes.IntroductionOut, tag="Introductions")
def get_introduction(introduction_id: UUID) -> shapes.IntroductionOut:
    """Read one of your introductions. That names and addresses were shown is written down."""
    return _told(introduction_id)


@_said("yes", shapes.YesIn)
def say_yes(introduction_id: UUID, body: shapes.YesIn) -> shapes.IntroductionOut:
    """Say yes, with what comes with it."""
    row, seen = queries.one(current_actor(), introduction_id)
    if seen.step != "answer":
        raise AlreadyAnsweredError(life.what_happened(row, seen.side))
    if seen.side == "receiver":
        words = {"gift": body.gift or "", "blurb": body.blurb or ""}
        _shared("blurb", words, body)
        return _answer(row, seen, Answer("yes", gift=body.gift, blurb=body.blurb))
    _shared("promise", {"promise": body.promise}, body)
    given = Answer(
        "yes",
        promise=body.promise,
        due_on=body.due_on,
        contact_id=body.contact_id,
        contact_email=_address(row, body),
    )
    return _answer(row, seen, given)


@_said("later", shapes.LaterIn)
def say_later(introduction_id: UUID, body: shapes.LaterIn) -> shapes.IntroductionOut:
    """Say not now, for yourself or reported of your contact."""
    row, seen = queries.one(current_actor(), introduction_id)
    return _answer(row, seen, Answer("not_now", until=body.until))


@_said("no", Empty)
def say_no(introduction_id: UUID, body: Empty) -> shapes.IntroductionOut:
    """Say no, for yourself or reported of your contact. Nobody is told."""
    del body
    row, seen = queries.one(current_actor(), introduction_id)
    return _answer(row, seen, Answer("no"))


@_said("report", shapes.ReportIn)
def report_yes(introduction_id: UUID, body: shapes.ReportIn) -> shapes.IntroductionOut:
    """Report the yes that your contact told you in person."""
    row, seen = queries.one(current_actor(), introduction_id)
    if seen.step != "report":
        raise AlreadyAnsweredError(life.what_happened(row, seen.side))
    return _answer(row, seen, Answer("yes", contact_email=_checked(body.contact_email)))


@_said("withdraw", Empty)
def withdraw(introduction_id: UUID, body: Empty) -> shapes.IntroductionOut:
    """Step back before you are introduced. Nobody is told who did."""
    del body
    row, _seen = queries.one(current_actor(), introduction_id)
    life.withdraw(current_actor(), row)
    return _told(introduction_id)


@_said("more-time", shapes.MoreTimeIn)
def more_time(introduction_id: UUID, body: shapes.MoreTimeIn) -> shapes.IntroductionOut:
    """Give your promise a new day."""
    row, _seen = queries.one(current_actor(), introduction_id)
    promises.more_time(current_actor(), row, body.due_on)
    return _told(introduction_id)


@_said("kept", Empty)
def keep_promise(introduction_id: UUID, body: Empty) -> shapes.IntroductionOut:
    """Say that you kept your promise."""
    del body
    row, _seen = queries.one(current_actor(), introduction_id)
    promises.keep(current_actor(), row)
    return _told(introduction_id)


@_said("let-go", Empty)
def let_go(introduction_id: UUID, body: Empty) -> shapes.IntroductionOut:
    """Let your promise go."""
    del body
    row, _seen = queries.one(current_actor(), introduction_id)
    promises.let_go(current_actor(), row)
    return _told(introduction_id)


@_said("outcome", shapes.OutcomeIn)
def report_outcome(introduction_id: UUID, body: shapes.OutcomeIn) -> shapes.IntroductionOut:
    """Tell what came of it."""
    row, _seen = queries.one(current_actor(), introduction_id)
    _shared("outcome", {"text": body.text}, body)
    promises.report_outcome(current_actor(), row, body.kind, body.text)
    return _told(introduction_id)


@_said("thanks", shapes.ThanksIn)
def say_thanks(introduction_id: UUID, body: shapes.ThanksIn) -> shapes.IntroductionOut:
    """Say thanks."""
    row, _seen = queries.one(current_actor(), introduction_id)
    _shared("thanks", {"text": body.text}, body)
    promises.thank(current_actor(), row, body.text)
    return _told(introduction_id)


def _answer(row: Introduction, seen: Shown, given: Answer) -> shapes.IntroductionOut:
    side = "outsider" if seen.step == "report" else seen.side
    life.answer(current_actor(), row, side, given)
    return _told(seen.id)


def _shared(kind: str, words: Mapping[str, str], body: Guarded) -> None:
    """Ask the guards about words that only the two will read."""
    found = guarding.heard(current_actor(), kind, words, body, can_wait=False)
    guarding.share(current_actor(), kind, found, body)


def _address(row: Introduction, body: shapes.YesIn) -> str:
    """Return where the contact is written to; nowhere if the giver asks in person."""
    if row.asset != "door" or body.ask_in_person:
        return ""
    chosen = [one for one in queries.contacts_at(row) if one.id == body.contact_id]
    address = body.contact_email or (chosen[0].email if chosen else "")
    if chosen and not address:
        raise InvalidError(
            "We have no address for them.",
            [{"pointer": "/contact_email", "detail": "Give one, or say `ask_in_person`."}],
        )
    return _checked(address)


def _checked(address: str) -> str:
    if not address:
        return ""
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise InvalidError(
            "That is no mail address.", [{"pointer": "/contact_email", "detail": str(error)}]
        ) from error


def _told(introduction_id: UUID) -> shapes.IntroductionOut:
    row, seen = queries.one(current_actor(), introduction_id)
    if seen.met:
        letters.log_shown(current_actor(), row, to=seen.side, way="program")
    contacts = (
        queries.contacts_at(row)
        if seen.side == "giver" and seen.step == "answer" and row.asset == "door"
        else []
    )
    return shapes.IntroductionOut(
        **{name: getattr(seen, name) for name in (*_LINE, *_MORE)},
        other=_party(seen.other),
        contact=_party(seen.contact),
        contacts=[shapes.OwnContact(id=one.id, name=one.full_name()) for one in contacts],
    )


def _party(one: Any) -> shapes.Party:
    return shapes.Party(**{name: getattr(one, name) for name in shapes.Party.model_fields})


def _lines(some: Sequence[Shown]) -> list[shapes.IntroductionLine]:
    return [shapes.IntroductionLine(**{name: getattr(one, name) for name in _LINE}) for one in some]
