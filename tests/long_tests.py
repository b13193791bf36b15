"""Tests that take long: `make soak-long` runs them, `make test` does not and stays short."""

from __future__ import annotations

import os

import pytest

LONG = (
    "tests/contacts/pages/test_large_imports.py",
    "tests/introductions/matching/test_match_properties.py",
    "tests/journeys/test_moderators_day.py",
    "tests/journeys/test_second_look.py",
    "tests/mail/test_golden.py::test_every_mail_fits_320_pixels_and_can_be_read_by_all[True]",
    "tests/mail/test_opened_by_machines.py::test_a_browser_that_pries_changes_nothing",
    "tests/moderation/test_telling.py",
    "tests/privacy/test_rotation.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("LONG"):
        return
    left_out = [item for item in items if item.nodeid.startswith(LONG)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.nodeid.startswith(LONG)]
