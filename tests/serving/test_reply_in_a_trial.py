"""In a trial a mail can be read and answered in the browser, and the answer goes all the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from uuid_utils.compat import uuid7

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail.inbound import NOT_UNDERSTOOD
from coachhub.mail.outbox import Letter, queue_letter
from fixtures_server import LiveServer

pytestmark = pytest.mark.browser
TO = "reply-by-browser@example.org"


def test_a_reply_from_the_mailbox_page_comes_back(live_server: LiveServer, page: Page) -> None:
    app = create_app(Config.from_env(live_server.environment))
    with app.app_context():
        firm = Firm(name="Reply Firm", slug="reply-firm")
        db.session.add(firm)
        db.session.commit()
        with scope(firm.id):
            queue_letter(
                Letter(
                    kind="answer",
                    to_address=TO,
                    once="reply-in-a-trial",
                    context={"said": "Would you?", "subject": "A question"},
                    reply_kind="try-out",
                    subject_id=uuid7(),
                )
            )
            db.session.commit()
        queue().huey.storage.close()
        db.session.remove()
        db.engine.dispose()
    live_server.mails(TO)
    page.goto(f"{live_server.url}/mailbox/?to={TO}")
    page.get_by_role("link", name="A question").click()
    page.get_by_label("Your reply").fill("What is this about?")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_text("Sent. What comes of it")).to_be_visible()
    answer = live_server.mails(TO, count=2)[1]
    body = answer.get_body(("plain",))
    assert body is not None
    assert " ".join(NOT_UNDERSTOOD.split()) in " ".join(body.get_content().split())
    assert answer["Subject"] == "Re: A question"
