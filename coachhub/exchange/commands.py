"""The engine on the command line: ``coachhub exchange solve FILE``."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from coachhub.exchange.market import Budget, Market, MarketError, Round, Rules


class Unusable(click.ClickException):
    """A file that can't be used; leaves with exit code 2."""

    exit_code = 2


@click.group()
def exchange() -> None:
    """Build rounds of swaps, rings and chains from a market's matches."""


@exchange.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--max-ring", type=int, metavar="L", help="Longest ring, 2 to 4.")
@click.option("--max-chain", type=int, metavar="C", help="Longest chain; 0 for none.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=Budget().seconds,
    show_default=True,
    metavar="S",
    help="How much work the round may cost.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def solve(
    file: Path,
    max_ring: int | None,
    max_chain: int | None,
    seconds: float,
    *,
    as_json: bool,
) -> None:
    """Choose the best round for the market in FILE (.input or .json).

    --max-ring and --max-chain go before what the file says.
    """
    from coachhub.exchange.files import read_market, round_as_json  # noqa: PLC0415
    from coachhub.exchange.solver import solve as solve_market  # noqa: PLC0415
    # both load numpy and the MIP solver, which "--help" and other commands needn't wait for

    try:
        market, rules = read_market(file)
        if max_ring is not None:
            rules = dataclasses.replace(rules, max_ring=max_ring)
        if max_chain is not None:
            rules = dataclasses.replace(rules, max_chain=max_chain)
        found = solve_market(market, rules, Budget(seconds=seconds))
    except MarketError as error:
        raise Unusable(f"{file.name}: {error}") from None
    click.echo(round_as_json(found) if as_json else in_words(market, rules, found))


def in_words(market: Market, rules: Rules, found: Round) -> str:
    """Tell a round in lines that a person can read."""
    lines = [
        f"{found.status}: worth {found.worth:g}, at most {found.bound:g} (gap {found.gap:.2%})",
        f"served {found.served} of {len(market.members)} members"
        + (f"; fairness cost {found.fairness_cost:g}" if found.fairness_cost else ""),
    ]
    lines += [found.note] if found.note else []
    for name, exchanges in (("ring", found.rings), ("chain", found.chains)):
        for steps in exchanges:
            path = [str(market.matches[steps[0]].giver)]
            path += [str(market.matches[step].receiver) for step in steps]
            lines.append(f"{name}: {' → '.join(path)}")
    lines += [f"pin {pin.match} not kept: {pin.why}" for pin in found.unmet]
    for why in ("no match", "ring length", "cap"):
        names = [str(member.id) for member in found.unserved if member.why == why]
        if names:
            reason = f"{why}, {rules.max_ring}" if why == "ring length" else why
            lines.append(f"not served ({reason}): {', '.join(names)}")
    return "\n".join(lines)
