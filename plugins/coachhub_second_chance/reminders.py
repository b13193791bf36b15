"""What second chances remind of: on the home page, in the digest, on the coach's dashboard.

On its day a touch is on the home page through the board, as every target's next touch; here is
what comes before that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from coachhub.cohorts.hooks import Signal
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.links import path
from coachhub.core.words import day, gettext
from coachhub.digests.hooks import DigestItem
from coachhub.firms.hooks import HomeItem
from coachhub.firms.models import Membership
from coachhub_second_chance.operations import today
from coachhub_second_chance.queries import Line, mine, running_in, waiting

SOON = dt.timedelta(days=3)
A_WEEK = dt.timedelta(days=7)
_PLENTY = 2


def home(actor: Actor) -> Sequence[HomeItem]:
    """Invite after a no, remind of a letter that is not sent, tell of a touch that comes near."""
    member_id = actor.member_id()
    items = [
        HomeItem(
            title=gettext("A no at %(company)s need not be the last word", company=company),
            text=gettext(
                "Ten minutes while it is fresh: what went well, and what you could still give."
            ),
            url=path("second_chance.chances"),
            action=gettext("Begin"),
            icon="repeat",
            order=30,
        )
        for _id, company in waiting(member_id)[:_PLENTY]
    ]
    for line in mine(member_id):
        if line.chance.ended:
            continue
        if line.letters and line.chance.sent_on is None:
            items.append(_letter(line))
        elif _is_near(line, SOON):
            items.append(_touch(line))
    return items


def digest(membership: Membership, _since: dt.datetime) -> Sequence[DigestItem]:
    """Remind of the touches of the coming week; today's are among what waits on the home page."""
    return [
        DigestItem(
            key=f"second_chance/{line.touch.id}",
            title=gettext("Be in touch with %(company)s again", company=line.company),
            why=gettext("They said no once, and you wanted to stay within reach."),
            url=path("second_chance.chance", chance_id=line.chance.id),
            action=gettext("Look at what you noted"),
            due=line.touch.due_on,
            order=22,
            changed=str(line.touch.due_on),
        )
        for line in mine(membership.id)
        # The nearer ones are on the home page, and so in the digest already.
        if line.touch and _is_near(line, A_WEEK) and not _is_near(line, SOON)
    ]


def signals(cohort: Cohort) -> Sequence[Signal]:
    """Tell the coach of touches that are a week late; where, and what for, stays private."""
    found = []
    for member_id, days in running_in(cohort.id).items():
        late = [(today() - one).days for one in days if one and today() - one >= A_WEEK]
        if late:
            found.append(
                Signal(
                    member_id,
                    "second_chance_late",
                    gettext("Wanted to be in touch after a no, %(days)s days ago", days=max(late)),
                    gettext("Write a note"),
                    path("cohorts.note", cohort=cohort.slug, membership_id=member_id),
                    3,
                )
            )
    return found


def _is_near(line: Line, within: dt.timedelta) -> bool:
    if line.chance.ended or line.touch is None:
        return False
    return today() < line.touch.due_on <= today() + within


def _letter(line: Line) -> HomeItem:
    return HomeItem(
        title=gettext("Your letter to %(company)s is ready", company=line.company),
        text=gettext(
            "Copy it, print it, or open it in your mail program, and say when it is sent."
        ),
        url=path("second_chance.letter", chance_id=line.chance.id),
        action=gettext("Send it"),
        icon="mail",
        order=31,
    )


def _touch(line: Line) -> HomeItem:
    return HomeItem(
        title=gettext("Soon: be in touch with %(company)s again", company=line.company),
        text=gettext(
            "You wanted to do that on %(day)s.", day=day(line.touch.due_on if line.touch else None)
        ),
        url=path("second_chance.chance", chance_id=line.chance.id),
        action=gettext("Prepare"),
        icon="repeat",
        due=line.touch.due_on if line.touch else None,
        order=32,
    )
