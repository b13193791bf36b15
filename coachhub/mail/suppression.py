"""Addresses that must not be written to, remembered by keyed hash over all firms.

What an outside contact asked for (``never``) does not hold for a member's own mails. A mailbox
that is gone (``bounced``) and somebody who called a mail spam (``complained``) get nothing at all,
until a firm's admin lifts it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.core.secrets import fingerprint
from coachhub.mail.models import Suppression

FOR_EVERYTHING = frozenset({"bounced", "complained"})


def address_hash(address: str) -> str:
    """Return the keyed hash under which an address is remembered."""
    return fingerprint("mail address", address.strip().casefold())


def suppressed(address: str) -> str:
    """Return why an address must not be written to, or an empty string."""
    return suppressed_among([address]).get(address, "")


def suppressed_among(addresses: Collection[str]) -> dict[str, str]:
    """Return why some addresses must not be written to; those that may are left out."""
    hashes = {address: address_hash(address) for address in addresses}
    rows = db.session.execute(
        select(Suppression.address_hash, Suppression.reason).where(
            Suppression.address_hash.in_(hashes.values())
        )
    )
    reasons = {row.address_hash: row.reason for row in rows}
    return {address: reasons[digest] for address, digest in hashes.items() if digest in reasons}


def why_not(reason: str, *, member: bool) -> str:
    """Return why a mail must not go to an address, or an empty string.

    Args:
        reason: why the address is suppressed, if it is.
        member: whether the mail is for a member, or about the sign-in itself.
    """
    return reason if reason in FOR_EVERYTHING or not member else ""


def suppress(address: str, reason: str) -> None:
    """Never write to an address again, from any firm; doing it twice is fine.

    ``never`` is kept when the address bounces as well: a wish outlives a fault.
    """
    row = db.session.get(Suppression, address_hash(address))
    if row is None:
        db.session.add(Suppression(address_hash=address_hash(address), reason=reason))
    db.session.flush()


def lift(address: str) -> None:
    """Write to an address again that bounced or complained; a wish to be left alone stays."""
    row = db.session.get(Suppression, address_hash(address))
    if row is not None and row.reason in FOR_EVERYTHING:
        db.session.delete(row)
        db.session.flush()
