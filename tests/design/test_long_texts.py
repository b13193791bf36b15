"""Where people write more than a line, what they type is kept until it is sent."""

from __future__ import annotations

import re

import pytest

from coachhub.core.paths import CHECKOUT, templates

# What is written there, and the page on which it is.
WRITTEN = {
    "a post": "board/post.html",
    "I can help": "introductions/help.html",
    "what opens a door": "introductions/door.html",
    "a yes with its gift and blurb": "introductions/parts/answer.html",
    "thanks": "introductions/parts/after.html",
    "why a lead is passed on": "introductions/pass_on.html",
    "a shortlist for a recruiter": "introductions/shortlist.html",
    "a note on a company": "board/company.html",
    "a coach's note": "cohorts/note.html",
    "a rule of the house": "console/house_rule.html",
    "a report": "moderation/report.html",
    "a second look": "moderation/second_look.html",
    "a pitch": "plugins/coachhub_pitch/templates/pitch/edit.html",
    "a coach's comment": "plugins/coachhub_pitch/templates/pitch/look.html",
    "a second letter": "plugins/coachhub_second_chance/templates/second_chance/letter.html",
    "an update": "plugins/coachhub_progress/templates/progress/edit.html",
    "thanks for a landing": "plugins/coachhub_outcomes/templates/outcomes/thank.html",
    "a note with a gift": "plugins/coachhub_gifts/templates/gifts/write.html",
    "homework": "plugins/coachhub_huddle/templates/huddle/homework.html",
    "a coach's review": "plugins/coachhub_huddle/templates/huddle/review.html",
}


@pytest.mark.parametrize("path", WRITTEN.values(), ids=WRITTEN)
def test_what_is_typed_is_kept_and_not_lost_by_a_slip(path: str) -> None:
    file = (CHECKOUT if path.startswith("plugins/") else templates()) / path
    opened = [
        one for one in re.findall(r"form_open\((.*?)\) %}", file.read_text()) if "draft=" in one
    ]
    assert opened
    assert all("guard=true" in one for one in opened)
