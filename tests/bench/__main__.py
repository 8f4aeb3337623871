"""`make bench`: every figure measured now, in one run, written to docs/benchmarks/main.md.

`python -m tests.bench` measures everything; `python -m tests.bench nab causal` only these parts, and prints them.
"""

import argparse
import importlib
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from tests.bench import side_by_side
from tests.bench.commands import ROOT, progress
from tests.bench.labelled import TUNING
from tests.bench.report import Measure, Section, markdown

REPORT = ROOT / "docs" / "benchmarks" / "main.md"
PARTS: Mapping[str, str] = {
    "labelled": "Baton, rules, z-scores and Prophet on the labelled world",
    "world_portrait": "the labelled world itself: specified against measured",
    "core_case": "what three agents see of one incident becomes one signal",
    "nab": "the hourly detector on NAB realAdExchange",
    "forecasts": "how often the 80 % intervals of forecasts cover",
    "causal": "measured effects against published answers",
    "retention": "cohort models against published answers",
    "throughput": "statistics of a sweep over 10,000 campaigns",
    "real_data": "public data without labels",
    "clicks": "a hundred presses a second against one bot and one worker process",
    "http": "fifty signed requests a second against the HTTP door, beside sweeps",
    "memory": "finding lessons again: by word, by meaning, by both",
    "memory_size": "searching and adding among 100,000 lessons",
    "product": "help, first card, replay",
}
"""In the order of the report."""
FEW_TUNING = {"normal": TUNING[:2], "hard": TUNING[:2], "quiet": TUNING[:1]}
HEADER = ("measure", "must", "aim", "measured", "")


def main() -> int:
    """Exit code 1 when a part failed; the others are reported all the same."""
    chosen = _options()
    whole = not chosen.parts and not chosen.tuning
    folder = REPORT.parent if whole else Path(tempfile.mkdtemp(prefix="baton-bench-"))
    sections, failed = measured(chosen.parts or list(PARTS), folder, tuning=chosen.tuning)
    text = report(sections, folder)
    print(text)
    (folder / REPORT.name).write_text(text, encoding="utf-8")
    progress(f"written to {folder / REPORT.name}" + ("" if whole else f"; {REPORT.parent} is as it was"))
    return int(bool(failed))


def measured(parts: Sequence[str], pictures: Path, *, tuning: bool = False) -> tuple[list[Section], list[str]]:
    """The sections of these parts, and the parts that failed. Pictures go to a folder."""
    sections: list[Section] = []
    failed: list[str] = []
    for name in parts:
        progress(f"{name}: {PARTS[name]}")
        try:
            sections += _sections(name, pictures, tuning=tuning)
        except Exception as error:  # the other parts are still worth reporting
            traceback.print_exc()
            failed.append(name)
            said = f"Failed: {type(error).__name__}: {error}".replace("\n", " ")
            sections.append(Section(PARTS[name].capitalize(), (), (), (said[:500],)))
    return sections, failed


def _sections(name: str, pictures: Path, *, tuning: bool) -> Sequence[Section]:
    if name == "labelled":
        return side_by_side.sections(pictures, FEW_TUNING) if tuning else side_by_side.sections(pictures)
    if find_spec(f"tests.bench.{name}") is None:
        return [Section(PARTS[name].capitalize(), (), (), ("Not measured: this part is not there yet.",))]
    return [importlib.import_module(f"tests.bench.{name}").section(pictures)]


def report(sections: Sequence[Section], folder: Path) -> str:
    """The whole report as Markdown: what must hold first, then each part."""
    measures = [one for section in sections for one in section.measures]
    parts = [*([_first_table(measures)] if measures else []), *sections]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    head = (
        "# Figures\n\n"
        "Written by `make bench`: everything was measured in one run, on whatever else the machine was doing "
        f"({machine}; Python {platform.python_version()}; {date.today()}). Run it again to check.\n\n"
    )
    return head + markdown(parts, folder)


def _first_table(measures: Sequence[Measure]) -> Section:
    met, aimed, known = (sum(mark in one.verdict for one in measures) for mark in ("✓", "✓✓", ""))
    remark = (
        f"{met} of {known} hold, {aimed} of them reach the aim as well. ✓✓ reaches the aim, ✓ what it must, ✗ does "
        "not; computed from the values. Intervals are Wilson's, as if incidents were independent."
    )
    return Section("What must hold, and what was measured", HEADER, [one.row() for one in measures], (remark,))


def _options() -> argparse.Namespace:
    said = "\n".join(f"  {name:<14} {what}" for name, what in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=f"{__doc__}\nparts:\n{said}", formatter_class=_AsWritten
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="part", help="all of them if none is named")
    parser.add_argument("--tuning", action="store_true", help="a few tuning seeds instead of the reporting seeds")
    return parser.parse_args()


_AsWritten = argparse.RawDescriptionHelpFormatter

if __name__ == "__main__":
    sys.exit(main())
