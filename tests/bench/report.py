"""One part of the benchmark report: a heading, a table, remarks and pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Row = tuple[str, ...]


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


def markdown(sections: Iterable[Section], below: Path) -> str:
    """The sections as Markdown; pictures are linked relative to `below`."""
    lines: list[str] = []
    for one in sections:
        lines += [f"## {one.title}", "", _line(one.header), _line(["---"] * len(one.header))]
        lines += [_line(row) for row in one.rows]
        lines += ["", *[f"{remark}\n" for remark in one.remarks]]
        lines += [f"![{one.title}]({picture.relative_to(below)})\n" for picture in one.pictures]
    return "\n".join(lines).rstrip() + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
