"""The words that a firm watches: added many at once, tried out on the last thirty days first."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.forms import Form, choices
from coachhub.core.words import gettext, gettext_noop, lazy_gettext
from coachhub.moderation import watch_list
from coachhub.permissions import Permission

bp = Blueprint("watched", __name__, url_prefix="/f/<firm>/console/watched")
Page = str | Response | tuple[str, int]
MOST_TYPED = 200_000
SHOWN = 50


class WordsForm(Form):
    """Words to watch, one on each line, and what happens."""

    lines = TextAreaField(
        lazy_gettext("Words or phrases, one on each line"),
        [Length(max=MOST_TYPED)],
        description=lazy_gettext(
            "As people write them; capitals and accents do not matter. A * stands for any"
            " letters of a word, as in invest*."
        ),
    )
    effect = RadioField(
        lazy_gettext("What happens"),
        choices=choices(
            (value, lazy_gettext(words)) for value, words in watch_list.EFFECTS.items()
        ),
        default="nudge",
    )


@bp.get("/")
@access(Permission.ADMINISTER)
def index() -> str:
    """Show the words, and the form for more."""
    return _page(WordsForm())


@bp.post("/")
@access(Permission.ADMINISTER)
def add() -> Page:
    """Try words out, or watch them; what cannot be watched is told line by line."""
    form = WordsForm()
    if not form.validate_on_submit():
        return _page(form), 422
    words, wrong = watch_list.read(form.lines.data or "")
    bad = [one.sentence for one in wrong]
    if request.form.get("do") == "try":
        return _tried(form, words, bad)
    if not words and not bad:
        form.lines.errors = [gettext("Which words would you like to watch?")]
        return _page(form), 422
    try:
        new = watch_list.add(current_actor(), words, form.effect.data) if words else 0
    except DomainError as error:
        db.session.rollback()
        form.lines.errors = [str(error)]
        return _page(form), 422
    db.session.commit()
    if bad:
        lines = (form.lines.data or "").splitlines()
        form.lines.data = "\n".join(lines[one.number - 1] for one in wrong)
        form.lines.errors = bad[:SHOWN]
        return _page(form), 422
    flash(
        gettext("%(new)s new. They count from now on, for what is written next.", new=new),
        "success",
    )
    return redirect(url_for("watched.index"), 303)


@bp.post("/<uuid:watched_word_id>/drop")
@access(Permission.ADMINISTER)
def drop(watched_word_id: UUID) -> Page:
    """Watch a word no longer."""
    word = watch_list.drop(current_actor(), watched_word_id)
    db.session.commit()
    flash(gettext("“%(word)s” is not watched any more.", word=word), "success")
    return redirect(url_for("watched.index"), 303)


def _tried(form: WordsForm, words: list[str], bad: list[str]) -> Page:
    """Show what the typed words would have caught; without any, what those that are watched do."""
    tried = words or list(watch_list.effects())
    caught, total = watch_list.dry_run(tried)
    form.lines.errors = bad[:SHOWN]
    # Nothing is taken by trying it out: the same words can be sent again.
    db.session.rollback()
    page = _page(form, caught=caught[:SHOWN], hits=len(caught), total=total, tried=len(tried))
    return page, 422 if bad else 200


def _page(form: WordsForm, **tried: object) -> str:
    return render_template(
        "console/watched.html",
        form=form,
        rows=watch_list.rows(),
        effects={
            "nudge": gettext_noop("A word first"),
            "hold": gettext_noop("Held for a look"),
        },
        most=watch_list.MOST,
        **tried,
    )
