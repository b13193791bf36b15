"""Where others join in the digest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from coachhub.core.hooks import Hook
from coachhub.firms.models import Membership


@dataclass(frozen=True)
class DigestItem:
    """One line of a digest: what, why this member, and one thing to do.

    `key` says what it is about; a member is told once, and again only if `changed` moved on.
    """

    key: str
    title: str
    why: str
    url: str
    action: str
    due: dt.date | None = None
    order: int = 50
    changed: str = ""


DIGEST_SECTION: Hook[[Membership, dt.datetime], Sequence[DigestItem]] = Hook(
    "digest_section",
    "Called for each member when their digest is written, with the membership and the moment of"
    " their last one; return what is worth ten minutes of theirs. Addresses are made with"
    " `core.links.path`.",
    gives=DigestItem,
    many=True,
)
