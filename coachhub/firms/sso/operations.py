"""Single sign-on, set up by a firm's admin: the provider, a try, and whether it is on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import delete, select

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.firms.hooks import MEMBER_LEFT
from coachhub.firms.models import Firm, Membership
from coachhub.firms.sso import discovery
from coachhub.firms.sso.domains import proven
from coachhub.firms.sso.flow import Told
from coachhub.firms.sso.models import SECOND_FACTORS, Identity, Provider

STATES = ("off", "offered", "required")
# What of RFC 8176 says that more than a password was asked for.
_MORE_THAN_ONE = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "sms", "tel"})


@dataclass(frozen=True)
class Settings:
    """What an admin enters of their provider; an empty secret keeps the one that is there."""

    issuer: str
    client_id: str
    client_secret: str = ""
    lets_in: bool = False
    second_factor: str = "ours"


def provider_of_firm() -> Provider | None:
    """Return the open firm's provider, if it has one."""
    return db.session.scalar(select(Provider))


def set_provider(actor: Actor, firm: Firm, wanted: Settings) -> Provider:
    """Keep a firm's provider, after asking it what it says of itself.

    Another issuer or client is another provider: it is off until it has been tried, and whoever
    was known at the one before is linked anew. Raises OutgoingError where it does not answer.
    """
    if wanted.second_factor not in SECOND_FACTORS:
        raise DomainError(gettext("Please choose how second factors count."))
    provider = provider_of_firm()
    if not wanted.client_secret and (provider is None or provider.issuer != wanted.issuer):
        raise DomainError(gettext("Please enter the client secret that belongs to this provider."))
    if provider is None or provider.issuer != wanted.issuer:
        discovery.ask(wanted.issuer)
    given = {name: value for name, value in asdict(wanted).items() if value != ""}
    if provider is None:
        provider = Provider(**given, tried={})
        db.session.add(provider)
    else:
        is_other = (provider.issuer, provider.client_id) != (wanted.issuer, wanted.client_id)
        if provider.issuer != wanted.issuer:
            db.session.execute(delete(Identity))
        if is_other or wanted.client_secret:
            provider.tried_at, provider.tried = None, {}
            firm.single_sign_on = "off"
        for name, value in given.items():
            setattr(provider, name, value)
    db.session.flush()
    audit.record(
        actor,
        "single_sign_on.set",
        kind="provider",
        subject=provider.id,
        label=provider.issuer,
        lets_in=provider.lets_in,
        second_factor=provider.second_factor,
    )
    return provider


def note_try(actor: Actor, provider: Provider, told: Told) -> None:
    """Remember that an admin has come back from the provider as themselves."""
    provider.tried_at = now()
    provider.tried = {"amr": list(told.amr), "acr": told.acr, "by": str(actor.member_id())}
    db.session.flush()
    audit.record(
        actor, "single_sign_on.tried", kind="provider", subject=provider.id, label=provider.issuer
    )


def switch(actor: Actor, firm: Firm, state: str) -> None:
    """Switch single sign-on off, offer it, or require it of the people of the firm's domains.

    Off ends every sign-in that was made by it, with the next page. Raises DomainError for one that
    nobody has tried, or without a domain of the firm's own.
    """
    provider = provider_of_firm()
    if state not in STATES:
        raise DomainError(gettext("Please choose off, offered or required."))
    if state != "off":
        if provider is None or provider.tried_at is None:
            raise DomainError(gettext("Please try it first: sign in with it once yourself."))
        if not proven():
            raise DomainError(
                gettext("Please prove a mail domain first: its people are the ones let in.")
            )
    before, firm.single_sign_on = firm.single_sign_on, state
    db.session.flush()
    if before != state:
        audit.record(
            actor,
            "single_sign_on.switched",
            kind="firm",
            subject=firm.id,
            label=firm.name,
            before=before,
            after=state,
        )


def forget_provider(actor: Actor, firm: Firm) -> None:
    """Take the provider away, with its secret and who was who there. Domains stay the firm's."""
    provider = provider_of_firm()
    if provider is None:
        return
    switch(actor, firm, "off")
    db.session.execute(delete(Identity))
    db.session.delete(provider)
    db.session.flush()
    audit.record(actor, "single_sign_on.forgotten", kind="provider", label=provider.issuer)


def second_factor_counts(provider: Provider, told: Told) -> bool:
    """Say whether the provider's own second factor stands in for ours, as the firm chose."""
    shown = bool(_MORE_THAN_ONE & {one.lower() for one in told.amr})
    return provider.second_factor == "always" or (provider.second_factor == "shown" and shown)


def identity_of(membership_id: UUID) -> Identity | None:
    """Return how a member is known at the firm's provider, if they have come by it."""
    return db.session.scalar(select(Identity).where(Identity.membership_id == membership_id))


def unlink(actor: Actor, membership: Membership) -> None:
    """Forget who a member is at the provider; their next sign-in by it links them anew."""
    found = identity_of(membership.id)
    if found is None:
        raise DomainError(
            gettext("%(name)s is not linked to anybody at your provider.", name=membership.name)
        )
    db.session.delete(found)
    db.session.flush()
    audit.record(
        actor,
        "single_sign_on.unlinked",
        kind="membership",
        subject=membership.id,
        label=membership.name,
    )


@MEMBER_LEFT.from_room
def forget_leaver(membership: Membership) -> None:
    """Forget who somebody was at the provider when they leave: the next one there is another."""
    if membership.state == "left":
        db.session.execute(delete(Identity).where(Identity.membership_id == membership.id))
