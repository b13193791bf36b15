"""Mail: what is lost and what comes twice when workers are killed, and how much goes through.

10,000 mails, half of them digests and half introductions, are delivered by two workers while one
of them is killed at random moments, 200 times or more: once over a mail server that can be asked
by Message-ID, once over plain SMTP. The mail server has each mail on disk before it says 250.
Then 500 members of a firm are all due a digest, which two workers write and hand over; the peer is
a bare `smtplib` loop that sends the same bytes to the same server over one connection. That server
is the one of the tests, which only takes mails, and Postfix too where it can be run (as root, with
Debian's package).

Run from the checkout: `nice -n 10 python tests/bench/bench_mail.py [--mails 10000] [--kills 200]`;
`--members 0` or `--mails 0` leaves one of the two out.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

import local_mta
from local_mta import Postfix
from mail_throughput import bare_loop, prepared, two_workers

from coachhub.core import schema
from coachhub.core.embedded import Cluster
from fixtures_database import DatabaseUrls
from mail.crash import Relay, Trial, killing


def database(cluster: Cluster, name: str) -> DatabaseUrls:
    """Return a fresh database with every table."""
    cluster.create_database(name)
    urls = DatabaseUrls(
        name, cluster.url("coachhub_owner", name), cluster.url("coachhub_app", name)
    )
    schema.upgrade(schema.config(urls.owner, urls.app, schema.plugin_folders()))
    return urls


def crashes(urls: DatabaseUrls, folder: Path, mails: int, kills: int, *, askable: bool) -> dict:
    """Deliver under fire; count what was lost, what came twice, and what is parked."""
    relay = Relay(folder / f"taken-{askable}.log", linger=0.004)
    relay.start()
    try:
        trial = Trial.begin(urls, relay, askable=askable)
        trial.post(mails, "digest", "introduced")
        begun = time.monotonic()
        done = killing(trial, workers=2, kills=kills, mails=mails, seed=4)
        seconds = time.monotonic() - begun
        taken = relay.taken()
    finally:
        relay.stop()
    states, copies = trial.states(), Counter(name for name, _ in taken)
    parked = states[("introduced", "in_doubt")]
    explained = {state for _, state in states} <= {"sent", "in_doubt"}
    return {
        "relay": "askable" if askable else "plain SMTP",
        "mails": mails,
        "kills": done,
        "seconds": round(seconds, 1),
        "states": {f"{kind} {state}": number for (kind, state), number in sorted(states.items())},
        "every mail sent or parked": explained and sum(states.values()) == mails,
        "lost (said to be sent, never arrived)": len(trial.names("sent") - set(copies)),
        "parked and visible": parked,
        "came twice": sum(number > 1 for number in copies.values()),
        "copies": len(taken) - len(copies),
        "copies that differ by a byte": len(set(taken)) - len(copies),
        "introductions that came twice": sum(
            number > 1 for name, number in copies.items() if "introduced" in name
        ),
    }


def throughput(urls: DatabaseUrls, server: Relay | Postfix, members: int) -> dict:
    """Write and hand over a digest for each member, then send the same bytes without us."""
    server.start()
    try:
        trial = prepared(urls, server, members)
        ours = members / two_workers(trial, members)
        bare = members / bare_loop(trial)
    finally:
        server.stop()
    return {
        "mail server": type(server).__name__,
        "members": members,
        "digests written and handed over by two workers, a second": round(ours, 1),
        "the same bytes by a bare smtplib loop, a second": round(bare, 1),
        "ratio": round(ours / bare, 3),
    }


def told(found: dict) -> None:
    """Print some figures."""
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run all and print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mails", type=int, default=10_000)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--members", type=int, default=500)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        cluster = Cluster(folder / "pg", {"max_connections": "60", "log_min_messages": "fatal"})
        cluster.start(tied=True)
        try:
            for number, askable in enumerate((True, False) if given.mails else ()):
                urls = database(cluster, f"bench{number}")
                told(crashes(urls, folder, given.mails, given.kills, askable=askable))
            servers: list[Relay | Postfix] = [Relay(folder / "throughput.log")]
            if local_mta.is_here():
                servers.append(Postfix(folder / "postfix"))
            for number, server in enumerate(servers if given.members else ()):
                told(throughput(database(cluster, f"through{number}"), server, given.members))
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
