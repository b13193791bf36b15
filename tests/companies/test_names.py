"""The normaliser: what is one key, what stays apart, what is no company."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachhub.companies.names import company_key, is_company, parse


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Braunfels Tooling GmbH & Co. KG", "braunfels tooling"),
        ("Zemtrova S.p.A.", "ZEMTROVA"),
        ("Zemtrova Sp. z o.o.", "Zemtrova"),
        ("The Quillivant Corporation", "Quillivant Corp."),
        ("Hartford (The)", "Hartford"),
        ("Ostergren Inc /DE/", "Ostergren"),
        ("Ostergren PLC American Depositary Shares", "Ostergren plc"),
        ("Marks & Spencer", "Marks and Spencer"),
        ("J.P. Morgan", "JP Morgan"),
        ("Société Générale S.A.", "Societe Generale"),
        ("ООО «Вектор»", "Vektor LLC"),
        ("PT Astra International", "Astra International Tbk"),
        ("Ostergren Holdings Inc Ostergren Holdings Inc", "Ostergren Holdings"),
        ("Ostergren Inc. Class A", "Ostergren"),
    ],
)
def test_ways_of_writing_one_name_share_a_key(one: str, two: str) -> None:
    assert company_key(one) == company_key(two) != ""


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Loops", "Loop"),
        ("Target (Australia)", "Target"),
        ("Quillivant.ai", "Quillivant"),
        ("Quillivant.io", "Quillivant"),
        ("The Flex Company", "Flex Ltd"),
        ("Max & Co", "Max"),
        ("Tetra Tech", "Tetra Technologies"),
        ("Comcast Holdings", "Comcast"),
    ],
)
def test_different_names_keep_different_keys(one: str, two: str) -> None:
    assert company_key(one) != company_key(two)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "-",
        "N/A",
        "n.a.",
        "Self-Employed",
        "self employed - consultant",
        "Stealth Mode Startup",
        "student",
        "Freelance Designer",
        "Currently seeking new opportunities",
        "Selbstständig",
        "Freiberuflich",
        "Étudiant",
        "à la recherche d'un emploi",
        "Autónomo",
        "Libero professionista",
        "Zelfstandig ondernemer",
    ],
)
def test_what_names_no_company_has_no_key(text: str) -> None:
    assert not is_company(text)
    assert company_key(text) == ""


@pytest.mark.parametrize(
    "text", ["Stealth BioTherapeutics", "Student Loans Co", "SAS", "3", "Co-op"]
)
def test_companies_with_such_words_are_companies(text: str) -> None:
    assert is_company(text)
    assert company_key(text)


def test_a_second_name_in_the_text_is_seen() -> None:
    assert parse("Orvanta (formerly Blixtal)").former == frozenset({"blixtal"})
    assert parse("Orvanta (Orv Group AG)").others
    assert parse("Orvanta (Austria)").place == "austria"


@given(st.text(max_size=80))
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    key = company_key(text)
    assert key == company_key(text)
    assert is_company(text) or key == ""
    assert " " not in key
    parse(text)


@given(st.text(alphabet="abcdefg &.,-()/", max_size=40))
def test_case_never_changes_a_key(text: str) -> None:
    assert company_key(text) == company_key(text.upper())


def test_importing_the_room_reads_no_data_and_no_numpy() -> None:
    code = (
        "import sys, coachhub.companies.resolve, coachhub.companies.domains\n"
        "from coachhub.companies import catalogue, scoring, words\n"
        "assert 'numpy' not in sys.modules\n"
        "assert catalogue.entries.cache_info().currsize == 0\n"
        "assert scoring.scorer.cache_info().currsize == 0\n"
        "assert words.common_words.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 -- our own interpreter
