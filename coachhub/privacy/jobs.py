"""What the privacy room does in the background."""

from __future__ import annotations

from uuid import UUID

from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.core.secrets import keyring, unseal
from coachhub.privacy import retention, rotation, strangers, wishes
from coachhub.privacy.hooks import Stranger
from coachhub.privacy.replay import replay

# A sealed order that a queue kept for longer than this is not carried out from the queue.
_ORDER_GOOD_FOR = 30 * 24 * 60 * 60


@job("privacy.erase", every_minutes=10)
def ERASE_DUE(firm_id: UUID) -> None:  # noqa: N802 - a job is a constant of its room
    """Erase whoever wished it and has not changed their mind."""
    del firm_id
    for wish_id in wishes.due():
        wishes.fulfil(wish_id)
        db.session.commit()


@job(strangers.JOB)
def FORGET_STRANGER(firm_id: UUID, sealed: str) -> None:  # noqa: N802 - the same
    """Forget in one firm somebody who asked for it."""
    del firm_id
    told = unseal(sealed, _ORDER_GOOD_FOR, strangers.ORDER)
    if told is not None:
        address, name, company = told.split("\n")
        strangers.forget_here(Stranger(address, name, company))


@job("privacy.retain", every_minutes=30)
def RETAIN_NO_LONGER(firm_id: UUID) -> None:  # noqa: N802 - the same
    """Remove what the firm keeps no longer; once a day there is something to do."""
    del firm_id
    retention.remove_old()


@job("privacy.replay", every_minutes=10, for_platform=True)
def REPLAY() -> None:  # noqa: N802 - the same
    """Notice that a backup was brought back while CoachHub ran, and erase again."""
    replay()


@job("privacy.keys", every_minutes=10, for_platform=True)
def EXCHANGE_KEYS() -> None:  # noqa: N802 - the same
    """Go on with an exchange of keys that was broken off; forget old keys that no backup needs."""
    if rotation.under_way():
        rotation.begin()
        rotation.run()
    elif keyring().file is not None:
        keyring().drop_retired(now().date())
