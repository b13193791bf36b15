"""Tests that take long: the longest of `make test` begin first, those of `make soak-long` wait."""

from __future__ import annotations

import os

import pytest

LONG = (
    "tests/contacts/test_address_book_memory.py",
    "tests/contacts/pages/test_large_imports.py",
    "tests/introductions/matching/test_match_properties.py",
    "tests/contacts/pages/test_doors_tell_nobody.py::test_a_small_cohort_never_shows_how_many[coach]",
    "tests/contacts/pages/test_doors_tell_nobody.py::test_a_small_cohort_never_shows_how_many[member]",
    "tests/contacts/pages/test_doors_tell_nobody.py::test_whose_contact_it_is_changes_nothing[admin]",
    "tests/contacts/pages/test_doors_tell_nobody.py::test_whose_contact_it_is_changes_nothing[coach]",
    "tests/contacts/pages/test_doors_tell_nobody.py::test_whose_contact_it_is_changes_nothing[member]",
    "tests/contacts/pages/test_hostile_uploads.py::test_a_refused_file_gets_a_sentence[quotes open",
    "tests/journeys/test_moderators_day.py",
    "tests/journeys/test_ring_with_a_no.py",
    "tests/journeys/test_second_look.py",
    "tests/mail/test_golden.py::test_every_mail_fits_320_pixels_and_can_be_read_by_all[True]",
    "tests/mail/test_opened_by_machines.py::test_a_browser_that_pries_changes_nothing",
    "tests/mail/test_crashes.py::test_many_kills_at_random_moments[False]",
    "tests/moderation/test_telling.py",
    "tests/pages/test_every_page.py",
    "tests/privacy/test_rotation.py",
    "tests/security/test_many_tries.py",
    "tests/security/test_vectors.py",
    "tests/security/test_exports.py::test_no_table_that_leaves_holds_one",
    "tests/words/test_room_for_words.py",
)
# Begun last, one of these would keep a worker busy while the others have nothing left to do.
FIRST = (
    "tests/walls/test_routes.py",
    "tests/introductions/life/test_life_model.py",
    "tests/journeys/",
    "tests/packaging/",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    if os.environ.get("LONG"):
        return
    left_out = [item for item in items if item.nodeid.startswith(LONG)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.nodeid.startswith(LONG)]
