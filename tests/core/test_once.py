"""A form that is sent twice is taken once."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, redirect, render_template_string
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField

from coachhub.app import create_app
from coachhub.board.models import Offer
from coachhub.core import once
from coachhub.core.access import access
from coachhub.core.db import db, now
from coachhub.core.forms import Form
from coachhub.core.tenancy import scope
from coachhub.mail.models import Suppression
from coachhub.permissions import Permission
from fixtures_app import config_for

PAGE = """{% from "components/form.html" import form_open %}
{% call form_open(form) %}<input name="word">{% endcall %}"""
MARK = re.compile(r'name="sent_once" value="([\w-]+)"')


class WordForm(Form):
    word = StringField("Word")


@pytest.fixture
def busy(fresh_database: Callable[..., Any]) -> Iterator[Flask]:
    """An app with one page more, whose form writes a row, on a database of its own."""
    made = create_app(config_for(fresh_database()))
    made.config["WTF_CSRF_ENABLED"] = False
    inside = threading.Barrier(2)

    @made.route("/word", methods=["GET", "POST"])
    @access(Permission.OPEN_LINK)
    def word() -> Any:
        form = WordForm()
        if not form.validate_on_submit():
            return render_template_string(PAGE, form=form)
        if form.word.data == "slow":
            inside.wait(timeout=20)
        db.session.add(Suppression(address_hash=f"{form.word.data} {now()}", reason="never"))
        if form.word.data == "forgotten":
            return redirect("/word", 303)
        db.session.commit()
        return redirect(f"/word?taken={form.word.data}", 303)

    made.extensions["inside"] = inside
    yield made
    with made.app_context():
        db.engine.dispose()


def rows(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Suppression.reason)).all())


def send(app: Flask, word: str, mark: str) -> Response:
    found: Response = app.test_client().post("/word", data={"word": word, "sent_once": mark})
    return found


def test_the_same_form_twice_is_taken_once_and_leads_to_the_same_place(busy: Flask) -> None:
    (mark,) = MARK.findall(busy.test_client().get("/word").text)
    answers = [send(busy, "tea", mark) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 3
    assert {answer.location for answer in answers} == {"/word?taken=tea"}
    assert rows(busy) == 1


def test_other_words_or_another_page_is_another_form(busy: Flask) -> None:
    marks = {MARK.findall(busy.test_client().get("/word").text)[0] for _ in range(2)}
    assert len(marks) == 2
    for mark in marks:
        send(busy, "tea", mark)
        send(busy, "coffee", mark)
    send(busy, "tea", "")
    send(busy, "tea", "")
    assert rows(busy) == 6


def test_what_was_not_kept_can_be_sent_again(busy: Flask) -> None:
    for _ in range(2):
        assert send(busy, "forgotten", "mark").location == "/word"
    assert rows(busy) == 0
    with busy.app_context():
        assert db.session.scalars(select(once.SentForm)).all() == []


def test_two_clicks_in_one_moment_wait_for_each_other(busy: Flask) -> None:
    answers: list[Response] = []
    clicks = [
        threading.Thread(target=lambda: answers.append(send(busy, "slow", "mark")))
        for _ in range(2)
    ]
    for click in clicks:
        click.start()
    # One is inside the view, holding its mark; the other waits for it at the mark.
    busy.extensions["inside"].wait(timeout=20)
    for click in clicks:
        click.join(timeout=30)
    assert [answer.location for answer in answers] == ["/word?taken=slow"] * 2
    assert rows(busy) == 1


def test_yesterdays_forms_are_forgotten(busy: Flask) -> None:
    send(busy, "tea", "today")
    send(busy, "tea", "yesterday")
    with busy.app_context():
        first = db.session.scalars(select(once.SentForm).order_by(once.SentForm.created_at)).first()
        assert first is not None
        first.created_at -= dt.timedelta(days=2)
        db.session.commit()
        once.forget.run(None)
        assert len(db.session.scalars(select(once.SentForm.key)).all()) == 1


def test_an_offer_sent_twice_stands_once_on_the_board(
    client: Any, firm: Any, make_member: Any, make_cohort: Any, sign_in: Any, session: Any
) -> None:
    cohort = make_cohort()
    sign_in(client, make_member(cohorts=(cohort,)))
    address = f"/f/{firm.slug}/c/{cohort.slug}/new/offer?kind=time"
    page = client.get(address).text
    (mark,) = MARK.findall(page)
    typed = {
        "kind": "time",
        "title": "Thirty minutes on how month-end closing works in a small firm",
        "body": "By telephone, on any Tuesday after five.",
        "sent_once": mark,
    }
    answers = [client.post(address, data=typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303], answers[0].text
    assert answers[0].location == answers[1].location
    with scope(firm.id):
        assert len(session.scalars(select(Offer)).all()) == 1
