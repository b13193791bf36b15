"""The letter that a digest is: a form that many share, filled in for each reader."""

from __future__ import annotations

from markupsafe import Markup

from coachhub.core.db import db, now
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import language
from coachhub.digests.news import Progress, Sitting
from coachhub.digests.preferences import leave_token
from coachhub.digests.readers import Reader
from coachhub.digests.schedule import Rhythm, due_moment
from coachhub.digests.sections import IN_TEN_MINUTES, Content
from coachhub.firms.models import Firm
from coachhub.mail.blanks import WORD, Form, blank, block, word
from coachhub.mail.outbox import Letter
from coachhub.mail.parts import Part, part_of

LEAVE = "leave-digest"
_NOTHING = Part(Markup(), "")


def digest_letter(
    reader: Reader, content: Content, secret: str, sitting: Sitting, again: str = ""
) -> Letter:
    """Return the letter with a reader's items; its date is the moment it was due.

    `again` names a second letter for the same period, after something was taken down.
    """
    firm = db.session.get_one(Firm, current_firm_id())
    membership, wish = reader.membership, reader.preference
    rhythm = Rhythm("daily", wish.weekday, wish.hour, wish.timezone)
    token = leave_token(membership, secret)
    name = membership.name.split()[0]
    doing = _doing(content.progress, sitting)
    values: dict[str, str | Part] = {
        WORD: name,
        "first": content.items[0].title,
        "leave": sitting.address("digests.leave", token),
        "doing": doing,
    }
    for place, item in enumerate(content.items):
        values[f"item{place}"] = sitting.part(item)
    form = _form(firm, len(name), len(content.items), sitting, doing=bool(doing.text))
    return Letter(
        kind="digest",
        to_address=reader.email,
        to_name=membership.name,
        once=f"digest/{membership.id}/{reader.period}{again}",
        written=form.filled(values),
        from_name=firm.sender_name or firm.name,
        membership_id=membership.id,
        leave_url=sitting.address("digests.leave_at_once", token),
        leave_kind=LEAVE,
        due_at=now(),  # handed over with the others of its run, not by a job of its own
        written_at=due_moment(rhythm, reader.period),
    )


def _form(firm: Firm, letters: int, number: int, sitting: Sitting, *, doing: bool) -> Form:
    """Return the form for so many items and a name of so many letters."""
    key = language(), letters, number, doing
    if key not in sitting.forms:
        items = [block(f"item{place}") for place in range(number)]
        sitting.forms[key] = Form(
            "digest",
            {
                "firm": firm,
                "name": word(letters),
                "first": blank("first"),
                "items": items[:IN_TEN_MINUTES],
                "more": items[IN_TEN_MINUTES:],
                "doing": block("doing") if doing else _NOTHING,
                "settings_url": absolute("digests.settings"),
                "leave_url": blank("leave"),
            },
        )
    return sitting.forms[key]


def _doing(progress: Progress, sitting: Sitting) -> Part:
    """Return how the cohorts are doing; an empty text if nothing has come of anything."""
    key = language(), progress
    if key not in sitting.doing:
        sitting.doing[key] = part_of("digest", "doing", progress=progress)
    return sitting.doing[key]
