"""A form that many share says what the letter's own templates say, to the byte."""

from __future__ import annotations

from types import SimpleNamespace as Thing
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coachhub.core.links import absolute
from coachhub.core.tenancy import scope
from coachhub.core.words import LANGUAGES, in_language
from coachhub.digests.letters import _NOTHING, _form
from coachhub.digests.news import Progress, Sitting
from coachhub.digests.sections import IN_TEN_MINUTES
from coachhub.firms.models import Firm
from coachhub.mail.blanks import WORD, Form, blank
from coachhub.mail.outbox import rendered
from coachhub.mail.parts import part, part_of

FIRM: Any = Thing(name="Harbour & Sons <careers>")
words = st.text(alphabet="abc é<&'\"\u00a0", min_size=1, max_size=90).filter(str.strip)
names = st.text(alphabet="abcé<&'", min_size=1, max_size=120)
progress = st.builds(Progress, *[st.integers(0, 2)] * 3)


@given(names, st.lists(words, min_size=1, max_size=7), progress, st.sampled_from(sorted(LANGUAGES)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_filled_form_is_the_letter_that_the_templates_make(
    app: Flask, name: str, titles: list[str], done: Progress, language: str
) -> None:
    with app.app_context(), in_language(language):
        items = [part("item", one, f"Why {one}", "Look", "https://example.org/") for one in titles]
        doing = part_of("digest", "doing", progress=done)
        doing = doing if doing.text else _NOTHING
        common = {"firm": FIRM, "settings_url": "https://example.org/s"}
        whole = {
            "name": name,
            "first": titles[0],
            "items": items[:IN_TEN_MINUTES],
            "more": items[IN_TEN_MINUTES:],
            "doing": doing,
            "leave_url": "https://example.org/leave",
        }
        sitting = Sitting()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("coachhub.digests.letters.absolute", lambda _: common["settings_url"])
            form = _form(FIRM, len(name), len(titles), sitting, doing=bool(doing.text))
        values = {f"item{place}": item for place, item in enumerate(items)}
        given = {WORD: name, "first": titles[0], "leave": whole["leave_url"], "doing": doing}
        assert form.filled(given | values) == rendered("digest", common | whole)


def test_an_address_made_once_is_the_one_made_for_each_reader(app: Flask, firm: Firm) -> None:
    sitting = Sitting()
    with app.app_context(), scope(firm.id):
        for endpoint in ("digests.leave", "digests.leave_at_once"):
            for token in ("0" * 32, "TOKEN", "c0ffee"):
                assert sitting.address(endpoint, token) == absolute(endpoint, token=token)


def test_a_blank_that_nobody_fills_is_an_error(app: Flask) -> None:
    with app.app_context():
        form = Form("stray", {"subject": blank("subject")})
        assert "Re: hello" in form.filled({"subject": "Re: hello"})[0]
        with pytest.raises(KeyError):
            form.filled({})
