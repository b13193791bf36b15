"""Which lines of a reply somebody wrote themselves, as the mail programs of people quote."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from coachhub.mail.replies import own_lines, read

QUOTES = {
    "Gmail": "On Mon, Mar 2, 2026 at 9:00 AM Acme <r1@example.org> wrote:\n\n> Would you?\n> no",
    "Gmail, broken over two lines": "On Mon, Mar 2, 2026 at 9:00 AM Acme <\nr1@x.org> wrote:\n> no",
    "Apple Mail": "> On 2 Mar 2026, at 09:00, Acme <r1@example.org> wrote:\n> \n> no",
    "Thunderbird, German": "Am 02.03.26 um 09:00 schrieb Acme:\n> nein",
    "Outlook": "________________________________\nFrom: Acme <r1@x.org>\nSent: Monday\nSubject: no",
    "Outlook, plain": "-----Original Message-----\nFrom: Acme\nSent: Monday\n\nno",
    "Outlook, German": "Von: Acme <r1@example.org>\nGesendet: Montag, 2. März 2026\nAn: Mia\nno",
    "French": "Le lun. 2 mars 2026 à 09:00, Acme <r1@example.org> a écrit :\n> non",
    "Spanish": "El lun, 2 mar 2026 a las 9:00, Acme (<r1@example.org>) escribió:\n> no",
    "Signature": "-- \nMia Meyer\nno fax",
    "iPhone": "Sent from my iPhone\n\n> On 2 Mar 2026, at 09:00, Acme wrote:\n> no",
    "Nothing": "",
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES.keys())
def test_only_the_own_lines_are_read(quote: str) -> None:
    assert own_lines(f"Yes, gladly.\n\n{quote}\n") == "Yes, gladly."
    assert own_lines(f"Yes, gladly.\r\n\r\n{quote}\r\n".replace("\n>", "\r\n>")) == "Yes, gladly."


def test_lines_between_the_quotes_are_kept() -> None:
    assert own_lines("> Would you?\nYes\n> By when?\nOn Monday") == "Yes\nOn Monday"


def test_a_sentence_with_on_and_from_is_no_quote() -> None:
    text = "On Monday I can.\nFrom then on, every week."
    assert own_lines(text) == text


def test_a_mail_with_html_alone_is_read_without_its_quote() -> None:
    mail = EmailMessage()
    mail["From"] = "Mia <mia@example.org>"
    mail.set_content(
        "<html><head><style>p{}</style></head><body><p>Yes,<br>gladly</p>"
        '<div class="gmail_quote"><div>On Monday Acme wrote<br></div><p>no</p></div></body></html>',
        subtype="html",
    )
    reply = read(mail.as_bytes(), "mia@example.org")
    assert reply.text.split() == ["Yes,", "gladly"]
    assert reply.sender == "mia@example.org"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: a@example.org, b@example.org\n\nyes",
        b"From: \xff\xfe\nContent-Type: text/plain; charset=klingon\n\nyes",
        b"From: <<<>>>\nContent-Type: multipart/mixed\n\nyes",
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n!!!",
    ],
)
def test_hostile_bytes_are_read_without_harm(raw: bytes) -> None:
    reply = read(raw, "eve@example.org")
    assert reply.automatic or reply.sender
    assert isinstance(reply.text, str)
