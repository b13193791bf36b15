"""Writing webhooks: made, changed, told, tried again, stopped."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.api.webhooks.addresses import hint, place_of
from coachhub.api.webhooks.events import EVENTS, TEST
from coachhub.api.webhooks.letters import tell_stopped
from coachhub.api.webhooks.models import Delivery, Webhook
from coachhub.api.webhooks.signing import new_secret
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotAllowedError
from coachhub.core.jobs import later
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.permissions import Permission

_S, _M, _H = (dt.timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))
# As Standard Webhooks advises: ten tries in three days.
WAITS = (5 * _S, 5 * _M, 30 * _M, 2 * _H, 5 * _H, 10 * _H, 14 * _H, 20 * _H, 24 * _H)
JITTER = 0.2
LEASE = dt.timedelta(minutes=2)
STOP_AFTER = dt.timedelta(days=5)
BOTH_FOR = dt.timedelta(hours=24)
MOST = 10
GONE = 410
_random = random.SystemRandom()


@dataclass(frozen=True)
class WebhookDraft:
    """What an admin says about a webhook; an empty address keeps the one there is."""

    name: str
    address: str
    events: tuple[str, ...]


def add(actor: Actor, draft: WebhookDraft) -> Webhook:
    """Tell a new address of some events. Raises AddressError for one that we do not call."""
    _may(actor)
    if len(db.session.scalars(select(Webhook.id)).all()) >= MOST:
        raise DomainError(
            gettext("%(most)s webhooks are enough. Please remove one first.", most=MOST)
        )
    webhook = Webhook(made_by_id=actor.membership_id, secret=new_secret(), events=[])
    _fill(webhook, draft)
    db.session.add(webhook)
    db.session.flush()
    _record(actor, "webhook.added", webhook, events=webhook.events)
    return webhook


def change(actor: Actor, webhook: Webhook, draft: WebhookDraft) -> None:
    """Change what a webhook is called, where it goes, and what it hears of."""
    _may(actor)
    _fill(webhook, draft)
    db.session.flush()
    _record(actor, "webhook.changed", webhook, events=webhook.events)


def rotate(actor: Actor, webhook: Webhook) -> None:
    """Make a new secret; the old one signs too for a day, so that the other side can follow."""
    _may(actor)
    webhook.old_secret, webhook.old_secret_until = webhook.secret, now() + BOTH_FOR
    webhook.secret = new_secret()
    db.session.flush()
    _record(actor, "webhook.secret_changed", webhook)


def note_shown(actor: Actor, webhook: Webhook) -> None:
    """Write down that somebody looked up the secret."""
    _may(actor)
    _record(actor, "webhook.secret_shown", webhook)


def switch(actor: Actor, webhook: Webhook, *, on: bool) -> None:
    """Tell it again, or nothing for now; what waits is dropped."""
    _may(actor)
    wanted = "on" if on else "off"
    if webhook.state == wanted:
        return
    webhook.state, webhook.failing_since, webhook.problem = wanted, None, ""
    if not on:
        _drop_waiting(webhook)
    db.session.flush()
    _record(actor, f"webhook.switched_{wanted}", webhook)


def remove(actor: Actor, webhook: Webhook) -> None:
    """Forget a webhook and what it was told."""
    _may(actor)
    _record(actor, "webhook.removed", webhook)
    db.session.delete(webhook)
    db.session.flush()


def announce(event: str, data: dict[str, Any]) -> None:
    """Put an event up for every webhook that hears of it, in the present transaction."""
    hearing = db.session.scalars(
        select(Webhook.id).where(Webhook.state == "on", Webhook.events.contains([event]))
    ).all()
    if hearing:
        _put(hearing, event, data)


def test(actor: Actor, webhook: Webhook) -> None:
    """Send a test event to one webhook, whatever it hears of."""
    _may(actor)
    if webhook.state == "off":
        raise DomainError(gettext("It is off. Switch it on first."))
    _put([webhook.id], TEST, {"webhook_id": str(webhook.id)})
    _record(actor, "webhook.tested", webhook)


def send_again(actor: Actor, webhook: Webhook, delivery: Delivery) -> None:
    """Tell the same thing once more, under the same id: who keeps to it takes it once."""
    _may(actor)
    if webhook.state == "off":
        raise DomainError(gettext("It is off. Switch it on first."))
    delivery.state, delivery.tries, delivery.due_at = "waiting", 0, now()
    delivery.ended_at = None
    db.session.flush()
    later("api.deliver", current_firm_id(), str(delivery.id))
    _record(actor, "webhook.sent_again", webhook, delivery=str(delivery.id))


def claim(delivery_id: UUID) -> tuple[Webhook, Delivery] | None:
    """Take a delivery on for a moment, so that no other worker sends it; None if it is not due."""
    delivery = db.session.scalar(
        select(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == "waiting", Delivery.due_at <= now())
        .with_for_update(skip_locked=True)
    )
    if delivery is None:
        return None
    webhook = db.session.scalars(select(Webhook).where(Webhook.id == delivery.webhook_id)).one()
    if webhook.state == "off":
        delivery.state, delivery.ended_at = "dropped", now()
        db.session.flush()
        return None
    delivery.tries += 1
    delivery.due_at = now() + LEASE
    db.session.flush()
    return webhook, delivery


def settle(webhook: Webhook, delivery: Delivery, status: int | None, problem: str) -> None:
    """Keep what became of a call: delivered, tried again later, or given up.

    A webhook stops when its address says that it is gone, or after five days without one answer
    that was good; the firm's admins are told by mail.
    """
    db.session.refresh(webhook, with_for_update=True)
    delivery.answered, delivery.problem = status, problem
    if status is not None and 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls success
        delivery.state, delivery.ended_at = "delivered", now()
        webhook.problem, webhook.failing_since = "", None
        if webhook.state == "stopped":
            webhook.state = "on"
        db.session.flush()
        return
    webhook.problem = problem
    webhook.failing_since = webhook.failing_since or now()
    if delivery.tries <= len(WAITS) and status != GONE:
        wait = WAITS[delivery.tries - 1] * _random.uniform(1, 1 + JITTER)
        delivery.due_at = now() + wait
        later("api.deliver", current_firm_id(), str(delivery.id), delay=wait)
    else:
        delivery.state, delivery.ended_at = "failed", now()
    if webhook.state == "on" and (status == GONE or now() - webhook.failing_since >= STOP_AFTER):
        webhook.state = "stopped"
        _drop_waiting(webhook)
        tell_stopped(webhook, status)
    db.session.flush()


def due() -> Iterable[UUID]:
    """Return the deliveries that are due, the oldest first."""
    return db.session.scalars(
        select(Delivery.id)
        .where(Delivery.state == "waiting", Delivery.due_at <= now())
        .order_by(Delivery.due_at)
        .limit(200)
    ).all()


def keys_of(webhook: Webhook) -> tuple[str, ...]:
    """Return the secrets that sign now, the new one first."""
    until = webhook.old_secret_until
    old = (webhook.old_secret,) if webhook.old_secret and until and until > now() else ()
    return (webhook.secret, *old)


def _put(webhook_ids: Iterable[UUID], event: str, data: dict[str, Any]) -> None:
    moment, message = now(), f"msg_{uuid7().hex}"
    rows = [
        {
            "firm_id": current_firm_id(), "id": uuid7(), "created_at": moment,
            "webhook_id": one, "message": message, "event": event, "happened_at": moment,
            "data": data, "state": "waiting", "tries": 0, "due_at": moment, "problem": "",
        }
        for one in webhook_ids
    ]  # fmt: skip
    db.session.execute(insert(Delivery), rows)
    for row in rows:
        later("api.deliver", current_firm_id(), str(row["id"]))


def _fill(webhook: Webhook, draft: WebhookDraft) -> None:
    if draft.address:
        place_of(draft.address)
        webhook.address = draft.address
        webhook.failing_since, webhook.problem, webhook.state = None, "", "on"
    elif not webhook.address:
        place_of("")
    chosen = [one for one in EVENTS if one in draft.events]
    if not chosen:
        raise DomainError(gettext("Please choose what it is told of."))
    webhook.name, webhook.events = " ".join(draft.name.split()), chosen


def _drop_waiting(webhook: Webhook) -> None:
    db.session.execute(
        update(Delivery)
        .where(Delivery.webhook_id == webhook.id, Delivery.state == "waiting")
        .values(state="dropped", ended_at=now())
    )


def _may(actor: Actor) -> None:
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowedError


def _record(actor: Actor, action: str, webhook: Webhook, **details: object) -> None:
    where = hint(webhook.address)
    audit.record(
        actor, action, kind="webhook", subject=webhook.id, label=webhook.name, where=where,
        **details,
    )  # fmt: skip
