"""Targets, offers, asks and leads: the same few routes for all four."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import g, url_for
from sqlalchemy import select

from coachhub.api import guarding, rest
from coachhub.api.problems import PreconditionError
from coachhub.api.resources.lists import page_of
from coachhub.api.rest import Reply, Route
from coachhub.api.scopes import Scope
from coachhub.api.shapes import board as shapes
from coachhub.api.shapes.base import Empty, Listed, Named
from coachhub.board import operations
from coachhub.board.feed import members_by_id
from coachhub.board.operations import AskDraft, LeadDraft, OfferDraft, StaleError, TargetDraft
from coachhub.board.rules import MODELS, named, only_owner, shown, viewer_of
from coachhub.companies.queries import names_by_id
from coachhub.core.access import current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.moderation.guards import Heard
from coachhub.moderation.models import SHOWN
from coachhub.permissions import Permission


@dataclass(frozen=True)
class Kind:
    """One of the four: its shapes, and how it is posted.

    Attributes:
        key: as in ``offer``.
        many: as in ``offers``.
        takes: the shape of what is sent.
        gives: the shape of what is answered.
        guarded: what of it guards read.
        tells: the columns that all of the cohort see.
        keeps: the columns that its owner alone sees.
        draft: makes a draft of what is sent.
        post: posts the draft.
    """

    key: str
    many: str
    takes: type[shapes.Guarded]
    gives: type[shapes.Post]
    guarded: tuple[str, ...]
    tells: tuple[str, ...]
    keeps: tuple[str, ...]
    draft: Callable[[Any], operations.Draft]
    post: Callable[..., Any]


def _target_draft(body: shapes.TargetIn) -> TargetDraft:
    return TargetDraft(**body.model_dump(exclude={"keep", "source"}))


def _given(body: shapes.OfferIn) -> dict[str, Any]:
    return body.model_dump(exclude={"keep", "source"}) | {"topics": tuple(body.topics)}


def _lead_draft(body: shapes.LeadIn) -> LeadDraft:
    given = body.model_dump(exclude={"keep", "source", "from_whom"})
    return LeadDraft(**given, source=body.from_whom)


_KEPT = ("revision", "closed_at")
_GIVEN = ("kind", "title", "body", "field", "topics")
_TEXTS = ("kind", "company", "title", "body", "field", "topics")
KINDS = (
    Kind(
        "target",
        "targets",
        shapes.TargetIn,
        shapes.TargetOut,
        ("company", "roles", "learn"),
        ("roles",),
        (*_KEPT, "weight", "learn", "next_touch_on"),
        _target_draft,
        operations.post_target,
    ),
    Kind(
        "offer",
        "offers",
        shapes.OfferIn,
        shapes.OfferOut,
        _TEXTS,
        _GIVEN,
        _KEPT,
        lambda body: OfferDraft(**_given(body)),
        operations.post_offer,
    ),
    Kind(
        "ask",
        "asks",
        shapes.AskIn,
        shapes.AskOut,
        _TEXTS,
        _GIVEN,
        _KEPT,
        lambda body: AskDraft(**_given(body)),
        operations.post_ask,
    ),
    Kind(
        "lead",
        "leads",
        shapes.LeadIn,
        shapes.LeadOut,
        ("kind", "company", "title", "body", "field", "place"),
        ("kind", "title", "body", "field", "place"),
        _KEPT,
        _lead_draft,
        operations.post_lead,
    ),
)


class Posts:
    """What can be read and done with posts of one kind, in the cohort of the address."""

    def __init__(self, kind: Kind) -> None:
        """Take the kind."""
        self.kind = kind
        self.model = MODELS[kind.key]

    def listing(self, query: shapes.PostsWanted) -> Listed[Any]:
        """Return a page of the board, or of one's own."""
        found = self._visible()
        if query.mine:
            found = select(self.model).where(
                self.model.cohort_id == g.cohort.id,
                self.model.owner_id == current_actor().membership_id,
            )
        return page_of(found, self.model, query, self._told)

    def get(self, post_id: UUID) -> Reply:
        """Return one's own, or one that stands on the board for whoever looks."""
        post = operations.post_of(g.cohort, self.kind.key, post_id)
        if self._is_own(post):
            return self.reply(post)
        post = db.session.scalar(self._visible().where(self.model.id == post_id))
        if post is None:
            raise NotFoundError
        return Reply(self._told([post])[0])

    def create(self, body: Any) -> Reply:
        """Post it."""
        actor, found = current_actor(), self._heard(body)
        post = self.kind.post(actor, g.cohort, self.kind.draft(body))
        guarding.publish(actor, self.kind.key, post.id, found, body)
        there = url_for(f"api.get_{self.kind.key}", cohort_id=g.cohort.id, post_id=post.id)
        return replace(self.reply(post), location=there)

    def change(self, post_id: UUID, body: Any) -> Reply:
        """Change one's own, if nobody did since it was read."""
        actor, post = current_actor(), self.own(post_id)
        revision, found = rest.revision_wanted(), self._heard(body)
        try:
            operations.edit_post(actor, g.cohort, post, self.kind.draft(body), revision)
        except StaleError as error:
            raise PreconditionError(
                "It was changed since you read it. Read it again, then change it.", 412
            ) from error
        guarding.publish(actor, self.kind.key, post.id, found, body)
        return self.reply(post)

    def close(self, post_id: UUID, body: Empty) -> Reply:
        """Take it off the board."""
        del body
        post = self.own(post_id)
        operations.close_post(current_actor(), post)
        return self.reply(post)

    def reopen(self, post_id: UUID, body: Empty) -> Reply:
        """Put it back."""
        del body
        post = self.own(post_id)
        operations.reopen_post(current_actor(), g.cohort, post)
        return self.reply(post)

    def renew(self, post_id: UUID, body: Empty) -> Reply:
        """Keep it longer."""
        del body
        post = self.own(post_id)
        operations.renew_post(current_actor(), g.cohort, post)
        return self.reply(post)

    def own(self, post_id: UUID) -> Any:
        """Return one's own post; raises NotFoundError."""
        post = operations.post_of(g.cohort, self.kind.key, post_id)
        only_owner(current_actor(), post)
        return post

    def reply(self, post: Any) -> Reply:
        """Return one's own post as it is now, with its revision."""
        db.session.flush()
        db.session.refresh(post)
        return Reply(self._told([post])[0], revision=post.revision)

    def _visible(self) -> Any:
        viewer = viewer_of(current_actor())
        found = select(self.model).where(shown(self.model, g.cohort, viewer, now().date()))
        return found.where(named(g.cohort, viewer)) if self.kind.key == "target" else found

    def _heard(self, body: Any) -> Heard:
        words = {name: getattr(body, name) for name in self.kind.guarded}
        return guarding.heard(current_actor(), self.kind.key, words, body)

    def _told(self, posts: Sequence[Any]) -> list[shapes.Post]:
        """Return posts as whoever looks may see them."""
        companies = names_by_id(post.company_id for post in posts)
        owners = members_by_id(post.owner_id for post in posts)
        return [
            self._shaped(post, owners[post.owner_id].name, companies.get(post.company_id, ""))
            for post in posts
        ]

    def _shaped(self, post: Any, owner: str, company: str) -> shapes.Post:
        own, key = self._is_own(post), self.kind.key
        told: dict[str, Any] = {
            name: getattr(post, name) for name in ("id", "cohort_id", "created_at", "expires_on")
        }
        told["owner"] = Named(id=post.owner_id, name=owner)
        told["company"] = Named(id=post.company_id, name=company) if post.company_id else None
        told |= {name: getattr(post, name) for name in self.kind.tells}
        mine = {name: getattr(post, name) for name in self.kind.keeps}
        if key == "target":
            knows = own or current_actor().may(Permission.SEE_COHORT)
            told["stage"] = post.stage if knows else None
        if key == "lead":
            mine["from_whom"] = post.source
        if own:
            mine["waits"] = post.moderation not in SHOWN
            told["mine"] = mine
        else:
            told["mine"] = None
        return self.kind.gives.model_validate(told)

    @staticmethod
    def _is_own(post: Any) -> bool:
        me = current_actor().membership_id
        return me is not None and post.owner_id == me

    def routes(self) -> list[Route]:
        """Return the routes."""
        key, many = self.kind.key, f"/cohorts/<uuid:cohort_id>/{self.kind.many}"
        word = f"{'an' if key[0] in 'ao' else 'a'} {key}"
        read, write = (Scope.BOARD_READ, Permission.SEE_BOARD), (Scope.BOARD_WRITE, Permission.POST)
        one, gives = f"{many}/<uuid:post_id>", self.kind.gives
        return [
            Route("GET", many, *read, self.listing, Listed[gives], query=shapes.PostsWanted,  # type: ignore[valid-type]
                  name=f"list_{self.kind.many}",
                  summary=f"Read the {self.kind.many} on a cohort's board, or your own."),
            Route("GET", one, *read, self.get, gives, versioned="read",
                  name=f"get_{key}", summary=f"Read {word}."),
            Route("POST", many, *write, self.create, gives, body=self.kind.takes, status=201,
                  versioned="read", name=f"post_{key}", summary=f"Put {word} on the board."),
            Route("PUT", one, *write, self.change, gives, body=self.kind.takes,
                  versioned="change", name=f"change_{key}", summary=f"Change {word} of your own."),
            *(
                Route("POST", f"{one}/{name}", *write, function, gives, body=Empty,
                      versioned="read", name=f"{name}_{key}", summary=does)
                for name, function, does in (
                    ("close", self.close, f"Take {word} of your own off the board."),
                    ("reopen", self.reopen, f"Put {word} of your own back on the board."),
                    ("renew", self.renew, f"Keep {word} of your own for 60 days more."),
                )
            ),
        ]  # fmt: skip


