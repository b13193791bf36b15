"""Mail: a thousand races between taking permission back and sending; what leaks is counted.

Run from the checkout: `nice -n 10 python tests/bench/bench_mail_race.py [--trials 1000]`.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_mail import database

from coachhub.core.embedded import Cluster
from mail.race import race


def main() -> None:
    """Run the trials and print what left."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--trials", type=int, default=1000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        cluster = Cluster(folder / "pg", {"max_connections": "60", "log_min_messages": "fatal"})
        cluster.start(tied=True)
        try:
            found = race(database(cluster, "race"), folder, given.trials)
        finally:
            cluster.stop()
    told = {
        "trials": given.trials,
        "sent": dict(found.sent),
        "withheld": dict(found.withheld),
        "leaked": len(found.leaked),
        "longest from the last look to the content, in seconds": round(found.longest, 3),
    }
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
    if found.leaked:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
