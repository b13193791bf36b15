"""The one mail of webhooks: that one has stopped, and what to do."""

from __future__ import annotations

from coachhub.api.webhooks.addresses import hint
from coachhub.api.webhooks.models import Webhook
from coachhub.core.db import db
from coachhub.core.links import absolute
from coachhub.core.words import gettext, in_language
from coachhub.firms.admins import admins
from coachhub.firms.models import Firm
from coachhub.mail.outbox import Letter, queue_letter


def tell_stopped(webhook: Webhook, status: int | None) -> None:
    """Write to each of the firm's admins that a webhook has stopped; once for each time it does.

    `status` is what the last call was answered, None if nobody answered.
    """
    firm = db.session.get_one(Firm, webhook.firm_id)
    for admin in admins():
        with in_language(admin.language):
            queue_letter(
                Letter(
                    kind="webhook-stopped",
                    to_address=admin.email,
                    to_name=admin.name,
                    once=f"webhook-stopped/{webhook.id}/{webhook.failing_since}/{admin.id}",
                    membership_id=admin.id,
                    context={
                        "firm": firm,
                        "name": admin.name,
                        "webhook": webhook.name,
                        "where": hint(webhook.address),
                        "problem": _problem(webhook, status),
                        "url": absolute("webhooks.one", webhook_id=webhook.id),
                    },
                )
            )


def _problem(webhook: Webhook, status: int | None) -> str:
    """Return what went wrong; what was answered is said in the reader's language."""
    if status is None:
        return webhook.problem
    return gettext("It answered %(status)s.", status=status)
