"""PATCH as the directories there are send it, and filters as they write them."""

from typing import Any

import pytest

from coachhub.api.scim.errors import ScimError
from coachhub.api.scim.filters import Both, Compare, Either, Not, holds, read
from coachhub.api.scim.patching import patched
from coachhub.api.scim.schemas import GROUP_SHAPE, PERSON_SHAPE

MIA: dict[str, Any] = {
    "userName": "mia@example.com",
    "active": True,
    "name": {"givenName": "Mia", "familyName": "Moor"},
    "emails": [{"value": "mia@example.com", "type": "work", "primary": True}],
}
URN = "urn:ietf:params:scim:schemas:core:2.0:User"
EXTRA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def after(*operations: dict[str, Any]) -> dict[str, Any]:
    return patched(MIA, {"Operations": list(operations)}, PERSON_SHAPE)


def test_okta_leaves_the_path_out() -> None:
    found = after({"op": "replace", "value": {"active": False, "id": "1"}})
    assert found == {**MIA, "active": False}
    assert MIA["active"] is True


def test_entra_writes_words_with_capitals_and_dotted_names() -> None:
    found = after(
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Add", "value": {"name.givenName": "Maria", "displayName": "Maria M"}},
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "maria@example.com"},
        {"op": "Add", "path": 'emails[type eq "home"].value', "value": "m@example.org"},
        {"op": "Add", "path": f"{EXTRA}:department", "value": "Sales"},
        {"op": "Add", "path": "title", "value": "Boss"},
    )
    assert found["active"] == "False"
    assert found["name"] == {"givenName": "Maria", "familyName": "Moor"}
    assert [one["value"] for one in found["emails"]] == ["maria@example.com", "m@example.org"]
    assert set(found) == {*MIA, "displayName"}


def test_names_are_read_in_any_case_and_with_their_schema() -> None:
    found = after(
        {"op": "replace", "path": f"{URN}:username", "value": "m"},
        {"op": "replace", "path": "NAME.FAMILYNAME", "value": "Muir"},
    )
    assert found["userName"] == "m"
    assert found["name"] == {"givenName": "Mia", "familyName": "Muir"}


def test_a_new_primary_entry_takes_the_place_of_the_old_one() -> None:
    new = {"value": "new@example.com", "primary": True}
    found = after({"op": "add", "path": "emails", "value": [new]})
    assert [one["primary"] for one in found["emails"]] == [False, True]
    assert after({"op": "replace", "path": "emails", "value": [new]})["emails"] == [new]


def test_parts_and_entries_are_removed() -> None:
    assert after({"op": "remove", "path": "name.givenName"})["name"] == {"familyName": "Moor"}
    assert "name" not in after({"op": "remove", "path": "name"})
    assert after({"op": "remove", "path": 'emails[type eq "work"]'})["emails"] == []
    assert after({"op": "remove", "path": 'emails[type eq "home"]'})["emails"] == MIA["emails"]
    assert after({"op": "replace", "path": "displayName", "value": None}) == MIA


def test_members_of_a_group_come_and_go_in_every_way_there_is() -> None:
    group = {"displayName": "G", "members": [{"value": "1"}, {"value": "2"}]}

    def ids(*operations: dict[str, Any]) -> list[str]:
        found = patched(group, {"Operations": list(operations)}, GROUP_SHAPE)
        return [one["value"] for one in found.get("members", [])]

    assert ids({"op": "add", "path": "members", "value": [{"value": "3"}, {"value": "1"}]}) == [
        "1",
        "2",
        "3",
    ]
    assert ids({"op": "remove", "path": 'members[value eq "1"]'}) == ["2"]
    assert ids({"op": "Remove", "path": "members", "value": [{"value": "2"}]}) == ["1"]
    assert ids({"op": "remove", "path": "members"}) == []
    assert ids({"op": "replace", "path": "members", "value": [{"value": "9"}]}) == ["9"]
    assert ids({"op": "add", "value": {"members": [{"value": "4"}]}}) == ["1", "2", "4"]


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ({"op": "move", "path": "active"}, "invalidSyntax"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "add", "value": 7}, "invalidValue"),
        ({"op": "add", "path": 7, "value": 1}, "invalidPath"),
        ({"op": "add", "path": "a[b", "value": 1}, "invalidPath"),
        ({"op": "replace", "path": "id", "value": "7"}, "mutability"),
        ({"op": "replace", "path": "meta.created", "value": "7"}, "mutability"),
        ({"op": "replace", "path": 'emails[type co "x"].value', "value": "7"}, "noTarget"),
        ({"op": "add", "path": "emails", "value": ["a@example.com"]}, "invalidValue"),
        ({"op": "add", "path": "name", "value": "Mia"}, "invalidValue"),
        ({"op": "add", "path": "active.deep", "value": 1}, "invalidPath"),
        ({"op": "add", "path": 'emails[type eq "x"', "value": 1}, "invalidPath"),
        ({"op": "add", "path": "emails[type is 1].value", "value": 1}, "invalidFilter"),
    ],
)
def test_what_cannot_be_done_is_told_in_the_standards_words(
    operation: dict[str, Any], kind: str
) -> None:
    with pytest.raises(ScimError) as found:
        after(operation)
    assert found.value.kind == kind


@pytest.mark.parametrize("body", [{}, {"Operations": []}, {"Operations": "x"}, {"Operations": [1]}])
def test_without_operations_nothing_is_done(body: dict[str, Any]) -> None:
    with pytest.raises(ScimError):
        patched(MIA, body, PERSON_SHAPE)


def test_filters_bind_as_the_standard_says() -> None:
    a, b, c = (Compare(name, "pr") for name in "abc")
    assert read("a pr and b pr or c pr") == Either(Both(a, b), c)
    assert read("a pr or b pr and c pr") == Either(a, Both(b, c))
    assert read("(a pr or b pr) and not (c pr)") == Both(Either(a, b), Not(c))
    assert read('emails[type eq "work" and value co "@"]') == Both(
        Compare("emails.type", "eq", "work"), Compare("emails.value", "co", "@")
    )
    assert read(f'{URN}:userName EQ "A \\"b\\""') == Compare("username", "eq", 'A "b"')
    assert read("active eq True") == Compare("active", "eq", value=True)


@pytest.mark.parametrize(
    "text",
    ["userName", 'userName is "x"', "userName eq", "userName eq x", "(a pr", "a pr)", "and", '"',
     "not", "a pr b pr", "(" * 30 + "a pr" + ")" * 30, 'a eq "x' + "x" * 3000 + '"'],
)  # fmt: skip
def test_what_is_no_filter_is_told(text: str) -> None:
    with pytest.raises(ScimError) as found:
        read(text)
    assert found.value.kind == "invalidFilter"


def test_a_filter_holds_for_one_entry() -> None:
    mail = {"value": "mia@example.com", "type": "Work", "primary": True}
    for text in ('type eq "work"', 'value sw "MIA"', 'value ew ".com"', "primary eq true",
                 'not (type eq "home")', 'type ne "home" and primary eq "True"', "value pr",
                 'display eq "" or value gt "a"'):  # fmt: skip
        assert holds(read(text), mail), text
    for text in ('type eq "home"', "primary eq false", "display pr", 'value lt "a"'):
        assert not holds(read(text), mail), text
