"""What no column can hold and no host of ours: a clear answer, never a 500."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from coachhub.cohorts.models import Cohort
from coachhub.firms.models import Firm, Membership


@pytest.mark.parametrize(
    "tail",
    [
        "contacts?q=%00",
        "contacts?page=99999999999999999999",
        "c/COHORT/board?kind=%00",
        "c/COHORT/board?page=99999999999999999999",
        "c/COHORT/board?page=abc",
        "c/ener%00gy/board",
    ],
)
def test_nonsense_in_an_address_is_no_fault_of_ours(
    client: FlaskClient,
    firm: Firm,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
    tail: str,
) -> None:
    cohort = make_cohort()
    slug, cohort_slug = firm.slug, cohort.slug
    sign_in(client, make_member(cohorts=(cohort,)))
    answer = client.get(f"/f/{slug}/{tail.replace('COHORT', cohort_slug)}")
    assert answer.status_code in {200, 302, 400, 404}
    assert "login" not in answer.headers.get("Location", "")


def test_a_foreign_host_is_refused_in_plain_words(client: FlaskClient) -> None:
    answer = client.get("/account/login", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)
