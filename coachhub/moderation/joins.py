"""Where moderation joins in elsewhere: what a member takes away."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.firms.forms import ProfileForm
from coachhub.firms.hooks import PROFILE_FORM
from coachhub.firms.models import Membership
from coachhub.moderation.guards import SharedForm
from coachhub.moderation.models import Case, Decision, NamedSource, Report
from coachhub.moderation.rules import BY_CODE
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
    """Give a member what they reported, and what was decided on their own texts; no names."""
    reported = db.session.execute(
        select(Report, Case.target_kind, Case.outcome)
        .join(Case, Case.id == Report.case_id)
        .where(Report.reporter_id == member.id)
        .order_by(Report.created_at)
    )
    decided = db.session.execute(
        select(Decision, Case.target_kind, Case.evidence)
        .join(Case, Case.id == Decision.case_id)
        .where(Case.author_id == member.id)
        .order_by(Decision.created_at)
    )
    sources = db.session.scalars(
        select(NamedSource)
        .where(NamedSource.author_id == member.id)
        .order_by(NamedSource.created_at)
    )
    return [
        ExportSection(
            "reports",
            "What you reported",
            [
                {
                    "created_at": report.created_at,
                    "what": kind,
                    "reason": BY_CODE[report.reason].title,
                    "note": report.note,
                    "outcome": outcome,
                }
                for report, kind, outcome in reported
            ],
        ),
        ExportSection(
            "decisions",
            "Decisions on what you wrote",
            [
                {
                    "created_at": decision.created_at,
                    "what": kind,
                    "text": evidence,
                    "outcome": decision.outcome,
                    "rule": BY_CODE[decision.rule].title,
                    "passage": decision.passage,
                    "what_followed": decision.effect,
                    "message": decision.message,
                }
                for decision, kind, evidence in decided
            ],
        ),
        ExportSection(
            "named_sources",
            "Where you said that something comes from",
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
        ),
    ]
