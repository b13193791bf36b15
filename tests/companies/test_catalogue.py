"""The catalogue is whole: columns, domains, guards, and no name for two companies."""

import csv
from collections import defaultdict

from publicsuffixlist import PublicSuffixList

from coachhub.companies import catalogue
from coachhub.companies.domains import company_domain, entry_for, free_mail, same_company
from coachhub.companies.names import company_key
from coachhub.companies.words import common_words

LEAST_ENTRIES = 1500


def test_the_file_has_its_columns_and_enough_rows() -> None:
    with catalogue.PATH.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        assert tuple(next(reader)) == catalogue.COLUMNS
        rows = list(reader)
    assert all(len(row) == len(catalogue.COLUMNS) for row in rows)
    assert all(cell == cell.strip() for row in rows for cell in row)
    assert len(rows) >= LEAST_ENTRIES


def test_every_name_names_a_company_and_no_entry_comes_twice() -> None:
    keys = [company_key(entry.name) for entry in catalogue.entries()]
    assert all(keys)
    assert len(keys) == len(set(keys))


def test_no_name_points_to_two_entries_unguarded() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in catalogue.entries():
        guarded = {company_key(name) for name in entry.guard}
        for name in (entry.name, *entry.aliases, *entry.former, *entry.acronyms):
            key = company_key(name)
            if key not in guarded or name == entry.name:
                owners[key].add(entry.name)
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def test_everyday_words_are_guarded_unless_they_are_the_name_itself() -> None:
    for entry in catalogue.entries():
        guarded = {company_key(name) for name in entry.guard}
        for name in (*entry.aliases, *entry.former, *entry.acronyms):
            key = company_key(name)
            if key in common_words():
                assert key in guarded, (entry.name, name)


def test_a_guard_is_a_name_of_its_entry() -> None:
    for entry in catalogue.entries():
        own = {
            company_key(name)
            for name in (
                entry.name,
                *entry.aliases,
                *entry.former,
                *entry.brands,
                *entry.acronyms,
            )
        }
        assert {company_key(name) for name in entry.guard} <= own, entry.name


def test_domains_are_registrable_and_belong_to_one_entry() -> None:
    suffixes = PublicSuffixList()
    seen: set[str] = set()
    for entry in catalogue.entries():
        if entry.domain:
            assert suffixes.privatesuffix(entry.domain), entry
            assert entry.domain not in seen, entry
            seen.add(entry.domain)


def test_names_point_where_they_should() -> None:
    def named(text: str) -> str | None:
        entry = catalogue.identify(text)
        return entry.name if entry else None

    assert named("Facebook") == "Meta Platforms"
    assert named("Huawei Deutschland GmbH") == "Huawei"
    assert named("P&G") == "Procter & Gamble"
    assert named("Cardinal") is None
    assert named("Zorvane Brindlewix") is None


def test_a_mail_domain_is_the_companys_own_or_nobodys() -> None:
    assert company_domain("a.person@mail.eu.example.co.uk") == "example.co.uk"
    assert company_domain("https://www.example.com/jobs?x=1") == "example.com"
    for address in ("x@gmail.com", "x@yahoo.co.jp", "x@co.uk", "nonsense", "", "x@127.0.0.1"):
        assert company_domain(address) == "", address
    assert same_company("x@jobs.example.com", "www.example.com")
    assert not same_company("x@gmail.com", "gmail.com")
    entry = entry_for("someone@uk.ibm.com")
    assert entry is not None
    assert entry.name == "IBM"


def test_free_mail_domains_are_registrable() -> None:
    suffixes = PublicSuffixList()
    assert all(suffixes.publicsuffix(domain) for domain in free_mail())
