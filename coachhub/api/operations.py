"""Writing tokens: made, shown once, used, revoked."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from coachhub.accounts.letters import tell
from coachhub.accounts.models import Person
from coachhub.api.models import Token
from coachhub.api.scopes import OF_FIRMS, OF_PERSONS, Scope
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotAllowedError, NotFoundError
from coachhub.core.secrets import fingerprint
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed, new_token
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Firm, Membership
from coachhub.permissions import Permission

LONGEST = dt.timedelta(days=366)
MOST = 20  # good tokens of one member, or of one firm
_USED_AGAIN = dt.timedelta(minutes=10)
_SHAPE = re.compile(r"ch([pf])_([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class TokenDraft:
    """What a token is called, what it is for, and for how many days."""

    name: str
    scopes: tuple[str, ...]
    days: int = 90


@dataclass(frozen=True)
class Made:
    """A new token, with its text: the only time that it is seen."""

    token: Token
    text: str


def make_own(actor: Actor, draft: TokenDraft) -> Made:
    """Make a token that acts as whoever makes it; they are told by mail."""
    membership = db.session.get_one(Membership, (current_firm_id(), actor.member_id()))
    person = db.session.get_one(Person, membership.person_id)
    made = _make("p", actor, draft, OF_PERSONS, membership_id=membership.id)
    made.token.bound_to = binding(person)
    db.session.flush()
    firm = db.session.get_one(Firm, current_firm_id())
    tell(
        person,
        gettext_noop(
            "A token “%(name)s” was made, with which a program can act for you at %(firm)s."
        ),
        name=made.token.name,
        firm=firm.name,
    )
    return made


def make_firms(actor: Actor, draft: TokenDraft) -> Made:
    """Make a token of the firm's own; only its admins do."""
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowedError
    made = _make("f", actor, draft, OF_FIRMS)
    _record(actor, "token.made", made.token, scopes=made.token.scopes)
    return made


def revoke(actor: Actor, token: Token) -> None:
    """End a token for good; one's own, or the firm's by an admin."""
    if token.membership_id is not None and token.membership_id != actor.membership_id:
        raise NotFoundError
    if token.membership_id is None and not actor.may(Permission.ADMINISTER):
        raise NotAllowedError
    if token.revoked_at is not None:
        return
    token.revoked_at = now()
    db.session.flush()
    if token.membership_id is None:
        _record(actor, "token.revoked", token)


def revoke_all_of(membership_id: UUID) -> None:
    """End every token of a member, who has left or is suspended."""
    db.session.execute(
        update(Token)
        .where(Token.membership_id == membership_id, Token.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def note_use(token_id: UUID) -> None:
    """Remember that a token was used, to ten minutes. Commits nothing."""
    moment = now()
    db.session.execute(
        update(Token)
        .where(
            Token.id == token_id,
            Token.last_used_at.is_(None) | (Token.last_used_at < moment - _USED_AGAIN),
        )
        .values(last_used_at=moment)
        .execution_options(synchronize_session=False)
    )


def firm_in(text: str) -> UUID | None:
    """Return the firm that a token names; None for what is no token. Nothing is looked up."""
    shape = _SHAPE.fullmatch(text)
    return UUID(bytes=base64.urlsafe_b64decode(shape[2] + "==")) if shape else None


def token_of(text: str) -> Token | None:
    """Return the token with this text in the open scope; None if it is not good any more."""
    found = db.session.scalar(select(Token).where(Token.token_hash == hashed(text)))
    return found if found is not None and found.is_good() else None


def binding(person: Person) -> str:
    """Return what ties a token to a person's sign-in as it is now."""
    return fingerprint("token", person.fs_uniquifier)


def _make(
    kind: str,
    actor: Actor,
    draft: TokenDraft,
    allowed: Collection[Scope],
    membership_id: UUID | None = None,
) -> Made:
    name = " ".join(draft.name.split())
    if not name:
        raise DomainError(
            gettext("What will the token be used for? Give it a name you will know again.")
        )
    wanted = [scope for scope in allowed if scope in draft.scopes]
    if not wanted or len(wanted) != len(set(draft.scopes)):
        raise DomainError(gettext("Please choose what the token may be used for."))
    if not 1 <= draft.days <= LONGEST.days:
        raise DomainError(gettext("A token is good for a year at most."))
    others = select(Token.id).where(
        Token.membership_id == membership_id if membership_id else Token.membership_id.is_(None),
        Token.revoked_at.is_(None),
        Token.expires_at > now(),
    )
    if len(db.session.scalars(others).all()) >= MOST:
        raise DomainError(
            gettext("There are %(most)s tokens already. Please revoke one first.", most=MOST)
        )
    firm = base64.urlsafe_b64encode(current_firm_id().bytes).decode().rstrip("=")
    text = f"ch{kind}_{firm}{new_token()}"
    token = Token(
        membership_id=membership_id,
        made_by_id=actor.membership_id,
        name=name,
        token_hash=hashed(text),
        hint=text[-4:],
        scopes=[str(scope) for scope in wanted],
        expires_at=now() + dt.timedelta(days=draft.days),
    )
    db.session.add(token)
    db.session.flush()
    return Made(token, text)


def _record(actor: Actor, action: str, token: Token, **details: object) -> None:
    audit.record(actor, action, kind="token", subject=token.id, label=token.name, **details)
