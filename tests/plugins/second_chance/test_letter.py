"""The letter after a no, as text."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from coachhub_second_chance.letter import LONGEST_LINK, Notes, draft, mail_link, pieces, subject

BARE = Notes(company="Shell", name="Ada Example")


def test_what_was_not_noted_is_left_out_and_the_rest_still_reads() -> None:
    assert [piece.title for piece in pieces(BARE) if not piece.text] == [
        "What stayed with you",
        "The people you met",
        "What you learned",
        "What you can still give",
    ]
    letter = draft(BARE)
    assert letter.startswith("Hello,\n\nThank you for the time")
    assert letter.endswith("Kind regards,\nAda Example")
    assert subject(BARE) == "Thank you for our talk"


def test_phrases_become_whole_sentences() -> None:
    notes = Notes("Shell", "Ada", went_well="the  tour\nof the plant", learned="Why it pays?")
    letter = draft(notes)
    assert "What has stayed with me: the tour of the plant." in letter
    assert "of use to me: Why it pays?" in letter
    assert ".." not in letter


def test_every_part_says_why() -> None:
    assert all(piece.why.endswith(".") for piece in pieces(BARE))


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=150),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=1500),
)
def test_the_link_carries_every_character_or_only_the_subject(head: str, text: str) -> None:
    link, whole = mail_link("a.b+c@example.com", head, text)
    assert len(link) <= LONGEST_LINK
    parts = urlsplit(link)
    assert (parts.scheme, parts.path) == ("mailto", "a.b%2Bc@example.com")
    found = parse_qs(parts.query, keep_blank_values=True)
    if whole:
        assert found["subject"] == [head]
        assert found["body"] == [text.replace("\n", "\r\n")]
    else:
        assert "body" not in found


def test_nobody_puts_further_addresses_into_the_link() -> None:
    link, _whole = mail_link("a@example.com?bcc=b@example.com", "x&cc=y", "")
    assert "bcc=" not in link
    assert "&cc" not in link
