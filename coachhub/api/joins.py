"""Where the api room joins in elsewhere: whoever goes takes their tokens with them."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.api.models import Token
from coachhub.api.operations import revoke_all_of
from coachhub.core.db import db
from coachhub.core.words import gettext_noop
from coachhub.firms.hooks import MEMBER_LEFT
from coachhub.firms.models import Membership
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection, section


@MEMBER_LEFT.from_room
def end_tokens(membership: Membership) -> None:
    """End the tokens of whoever leaves or is suspended, for good."""
    revoke_all_of(membership.id)


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member the list of their tokens, without what opens the door."""
    tokens = db.session.scalars(
        select(Token).where(Token.membership_id == member.id).order_by(Token.created_at)
    )
    columns = "name scopes created_at expires_at last_used_at revoked_at"
    return [section("tokens", gettext_noop("Tokens for programs"), tokens, columns)]
