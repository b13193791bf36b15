"""Dates, names, mail addresses and links as people write them."""

from datetime import date

import pytest

from coachhub.contacts.formats.dates import Dates, order_of
from coachhub.contacts.formats.headings import read_headings
from coachhub.contacts.formats.values import BadValueError, link, mail_address, split_name


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        ([], "unknown"),
        (["03/04/2024", "2024-12-31", "31 Dec 2024"], "unknown"),
        (["03/04/2024", "13/04/2024"], "day first"),
        (["03/04/2024", "04/13/2024"], "month first"),
        (["13/04/2024", "04/13/2024"], "mixed"),
    ],
)
def test_the_whole_file_decides_where_the_day_stands(texts: list[str], order: str) -> None:
    assert order_of(iter(texts)) == order


def test_the_column_is_walked_through_once_and_only_for_an_open_date() -> None:
    walks = []

    def texts() -> list[str]:
        walks.append(1)
        return ["25/12/2020"]

    dates = Dates(lambda: iter(texts()), "month first")
    assert dates.read("2024-03-04") == date(2024, 3, 4)
    assert dates.read("25/12/2020") == date(2020, 12, 25)
    assert not walks
    assert dates.read("03/04/2024") == date(2024, 4, 3)
    assert dates.read("05/06/2024") == date(2024, 6, 5)
    assert len(walks) == 1


@pytest.mark.parametrize(
    ("month", "words"),
    [
        (1, "January Januar janvier enero gennaio Jan. jan ene. gen"),
        (2, "February Februar février febrero febbraio févr. feb."),
        (3, "March März mars marzo Mrz Maerz mar."),
        (4, "April avril abril aprile avr. abr. apr"),
        (5, "May Mai mai mayo maggio mag may."),
        (6, "June Juni juin junio giugno giu jun."),
        (7, "July Juli juillet julio luglio lug juil. jul."),
        (8, "August août agosto aout ago. Aug"),
        (9, "September septembre septiembre settembre sept. set Sep"),
        (10, "October Oktober octobre octubre ottobre ott Okt. oct."),
        (11, "November novembre noviembre Nov. nov"),
        (12, "December Dezember décembre diciembre dicembre Dez. dic déc."),
    ],
)
def test_month_names_in_five_languages(month: int, words: str) -> None:
    dates = Dates(lambda: iter(()), "day first")
    for word in words.split():
        assert dates.read(f"7 {word} 2021") == date(2021, month, 7), word


@pytest.mark.parametrize(
    "text", ["31 Feb 2020", "00/00/2020", "7 Bloom 2021", "soon", "2021", "7" * 500, "٣/٤/٢٠٢٤"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert Dates(lambda: iter(()), "day first").read(text) is None


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Ada Winter", "Ada", "Winter"),
        ("Ada Maria Winter", "Ada Maria", "Winter"),
        ("Jan de Vries", "Jan", "de Vries"),
        ("Ursula von der Heide", "Ursula", "von der Heide"),
        ("van Dijk, Bo", "Bo", "van Dijk"),
        ("Cher", "Cher", ""),
        ("de Vries", "de", "Vries"),
    ],
)
def test_full_names_are_split(full: str, first: str, last: str) -> None:
    assert split_name(full) == (first, last)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.org", "ada@example.org"),
        (" Ada.Winter+x@mail.example.org ", "Ada.Winter+x@mail.example.org"),
        ("jörg@grün.example", "jörg@grün.example"),
        ("a@b.xn--p1ai", "a@b.xn--p1ai"),
        ("Ada <ada@example.org>", "ada@example.org"),
        ("no one; ada@example.org", "ada@example.org"),
        ("n/a", ""),
        ("-", ""),
        ("", ""),
    ],
)
def test_mail_addresses(text: str, address: str) -> None:
    assert mail_address(text) == address


@pytest.mark.parametrize(
    "text", ["ada", "ada@", "@example.org", "a@b", "a@b..org", "a@-b.org", "a b@", "a@b.1"]
)
def test_what_is_no_mail_address_is_told(text: str) -> None:
    with pytest.raises(BadValueError, match="is not a mail address"):
        mail_address(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("www.example.org", "https://www.example.org"),
        ("de.linkedin.com/in/ada", "https://de.linkedin.com/in/ada"),
        ("see HTTP://example.org/a.", "HTTP://example.org/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("ftp://example.org", ""),
        ("https://" + "x" * 3000, ""),
        ('https://example.org/"><script>', "https://example.org/"),
    ],
)
def test_links_are_for_the_web_only(text: str, address: str) -> None:
    assert link(text) == address


def test_a_title_before_the_name_is_no_position() -> None:
    headings = read_headings(["Title", "First Name", "Last Name", "Company", "Job Title"])
    assert headings.mapping.position == 4
    assert read_headings(["Name", "Company", "Title"]).mapping.position == 2
