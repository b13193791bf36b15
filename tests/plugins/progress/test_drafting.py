"""The first draft: from facts alone, companies and never people."""

from __future__ import annotations

import datetime as dt

from coachhub_progress.drafting import Facts, drafted

SINCE = dt.datetime(2026, 1, 12, tzinfo=dt.UTC)
FACTS = Facts(
    name="Ana Bell",
    since=SINCE,
    introduced=2,
    met_at=("Nordlicht Energy", "Harbour Foods"),
    outcomes=(("interview", "Nordlicht Energy"),),
    stages=(
        ("interviewing", "Nordlicht Energy"),
        ("wish", "Rail Europe"),
        ("reaching_out", "Harbour Foods"),
        ("no", "Old Mill"),
    ),
    titles=("Plant engineer", "Maintenance lead"),
    fields=("energy",),
    places=("Hamburg", "Bremen"),
    offers=("Pay bands from three public surveys",),
)


def test_what_happened_is_told_in_order() -> None:
    words = drafted(FACTS)
    assert words.subject == "How my search is going – Ana"
    assert words.met == (
        "Since my last mail I was introduced to 2 people, at Nordlicht Energy and Harbour Foods."
        " An interview came of it, at Nordlicht Energy. I am interviewing at Nordlicht Energy."
        " Old Mill said no for now; I stay in touch."
    )
    assert words.looking == (
        "I am looking for a role as Plant engineer and Maintenance lead in energy, Hamburg or"
        " Bremen. I would like to get to know Rail Europe and Harbour Foods. Do you know one"
        " person there whom I could ask two questions?"
    )
    assert "– Pay bands from three public surveys" in words.helps


def test_the_same_facts_give_the_same_words() -> None:
    assert drafted(FACTS) == drafted(FACTS)


def test_the_first_update_begins_at_the_beginning() -> None:
    words = drafted(Facts(name="Ana Bell", since=None, introduced=1))
    assert words.subject == "What I am looking for – Ana"
    assert words.met == "So far I was introduced to one person."


def test_nothing_to_tell_leaves_the_parts_to_the_member() -> None:
    words = drafted(Facts(name="Ana", since=SINCE))
    assert (words.met, words.looking, words.helps) == ("", "", "")


def test_a_landing_is_good_news_and_asks_for_nothing() -> None:
    words = drafted(
        Facts(name="Ana Bell", since=SINCE, landed=True, stages=FACTS.stages, titles=("Lead",))
    )
    assert words.subject == "Good news from Ana"
    assert words.met.startswith("I have found work")
    assert "interviewing" not in words.met
    assert words.looking == ""
