"""Files made to break a reader are refused, or cut, with a sentence that says why."""

import io

import pytest

from coachhub.contacts.formats import (
    MAX_ROWS,
    BadRow,
    Entry,
    Mapping,
    UnreadableAddressBook,
    open_address_book,
)
from contacts.hostile_address_books import CUT, GOOD, HEAD, REFUSED, archive


def read(data: bytes, filename: str) -> list[Entry | BadRow]:
    return list(open_address_book(io.BytesIO(data), filename))


def test_there_are_at_least_sixty() -> None:
    assert len(REFUSED) + len(CUT) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_sentence(name: str) -> None:
    filename, make, what = REFUSED[name]
    with pytest.raises(UnreadableAddressBook) as refused:
        read(make(), filename)
    sentence = str(refused.value)
    assert what in sentence
    assert sentence.endswith(".")
    assert len(sentence) <= 300


@pytest.mark.parametrize("name", CUT)
def test_cut_with_a_sentence_and_the_good_row_kept(name: str) -> None:
    filename, make, what = CUT[name]
    rows = read(make(), filename)
    bad = [row for row in rows if isinstance(row, BadRow)]
    assert what in bad[0].what
    assert all(len(row.text) <= 200 and row.text.isprintable() for row in bad)
    good = [row for row in rows if isinstance(row, Entry)]
    assert [(e.first_name, e.last_name, e.email) for e in good][-1] == (
        "Ada",
        "Winter",
        "ada@example.org",
    )


def test_exactly_as_many_rows_as_allowed_are_read() -> None:
    rows = read(HEAD + b"A,B,,,,,\n" * MAX_ROWS, "a.csv")
    assert len(rows) == MAX_ROWS


def test_rows_over_two_lines_count_once() -> None:
    rows = read(HEAD + b'A,B,,,"C\nD",,\n' * 60_000, "a.csv")
    assert len(rows) == 60_000
    assert rows[-1] == Entry(line=120_000, first_name="A", last_name="B", company="C D")


def test_a_stray_quote_costs_one_row_only() -> None:
    rows = read(HEAD + GOOD * 3 + b'Bo,"Lind,,,Reed,,\n' + GOOD * 500, "a.csv")
    assert [row.line for row in rows if isinstance(row, BadRow)] == [5]
    assert [row.line for row in rows] == list(range(2, 506))


def test_a_file_name_made_to_mislead_is_shown_on_one_line() -> None:
    with pytest.raises(UnreadableAddressBook) as refused:
        read(b"%PDF", "..\\..\\etc/\u202ecod\r\n<b>" + "x" * 500 + ".pdf")
    assert "\n" not in str(refused.value)
    assert "\u202e" not in str(refused.value)
    assert "etc" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_unknown_headings_ask_for_a_mapping() -> None:
    data = b"Who,Where\nAda Winter,Reed\nBo Lind,Moss\n"
    book = open_address_book(io.BytesIO(data), "a.csv")
    assert book.needs_mapping
    assert book.columns == ("Who", "Where")
    assert book.sample == (("Ada Winter", "Reed"), ("Bo Lind", "Moss"))
    with pytest.raises(UnreadableAddressBook, match="Choose which column"):
        list(book)


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        (Mapping(full_name=2), "for another file"),
        (Mapping(full_name=-1), "for another file"),
        (Mapping(company=1), "Choose which column"),
        (Mapping(), "Choose which column"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: Mapping, what: str) -> None:
    data = b"Who,Where\nAda Winter,Reed\nBo Lind,Moss\n"
    with pytest.raises(UnreadableAddressBook, match=what):
        open_address_book(io.BytesIO(data), "a.csv", mapping=mapping)


def test_a_mapping_goes_before_what_was_recognised() -> None:
    data = b"First Name,Last Name,Company\nWinter,Ada,Reed\n"
    swapped = Mapping(first_name=1, last_name=0)
    book = open_address_book(io.BytesIO(data), "a.csv", mapping=swapped)
    assert list(book) == [Entry(line=2, first_name="Ada", last_name="Winter")]


def test_a_stream_that_cannot_seek_is_read_too() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert len(list(open_address_book(Pipe(HEAD + GOOD), "a.csv"))) == 1


def test_a_stray_quote_that_another_one_closes_costs_one_row_only() -> None:
    quoted = b'Chi,"Moss",,,Reed,,\n'
    rows = read(HEAD + b'Bo,"Lind,,,Reed,,\n' + GOOD + quoted + GOOD, "a.csv")
    assert [row.line for row in rows if isinstance(row, BadRow)] == [2]
    assert [row.line for row in rows] == [2, 3, 4, 5]


def test_a_quote_left_open_on_the_last_line_is_told() -> None:
    rows = read(HEAD + GOOD + b'Bo,"Lind,,,Reed,,', "a.csv")
    assert [row.line for row in rows if isinstance(row, BadRow)] == [3]


def test_a_line_that_is_too_long_is_told_once() -> None:
    rows = read(HEAD + b"B" * 500_000 + b",C\n" + GOOD, "a.csv")
    assert [(row.line, type(row)) for row in rows] == [(2, BadRow), (3, Entry)]


def test_of_several_connections_the_outermost_is_read() -> None:
    inner = HEAD + b"Old,One,,,,,\n"
    data = archive(
        ("__MACOSX/Connections.csv", inner),
        ("a/b/Connections.csv", inner),
        ("z/Connections.csv", HEAD + GOOD),
    )
    assert [row.first_name for row in read(data, "a.zip") if isinstance(row, Entry)] == ["Ada"]


def test_letters_that_also_begin_a_program_may_begin_a_heading() -> None:
    rows = read(b"MZ,First Name,Last Name,Company\n1,Ada,Winter,Reed\n", "a.csv")
    assert rows == [Entry(line=2, first_name="Ada", last_name="Winter", company="Reed")]


def test_a_2_1_card_keeps_the_space_at_which_it_was_folded() -> None:
    rows = read(
        b"BEGIN:VCARD\nVERSION:2.1\nN:Winter;Ada\nTITLE:Site\n Engineer\nEND:VCARD\n", "a.vcf"
    )
    assert rows == [Entry(line=1, first_name="Ada", last_name="Winter", position="Site Engineer")]
