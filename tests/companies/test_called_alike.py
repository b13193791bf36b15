"""Whether a name is another way of writing one of some others."""

from __future__ import annotations

import pytest

from coachhub.companies.queries import called_alike


@pytest.mark.parametrize(
    ("name", "others", "alike"),
    [
        ("Old Mill", ["Old Mill Ltd"], True),
        ("NORDLICHT ENERGY GmbH", ["Harbour Foods", "Nordlicht Energy"], True),
        ("Old Mill Street Bakery", ["Old Mill"], False),
        ("", ["", "Old Mill"], False),
        ("Old Mill", [], False),
    ],
)
def test_legal_forms_and_capitals_do_not_matter(name: str, others: list[str], alike: bool) -> None:
    assert called_alike(name, others) is alike
