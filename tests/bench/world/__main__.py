"""`python -m tests.bench.world --seed 1 --to DIR`: write a labelled world."""

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.bench.world import MODES, build
from tests.bench.world.incidents import FAMILIES


def main() -> None:
    options = _options()
    shape = MODES[options.mode]
    wanted = {"days": options.days, "accounts": options.accounts, "causes": options.causes}
    shape = replace(shape, **{name: value for name, value in wanted.items() if value})
    world = build(options.seed, shape)
    world.write(options.to)
    for decoy in (False, True):
        counts = Counter(one["kind"] for one in world.truth if one["decoy"] is decoy)
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "none"
        print(f"{'decoys' if decoy else 'incidents'}: {sum(counts.values())} ({said})")
    print(f"{world.tables['ad_report'].height:,} rows of ad_report in {options.to}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.world", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--mode", choices=list(MODES), default="normal")
    parser.add_argument("--days", type=int)
    parser.add_argument("--accounts", type=int)
    parser.add_argument("--causes", choices=list(FAMILIES), help="the specification's list unless said otherwise")
    parser.add_argument("--to", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
