"""A member takes their data with them: all of it, theirs alone, and harmless to open."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from flask.testing import FlaskClient

from coachhub.board.operations import AskDraft, LeadDraft, OfferDraft, TargetDraft
from coachhub.contacts.operations import ContactDraft, add_contact
from coachhub.core import audit
from coachhub.core.cells import harmless
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.privacy import export
from coachhub.privacy.hooks import ExportSection
from fixtures_group import Group

OFFER = OfferDraft(
    kind="skill", title="=Excel sheets read with you, 30 minutes", body="I read your sheet once."
)


@pytest.fixture
def written(group: Group) -> Group:
    """Let Ada and Ben write one of each, with words that only they use."""
    with scope(group.firm.id):
        for name, friend in (("ada", "Winnifred"), ("ben", "Octavian")):
            group.post(name, OFFER)
            group.post(name, TargetDraft(company=f"{friend} Works", learn="how they hire"))
            group.post(name, AskDraft(kind="time", title="Half an hour on shift rotas"))
            group.post(name, LeadDraft(kind="opening", title="Shift lead, dairy", place="Cork"))
            add_contact(group.actor(name), ContactDraft(first_name=friend, company="Shell"))
        group.session.commit()
    return group


def taken(client: FlaskClient, group: Group) -> zipfile.ZipFile:
    answer = client.post(f"/f/{group.firm.slug}/your-data/take-away")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_all_of_it_in_three_forms(written: Group) -> None:
    archive = taken(written.client("ada"), written)
    held = json.loads(archive.read("your-data.json"))
    page = archive.read("your-data.html").decode()
    names = {"account", "profile", "groups", "offers", "asks", "leads", "targets", "contacts"}
    assert names <= held.keys()
    assert {f"{name}.csv" for name in held} | {"your-data.json", "your-data.html"} == set(
        archive.namelist()
    )
    for name in held:
        lines = list(csv.reader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))
        assert len(lines) == 1 + len(held[name]["rows"])
    assert held["contacts"]["rows"][0]["first_name"] == "Winnifred"
    assert held["targets"]["rows"][0]["company"] == "Winnifred Works"
    assert "Winnifred" in page
    assert held["account"]["rows"][0]["email"] in page


def test_nothing_of_anybody_else(written: Group) -> None:
    archive = taken(written.client("ada"), written)
    for name in archive.namelist():
        text = archive.read(name).decode()
        assert "Octavian" not in text
        assert "Ben Liang" not in text


def test_no_cell_is_a_formula(written: Group) -> None:
    archive = taken(written.client("ada"), written)
    lines = list(csv.DictReader(io.StringIO(archive.read("offers.csv").decode("utf-8-sig"))))
    assert lines[0]["title"] == "'=Excel sheets read with you, 30 minutes"
    assert json.loads(archive.read("your-data.json"))["offers"]["rows"][0]["title"] == OFFER.title


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_calculates_is_made_text(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"


def test_it_is_in_the_record(written: Group) -> None:
    taken(written.client("ada"), written)
    with scope(written.firm.id):
        entry = audit.entries(action="member.exported")[0]
        assert (entry.actor_name, entry.subject_id) == ("Ada Osei", written.people["ada"].id)


def test_nobody_takes_somebody_elses(written: Group) -> None:
    with scope(written.firm.id), pytest.raises(NotFoundError):
        export.take_away(written.actor("ida"), written.people["ada"])


def test_the_page_counts_what_is_held(written: Group) -> None:
    page = written.client("ada").get(f"/f/{written.firm.slug}/your-data").text
    assert "Your contacts" in page
    assert "Download your data" in page


def test_every_section_has_a_name_of_its_own(written: Group) -> None:
    with scope(written.firm.id):
        sections = export.sections_of(written.people["ada"])
    names = [one.name for one in sections]
    assert len(names) == len(set(names))
    assert all(isinstance(one, ExportSection) and one.title for one in sections)
