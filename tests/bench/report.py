"""One part of the benchmark report: a heading, a table, remarks and pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

Row = tuple[str, ...]
NO_FIGURE = "–"
BAR = r"\|"
"""A bar that does not end the cell."""


def share_interval(share: float, of: float, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of `of` cases (E. B. Wilson, JASA 1927); all of 0 to 1 where there are none."""
    if not of:
        return 0.0, 1.0
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class Range:
    """What a figure has to reach; both ends count as reached."""

    least: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def said(self, form: str) -> str:
        """The range in the figure's own form: "≥ 0.90", "≤ 0.05", "75 % – 85 %"."""
        if self.least is not None and self.most is not None:
            return f"{form.format(self.least)} – {form.format(self.most)}"
        return f"≥ {form.format(self.least)}" if self.least is not None else f"≤ {form.format(self.most)}"


@dataclass(frozen=True)
class Measure:
    """One figure of the first table of the report, held against what it must show."""

    name: str
    """"Labelled world, normal: precision"."""
    value: float | None
    """None where it could not be measured; that is said, and it does not pass."""
    must: Range
    aim: Range | None = None
    form: str = "{:.2f}"
    """How value and ranges are written: "{:.2f}", "{:.0%}", "{:.2f} s"."""
    note: str = ""
    """Behind the value, in brackets: "95 % interval .88–.97, 8 seeds"."""

    @property
    def verdict(self) -> str:
        """Computed from the value: ✓✓ reaches the aim, ✓ what it must, ✗ does not."""
        if self.value is None or not self.must.holds(self.value):
            return "✗" if self.value is not None else NO_FIGURE
        return "✓✓" if self.aim and self.aim.holds(self.value) else "✓"

    def _said(self, value: float) -> str:
        """The value as written; where rounding hides a failure, that is said."""
        said = self.form.format(value)
        for end, side in ((self.must.least, "just below"), (self.must.most, "just above")):
            if end is not None and self.verdict == "✗" and said == self.form.format(end):
                return f"{side} {said}"
        return said

    def row(self) -> Row:
        """Name, must, aim, measured, verdict."""
        aim = self.aim.said(self.form) if self.aim else ""
        said = NO_FIGURE if self.value is None else self._said(self.value)
        return self.name, self.must.said(self.form), aim, f"{said} ({self.note})" if self.note else said, self.verdict


@dataclass(frozen=True)
class Section:
    """What one benchmark found. Every figure in it was measured in this run."""

    title: str
    """A heading: "Hourly series: NAB realAdExchange"."""
    header: Row
    rows: Sequence[Row]
    """As many texts each as the header has."""
    remarks: Sequence[str] = ()
    """Sentences under the table: seeds, settings, what was left out and why."""
    pictures: Sequence[Path] = field(default=())
    """PNG files inside docs/benchmarks."""
    measures: Sequence[Measure] = ()
    """What of it stands in the report's first table, against what it must show."""
    captions: Sequence[str] = ()
    """What each picture shows, for those who cannot see it; the title where there is none."""


def markdown(sections: Iterable[Section], below: Path) -> str:
    """The sections as Markdown; pictures are linked relative to `below`."""
    lines: list[str] = []
    for one in sections:
        lines += [f"## {one.title}", ""]
        if one.rows:
            lines += [_line(one.header), _line(["---"] * len(one.header)), *(_line(row) for row in one.rows), ""]
        lines += [f"{remark}\n" for remark in one.remarks]
        for place, picture in enumerate(one.pictures):
            caption = one.captions[place] if place < len(one.captions) else one.title
            lines += [f"![{caption}]({picture.relative_to(below)})\n"]
    return "\n".join(lines).rstrip() + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"
