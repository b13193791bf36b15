"""Nobody can derive a small group: from one table, from two cells, from two reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachhub_outcomes import grains
from coachhub_outcomes.grains import FAMILIES, Book, Events, Grain, Unit

SMALLEST = 5
COHORTS = [UUID(int=900 + number) for number in range(3)]


def unit(number: int, cohort: int = 0, quarter: int = 0, *parties: int, weeks: int = 8) -> Unit:
    people = tuple(UUID(int=10_000 + one) for one in parties or (number,))
    return Unit(UUID(int=number), COHORTS[cohort], quarter, people, weeks)


def members(numbers: Iterable[int], cohort: int = 0, quarter: int = 0) -> list[Unit]:
    return [unit(number, cohort, quarter) for number in numbers]


def closed(*quarters: Events) -> Book:
    book = Book(SMALLEST, [])
    for number, events in enumerate(quarters):
        book.close(number, events)
    return book


def sizes(book: Book, measure: str) -> list[int]:
    return [grain.size for grain in book.of(measure)]


def subsets(grains: list[Grain]) -> Iterator[tuple[Grain, ...]]:
    return chain.from_iterable(combinations(grains, size) for size in range(len(grains) + 1))


def united(grains: Iterable[Grain]) -> frozenset[UUID]:
    return frozenset().union(*(grain.units for grain in grains))


def differences(book: Book) -> Iterator[frozenset[UUID]]:
    """Every group that is one sum of grains less another that lies inside it."""
    pairs = {
        (whole, part) for family in FAMILIES for whole in family.wholes for part in family.parts
    }
    for whole, part in sorted(pairs):
        for of_whole in subsets(book.of(whole)):
            there = united(of_whole)
            for of_part in subsets(book.of(part)):
                if united(of_part) <= there:
                    yield there - united(of_part)
    together = book.of("meeting", "interview", "offer")
    for of_whole in subsets(book.of("introduced")):
        for of_part in subsets(together):
            if united(of_part) <= united(of_whole):
                yield united(of_whole) - united(of_part)


def assert_safe(book: Book, events: Events) -> None:
    known = {one.id: one for units in events.values() for one in units}
    for grain in book.grains:
        assert book.enough(known[one] for one in grain.units), grain
    for measure in {grain.measure for grain in book.grains}:
        counted = [one for grain in book.of(measure) for one in grain.units]
        assert len(counted) == len(set(counted))
    for group in differences(book):
        assert not group or book.enough(known[one] for one in group), sorted(group)


def test_what_is_too_small_waits_and_comes_with_the_next() -> None:
    first = members(range(4))
    both = first + members(range(10, 13), quarter=1)
    book = Book(SMALLEST, [])
    assert book.close(0, {"joined": first}) == []
    [grain] = book.close(1, {"joined": both})
    assert (grain.size, grain.first, grain.last) == (7, 0, 1)


def test_small_cohorts_are_counted_together_or_not_at_all() -> None:
    book = closed({"joined": members(range(6)) + members(range(10, 13), 1)})
    assert sizes(book, "joined") == [6]
    book = closed({"joined": members(range(3)) + members(range(10, 13), 1)})
    [grain] = book.grains
    assert (grain.size, grain.cohorts) == (6, frozenset(COHORTS[:2]))


@pytest.mark.parametrize(
    ("joined", "landed", "told"),
    [
        (20, 4, []),
        (20, 5, [5]),
        (20, 15, [15]),
        (20, 18, [15]),
        (12, 12, [12]),
        (8, 6, []),
        (8, 8, [8]),
    ],
)
def test_who_has_not_landed_is_not_a_small_group_either(
    joined: int, landed: int, told: list[int]
) -> None:
    events = {"joined": members(range(joined)), "landed": members(range(landed))}
    book = closed(events)
    assert sizes(book, "landed") == told
    assert_safe(book, events)


def test_members_who_joined_one_by_one_are_looked_at_together() -> None:
    joined = [
        *members(range(6)),
        *members(range(10, 16), quarter=1),
        *members(range(20, 25), quarter=2),
    ]
    landed = [
        *members(range(4)),
        *members(range(10, 14), quarter=1),
        *members(range(20, 24), quarter=2),
    ]
    events = {"joined": joined, "landed": landed}
    book = Book(SMALLEST, [])
    book.close(3, {"joined": joined[:6]})
    for quarter in range(4):
        book.close(quarter, events)
    # Each quarter's joiners less their landings would be two or one; the landings span them all.
    assert sum(sizes(book, "landed")) == 12
    assert_safe(book, events)


def test_a_kind_of_help_is_held_against_who_joined_too() -> None:
    joined = [*members(range(6)), *members(range(10, 30), quarter=1)]
    landed = [*members(range(5)), *members(range(10, 20))]
    events = {"joined": joined, "landed": landed, "by_door": members(range(5))}
    book = Book(SMALLEST, [])
    book.close(0, {"joined": joined[:6]})
    book.close(1, events)
    assert (sizes(book, "joined"), sizes(book, "landed")) == ([6, 20], [15])
    # Of the six who joined first, one alone did not land by a door.
    assert sizes(book, "by_door") == []
    assert_safe(book, events)


def test_many_grains_side_by_side_keep_to_the_stricter_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grains, "MOST_AT_ONCE", 0)
    joined = members(range(20))
    book = Book(SMALLEST, [])
    book.close(0, {"joined": joined, "landed": joined[:6]})
    events = {"joined": joined, "landed": joined}
    book.close(1, events)
    assert sizes(book, "landed") == [6, 9]
    assert_safe(book, events)


def test_one_more_landing_changes_no_report() -> None:
    joined = members(range(20))
    landed = members(range(9))
    book = closed({"joined": joined, "landed": landed})
    before = list(book.grains)
    for more in range(1, 5):
        book.close(more, {"joined": joined, "landed": landed + members(range(9, 9 + more))})
        assert book.grains == before
    book.close(5, {"joined": joined, "landed": landed + members(range(9, 14))})
    assert sizes(book, "landed") == [9, 5]


def test_the_year_less_its_quarters_leaves_nobody() -> None:
    joined = members(range(40))
    landed = [
        unit(number, 0, quarter)
        for number, quarter in enumerate([0] * 6 + [1] * 2 + [2] * 3 + [3] * 7)
    ]
    events = {"joined": joined, "landed": landed}
    book = closed(events, events, events, events)
    assert [(grain.first, grain.last, grain.size) for grain in book.of("landed")] == [
        (0, 0, 6),
        (1, 2, 5),
        (3, 3, 7),
    ]
    assert_safe(book, events)


def test_a_total_less_its_rows_leaves_nobody() -> None:
    joined = [
        one
        for cohort in range(3)
        for one in members(range(cohort * 100, cohort * 100 + 15), cohort)
    ]
    landed = members(range(7)) + members(range(100, 106), 1) + members(range(200, 202), 2)
    events = {"joined": joined, "landed": landed}
    book = closed(events)
    # The two of the third cohort are in no total; the rows are all there is.
    assert sizes(book, "landed") == [7, 6]
    assert_safe(book, events)


def test_five_introductions_of_one_person_are_one_person() -> None:
    one_receiver = [unit(number, 0, 0, 1, 50 + number) for number in range(9)]
    assert closed({"introduced": one_receiver}).grains == []
    one_giver = [unit(number, 0, 0, 50 + number, 1) for number in range(9)]
    assert closed({"introduced": one_giver}).grains == []
    several = [unit(number, 0, 0, 50 + number, 70 + number) for number in range(9)]
    assert sizes(closed({"introduced": several}), "introduced") == [9]


def test_outcomes_that_together_are_nearly_all_leave_nobody_over() -> None:
    made = [unit(number, 0, 0, 50 + number, 90 + number) for number in range(21)]
    events = {
        "introduced": made,
        "meeting": made[:8],
        "interview": made[8:14],
        "offer": made[14:20],
    }
    book = closed(events)
    assert_safe(book, events)
    told = sum(grain.size for grain in book.of("meeting", "interview", "offer"))
    assert 21 - told >= SMALLEST


def test_who_was_erased_is_counted_on_and_never_counted_down() -> None:
    joined = members(range(12))
    book = closed({"joined": joined, "landed": joined[:6]})
    [_whole, part] = book.grains
    # Two who landed and two who did not are gone; four more land.
    kept = [
        grain.__class__(**{**vars(grain), "units": frozenset(sorted(grain.units)[2:])})
        for grain in book.grains
    ]
    book = Book(SMALLEST, kept)
    left = [one for one in joined[2:] if one.id not in {joined[10].id, joined[11].id}]
    book.close(1, {"joined": left, "landed": left})
    assert part.size == 6
    assert sizes(book, "landed") == [6]


EVENT = st.tuples(
    st.integers(0, 2),  # cohort
    st.integers(0, 3),  # quarter joined
    st.one_of(st.none(), st.integers(0, 3)),  # quarters until landed
    st.sampled_from(["door", "lead", "other", ""]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENT, max_size=60))
def test_no_history_of_members_gives_a_small_group_away(
    history: list[tuple[int, int, int | None, str]],
) -> None:
    joined, landed = [], []
    by: dict[str, list[Unit]] = {}
    for number, (cohort, quarter, later, kind) in enumerate(history):
        joined.append(unit(number, cohort, quarter))
        if later is not None:
            landed.append(unit(number, cohort, quarter + later))
            if kind:
                by.setdefault(f"by_{kind}", []).append(unit(number, cohort, quarter + later))
    events: Events = {"joined": joined, "landed": landed, **by}
    book = Book(SMALLEST, [])
    for quarter in range(7):
        book.close(quarter, events)
        assert_safe(book, events)


STEP = st.tuples(
    st.integers(0, 1),  # cohort
    st.integers(0, 2),  # quarter
    st.integers(0, 11),  # receiver
    st.integers(20, 31),  # giver
    st.booleans(),  # kept
    st.sampled_from(["meeting", "interview", "offer", ""]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP, max_size=70))
def test_no_history_of_introductions_gives_a_small_group_away(
    history: list[tuple[int, int, int, int, bool, str]],
) -> None:
    events: dict[str, list[Unit]] = {"introduced": [], "kept": []}
    for number, (cohort, quarter, receiver, giver, kept, outcome) in enumerate(history):
        made = unit(number, cohort, quarter, receiver, giver)
        events["introduced"].append(made)
        if kept:
            events["kept"].append(made)
        if outcome:
            events.setdefault(outcome, []).append(made)
    book = Book(SMALLEST, [])
    for quarter in range(3):
        book.close(quarter, events)
        assert_safe(book, events)
