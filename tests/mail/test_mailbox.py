"""The trial's mailbox shows the mails in its folder, and no other file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from coachhub.app import create_app
from coachhub.core.errors import NotFoundError
from coachhub.core.jobs import let_go
from coachhub.mail.mailbox import _path
from fixtures_app import config_for
from fixtures_database import DatabaseUrls

MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Tea at four\r\n\r\nCome by.\r\n"


@pytest.fixture
def mailbox(database_urls: DatabaseUrls, tmp_path: Path) -> Iterator[FlaskClient]:
    folder = tmp_path / "mailbox"
    folder.mkdir()
    (folder / "one.eml").write_bytes(MAIL)
    (folder / "folder.eml").mkdir()
    (tmp_path / "secret.eml").write_bytes(MAIL.replace(b"Tea at four", b"A secret"))
    app = create_app(config_for(database_urls, mailbox=str(folder)))
    yield app.test_client()
    let_go(app)


def test_a_mail_is_read(mailbox: FlaskClient) -> None:
    page = mailbox.get("/mailbox/one")
    assert page.status_code == 200
    assert "Tea at four" in page.text
    assert mailbox.get("/mailbox/one/html").status_code == 404  # it has words only


def test_no_name_leads_out_of_the_folder(mailbox: FlaskClient) -> None:
    for name in ("../secret", "/etc/passwd"):
        with mailbox.application.app_context(), pytest.raises(NotFoundError):
            _path(name)


@pytest.mark.parametrize(
    "name", ["two", "folder", "..%2Fsecret", "%2e%2e%2fsecret", "..%5Csecret", "one.eml", "%00"]
)
def test_any_other_name_is_no_mail(mailbox: FlaskClient, name: str) -> None:
    for end in ("", "/html"):
        answer = mailbox.get(f"/mailbox/{name}{end}")
        assert answer.status_code == 404
        assert "A secret" not in answer.text
