"""What must be true of an installation whatever happened to it; each returns what is not."""

from __future__ import annotations

import email.parser
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path

from proofs.installation import Installation

# Reading one of these twice does no harm; see `mail.delivery`.
MAY_COME_AGAIN = frozenset({"digest", "promise-reminder", "expired-reminder"})

HALVES = {
    "introduced without every yes": """
        SELECT i.id FROM introductions_introduction i WHERE i.introduced_at IS NOT NULL
        AND (SELECT count(*) FROM introductions_consent c WHERE c.introduction_id = i.id
             AND c.firm_id = i.firm_id AND c.answer = 'yes')
            < CASE WHEN i.asset = 'door' THEN 3 ELSE 2 END""",
    "introduced without both mails": """
        SELECT i.id FROM introductions_introduction i WHERE i.introduced_at IS NOT NULL
        AND (SELECT count(*) FROM mail_firm_mail m WHERE m.introduction_id = i.id
             AND m.firm_id = i.firm_id AND m.kind = 'introduced') < 2""",
    "asked without a mail": """
        SELECT i.id FROM introductions_introduction i WHERE i.state = 'giver_asked'
        AND NOT EXISTS (SELECT FROM mail_firm_mail m WHERE m.introduction_id = i.id
             AND m.firm_id = i.firm_id AND m.kind = 'giver-asked')""",
    "released with steps that nobody was asked about": """
        SELECT i.id FROM introductions_introduction i JOIN introductions_round r
        ON r.id = i.round_id AND r.firm_id = i.firm_id
        WHERE r.state = 'released' AND i.state = 'proposed'""",
    "a yes of somebody who was never asked": """
        SELECT c.id FROM introductions_consent c JOIN introductions_introduction i
        ON i.id = c.introduction_id AND i.firm_id = c.firm_id
        WHERE c.answer = 'yes' AND i.state = 'proposed'""",
}


def halves(site: Installation) -> list[str]:
    """Look for introductions and rounds that stopped half-way."""
    return [
        f"{what}: {len(found)}, such as {found[0][0]}"
        for what, query in HALVES.items()
        if (found := site.ask(query))
    ]


def trails(site: Installation) -> list[str]:
    """Check every audit trail, link by link."""
    try:
        site.command("audit", "verify")
    except Exception as error:  # noqa: BLE001 - what it said is told
        return [f"audit: {getattr(error, 'stdout', error)}"]
    return []


def taken(site: Installation) -> Counter[str]:
    """Count what the mail server took, by Message-ID."""
    return Counter(name for _, name in _files(site))


def forget(site: Installation, names: Container[str]) -> None:
    """Take what the mail server took under these Message-IDs out of the mailbox."""
    for file, name in list(_files(site)):
        if name in names:
            file.unlink()


def _files(site: Installation) -> Iterator[tuple[Path, str]]:
    parser = email.parser.BytesHeaderParser()
    for file in Path(site.mails).glob("*.eml"):
        yield file, str(parser.parsebytes(file.read_bytes())["Message-ID"]).strip()


def mails(site: Installation, *, at_rest: bool) -> list[str]:
    """Compare what was sent with what was taken; `at_rest`: nothing may be under way any more."""
    rows = site.ask(
        "SELECT message_id, kind, state, due_at > now() FROM mail_firm_mail"
        " UNION ALL SELECT message_id, kind, state, due_at > now() FROM mail_account_mail"
    )
    there = taken(site)
    wrong = []
    for name, kind, state, later in rows:
        copies = there[name]
        if state == "sent" and copies == 0:
            wrong.append(f"lost: {kind} {name} is sent, but nobody took it")
        if copies > 1 and kind not in MAY_COME_AGAIN:
            wrong.append(f"twice: {kind} {name} was taken {copies} times")
        if at_rest and state in {"waiting", "sending"} and not later:
            wrong.append(f"left: {kind} {name} is still {state}")
        if at_rest and state in {"waiting", "withheld", "failed"} and copies:
            wrong.append(f"untold: {kind} {name} is {state}, but was taken {copies} times")
    unknown = set(there) - {row[0] for row in rows}
    if at_rest and unknown:
        wrong.append(f"unknown: {len(unknown)} mails were taken that no row tells of")
    return wrong


def states(site: Installation) -> dict[str, int]:
    """Count the mails by state."""
    return dict(site.ask("SELECT state, count(*) FROM mail_firm_mail GROUP BY 1"))  # type: ignore[arg-type]


def waiting(site: Installation) -> int:
    """Count the jobs on the queue."""
    return int(site.ask("SELECT count(*) FROM huey_task")[0][0])


def written_down(site: Installation) -> int:
    """Count the jobs that were asked for, should have begun, and have not ended."""
    return int(site.ask("SELECT count(*) FROM jobs_waiting WHERE put_at < now()")[0][0])
