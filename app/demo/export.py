"""Write a simulated market of any size as contract tables: `python -m app.demo.export --to DIR`."""

import json
from datetime import timedelta
from pathlib import Path

import click

from app.demo.big import big_world
from app.demo.grid import grid_of
from app.demo.market import Market
from app.demo.noise import Noise, ordinals
from app.demo.standing import standing_tables
from app.demo.tables import daily_tables, known_by, write_tables
from app.demo.world import Decoy, World


def export(world: World, seed: int, days: int, folder: Path) -> int:
    """Write the first `days` of a world that nobody acts in; answers with the rows of ad_report, versions included."""
    last = world.first_day + timedelta(days=days - 1)
    market = Market(grid_of(world), Noise(seed))
    frames = daily_tables(market.grid, market.simulate((), ordinals(world.first_day, last)))
    known = {name: known_by(frame, last) for name, frame in frames.items()}
    write_tables(known | standing_tables(world, Noise(seed), (), last), folder)
    return known["ad_report"].height


def truth(world: World) -> list[dict[str, object]]:
    """What befell the world, for scoring: kind, scope, first day, length, ramp, strength, and whether it is a decoy."""
    return [
        {
            "kind": str(incident.kind),
            "decoy": isinstance(incident.kind, Decoy),
            "scope": dict(incident.scope.ids()),
            "start": incident.start.isoformat(),
            "length": incident.length,
            "ramp": incident.ramp,
            "strength": incident.strength,
        }
        for incident in world.incidents
    ]


@click.command()
@click.option("--accounts", default=6, show_default=True)
@click.option("--campaigns", default=6, show_default=True, help="In each account.")
@click.option("--ads", default=4, show_default=True, help="In each campaign.")
@click.option("--segments", default=2, show_default=True, help="Seen by each ad.")
@click.option("--days", default=200, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--truth", "truth_file", type=click.Path(path_type=Path), help="Also write what befell the market, as JSON."
)
def main(
    accounts: int, campaigns: int, ads: int, segments: int, days: int, seed: int, folder: Path, truth_file: Path | None
) -> None:
    """Write a simulated market as the tables of the contract."""
    world = big_world(accounts=accounts, campaigns=campaigns, ads=ads, segments=segments, days=days, seed=seed)
    rows = export(world, seed, days, folder)
    if truth_file:
        truth_file.write_text(json.dumps(truth(world), indent=1) + "\n")
    click.echo(f"{rows} rows of ad_report and {len(world.incidents)} incidents and decoys over {days} days.")


if __name__ == "__main__":
    main()