BY_KEY = {kind.key: Posts(kind) for kind in KINDS}
for _posts in BY_KEY.values():
    for _route in _posts.routes():
        rest.add(_route, tag=_posts.kind.many.capitalize())
TARGETS = BY_KEY["target"]


@rest.route(
    "POST",
    "/cohorts/<uuid:cohort_id>/targets/<uuid:post_id>/stage",
    Scope.BOARD_WRITE,
    Permission.POST,
    says=shapes.TargetOut,
    body=shapes.StageIn,
    versioned="read",
    tag="Targets",
)
def set_target_stage(post_id: UUID, body: shapes.StageIn) -> Reply:
    """Say how far a target of your own is."""
    post = TARGETS.own(post_id)
    operations.set_stage(current_actor(), post, body.stage)
    return TARGETS.reply(post)


@rest.route(
    "POST",
    "/cohorts/<uuid:cohort_id>/targets/<uuid:post_id>/next-touch",
    Scope.BOARD_WRITE,
    Permission.POST,
    says=shapes.TargetOut,
    body=shapes.TouchIn,
    versioned="read",
    tag="Targets",
)
def set_next_touch(post_id: UUID, body: shapes.TouchIn) -> Reply:
    """Say when you want to be in touch with a target next."""
    post = TARGETS.own(post_id)
    operations.set_next_touch(current_actor(), post, body.next_touch_on)
    return TARGETS.reply(post)
