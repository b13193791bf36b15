"""Import: what bringing an address book costs.

Reading alone is held against the bare `csv.reader`; the whole import with its search for
companies against a COPY of the contacts that come of it, into a bare table and into one with
their indexes. Figures are CPU seconds, PostgreSQL's included.
Run from the checkout: `nice -n 5 python tests/bench/bench_import.py [--rows 30000] [--json]`.
Every figure is the median of several runs in one process.
"""

import argparse
import csv
import io
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import import_database

from coachhub.contacts.formats import Entry, open_address_book

HEAD = ["First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"]
FIRST = ["Ada", "Bo", "Chi", "Eli", "Fay", "Gus", "Jörg", "Kai", "Léa", "Mia", "Noè", "Zoë"]
LAST = ["Winter", "Lind", "Okafor", "Moss", "Snow", "Groß", "Lefèvre", "Peña", "Neri", "Vale"]
COMPANY = ["Reed", "Moss & Co.", "Northlight, Energy", "Grün GmbH", "Luz del Norte", "Roux SA", ""]
POSITION = ["Buyer", "Site Engineer", "Head of Sales, North", "Analyst", "Nurse", ""]


def linkedin(rows: int, form: str, companies: list[str] = COMPANY) -> bytes:
    """A made-up Connections.csv with that many rows and dates of that form."""
    chance = random.Random(4)  # noqa: S311 made-up people, no secret
    out = io.StringIO()
    out.write('Notes:\n"Some mail addresses are missing."\n\n')
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    for number in range(rows):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        day = time.gmtime(1_200_000_000 + chance.randrange(500_000_000))
        mail = f"{first}.{last}.{number}@example.org".lower() if chance.random() < 0.04 else ""
        link = f"https://www.linkedin.com/in/{first}-{last}-{number}".lower()
        company, position = chance.choice(companies), chance.choice(POSITION)
        writer.writerow([first, last, link, mail, company, position, time.strftime(form, day)])
    return out.getvalue().encode()


def vcard(rows: int) -> bytes:
    """That many made-up cards of version 3.0."""
    return "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:{LAST[n % len(LAST)]};{FIRST[n % len(FIRST)]};;;\r\n"
        f"FN:x\r\nORG:Reed {n};\r\nTITLE:Buyer\r\nEMAIL;type=WORK:p{n}@example.org\r\nEND:VCARD\r\n"
        for n in range(rows)
    ).encode()


def bare(data: bytes) -> int:
    """The least that anybody has to do: decode and split into cells."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    return sum(1 for _ in csv.reader(text))


def ours(data: bytes) -> int:
    """Open, recognise, read; count the good rows."""
    book = open_address_book(io.BytesIO(data), "Connections.csv")
    return sum(isinstance(row, Entry) for row in book)


def seconds(work: Callable[[bytes], int], data: bytes, times: int) -> float:
    """The median of so many runs, in CPU seconds."""
    taken = []
    for _ in range(times):
        begin = time.process_time()
        work(data)
        taken.append(time.process_time() - begin)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--imported", type=int, default=20_000, help="rows of the whole import")
    parser.add_argument("--members", type=int, default=50, help="0: leave the crowd out")
    parser.add_argument("--each", type=int, default=3_297, help="contacts of each of them")
    parser.add_argument("--large", type=int, default=99_000, help="rows of one large file")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    files = {
        "LinkedIn, 04 Mar 2024": linkedin(asked.rows, "%d %b %Y"),
        "LinkedIn, 03/04/2024": linkedin(asked.rows, "%m/%d/%Y"),
        "vCard 3.0": vcard(asked.rows),
    }
    for name, data in files.items():
        good = ours(data)
        least = seconds(bare, data, asked.times)
        taken = seconds(ours, data, asked.times)
        told = {
            "file": name,
            "rows": good,
            "megabytes": round(len(data) / 1e6, 2),
            "csv_reader_seconds": round(least, 4),
            "seconds": round(taken, 4),
            "ratio": round(taken / least, 1),
            "rows_per_second": round(good / taken),
        }
        print(json.dumps(told) if asked.json else told)  # noqa: T201 a bench prints
    names = import_database.companies(asked.imported * 3 // 10)
    data = linkedin(asked.imported, "%d %b %Y", [*names, ""])
    told = {"import": asked.imported, "names": len(names)}
    told |= import_database.measure(data, min(asked.times, 3))
    print(json.dumps(told) if asked.json else told)  # noqa: T201 a bench prints
    if not asked.members:
        return
    told = import_database.crowd(
        lambda rows: linkedin(rows, "%d %b %Y", [*names, ""]),
        asked.members,
        asked.each,
        asked.large,
    )
    print(json.dumps(told) if asked.json else told)  # noqa: T201 a bench prints


if __name__ == "__main__":
    main()
