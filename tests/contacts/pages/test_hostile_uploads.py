"""Files made to harm, through the page: a sentence, never an error, and nothing kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coachhub.contacts.models import Contact
from coachhub.firms.models import Membership
from contacts.hostile_address_books import CUT, MB, REFUSED
from contacts.pages.connections import linkedin

Bring = Callable[..., TestResponse]
Contacts = Callable[[Membership], dict[str, Contact]]


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_file_gets_a_sentence(
    member: Membership, bring: Bring, contacts_of: Contacts, case: str
) -> None:
    name, make, what = REFUSED[case]
    answer = bring(make(), name)
    assert answer.status_code in {413, 422}
    told = BeautifulSoup(answer.text, "html.parser").get_text()
    assert what in told or "Files can be up to 10 MB" in told
    assert contacts_of(member) == {}


@pytest.mark.parametrize("case", CUT)
def test_a_damaged_file_shows_what_is_bad(
    client: FlaskClient, member: Membership, bring: Bring, case: str
) -> None:
    del member
    name, make, _ = CUT[case]
    answer = bring(make(), name)
    assert answer.status_code == 303
    assert client.get(answer.location, follow_redirects=True).status_code == 200


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    member: Membership, bring: Bring, contacts_of: Contacts
) -> None:
    answer = bring(b"a" * (12 * MB))
    assert answer.status_code == 413
    assert "Files can be up to 10 MB" in answer.text
    assert contacts_of(member) == {}


def test_markup_and_formulas_are_only_text(
    client: FlaskClient, member: Membership, base: str, take: Callable[..., str]
) -> None:
    del member
    take(
        linkedin(
            "<script>alert(1)</script>,=1+1,https://example.org/a,,<img src=x onerror=a>,=cmd,",
            'Bo,Lind,javascript:alert(1),,"\'""><b>",x,',
        ),
        '"><img src=x>.csv',
    )
    for address in (base, f"{base}/rate", f"{base}/imports"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "<img src" not in page
        assert "javascript:" not in page
