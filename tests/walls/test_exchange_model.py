"""The whole exchange as a model: three firms, every page pressed in any order, and who sees what.

People join, post, bring contacts, ask for doors, answer, are shown to each other, report, decide,
appeal, leave and are erased, all through pages and mails. Whatever the order: nobody is shown to
anybody before everybody agreed, no answer holds a word of another firm, and each act that needs an
entry in the trail has it. `EXCHANGE_RUNS` and `EXCHANGE_STEPS` make it longer.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from urllib.parse import urlsplit

import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.board.models import Ask, Target
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.introductions.models import Introduction, Round
from coachhub.moderation.models import Appeal, Case, Decision, Report
from coachhub.privacy.jobs import ERASE_DUE
from coachhub.privacy.wishes import GRACE
from walls.exchange_books import SECRET, House, secret_word
from walls.exchange_pages import FIRMS, POSTS, Pressing
from walls.world import Who

RUNS = int(os.environ.get("EXCHANGE_RUNS", "4"))
STEPS = int(os.environ.get("EXCHANGE_STEPS", "60"))
ENOUGH = 60  # runs, to have been everywhere
PICK = st.integers(min_value=0, max_value=9999)
FIRM = st.sampled_from([0, 0, 0, 0, 1, 2])  # much in one, or little would come of it
PAGES = ("/", "{c}/board", "{c}/people", "{c}/mine", "/introductions", "/contacts", "/my-texts",
         "/console/people", "/console/cases/", "{c}/rounds/", "{c}/introductions", "/your-data",
         "{c}/rounds/matches", "{c}/rounds/mine", "/console/audit/", "/companies/",
         "/digest/preview", "/console/mails/", "{c}/")  # fmt: skip
PASSWORD = "four kettles sing at dawn"
EVERYWHERE = {
    "invited", "joined", "brought", "asked for a door", "helped", "round", "released", "reported",
    "giver said yes", "receiver said yes", "outsider said yes", "giver said no", "decided none",
    "decided removed", "appealed", "appeal answered", "put back", "left", "erased", "knocked",
    "shown: address", "shown: contact", "shown: name",
    "shown: own text that was taken down",
}  # fmt: skip


class Exchange(Pressing):
    """What people do, in any order."""

    @initialize()
    def begin(self) -> None:
        self.open_doors()
        for house in self.houses:
            # Something to begin with: a wish on one side, and who can open that door on the other.
            one, other = house.side.member, house.side.other
            self.post_as(house, one, "target", 0)
            self.bring_as(house, other, 0)
            self.post_as(house, other, "ask", 1)
            self.post_as(house, one, "offer", 1)

    @rule(firm=FIRM)
    def join(self, firm: int) -> None:
        house = self.houses[firm]
        if len(house.people) - len(house.gone) > 3:
            return
        address, name = f"{uuid7().hex}@example.org", secret_word("named")
        people = f"{house.path}/console/people"
        if not self.press(
            house, house.side.admin, people, email=address, name=f"{name} {house.mark}",
            role="member", cohort=house.side.cohort.slug, roster="",
        ):  # fmt: skip
            return
        self.did(house, "invited", "member.invited")
        with scope(house.firm.id):
            raw = next(
                "\n".join(self.books.texts_of(one))
                for one in self.books.waiting(house)
                if one.to_address == address
            )
        path = urlsplit(re.search(r"http://\S+/join/\S+", raw).group()).path  # type: ignore[union-attr]
        if not self.press(house, None, path, name=f"{name} {house.mark}", password=PASSWORD):
            return
        self.did(house, "joined", "member.joined")
        made = self.rows(house, Membership)[-1]
        house.people[made.id], house.names[name] = address, made.id

    @rule(firm=FIRM, pick=PICK, kind=st.sampled_from(sorted(POSTS)), company=st.integers(0, 1))
    def post(self, firm: int, pick: int, kind: str, company: int) -> None:
        house = self.houses[firm]
        who = self.somebody(house, pick)
        if who is not None:
            self.post_as(house, who, kind, company)

    def post_as(self, house: House, who: Who, kind: str, company: int) -> None:
        word = secret_word("posting")
        given = {"company": self.company(house, company), "topics": "", "field": "", "learn": ""}
        given |= {"body": f"Fifteen minutes of a call about it, {house.mark}."}
        given |= (
            {"roles": word}
            if kind == "target"
            else {"title": f"An hour on a call about {word}, at {house.mark}"}
        )
        given |= {"kind": "skill"} if kind in {"ask", "offer"} else {}
        query = "?kind=skill" if kind == "offer" else ""
        if self.press(house, who, f"{house.board}/new/{kind}{query}", **given):
            house.posts[word] = who.id
            self.did(house, "posted")

    @rule(firm=FIRM, pick=PICK, company=st.integers(0, 1))
    def bring(self, firm: int, pick: int, company: int) -> None:
        house = self.houses[firm]
        who = self.somebody(house, pick)
        if who is not None:
            self.bring_as(house, who, company)

    def bring_as(self, house: House, who: Who, company: int) -> None:
        secret = secret_word("geheim")
        house.contacts[secret] = who.id
        if self.press(
            house, who, f"{house.path}/contacts/new", last_name=secret, strength="3",
            company=self.company(house, company), email=f"{secret}@example.org",
            first_name="", worked_together="y", note="", position="", url="", connected_on="",
        ):  # fmt: skip
            self.did(house, "brought")

    @rule(firm=FIRM, pick=PICK)
    def ask_for_door(self, firm: int, pick: int) -> None:
        house = self.houses[firm]
        targets = [row for row in self.rows(house, Target) if row.owner_id not in house.gone]
        if targets:
            row = targets[pick % len(targets)]
            who = self.who(house, row.owner_id)
            if self.press(house, who, f"{house.path}/doors/{row.id}/ask"):
                self.asked(house, "asked for a door", "receiver")

    @rule(firm=FIRM, pick=PICK)
    def offer_help(self, firm: int, pick: int) -> None:
        house = self.houses[firm]
        kind = ("ask", "target", "lead")[pick % 3]
        found = self.rows(house, POSTS[kind])
        who = self.somebody(house, pick // 7)
        if found and who is not None:
            row = found[pick % len(found)]
            if self.press(house, who, f"{house.path}/help/{kind}/{row.id}"):
                # A lead is its owner's to give: whoever presses there is who wants it.
                self.asked(house, "helped", "receiver" if kind == "lead" else "giver")

    def asked(self, house: House, what: str, side: str) -> None:
        """Whoever begins an introduction has agreed to it."""
        self.did(house, what)
        row = self.books.introductions(house)[-1]
        house.yes.setdefault(row.id, set()).add(side)

    @rule(firm=FIRM, at_once=st.booleans())
    def run_round(self, firm: int, at_once: bool) -> None:
        house = self.houses[firm]
        coach, rounds = house.side.coach, f"{house.board}/rounds/"
        if not self.press(house, coach, rounds):
            return
        self.did(house, "round", "round.made")
        made = self.rows(house, Round)[-1]
        self.read(house, coach, f"{rounds}{made.id}")
        release = f"{rounds}{made.id}/release"
        if self.press(house, coach, release, at_once="y" if at_once else ""):
            self.did(house, "released", "round.released")

    @rule(firm=FIRM, pick=PICK, word=st.sampled_from(["yes", "yes", "yes", "yes", "later", "no"]))
    def answer(self, firm: int, pick: int, word: str) -> None:
        self.answer_one(self.houses[firm], pick, word)

    @rule(firm=FIRM, pick=PICK)
    def all_agree(self, firm: int, pick: int) -> None:
        for _side in range(3):
            self.answer_one(self.houses[firm], pick, "yes")

    def answer_one(self, house: House, pick: int, word: str) -> None:
        open_ = [row for row in self.books.introductions(house) if row.state.endswith("_asked")]
        if not open_:
            return
        row = open_[pick % len(open_)]
        side = row.state.removesuffix("_asked")
        for one in {row.giver_id, row.receiver_id} - house.gone:
            self.read(house, self.who(house, one), f"{house.path}/introductions")
        if side == "outsider":
            who, path = None, self.hello(house, row)
        else:
            who = self.who(house, getattr(row, f"{side}_id"))
            path = f"{house.path}/introductions/{row.id}"
        if path and self.press(house, who, path, f"/{word}"):
            self.did(house, f"{side} said {word}")
            if word == "yes":
                house.yes.setdefault(row.id, set()).add(side)

    def hello(self, house: House, row: Introduction) -> str:
        """Return the address in the mail to the contact; nothing if the giver asks in person."""
        for mail in reversed(self.books.waiting(house)):
            if mail.introduction_id == row.id and SECRET.match(mail.to_address):
                found = re.search(r"http://\S+/hello/\S+", "\n".join(self.books.texts_of(mail)))
                if found:
                    return urlsplit(found.group()).path
        return ""

    @rule(firm=FIRM, pick=PICK)
    def report(self, firm: int, pick: int) -> None:
        house = self.houses[firm]
        kind = sorted(POSTS)[pick % 4]
        found = self.rows(house, POSTS[kind])
        who = self.somebody(house, pick // 5)
        if found and who is not None:
            row, before = found[pick % len(found)], len(self.rows(house, Report))
            if self.press(house, who, f"{house.path}/report/{kind}/{row.id}", reason="scam"):
                # The same person's second report of the same text changes nothing.
                new = len(self.rows(house, Report)) > before
                self.did(house, "reported", *["case.reported"] * new)

    @rule(firm=FIRM, pick=PICK, verdict=st.sampled_from(["none", "removed", "removed"]))
    def decide(self, firm: int, pick: int, verdict: str) -> None:
        house = self.houses[firm]
        cases = self.rows(house, Case, Case.state.in_(("open", "claimed")))
        if not cases:
            return
        case = cases[pick % len(cases)]
        there = self.post_with(house, case.target_id)
        if self.press(
            house, house.side.coach, f"{house.path}/console/cases/{case.id}", verdict=verdict,
            rule="scam", message=f"Please read the rules {house.mark}", penalty="", strike="",
            twin="", then="",
        ):  # fmt: skip
            self.did(house, f"decided {verdict}", "case.decided")
            words = self.words_of(there)
            house.hidden = house.hidden | words if verdict == "removed" else house.hidden - words

    @rule(firm=FIRM, pick=PICK)
    def appeal(self, firm: int, pick: int) -> None:
        house = self.houses[firm]
        appeals = self.rows(house, Appeal, Appeal.outcome == "")
        if appeals:
            one = appeals[pick % len(appeals)]
            path, appeal_id = f"{house.path}/console/cases/{one.case_id}", one.id
            if self.press(house, house.side.admin, path, "/appeal"):
                self.did(house, "appeal answered", "case.closed")
                [answered] = self.rows(house, Appeal, Appeal.id == appeal_id)
                if answered.outcome != "upheld":
                    [case] = self.rows(house, Case, Case.id == answered.case_id)
                    house.hidden -= self.words_of(self.post_with(house, case.target_id))
                    self.reached["put back"] += 1
            return
        decided = self.rows(house, Decision, Decision.effect == "removed")
        for decision in decided[pick % len(decided) :] if decided else []:
            case = self.rows(house, Case, Case.id == decision.case_id)[0]
            if case.author_id in set(house.people) - house.gone:
                who = self.who(house, case.author_id)
                if self.press(house, who, f"{house.path}/my-texts/{decision.id}"):
                    self.did(house, "appealed", "case.appealed")
                return

    @rule(firm=FIRM, pick=PICK, sure=st.integers(0, 5))
    def leave(self, firm: int, pick: int, sure: int) -> None:
        house = self.houses[firm]
        who = self.somebody(house, pick)
        if who is None or sure or len(house.people) - len(house.gone) < 3:
            return
        path = f"{house.path}/console/people/{who.id}"
        if self.press(house, house.side.admin, path, "/remove"):
            house.gone.add(who.id)
            self.did(house, "left", "member.left")

    @rule(firm=FIRM, pick=PICK, by_admin=st.booleans(), sure=st.integers(0, 5))
    def erase(self, firm: int, pick: int, by_admin: bool, sure: int) -> None:
        house = self.houses[firm]
        who = self.somebody(house, pick)
        if who is None or sure or len(house.people) - len(house.gone) < 3:
            return
        with scope(house.firm.id):
            name = self.session.get_one(Membership, (house.firm.id, who.id)).name
        if by_admin:
            asked = self.press(
                house, house.side.admin, f"{house.path}/console/people/{who.id}/erase", name=name
            )
        else:
            asked = self.press(house, who, f"{house.path}/your-data/erase", name=name)
        if not asked:
            return
        with time_machine.travel(now() + 2 * GRACE):
            ERASE_DUE.run(house.firm.id)
        self.work()
        house.gone.add(who.id)
        self.did(house, "erased", "member.erasure_asked", "member.erased")

    @rule(firm=FIRM, pick=PICK, role=st.sampled_from(["member", "other", "coach", "admin"]))
    def look_around(self, firm: int, pick: int, role: str) -> None:
        house = self.houses[firm]
        who = getattr(house.side, role)
        path = PAGES[pick % len(PAGES)]
        there = path.replace("{c}", house.board) if "{c}" in path else house.path + path
        if who.id not in house.gone:
            self.read(house, who, there)

    @rule(firm=FIRM, pick=PICK, role=st.sampled_from(["member", "coach", "admin"]))
    def knock_elsewhere(self, firm: int, pick: int, role: str) -> None:
        """An address of another firm, and one's own address with an id from there."""
        house, other = self.houses[firm], self.houses[(firm + 1) % FIRMS]
        who = getattr(house.side, role)
        if who.id in house.gone:
            return
        path = PAGES[pick % len(PAGES)]
        there = path.replace("{c}", other.board) if "{c}" in path else other.path + path
        assert self.read(house, who, there).status_code in {403, 404}
        strange = [(f"{house.path}/introductions/{{}}", Introduction)]
        strange += [(f"{house.path}/console/cases/{{}}", Case)]
        strange += [(f"{house.path}/help/ask/{{}}", Ask), (f"{house.board}/rounds/{{}}", Round)]
        for address, table in strange:
            for row in self.rows(other, table)[-1:]:
                answer = self.read(house, who, address.format(row.id))
                assert answer.status_code in {403, 404}
                self.reached["knocked"] += 1

    @invariant()
    def nothing_leaks(self) -> None:
        for house in self.houses:
            self.books.mails(house)

    def teardown(self) -> None:
        for house in getattr(self, "houses", []):
            self.books.mails(house)
            self.books.trail(house)
        if hasattr(self, "books"):
            self.reached.update(f"shown: {one}" for one in self.books.shown)
            self.reached["read"] += self.books.read


def test_the_whole_exchange(app: Flask, session: Session) -> None:
    Exchange.app, Exchange.session, Exchange.reached = app, session, Counter()
    run_state_machine_as_test(
        Exchange,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # each step is pages and jobs: to shrink would take hours
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Exchange.reached["posted"] > RUNS
    assert Exchange.reached["read"] > 100
    if RUNS >= ENOUGH:
        print(sorted(Exchange.reached.items()))  # noqa: T201 - a long run tells where it has been
        assert Exchange.reached.keys() >= EVERYWHERE
