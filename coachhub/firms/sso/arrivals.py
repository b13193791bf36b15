"""Who is let in when a firm's provider has said who they are, and as whom.

The provider speaks for its firm's proven domains and for this firm alone. Whoever is linked
already is found by issuer and subject, never by address; a first link asks for a membership or an
invitation here. What does not fit is refused: an address that has changed may be another person's
by now, and so may a new account at an old address. `docs/decisions/single-sign-on.md` says why.
"""

from __future__ import annotations

from sqlalchemy import select

from coachhub.accounts import letters
from coachhub.accounts.models import Person
from coachhub.accounts.operations import add_person, clean_address, find_person
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms import invitations
from coachhub.firms.hooks import CAME_BY_SIGN_IN, KNOWN_PEOPLE
from coachhub.firms.models import Firm, Invitation, Membership
from coachhub.firms.operations import add_member
from coachhub.firms.sso.domains import domain_of, proven
from coachhub.firms.sso.flow import SignInError, Told
from coachhub.firms.sso.models import Identity, Provider

_BY_OWN_MEANS = gettext_noop(
    "Please sign in with your password, a code by mail or a passkey instead."
)


def arrive(provider: Provider, told: Told) -> Membership:
    """Return the active membership of whoever has come back from the firm's provider.

    Makes the link, and the membership where they were invited or the firm lets its people in.
    Raises SignInError with a sentence for whom it concerns.
    """
    address = _own_address(told)
    mark = hashed(f"{told.issuer}\n{told.subject}")
    link = db.session.scalar(select(Identity).where(Identity.mark == mark))
    membership = _linked(link, address) if link else _first_time(provider, told, address, mark)
    if membership.state != "active":
        raise SignInError(gettext("Your membership is suspended. Please ask the firm's admin."))
    return membership


def shown_by(provider: Provider, told: Told, membership: Membership) -> None:
    """See that a try has come back as the very admin who began it; link them.

    Raises SignInError.
    """
    if arrive(provider, told).id != membership.id:
        raise SignInError(gettext("You came back as somebody else than you are here."))


def _own_address(told: Told) -> str:
    """Return the address, if the provider may speak for it."""
    if not told.verified:
        raise SignInError(
            gettext(
                "Your firm's sign-in does not say that your mail address was verified, so we"
                " cannot go by it. %(instead)s",
                instead=gettext(_BY_OWN_MEANS),
            )
        )
    try:
        address = clean_address(told.address)
    except DomainError as error:
        raise SignInError(
            gettext(
                "Your firm's sign-in gave no mail address. %(instead)s",
                instead=gettext(_BY_OWN_MEANS),
            )
        ) from error
    if domain_of(address) not in proven():
        raise SignInError(
            gettext(
                "%(address)s is at none of your firm's own domains, so its sign-in does not speak"
                " for it. %(instead)s",
                address=address,
                instead=gettext(_BY_OWN_MEANS),
            )
        )
    return address


def _linked(link: Identity, address: str) -> Membership:
    membership = db.session.scalars(
        select(Membership).where(Membership.id == link.membership_id)
    ).one()
    person = _may_come(db.session.get(Person, membership.person_id))
    if person.email != address:
        raise SignInError(
            gettext(
                "Your firm's sign-in now gives the address %(address)s, and you are known here by"
                " another. Sign in here with the address that you have, and"
                " change it on the page"
                " “Sign-in and safety”; or ask your firm's admin to link you anew.",
                address=address,
            )
        )
    link.seen_at = now()
    return membership


def _first_time(provider: Provider, told: Told, address: str, mark: str) -> Membership:
    person = find_person(address)
    if person is not None:
        _may_come(person)
    membership = None
    if person is not None:
        membership = db.session.scalar(select(Membership).where(Membership.person_id == person.id))
    if membership is None or membership.state == "left":
        membership = _let_in(provider, told, address, person, been_here=membership is not None)
    if membership.state != "active":
        return membership
    known = select(Identity.id).where(Identity.membership_id == membership.id)
    if db.session.scalar(known) is not None:
        raise SignInError(
            gettext(
                "Another account of your firm's sign-in is linked to this membership: that can"
                " happen"
                " when an account was made anew. Please ask your firm's admin to link you anew."
            )
        )
    db.session.add(Identity(membership_id=membership.id, mark=mark))
    db.session.flush()
    if person is not None:
        firm = db.session.get_one(Firm, current_firm_id())
        letters.tell(
            person,
            gettext_noop(
                "%(firm)s's own sign-in now opens %(firm)s for you. It opens nothing else of your"
                " account."
            ),
            firm=firm.name,
        )
    audit.record(
        Actor(label=membership.name, membership_id=membership.id),
        "single_sign_on.linked",
        kind="membership",
        subject=membership.id,
        label=membership.name,
    )
    return membership


def _let_in(
    provider: Provider, told: Told, address: str, person: Person | None, *, been_here: bool
) -> Membership:
    """Make somebody a member: by an invitation, by the roster, or because the firm says so."""
    invitation = next((one for one in _invitations(address) if one.is_open()), None)
    expected = invitation is not None or any(KNOWN_PEOPLE.call(address))
    if not expected and (been_here or not provider.lets_in):
        raise SignInError(
            gettext(
                "You are signed in as %(address)s, but your firm has not invited this address to"
                " CoachHub. Please ask your coach or your firm's admin for an invitation.",
                address=address,
            )
        )
    name = told.name or (invitation.name if invitation else "") or address.partition("@")[0]
    if person is None:
        person = add_person(address, name)
    if invitation is not None:
        return invitations.accept(invitation, person, name)
    made = add_member(Actor(label=name, person_id=person.id), person, name=name)
    CAME_BY_SIGN_IN.call(made, address)
    return made


def _invitations(address: str) -> list[Invitation]:
    query = select(Invitation).where(Invitation.email == address)
    return list(db.session.scalars(query.order_by(Invitation.created_at.desc())))


def _may_come(person: Person | None) -> Person:
    if person is None or not person.active or person.is_staff:
        raise SignInError(
            gettext(
                "This account is not opened by a firm's sign-in. %(instead)s",
                instead=gettext(_BY_OWN_MEANS),
            )
        )
    return person
