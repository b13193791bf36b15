"""One case: seen with all that is around it, decided in plain words, undone, looked at again."""

from __future__ import annotations

import html
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from coachhub.board.models import Offer
from coachhub.console import history
from coachhub.console.cases.forms import passage_of, sentences
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Case, Decision, Penalty, Strike
from console.conftest import Desk

TEXT = "I sell watches. Two hundred each! Meet me at example.org at noon\nOr call: 12.50 a minute."


@pytest.fixture
def case(desk: Desk) -> UUID:
    return desk.reported(TEXT, note="He does it every week")


def told(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return " ".join(html.unescape(answer.text).split())


def decide(desk: Desk, case: UUID, client: FlaskClient | None = None, **form: object) -> int:
    """Fill in the form of a case and send it; return the status of the answer."""
    with scope(desk.group.firm.id):
        version = desk.case(case).version
    typed = {"version": str(version), "rule": "selling", "verdict": "returned", **form}
    return (client or desk.coach).post(f"{desk.base}/{case}", data=typed).status_code


def decision(desk: Desk) -> Decision:
    with scope(desk.group.firm.id):
        desk.group.session.expire_all()
        query = select(Decision).where(Decision.undone_at.is_(None), Decision.replaced_at.is_(None))
        return desk.group.session.scalars(query).one()


def test_all_that_is_around_it_stands_beside_it(desk: Desk, case: UUID) -> None:
    page = told(desk.coach, f"{desk.base}/{case}")
    for words in (
        "Two hundred each!", "Selling", "He does it every week", "A member, for the first time",
        "No strike counts", "Ada Osei", "It is fine", "Hidden until they have mended it.",
    ):  # fmt: skip
        assert words in page
    assert "By a member" not in page  # that it was reported is why it is here; nothing else was
    assert "Ben Liang" not in page
    assert 'value="selling" selected' in page.replace("selected value", "value") or (
        'selected value="selling"' in page
    )
    desk.coach.post(f"{desk.base}/{case}/claim")
    page = told(desk.coach, f"{desk.base}/{case}")
    assert "Reported" in page
    assert "By a member" in page


def test_sentences_are_what_can_be_picked() -> None:
    assert sentences(TEXT) == [
        "I sell watches.",
        "Two hundred each!",
        "Meet me at example.org at noon",
        "Or call: 12.50 a minute.",
    ]
    assert passage_of(TEXT, [1]) == "Two hundred each!"
    assert passage_of(TEXT, [3, 1]) == TEXT[TEXT.index("Two") :]
    assert passage_of(TEXT, []) == passage_of(TEXT, [17]) == ""
    assert sentences("") == []
    assert all(part in TEXT * 99 for part in sentences("\n".join([TEXT] * 99)))


def test_what_is_picked_is_quoted_and_the_usual_words_go_to_the_author(
    desk: Desk, case: UUID
) -> None:
    assert decide(desk, case, picked=["1"]) == 303
    made = decision(desk)
    assert (made.passage, made.effect, made.rule) == ("Two hundred each!", "returned", "selling")
    assert made.message.startswith("Offer something you can give")
    assert desk.states() == ["returned"]
    page = told(desk.coach, f"{desk.base}/{case}")
    assert "Undo the decision" in page
    assert "Back to the author" in page


def test_nothing_picked_means_all_of_it_and_own_words_are_sent_as_they_are(
    desk: Desk, case: UUID
) -> None:
    assert decide(desk, case, verdict="message", message="Ada, not here please.") == 303
    made = decision(desk)
    assert (made.passage, made.message) == (TEXT, "Ada, not here please.")
    assert desk.states() == ["visible"]


def test_fine_needs_no_words(desk: Desk, case: UUID) -> None:
    assert decide(desk, case, verdict="none") == 303
    assert (decision(desk).outcome, decision(desk).message) == ("not_upheld", "")


def test_a_mask_needs_a_passage(desk: Desk, case: UUID) -> None:
    assert decide(desk, case, verdict="redacted") == 422
    assert decide(desk, case, verdict="redacted", picked=["1"]) == 303
    with scope(desk.group.firm.id):
        title = desk.group.session.scalars(select(Offer.title)).one()
    assert "Two hundred" not in title
    assert "I sell watches." in title


def test_strike_and_penalty_follow_and_an_undo_takes_them_back(desk: Desk, case: UUID) -> None:
    heavy = {"strike": "y", "penalty": "paused", "days": "3"}
    assert decide(desk, case, verdict="removed", **heavy) == 303
    ada = desk.group.id("ada")
    with scope(desk.group.firm.id):
        assert desk.group.session.scalars(select(Strike.member_id)).one() == ada
        penalty = desk.group.session.scalars(select(Penalty)).one()
        assert (penalty.ends_at - penalty.starts_at).days == 3
    member = told(desk.coach, f"{desk.base}/members/{ada}")
    assert "They publish nothing" in member
    assert "In force" in member
    assert desk.coach.post(f"{desk.base}/{case}/undo").status_code == 303
    member = told(desk.coach, f"{desk.base}/members/{ada}")
    assert "Lifted" in member
    assert "A strike" not in member
    assert desk.states() == ["visible"]


def test_a_word_is_no_strike_whatever_is_sent(desk: Desk, case: UUID) -> None:
    assert decide(desk, case, verdict="message", strike="y", penalty="suspended") == 303
    with scope(desk.group.firm.id):
        assert desk.group.session.scalars(select(Strike)).all() == []
        assert desk.group.session.scalars(select(Penalty)).all() == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"verdict": ""}, 422),
        ({"rule": "no such rule"}, 422),
        ({"version": "99"}, 409),
        ({"version": "²"}, 409),
        ({"verdict": "removed", "penalty": "shouting"}, 409),
        ({"verdict": "removed", "penalty": "paused", "days": "9999"}, 422),
        ({"picked": ["x"]}, 422),
    ],
)
def test_what_cannot_be(desk: Desk, case: UUID, form: dict[str, object], status: int) -> None:
    assert decide(desk, case, **{"message": "Kept as typed", **form}) == status
    assert desk.states() == ["visible"]


