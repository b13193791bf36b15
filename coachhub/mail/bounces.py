"""What follows from a notice: the mail is marked, and an address may be left alone from then on.

One hard bounce, or one complaint, stops an address; soft ones stop it at the fifth, and each mail
that arrived in between takes one off. A notice comes to an address that only its own mail had
(see `addresses`), so a forged one is turned away before it is read.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from coachhub.core.db import db, now
from coachhub.core.jobs import later
from coachhub.core.tenancy import open_firm_id, scope
from coachhub.mail import addresses, notices
from coachhub.mail.models import AccountMail, FirmIncoming, FirmMail, SoftBounces, StrayMail
from coachhub.mail.suppression import address_hash, suppress

MOST_SOFT = 5
OLDEST = dt.timedelta(days=14)  # a notice about an older mail is none
ARRIVED_AFTER = dt.timedelta(days=1)  # without a notice until then, a mail has arrived


def take_bounce(incoming: FirmIncoming | StrayMail) -> None:
    """Handle a mail that came to the bounce address of one of ours."""
    notice = notices.read(incoming.raw)
    mail: FirmMail | AccountMail | None
    if isinstance(incoming, FirmIncoming):
        mail = db.session.scalar(select(FirmMail).where(FirmMail.id == incoming.about))
    else:
        mail = db.session.scalar(select(AccountMail).where(AccountMail.id == incoming.about))
    incoming.state, incoming.said = _take(mail, notice)


def take_complaint(incoming: StrayMail) -> bool:
    """Handle a complaint that came to the platform's own address; False if it is none."""
    notice = notices.read(incoming.raw)
    if notice.kind != "complaint":
        return False
    back = addresses.behind(notice.about)
    incoming.state, incoming.said = "ignored", "It is about no mail of ours."
    if back is None or back.purpose not in {"bounce", "account-bounce"}:
        return True
    if back.firm_id is None:
        mail = db.session.scalar(select(AccountMail).where(AccountMail.id == back.row_id))
        incoming.state, incoming.said = _take(mail, notice)
        return True
    if open_firm_id() is None:
        with scope(back.firm_id):
            of_firm = db.session.scalar(select(FirmMail).where(FirmMail.id == back.row_id))
            incoming.state, incoming.said = _take(of_firm, notice)
            later("mail.deliver", back.firm_id)
    return True


def _take(mail: FirmMail | AccountMail | None, notice: notices.Notice) -> tuple[str, str]:
    if mail is None or mail.first_tried_at is None or mail.first_tried_at < now() - OLDEST:
        return "ignored", "It is about no mail of ours."
    if notice.kind in {"", "delayed"}:
        return "ignored", notice.words or "It is no notice of failure."
    if mail.bounced not in {"hard", "complaint"}:
        mail.bounced = notice.kind
        mail.reason = notice.words
        if notice.kind == "soft":
            _count_soft(mail.to_address)
        else:
            suppress(mail.to_address, "bounced" if notice.kind == "hard" else "complained")
    return "handled", notice.words


def _count_soft(address: str) -> None:
    row = db.session.get(SoftBounces, address_hash(address), with_for_update=True)
    if row is None:
        row = SoftBounces(address_hash=address_hash(address), number=0, changed_at=now())
        db.session.add(row)
    row.number = max(0, row.number - _arrived(address, row.changed_at)) + 1
    row.changed_at = now()
    if row.number >= MOST_SOFT:
        suppress(address, "bounced")
    db.session.flush()


def _arrived(address: str, since: dt.datetime) -> int:
    """Count the firm's mails to an address that have not come back since a moment."""
    if open_firm_id() is None:
        return 0
    return (
        db.session.scalar(
            select(func.count())
            .select_from(FirmMail)
            .where(
                func.lower(FirmMail.to_address) == address.lower(),
                FirmMail.state == "sent",
                FirmMail.bounced == "",
                FirmMail.sent_at > since,
                FirmMail.sent_at < now() - ARRIVED_AFTER,
            )
        )
        or 0
    )
