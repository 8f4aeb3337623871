"""Turn a public data set into a folder of tables that Baton reads.

    python examples/convert.py binomialmix --from DIR --to DIR

`--from` is the folder that holds the data set's CSV files; what could not be carried over is said, and why.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from real_data import binomialmix, cdnow, geolift, meridian, robyn

from connectors.sources.folder import FolderSource
from domain.errors import MarketingError

CONVERTERS = {module.__name__.rpartition(".")[2]: module for module in (binomialmix, cdnow, geolift, meridian, robyn)}


def main() -> int:
    """Convert, check the result as Baton would, and say what is in it. Exit codes as for `baton`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", choices=CONVERTERS)
    parser.add_argument("--from", dest="source", type=Path, required=True, help="folder with the data set's CSV files")
    parser.add_argument("--to", dest="target", type=Path, required=True, help="folder to write the tables to")
    chosen = parser.parse_args()
    try:
        converted = CONVERTERS[chosen.name].convert(chosen.source)
    except FileNotFoundError as error:
        print(f"{error.filename or error} is not there; --from must hold the {chosen.name} files.", file=sys.stderr)
        return 1
    chosen.target.mkdir(parents=True, exist_ok=True)
    for table, rows in converted.tables.items():
        rows.write_parquet(chosen.target / f"{table}.parquet")
        print(f"{table}: {rows.height:,} row{'s' * (rows.height != 1)}")
    for remark in converted.remarks:
        print(f"- {remark}")
    return asyncio.run(report(FolderSource(chosen.target), set(converted.tables)))


async def report(source: FolderSource, written: set[str]) -> int:
    """Have the tables checked whole, and name what they lack."""
    try:
        gaps = await source.check()
        first, last = await source.days()
    except MarketingError as error:
        print(error, file=sys.stderr)
        return 1
    for gap in gaps:
        if gap.table in written:
            print(f"- {gap.because}")
    print(f"Accepted, {first} to {last}. Next: baton replay --source {source.path} --from {first} --to {last}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
