"""How far a firm's directory reaches when it keeps the roster (SCIM): members, or everybody."""

from __future__ import annotations

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.firms.models import Firm

_KEY = "sync_trusted"


def reaches_trusted(firm: Firm) -> bool:
    """Say whether the directory may suspend and remove coaches and admins, too."""
    return firm.house.get(_KEY) is True


def set_reach(actor: Actor, firm: Firm, *, trusted: bool) -> None:
    """Let the directory suspend and remove coaches and admins, or members alone."""
    before = reaches_trusted(firm)
    if before == trusted:
        return
    firm.house = {**firm.house, _KEY: trusted}
    db.session.flush()
    audit.record(
        actor,
        "roster_sync.reach_changed",
        kind="firm",
        subject=firm.id,
        label=firm.name,
        after="coaches and admins too" if trusted else "members alone",
    )
