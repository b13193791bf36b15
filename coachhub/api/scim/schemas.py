"""What this server says of itself: what it can do, which things it has and how they look."""

from __future__ import annotations

from typing import Any

from coachhub.api.scim.errors import PREFIX
from coachhub.api.scim.patching import Shape
from coachhub.core.links import on_site

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
MOST = 200  # things in one list

PERSON_SHAPE = Shape(
    single=frozenset({"userName", "externalId", "displayName", "active"}),
    lists=frozenset({"emails"}),
    complex=frozenset({"name"}),
)
GROUP_SHAPE = Shape(
    single=frozenset({"displayName", "externalId"}),
    lists=frozenset({"members"}),
    complex=frozenset(),
)


def location(kind: str, name: str = "") -> str:
    """Return the full address of a thing, as in ``location("Users", id)``."""
    return on_site(f"{PREFIX}/{kind}" + (f"/{name}" if name else ""))


def config() -> dict[str, Any]:
    """Return what the server can do (RFC 7643, 5)."""
    no = {"supported": False}
    return {
        "schemas": [_CONFIG],
        "patch": {"supported": True},
        "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": no,
        "sort": no,
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "A token of the firm's",
                "description": "Made by a firm admin on the page “Other programs”, for scim.",
                "primary": True,
            }
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": location("ServiceProviderConfig"),
        },
    }


def types() -> list[dict[str, Any]]:
    """Return which things there are (RFC 7643, 6)."""
    return [
        _type("User", "Users", USER, "Somebody who is in the firm, or invited"),
        _type("Group", "Groups", GROUP, "A cohort with its members"),
    ]


def schemas() -> list[dict[str, Any]]:
    """Return how they look (RFC 7643, 7)."""
    return [
        _schema(USER, "User", "Somebody who is in the firm, or invited", _user()),
        _schema(GROUP, "Group", "A cohort with its members", _group()),
    ]


def _type(name: str, endpoint: str, schema: str, description: str) -> dict[str, Any]:
    return {
        "schemas": [_TYPE],
        "id": name,
        "name": name,
        "description": description,
        "endpoint": f"/{endpoint}",
        "schema": schema,
        "meta": {"resourceType": "ResourceType", "location": location("ResourceTypes", name)},
    }


def _schema(
    urn: str, name: str, description: str, attributes: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "schemas": [_SCHEMA],
        "id": urn,
        "name": name,
        "description": description,
        "attributes": attributes,
        "meta": {"resourceType": "Schema", "location": location("Schemas", urn)},
    }


def _attribute(name: str, description: str, **more: Any) -> dict[str, Any]:
    found = {
        "name": name,
        "type": "string",
        "multiValued": False,
        "description": description,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    } | more
    if found["type"] in {"boolean", "complex"}:
        del found["caseExact"]
    return found


def _user() -> list[dict[str, Any]]:
    return [
        _attribute(
            "userName",
            "What the directory signs them in by; mostly their mail address",
            required=True,
            uniqueness="server",
        ),
        _attribute(
            "name",
            "The parts of their name",
            type="complex",
            subAttributes=[
                _attribute("formatted", "The whole name"),
                _attribute("givenName", "The first name"),
                _attribute("familyName", "The last name"),
            ],
        ),
        _attribute("displayName", "What they are called in invitations"),
        _attribute(
            "emails",
            "Mail addresses; the primary one, or the first, is invited",
            type="complex",
            multiValued=True,
            required=True,
            subAttributes=[
                _attribute("value", "The address", required=True),
                _attribute("type", "Which one", canonicalValues=["work", "home", "other"]),
                _attribute("primary", "Whether it is the one to write to", type="boolean"),
            ],
        ),
        _attribute("active", "Whether the firm is open to them", type="boolean", required=True),
        _attribute(
            "groups",
            "The cohorts they are in, or will be",
            type="complex",
            multiValued=True,
            mutability="readOnly",
            subAttributes=[
                _attribute("value", "The cohort's id", mutability="readOnly", caseExact=True),
                _reference("Group", "readOnly"),
                _attribute("display", "Its name", mutability="readOnly"),
            ],
        ),
    ]


def _group() -> list[dict[str, Any]]:
    return [
        _attribute("displayName", "The cohort's name", required=True, uniqueness="server"),
        _attribute(
            "members",
            "Who is in the cohort, or will be once they have joined",
            type="complex",
            multiValued=True,
            subAttributes=[
                _attribute("value", "Their id", mutability="immutable", caseExact=True),
                _reference("User", "immutable"),
                _attribute("display", "Their name", mutability="readOnly"),
                _attribute(
                    "type", "What they are", mutability="immutable", canonicalValues=["User"]
                ),
            ],
        ),
    ]


def _reference(to: str, mutability: str) -> dict[str, Any]:
    return _attribute(
        "$ref", "Its address", type="reference", referenceTypes=[to], mutability=mutability,
        caseExact=True,
    )  # fmt: skip
