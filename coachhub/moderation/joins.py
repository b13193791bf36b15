"""Where moderation joins in elsewhere: what a member takes away."""

from __future__ import annotations

from sqlalchemy import select, update

from coachhub.core.db import db
from coachhub.firms.models import Membership
from coachhub.moderation.models import Case, Decision, Report
from coachhub.moderation.rules import BY_CODE
from coachhub.privacy.hooks import ERASE, EXPORT_SECTION, ExportSection, Kept


@ERASE.from_room
def erase(member: Membership) -> list[Kept]:
    """Blank what somebody wrote, and what was quoted of it; that it was decided stays."""
    theirs = select(Case.id).where(Case.author_id == member.id)
    db.session.execute(
        update(Decision).where(Decision.case_id.in_(theirs)).values(passage="", message="")
    )
    db.session.execute(
        update(Case).where(Case.author_id == member.id).values(evidence="", found=[])
    )
    db.session.execute(update(Report).where(Report.reporter_id == member.id).values(note=""))
    return [Kept(Report.reporter_id, "How many have reported a thing stays; not who, nor why.")]


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
    ]
