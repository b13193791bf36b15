"""What plugins add to matches and rounds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from coachhub.core import hooks
from coachhub.introductions.matching.hooks import MATCH_SIGNALS, Signals
from coachhub.introductions.matching.match import Match, Parts, match_key
from coachhub.introductions.matching.search import find_matches
from coachhub.introductions.rounds import operations, release
from coachhub.introductions.rounds.hooks import ROUND_RELEASED, ROUND_RULES, RoundRules
from coachhub.introductions.rounds.market import RoundSettings


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let one function hear a hook, as a plugin that is on."""

    def on(hook: Any, function: Callable[..., Any]) -> None:
        usual = hooks.listeners
        monkeypatch.setattr(
            hooks,
            "listeners",
            lambda asked: [("a_plugin", function)] if asked is hook else usual(asked),
        )

    return on


def made(group: Any, giver: str, receiver: str, **columns: Any) -> Match:
    """A match as a plugin would make it: an alumnus' hour for Flo's target."""
    giver_id, receiver_id = group.members[giver].id, group.members[receiver].id
    need_id, asset_id = uuid7(), uuid7()
    match = Match(
        key=match_key("offer", giver_id, receiver_id, need_id, asset_id),
        giver_id=giver_id,
        receiver_id=receiver_id,
        need="target",
        need_id=need_id,
        asset="offer",
        asset_id=asset_id,
        company_id=None,
        worth=0.0,
        reason="A plugin knows.",
        parts=Parts(0.5, 1.0, 1.0, 1.0),
    )
    return dataclasses.replace(match, **columns)


def test_a_plugin_adds_matches(group: Any, listen: Any) -> None:
    extra = made(group, "di", "flo")
    listen(MATCH_SIGNALS, lambda _cohort, _matches: Signals(matches=[extra]))
    found = {match.key: match for match in find_matches(group.cohort)}
    assert len(found) == 7
    assert found[extra.key].worth == 50


def test_a_plugins_matches_keep_the_rules(group: Any, listen: Any, make_introduction: Any) -> None:
    before = len(find_matches(group.cohort))
    declined = made(group, "di", "flo")
    make_introduction(group.di, group.flo, group.cohort, state="declined", need_id=declined.need_id)
    to_oneself = made(group, "di", "di")
    to_a_stranger = made(group, "di", "flo", receiver_id=uuid7())
    to_the_coach = made(group, "di", "flo", receiver_id=group.coach.id)
    extra = [declined, to_oneself, to_a_stranger, to_the_coach]
    listen(MATCH_SIGNALS, lambda _cohort, _matches: Signals(matches=extra))
    assert len(find_matches(group.cohort)) == before


def test_a_plugin_weighs_and_drops_matches(group: Any, listen: Any) -> None:
    first, second, third, *_ = sorted(find_matches(group.cohort), key=lambda match: match.key)
    weights = {first.key: 0.5, second.key: 0.0, third.key: 99.0}
    listen(MATCH_SIGNALS, lambda _cohort, _matches: Signals(weights=weights))
    found = {match.key: match for match in find_matches(group.cohort)}
    assert found[first.key].worth == pytest.approx(first.worth / 2, abs=1)
    assert second.key not in found
    assert found[third.key].worth == pytest.approx(min(100, third.worth * 2), abs=1)


def test_a_plugin_that_fails_changes_nothing(group: Any, listen: Any, caplog: Any) -> None:
    before = find_matches(group.cohort)

    def broken(_cohort: Any, _matches: Any) -> Signals:
        raise ZeroDivisionError

    listen(MATCH_SIGNALS, broken)
    assert find_matches(group.cohort) == before
    assert "a_plugin" in caplog.text


def test_a_plugin_forbids_matches(group: Any, listen: Any) -> None:
    keys = frozenset(
        match.key for match in find_matches(group.cohort) if match.giver_id == group.ben.id
    )
    listen(ROUND_RULES, lambda _cohort: RoundRules(forbidden=keys))
    round_ = operations.propose_round(group.actor(), group.cohort)
    assert round_.served == 2


def test_a_plugin_only_lowers_caps(group: Any, listen: Any) -> None:
    caps = {group.di.id: (0, 0), group.ada.id: (9, 9)}
    listen(ROUND_RULES, lambda _cohort: RoundRules(caps=caps))
    settings = RoundSettings(give_cap=1, receive_cap=1)
    round_ = operations.propose_round(group.actor(), group.cohort, settings)
    givers = [step.giver_id for step in release.steps_in(round_, "proposed")]
    assert group.di.id not in givers
    assert givers.count(group.ada.id) == 1


def test_a_plugins_starters_need_the_coachs_chains(group: Any, listen: Any) -> None:
    listen(ROUND_RULES, lambda _cohort: RoundRules(starters=frozenset({group.ada.id})))
    round_ = operations.propose_round(group.actor(), group.cohort)
    assert round_.served == 5
    operations.change_settings(group.actor(), round_, RoundSettings(max_chain=1))
    assert round_.served == 6


def test_a_release_is_announced_once(group: Any, listen: Any) -> None:
    heard: list[Any] = []
    listen(ROUND_RELEASED, heard.append)
    round_ = operations.propose_round(group.actor(), group.cohort)
    assert heard == []
    release.release_round(group.actor(), round_)
    assert heard == [round_]
