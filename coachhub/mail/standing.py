"""How the firm's mails stand: counts, what needs a look, and what an admin may do about it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.jobs import later
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.mail.models import FirmMail
from coachhub.mail.suppression import FOR_EVERYTHING, lift, suppressed

SHOWN = 100
DAYS = 30
TROUBLE = ("failed", "withheld")


@dataclass
class Kind:
    """How many mails of one kind there were, by state; `bounced` of those sent came back."""

    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bounced: int = 0

    @property
    def written(self) -> int:
        """Return how many were written: every one of them is in exactly one state."""
        return sum(self.states.values())


def counts(days: int = DAYS) -> dict[str, Kind]:
    """Count the firm's mails of the last days by kind and state."""
    kinds: dict[str, Kind] = defaultdict(Kind)
    rows = db.session.execute(
        select(FirmMail.kind, FirmMail.state, func.count())
        .add_columns(func.count().filter(FirmMail.bounced != ""))
        .where(FirmMail.created_at > now() - dt.timedelta(days=days))
        .group_by(FirmMail.kind, FirmMail.state)
        .order_by(FirmMail.kind)
    )
    for kind, state, number, bounced in rows:
        kinds[kind].states[state] = number
        kinds[kind].bounced += bounced
    return dict(kinds)


def number_in_doubt() -> int:
    """Count the mails of which nobody knows whether they went."""
    return db.session.scalar(select(doubted())) or 0


def doubted() -> ScalarSelect[int]:
    """Count the same, as part of a statement."""
    query = select(func.count()).select_from(FirmMail).where(FirmMail.state == "in_doubt")
    return query.scalar_subquery()


def in_doubt() -> list[FirmMail]:
    """Return the mails of which nobody knows whether they went, oldest first."""
    query = select(FirmMail).where(FirmMail.state == "in_doubt")
    return list(db.session.scalars(query.order_by(FirmMail.created_at, FirmMail.id)))


def troubled() -> list[FirmMail]:
    """Return the newest mails that were not sent, each with its reason."""
    query = select(FirmMail).where(FirmMail.state.in_(TROUBLE))
    return list(db.session.scalars(query.order_by(FirmMail.created_at.desc()).limit(SHOWN)))


def came_back() -> list[tuple[FirmMail, bool]]:
    """Return the newest mails that came back, and whether their address is stopped for it."""
    query = select(FirmMail).where(FirmMail.bounced != "")
    rows = db.session.scalars(query.order_by(FirmMail.created_at.desc()).limit(SHOWN))
    return [(mail, suppressed(mail.to_address) in FOR_EVERYTHING) for mail in rows]


def mail_of(mail_id: UUID) -> FirmMail:
    """Return one of the firm's mails; raises NotFoundError."""
    found = db.session.scalar(select(FirmMail).where(FirmMail.id == mail_id))
    if found is None:
        raise NotFoundError
    return found


def send_again(actor: Actor, mail_id: UUID) -> FirmMail:
    """Send a mail in doubt once more, the same bytes."""
    mail = _doubted(mail_id)
    mail.state, mail.due_at, mail.reason = "waiting", now(), ""
    db.session.flush()
    later("mail.deliver", current_firm_id())
    audit.record(actor, "mail.sent_again", kind="mail", subject=mail.id, label=mail.kind)
    return mail


def leave_it(actor: Actor, mail_id: UUID) -> FirmMail:
    """Let a mail in doubt be: it counts as one that was not sent."""
    mail = _doubted(mail_id)
    mail.state, mail.reason = "failed", "In doubt, and left as it is by an admin."
    db.session.flush()
    audit.record(actor, "mail.left", kind="mail", subject=mail.id, label=mail.kind)
    return mail


def write_to_again(actor: Actor, mail_id: UUID) -> FirmMail:
    """Write to an address again that was stopped because a mail of the firm's came back."""
    mail = mail_of(mail_id)
    if not mail.bounced:
        raise DomainError(gettext("This mail did not come back."))
    lift(mail.to_address)
    audit.record(actor, "address.lifted", kind="mail", subject=mail.id, label=mail.kind)
    return mail


def _doubted(mail_id: UUID) -> FirmMail:
    mail = db.session.scalar(select(FirmMail).where(FirmMail.id == mail_id).with_for_update())
    if mail is None:
        raise NotFoundError
    if mail.state != "in_doubt":
        raise DomainError(gettext("Somebody has decided about this mail already."))
    return mail
