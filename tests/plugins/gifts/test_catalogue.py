"""The catalogue: enough ideas, each findable, the same answer to the same question."""

from __future__ import annotations

import pytest

from coachhub.board.kinds import KINDS
from coachhub_gifts import catalogue, rule
from coachhub_gifts.catalogue import INTERESTS, OCCASIONS, SKILLS, Question


def test_there_are_enough_and_each_is_tagged_with_what_there_is() -> None:
    there = catalogue.ideas()
    assert len(there) >= 80
    assert len({one.key for one in there}) == len(there)
    assert len({one.title for one in there}) == len(there)
    for one in there:
        assert one.title
        assert one.how.endswith(".")
        assert one.interests
        assert one.interests <= set(INTERESTS), one
        assert one.skills
        assert one.skills <= set(SKILLS), one
        assert one.occasions
        assert one.occasions <= set(OCCASIONS), one


def test_every_tag_leads_to_something() -> None:
    there = catalogue.ideas()
    for tags, name in ((INTERESTS, "interests"), (SKILLS, "skills"), (OCCASIONS, "occasions")):
        used = set().union(*(getattr(one, name) for one in there))
        assert used == set(tags)


def test_skills_are_kinds_of_offers() -> None:
    assert set(SKILLS) <= {kind.key for kind in KINDS}


def test_no_idea_breaks_the_rule() -> None:
    broken = {
        one.key: rule.breaches(f"{one.title}. {one.how}", 15)
        for one in catalogue.ideas()
        if rule.breaches(f"{one.title}. {one.how}", 15)
    }
    assert broken == {}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("I love fly fishing and my two dogs", {"fishing", "dogs"}),
        ("Hiking, jazz", {"walking", "music"}),
        ("AI and trains", {"technology", "trains"}),
        ("The airport and a catalogue", set()),
        ("", set()),
    ],
)
def test_interests_are_read_from_what_people_write(words: str, found: set[str]) -> None:
    assert catalogue.interests_in(words) == found


def test_the_best_fit_comes_first_with_its_reason() -> None:
    asked = Question(frozenset({"fishing"}), frozenset({"research"}), "met")
    first, *rest = catalogue.ranked(asked)
    assert first.idea.key == "fishing_spots"
    assert first.score == 9
    assert first.why == (
        "They like fishing, you have research on the board and it suits the moment"
        " (after a first meeting)."
    )
    assert [one.score for one in rest] == sorted((one.score for one in rest), reverse=True)
    assert catalogue.ranked(asked) == [first, *rest]


def test_nothing_known_gives_the_catalogue_as_it_stands() -> None:
    assert [fit.idea for fit in catalogue.ranked(Question(), 3)] == list(catalogue.ideas()[:3])


@pytest.mark.parametrize("words", ["a bottle of wine", "flowers", "a Rolex", "", "zzz"])
def test_there_are_always_five_to_give_instead(words: str) -> None:
    made = catalogue.instead(words)
    assert len({one.key for one in made}) == 5


def test_what_is_near_is_named_first() -> None:
    assert "gardening" in catalogue.instead("a bouquet of roses")[0].interests


def test_idea_by_key() -> None:
    assert catalogue.idea_of("jam") in catalogue.ideas()
    assert catalogue.idea_of("nothing") is None