def test_the_steps(desk: Desk, case: UUID) -> None:
    url = f"{desk.base}/{case}"
    for step, state in (("hold", "quarantined"), ("release", "visible")):
        assert desk.coach.post(f"{url}/{step}").status_code == 303
        assert desk.states() == [state]
    answer = desk.coach.post(f"{url}/claim?q=watches", data={"back": "queue"})
    assert answer.location.endswith(f"/console/cases/?q=watches#case-{case}")
    assert "Ida Coach looks after it" in told(desk.admin, url)
    assert desk.coach.post(f"{url}/give_back").status_code == 303
    assert "looks after it." not in told(desk.admin, url)
    story = told(desk.coach, url)
    for words in ("Taken on", "Given back", "Hidden until it is decided", "By Ida Coach"):
        assert words in story


def test_the_next_one_comes_up(desk: Desk, case: UUID) -> None:
    second = desk.reported("Tea at my house", "off_topic")
    with scope(desk.group.firm.id):
        version = desk.case(case).version
    typed = {"version": str(version), "rule": "selling", "verdict": "none", "then": "next"}
    answer = desk.coach.post(f"{desk.base}/{case}", data=typed)
    assert answer.location.endswith(f"/console/cases/{second}")


def test_who_reported_is_shown_to_whoever_asks_and_written_down(desk: Desk, case: UUID) -> None:
    assert desk.coach.post(f"{desk.base}/{case}/reporters").status_code == 303
    assert "Ben Liang" in told(desk.coach, f"{desk.base}/{case}")
    assert "Ben Liang" not in told(desk.admin, f"{desk.base}/{case}")
    with scope(desk.group.firm.id):
        entries = audit.entries(action="reporter.shown")
        assert [(one.subject_id, one.details["case"]) for one in entries] == [
            (desk.group.id("ben"), str(case))
        ]


def test_ones_own_words_are_decided_by_somebody_else(desk: Desk) -> None:
    own = desk.reported("I sell watches", author="ida")
    page = told(desk.coach, f"{desk.base}/{own}")
    assert "These are your own words" in page
    assert "What follows?" not in page
    assert decide(desk, own) == 409
    assert decide(desk, own, desk.admin) == 303


def test_a_second_look_is_somebody_elses(desk: Desk, case: UUID) -> None:
    assert decide(desk, case, verdict="removed") == 303
    with scope(desk.group.firm.id):
        operations.appeal(
            desk.group.actor("ada"), queries.decision_of(desk.case(case)), "I give them away"
        )
        desk.group.session.commit()
    url = f"{desk.base}/{case}"
    assert "I give them away" in told(desk.coach, url)
    assert "Somebody else answers this" in told(desk.coach, url)
    assert "Second looks for you" in told(desk.admin, f"{desk.base}/")
    assert "Second looks for you" not in told(desk.coach, f"{desk.base}/")
    with scope(desk.group.firm.id):
        version = str(desk.case(case).version)
    typed = {"version": version, "outcome": "overturned", "text": "A gift it is."}
    assert desk.coach.post(f"{url}/appeal", data=typed).status_code == 409
    assert desk.admin.post(f"{url}/appeal", data={**typed, "text": ""}).status_code == 422
    assert desk.admin.post(f"{url}/appeal", data=typed).status_code == 303
    assert desk.states() == ["visible"]
    assert "A gift it is." in told(desk.coach, url)
    assert desk.admin.post(f"{url}/appeal", data=typed).status_code == 409
    assert desk.admin.post(f"{desk.base}/{uuid7()}/appeal", data=typed).status_code == 404


