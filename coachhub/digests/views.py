"""Pages of the digests room: when I want it, what the next one says, how to end it, who got it."""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    url_for,
)
from flask import (
    Response as Raw,
)
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.cohorts.models import Cohort
from coachhub.core import follow
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.forms import csrf
from coachhub.core.tokens import hashed
from coachhub.core.words import gettext, in_language, ngettext
from coachhub.digests import checks, jobs, joins, received, run
from coachhub.digests.forms import DigestForm
from coachhub.digests.letters import digest_letter
from coachhub.digests.models import DigestPreference
from coachhub.digests.news import Sitting
from coachhub.digests.operations import next_due
from coachhub.digests.preferences import preference_of
from coachhub.digests.readers import Due, readers_of
from coachhub.digests.sections import content_for
from coachhub.firms.models import Membership
from coachhub.mail.outbox import Composed, composed
from coachhub.permissions import Permission

bp = Blueprint("digests", __name__, url_prefix="/f/<firm>")
Page = str | Response | tuple[str, int]
# What this room does by the clock, and where it joins in elsewhere.
JOINED = (jobs.write_due, checks.digests_still_hold, joins.leave, joins.signals)


@bp.route("/digest/", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def settings() -> Page:
    """Let a member choose how often, when and where their clock stands."""
    preference = preference_of(g.membership, current_app.config["SECRET_KEY"])
    form = DigestForm(obj=preference)
    if form.validate_on_submit():
        form.populate_obj(preference)
        db.session.commit()
        flash(gettext("Saved. The next digest follows it."), "success")
        return redirect(url_for("digests.settings"), 303)
    letter = preview_of(g.membership)
    page = render_template("digests/settings.html", form=form, letter=letter)
    return page, 422 if form.is_submitted() else 200


@bp.get("/digest/preview")
@access(Permission.MANAGE_OWN_THINGS)
def preview() -> Raw:
    """Show the next digest as a mail program will, with nothing of it running."""
    letter = preview_of(g.membership)
    if letter is None:
        raise NotFoundError(gettext("Nothing waits for you, so no mail would go out."))
    response = Raw(letter.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


def preview_of(membership: Membership) -> Composed | None:
    """Return a member's next digest, the bytes that will be sent if nothing changes until then."""
    secret = current_app.config["SECRET_KEY"]
    period, cohorts = next_due(membership, preference_of(membership, secret), now())
    if period is None:
        return None
    [reader] = readers_of([Due(membership, period, cohorts)], secret)
    sitting = Sitting()
    with in_language(reader.language):
        content = content_for(reader, sitting)
        if not content.items:
            return None
        return composed(digest_letter(reader, content, secret, sitting))


@bp.get("/digest/leave/<token>")
@access(Permission.OPEN_LINK)
def leave(token: str) -> str:
    """Ask once more before the digests end; nothing happens by opening the page."""
    preference = _behind(token)
    return render_template("digests/leave.html", preference=preference, token=token)


@bp.post("/digest/leave/<token>/now")
@access(Permission.OPEN_LINK)
@csrf.exempt  # type: ignore[untyped-decorator]  # flask-wtf ships no types
def leave_at_once(token: str) -> Page:
    """End the digests, by the page's button or a mail program's one click (RFC 8058)."""
    _behind(token).cadence = "off"
    db.session.commit()
    return render_template("digests/left.html")


@bp.get("/c/<cohort>/mails")
@access(Permission.SEE_COHORT)
def cohort() -> str:
    """Show a coach who of the cohort received mails, what was not sent and why."""
    return render_template(
        "digests/cohort.html", stands=received.standing(g.cohort), run=run.run_of(g.cohort)
    )


@bp.get("/c/<cohort>/mails/run")
@access(Permission.SEE_COHORT)
def on_their_way() -> Page:
    """Show how far the digests of a cohort's members are, for as long as they are on their way."""
    return followed(g.cohort, back=url_for("digests.cohort"), stop=url_for("digests.stop"))


@bp.post("/c/<cohort>/mails/stop")
@access(Permission.SEE_COHORT)
def stop() -> Response:
    """Send the cohort's members none of the digests that are still on their way."""
    flash(*stopped(g.cohort))
    return redirect(url_for("digests.cohort"), 303)


def followed(cohort: Cohort | None = None, *, back: str, stop: str) -> Response:
    """Return the page that follows the firm's digests or a cohort's, for as long as some leave.

    `back` is the address of the mails they belong to, `stop` the one that stops the rest.
    """
    found = run.run_of(cohort)
    page = render_template(
        "digests/run.html",
        run=found,
        among=cohort.name if cohort else "",
        back=back,
        stop=stop,
    )
    return follow.page(page, goes_on=found.under_way)


def stopped(cohort: Cohort | None = None) -> tuple[str, str]:
    """Stop the firm's digests or a cohort's, commit, and say what came of it: words and tone."""
    try:
        number = run.stop(current_actor(), g.firm, cohort)
    except run.NothingOnItsWayError as error:
        db.session.rollback()
        return str(error), "info"
    db.session.commit()
    words = ngettext(
        "Stopped: one digest will not go out. What had left stays sent.",
        "Stopped: %(num)s digests will not go out. What had left stays sent.",
        number,
    )
    return words, "success"


def _behind(token: str) -> DigestPreference:
    found = db.session.scalar(
        select(DigestPreference).where(DigestPreference.leave_token_hash == hashed(token))
    )
    if found is None:
        raise NotFoundError
    return found
