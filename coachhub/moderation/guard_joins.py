"""Where the guards join in elsewhere: the profile, and what a member takes away."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.core.words import gettext_noop
from coachhub.firms.forms import ProfileForm
from coachhub.firms.hooks import PROFILE_FORM
from coachhub.firms.models import Membership
from coachhub.moderation.guards import SharedForm
from coachhub.moderation.models import NamedSource
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection


class GuardedProfileForm(SharedForm, ProfileForm):
    """A member's profile: the group reads it, so the guards do first."""

    read_as = "profile"
    guarded = ("headline", "titles", "fields", "places", "interests")


@PROFILE_FORM.from_room
def profile_form() -> type[ProfileForm]:
    """Have the profile read before the group sees it."""
    return GuardedProfileForm


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member the sources that they named."""
    sources = db.session.scalars(
        select(NamedSource)
        .where(NamedSource.author_id == member.id)
        .order_by(NamedSource.created_at)
    )
    return [
        ExportSection(
            "named_sources",
            gettext_noop("Where you said that something comes from"),
            [
                {
                    "created_at": one.created_at,
                    "what": one.target_kind,
                    "source": one.sort,
                    "in_your_words": one.words,
                    "about": [each["passage"] for each in one.found],
                }
                for one in sources
            ],
        )
    ]
