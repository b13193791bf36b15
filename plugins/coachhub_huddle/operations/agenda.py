"""Writing an agenda: the coach's own lines, and what is left out of what the board brings."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.moderation.operations import published
from coachhub_huddle.models import Huddle, Line
from coachhub_huddle.operations.series import require_coach

MOST_LINES = 20


def add_line(actor: Actor, huddle: Huddle, text: str) -> Line:
    """Add a line of the coach's own at the end of the agenda."""
    require_coach(actor)
    number, last = db.session.execute(
        select(func.count(), func.max(Line.position)).where(Line.huddle_id == huddle.id)
    ).one()
    if number >= MOST_LINES:
        raise DomainError(gettext("Twenty lines are more than a huddle has time for."))
    line = Line(
        huddle_id=huddle.id, owner_id=actor.member_id(), text=text, position=(last or 0) + 1
    )
    db.session.add(line)
    db.session.flush()
    return line


def change_line(actor: Actor, line: Line, text: str) -> None:
    """Write a line anew; one that a moderator sent back goes up again."""
    require_coach(actor)
    line.text, line.owner_id = text, actor.member_id()
    db.session.flush()
    published(actor, "huddle_line", line.id)


def drop_line(actor: Actor, line: Line) -> None:
    """Take a line off the agenda."""
    require_coach(actor)
    db.session.delete(line)
    db.session.flush()


def lift_line(actor: Actor, line: Line) -> None:
    """Move a line one place up."""
    require_coach(actor)
    above = db.session.scalar(
        select(Line)
        .where(Line.huddle_id == line.huddle_id, Line.position < line.position)
        .order_by(Line.position.desc())
        .limit(1)
    )
    if above is not None:
        above.position, line.position = line.position, above.position
        db.session.flush()


def leave_out(actor: Actor, huddle: Huddle, key: str) -> bool:
    """Leave something out of the drawn agenda, or put it back; say whether it is out now."""
    require_coach(actor)
    out = key not in huddle.left_out
    kept = [one for one in huddle.left_out if one != key]
    huddle.left_out = [*kept, key] if out else kept
    db.session.flush()
    return out


def line_of(huddle: Huddle, line_id: UUID) -> Line:
    """Return a line of this agenda; raises NotFoundError."""
    found = db.session.scalar(select(Line).where(Line.id == line_id, Line.huddle_id == huddle.id))
    if found is None:
        raise NotFoundError
    return found
