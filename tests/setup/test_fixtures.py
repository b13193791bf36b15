"""The fixtures themselves: what every other test stands on."""

import smtplib
import socket
from collections.abc import Callable
from email.message import EmailMessage

import psycopg
import pytest

from fixtures_database import DatabaseUrls
from fixtures_mail import SmtpServer
from network_guard import OutsideError


def test_the_database_is_migrated_and_belongs_to_the_owner(database_urls: DatabaseUrls) -> None:
    with psycopg.connect(database_urls.app) as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        assert owners == [("coachhub_owner",)]
        assert connection.execute("SELECT count(*) FROM accounts_person").fetchone() == (0,)


def test_a_fresh_database_is_another_one(
    database_urls: DatabaseUrls, fresh_database: Callable[..., DatabaseUrls]
) -> None:
    migrated, bare = fresh_database(), fresh_database(migrated=False)
    assert len({database_urls.name, migrated.name, bare.name}) == 3
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(migrated.owner) as full, psycopg.connect(bare.owner) as empty:
        assert full.execute(tables).fetchone() > (10,)
        assert empty.execute(tables).fetchone() == (0,)


def test_mail_arrives_as_it_was_sent(smtp_server: SmtpServer) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "hub@example.org", "ann@example.com"
    message["Subject"] = "Grüße"
    message.set_content("Two doors are open.\n")
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        client.send_message(message)
    [delivery] = smtp_server.wait_for(1)
    assert delivery.recipients == ("ann@example.com",)
    assert delivery.message["Subject"] == "Grüße"
    assert smtp_server.to("ann@example.com") == [delivery]


def test_a_mail_server_may_refuse(smtp_server: SmtpServer) -> None:
    smtp_server.answers["RCPT"] = "550 No such person"
    with (
        smtplib.SMTP(smtp_server.host, smtp_server.port) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        client.sendmail("hub@example.org", ["ann@example.com"], b"Subject: x\r\n\r\nx")
    assert smtp_server.deliveries == []


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "2001:db8::1", b"example.org"])
def test_no_test_looks_up_another_machine(host: str | bytes) -> None:
    with pytest.raises(OutsideError):
        socket.getaddrinfo(host, 80)


def test_no_test_reaches_another_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        with pytest.raises(OutsideError):
            out.sendto(b"x", ("192.0.2.1", 9))
        with pytest.raises(OutsideError):
            out.connect(("192.0.2.1", 9))


def test_this_machine_is_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()