def test_less_than_the_first_time(desk: Desk, case: UUID) -> None:
    assert decide(desk, case, verdict="removed") == 303
    with scope(desk.group.firm.id):
        operations.appeal(desk.group.actor("ada"), queries.decision_of(desk.case(case)), "Please")
        desk.group.session.commit()
        version = str(desk.case(case).version)
    typed = {"version": version, "outcome": "returned", "text": "Say that it is a gift."}
    assert desk.admin.post(f"{desk.base}/{case}/appeal", data=typed).status_code == 303
    assert desk.states() == ["returned"]
    with scope(desk.group.firm.id):
        found = desk.group.session.scalars(select(Case.verdict).where(Case.id == case)).one()
    assert found == "amended"


def test_notes_are_for_moderators_and_reading_one_is_written_down(
    desk: Desk, elsewhere: FlaskClient
) -> None:
    url = f"{desk.base}/members/{desk.group.id('ada')}"
    assert desk.coach.post(url, data={"text": ""}).status_code == 422
    assert desk.coach.post(url, data={"text": "We talked on Monday."}).status_code == 303
    assert "We talked on Monday." in told(desk.admin, url)
    with scope(desk.group.firm.id):
        shown = audit.entries(action="note.shown")
        assert [one.actor_name for one in shown] == ["Ana Admin"]
        assert shown[0].subject_id == desk.group.id("ada")
    page = desk.admin.get(url).text
    drop = page.split("/notes/")[1].split('"')[0]
    assert elsewhere.post(f"{url}/notes/{drop}").status_code == 404
    of_ben = f"{desk.base}/members/{desk.group.id('ben')}"
    assert desk.coach.post(f"{of_ben}/notes/{drop}").status_code == 404
    assert desk.coach.post(f"{url}/notes/{uuid7()}/drop").status_code == 404
    with scope(desk.group.firm.id):
        another = Actor("Cleo", membership_id=uuid7(), standings=desk.group.actor("ida").standings)
        with pytest.raises(NotFoundError):
            history.drop_note(another, desk.group.people["ada"], UUID(drop.partition("/")[0]))
    assert desk.coach.post(f"{url}/notes/{drop}").status_code == 303
    assert "We talked on Monday." not in told(desk.admin, url)
    assert desk.group.client("ada").get(url).status_code == 403


def test_a_member_takes_notes_on_them_away_without_names(desk: Desk) -> None:
    url = f"{desk.base}/members/{desk.group.id('ada')}"
    assert desk.coach.post(url, data={"text": "We talked on Monday."}).status_code == 303
    with scope(desk.group.firm.id):
        sections = history.export(desk.group.people["ada"])
    assert [row["text"] for row in sections[0].rows] == ["We talked on Monday."]
    assert "Ida" not in str(sections)


def test_like_another_case_what_followed_there_follows_here(desk: Desk, case: UUID) -> None:
    assert "Like another case" not in told(desk.coach, f"{desk.base}/{case}")
    assert decide(desk, case, verdict="duplicate", twin=str(case)) == 422
    assert decide(desk, case, strike="y") == 303
    first = decision(desk)
    second = desk.reported("Watches again. Cheap!")
    page = told(desk.coach, f"{desk.base}/{second}")
    assert "Like another case" in page
    assert f'value="{case}"' in page
    assert decide(desk, second, verdict="duplicate", twin=str(second)) == 422
    assert decide(desk, second, verdict="duplicate", twin=str(case)) == 303
    with scope(desk.group.firm.id):
        made = desk.group.session.scalars(select(Decision).where(Decision.case_id == second)).one()
        assert (made.outcome, made.effect, made.rule) == ("duplicate", "returned", first.rule)
        assert made.message == first.message
        assert desk.group.session.scalar(select(func.count()).select_from(Strike)) == 1
    assert "Like another case" in told(desk.coach, f"{desk.base}/{second}")


def test_without_an_appeal_there_is_nothing_to_answer(desk: Desk, case: UUID) -> None:
    assert decide(desk, case) == 303
    assert desk.coach.post(f"{desk.base}/{case}/appeal").status_code == 404
    assert decision(desk).effect == "returned"
