"""Reading tokens."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from coachhub.api.models import Token
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError


def tokens_of(membership_id: UUID | None) -> Sequence[Token]:
    """Return a member's tokens, or the firm's own for None: good ones first, the newest first."""
    whose = Token.membership_id == membership_id if membership_id else Token.membership_id.is_(None)
    found = db.session.scalars(select(Token).where(whose).order_by(Token.created_at.desc())).all()
    return sorted(found, key=lambda token: not token.is_good())


def find_token(token_id: UUID, membership_id: UUID | None) -> Token:
    """Return one of them; raises NotFoundError for anybody else's."""
    found = db.session.scalar(select(Token).where(Token.id == token_id))
    if found is None or found.membership_id != membership_id:
        raise NotFoundError
    return found
