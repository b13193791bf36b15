"""Webhooks of the firm, looked after by a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from coachhub.api.resources.lists import page_among, page_of
from coachhub.api.rest import route
from coachhub.api.scopes import Scope
from coachhub.api.shapes import webhooks as shapes
from coachhub.api.shapes.base import Empty, Listed, Paged, Shape
from coachhub.api.webhooks import operations, queries
from coachhub.api.webhooks.addresses import hint
from coachhub.api.webhooks.models import Delivery, Webhook
from coachhub.api.webhooks.operations import WebhookDraft
from coachhub.core.access import current_actor
from coachhub.permissions import Permission

Do = TypeVar("Do", bound=Callable[..., Any])
_ONE = "/webhooks/<uuid:webhook_id>"


def _route(method: str, path: str, says: type[Shape] | None, **more: Any) -> Callable[[Do], Do]:
    given = {"says": says, "tag": "Webhooks"} | more
    return route(method, path, Scope.WEBHOOKS, Permission.ADMINISTER, **given)


@_route("GET", "/webhooks", Listed[shapes.WebhookOut], query=Paged)
def list_webhooks(query: Paged) -> Listed[Any]:
    """Read the firm's webhooks."""
    return page_among(
        queries.webhooks(), query, lambda one: one.id, lambda some: [_told(one) for one in some]
    )


@_route("POST", "/webhooks", shapes.WebhookMade, body=shapes.WebhookIn, status=201)
def add_webhook(body: shapes.WebhookIn) -> shapes.WebhookMade:
    """Tell a new address of some events."""
    return _made(operations.add(current_actor(), _draft(body)))


@_route("GET", _ONE, shapes.WebhookOut)
def get_webhook(webhook_id: UUID) -> shapes.WebhookOut:
    """Read one webhook."""
    return _told(queries.find(webhook_id))


@_route("PUT", _ONE, shapes.WebhookOut, body=shapes.WebhookIn)
def change_webhook(webhook_id: UUID, body: shapes.WebhookIn) -> shapes.WebhookOut:
    """Change a webhook."""
    webhook = queries.find(webhook_id)
    operations.change(current_actor(), webhook, _draft(body))
    return _told(webhook)


@_route("DELETE", _ONE, None)
def remove_webhook(webhook_id: UUID) -> None:
    """Remove a webhook, and what it was told."""
    operations.remove(current_actor(), queries.find(webhook_id))


@_route("POST", f"{_ONE}/secret", shapes.WebhookMade, body=Empty)
def change_secret(webhook_id: UUID, body: Empty) -> shapes.WebhookMade:
    """Make a new secret; the old one signs too for a day."""
    del body
    webhook = queries.find(webhook_id)
    operations.rotate(current_actor(), webhook)
    return _made(webhook)


@_route("POST", f"{_ONE}/test", None, body=Empty)
def test_webhook(webhook_id: UUID, body: Empty) -> None:
    """Send a test event."""
    del body
    operations.test(current_actor(), queries.find(webhook_id))


@_route("GET", f"{_ONE}/deliveries", Listed[shapes.DeliveryOut], query=Paged)
def list_deliveries(webhook_id: UUID, query: Paged) -> Listed[Any]:
    """Read what a webhook was told, and what it answered."""
    found = queries.deliveries_of(queries.find(webhook_id))
    return page_of(found, Delivery, query, _deliveries)


@_route("POST", f"{_ONE}/deliveries/<uuid:delivery_id>/again", shapes.DeliveryOut, body=Empty)
def send_again(webhook_id: UUID, delivery_id: UUID, body: Empty) -> shapes.DeliveryOut:
    """Tell the same thing once more, under the same id."""
    del body
    webhook = queries.find(webhook_id)
    delivery = queries.find_delivery(webhook, delivery_id)
    operations.send_again(current_actor(), webhook, delivery)
    return _deliveries([delivery])[0]


def _draft(body: shapes.WebhookIn) -> WebhookDraft:
    return WebhookDraft(body.name, body.url, body.events)


def _told(webhook: Webhook) -> shapes.WebhookOut:
    return shapes.WebhookOut.model_validate(_facts(webhook))


def _made(webhook: Webhook) -> shapes.WebhookMade:
    return shapes.WebhookMade.model_validate(_facts(webhook) | {"secret": webhook.secret})


def _facts(webhook: Webhook) -> dict[str, Any]:
    names = ("id", "name", "events", "state", "problem")
    return {name: getattr(webhook, name) for name in names} | {"where": hint(webhook.address)}


def _deliveries(some: Sequence[Delivery]) -> list[shapes.DeliveryOut]:
    names = ("id", "event", "happened_at", "state", "tries", "answered", "problem")
    return [
        shapes.DeliveryOut.model_validate(
            {name: getattr(one, name) for name in names} | {"message_id": one.message}
        )
        for one in some
    ]
