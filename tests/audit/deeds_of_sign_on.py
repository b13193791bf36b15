"""What a firm's admins do about single sign-on and the roster, and the entry of each deed."""

from __future__ import annotations

from typing import Any

from flask import current_app

from audit.deeds import Deed, inside
from coachhub.core import resolver
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.tenancy import current_firm_id
from coachhub.firms.models import Firm
from coachhub.firms.sso import discovery, domains
from coachhub.firms.sso.models import Identity, Provider
from walls.world import Side

ISSUER = "https://login.example.com"
ACTOR = Actor(label="Test")


class Here:
    """Name servers at which every proof stands."""

    def texts(self, name: str) -> list[str] | None:
        """Return the proof of the domain that is asked for."""
        found = next(one for one in domains.domains() if domains.record_name(one) == name)
        return [domains.record_text(found)]


def known() -> None:
    """Let the provider be known, so that nobody is asked."""
    said = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
    found = discovery.About(ISSUER, said | {"jwks_uri": f"{ISSUER}/keys"})
    kept = current_app.extensions.setdefault("coachhub.sso", {})
    kept[ISSUER] = (float("inf"), found)


def claimed(side: Side) -> dict[str, Any]:
    del side
    current_app.extensions[resolver.KEY] = Here()
    return {"domain_id": domains.claim(ACTOR, "own.example.com").id}


def proven(side: Side) -> dict[str, Any]:
    given = claimed(side)
    domains.prove(ACTOR, domains.find(given["domain_id"]))
    current_app.extensions.pop(resolver.KEY)
    return given


def set_up(side: Side) -> None:
    known()
    proven(side)
    db.session.add(
        Provider(
            issuer=ISSUER, client_id="hub", client_secret="secret", tried={}, tried_at=now()
        )
    )  # fmt: skip


def switched_on(side: Side) -> None:
    set_up(side)
    db.session.get_one(Firm, current_firm_id()).single_sign_on = "offered"


def linked(side: Side) -> None:
    db.session.add(Identity(membership_id=side.other.id, mark="0" * 64))


DEEDS: dict[str, Deed] = {
    "sign_on.provider": Deed(
        "single_sign_on.set",
        {"issuer": ISSUER, "client_id": "hub", "second_factor": "shown"},
        before=inside(set_up),
    ),
    "sign_on.try_it": Deed(
        before=inside(set_up), nothing="They leave for their provider; coming back is the try."
    ),
    "sign_on.switch": Deed("single_sign_on.switched", {"state": "required"}, before=inside(set_up)),
    "sign_on.switch: off": Deed(
        "single_sign_on.switched", {"state": "off"}, before=inside(switched_on)
    ),
    "sign_on.forget": Deed("single_sign_on.forgotten", before=inside(switched_on)),
    "sign_on.claim": Deed("domain.claimed", {"domain": "harbour.example.com"}),
    "sign_on.domain": Deed("domain.proven", before=inside(claimed), choose={"step": "prove"}),
    "sign_on.domain: drop": Deed("domain.dropped", before=inside(proven), choose={"step": "drop"}),
    "sign_on.unlink": Deed("single_sign_on.unlinked", before=inside(linked)),
    "sign_on.roster": Deed("roster_sync.reach_changed", {"trusted": "y"}),
}
