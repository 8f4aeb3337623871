"""What somebody with all rights could do to a ledger's rows: each way of lying is one function of the true rows.

A mutation says how the rows look afterwards and which rows a verifier may name for it.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from memory.ledger.verify_ledger import COLUMNS, hash_of, sha256

Row = dict[str, Any]


@dataclass(frozen=True)
class Mutation:
    kind: str
    rows: list[Row]
    named: frozenset[int]
    """Naming one of these is enough."""
    is_head_moved: bool = field(default=False)
    """Whether the head was made to fit."""


def relinked(rows: Sequence[Row], first: int) -> list[Row]:
    """The chain computed anew from a row on, as its operator can."""
    done = list(rows[: first - 1])
    for row in rows[first - 1 :]:
        fresh = {**row, "seq": len(done) + 1, "prev_hash": done[-1]["hash"] if done else "0" * 64}
        fresh["payload_hash"] = sha256(fresh["payload"])
        done.append({**fresh, "hash": hash_of(fresh)})
    return done


def one_column(rows: list[Row], rng: random.Random) -> Mutation:
    """One value of one row: something added, cut off, a character changed, or what stands in another row."""
    n, column = rng.randint(1, len(rows)), rng.choice(sorted(COLUMNS - {"seq"}))
    was = rows[n - 1][column]
    place = rng.randrange(max(len(was), 1))
    values = (
        was + " ", was[:-1], "", was[:place] + chr(ord(was[place]) ^ 1) + was[place + 1 :] if was else "x",
        rng.choice(rows)[column], was.swapcase(),
    )  # fmt: skip
    value = rng.choice([one for one in values if one != was] or [was + "x"])
    return Mutation(f"edit {column}", put(rows, n, **{column: value}), frozenset({n, n + 1}))


def another_place(rows: list[Row], rng: random.Random) -> Mutation:
    n = rng.randint(1, len(rows))
    seq = rng.choice([0, -n, len(rows) + rng.randint(1, 50)])
    return Mutation("edit seq", put(rows, n, seq=seq), frozenset({n, seq}))


def fitting_content(rows: list[Row], rng: random.Random) -> Mutation:
    """Another content whose own hashes are right."""
    n = rng.randint(1, len(rows))
    changed = {**rows[n - 1], **rng.choice(_lies(rows[n - 1]))}
    changed["payload_hash"] = sha256(changed["payload"])
    return Mutation("forge a row", put(rows, n, **{**changed, "hash": hash_of(changed)}), frozenset({n, n + 1}))


def removed(rows: list[Row], rng: random.Random) -> Mutation:
    n = rng.randint(1, len(rows))
    last = min(len(rows), n + rng.choice([0, 0, 0, 1, 5]))
    return Mutation("delete", rows[: n - 1] + rows[last:], frozenset({n}))


def removed_and_closed_up(rows: list[Row], rng: random.Random) -> Mutation:
    n = rng.randint(1, len(rows) - 1)
    rest = [{**row, "seq": row["seq"] - 1} for row in rows[n:]]
    return Mutation("delete and renumber", rows[: n - 1] + rest, frozenset({n}))


def put_between(rows: list[Row], rng: random.Random) -> Mutation:
    """A row nobody wrote, fitting to the one before it; those after it move up."""
    n = rng.randint(2, len(rows))
    lie = {**rng.choice(rows), "seq": n, "prev_hash": rows[n - 2]["hash"]}
    lie["hash"] = hash_of(lie)
    rest = [{**row, "seq": row["seq"] + 1} for row in rows[n - 1 :]]
    return Mutation("insert", [*rows[: n - 1], lie, *rest], frozenset({n, n + 1}))


def swapped(rows: list[Row], rng: random.Random) -> Mutation:
    n, m = sorted(rng.sample(range(1, len(rows) + 1), 2))
    mixed = put(put(rows, n, **{**rows[m - 1], "seq": n}), m, **{**rows[n - 1], "seq": m})
    return Mutation("swap", mixed, frozenset({n, m}))


def twice(rows: list[Row], rng: random.Random) -> Mutation:
    n = rng.randint(1, len(rows))
    return Mutation("duplicate", [*rows[:n], rows[n - 1], *rows[n:]], frozenset({n}))


def cut_off(rows: list[Row], rng: random.Random) -> Mutation:
    n = rng.randint(1, len(rows))
    return Mutation("truncate", rows[: n - 1], frozenset({n}), is_head_moved=rng.random() < 0.5)


def rewritten(rows: list[Row], rng: random.Random) -> Mutation:
    """History told otherwise from a row on, everything after it computed anew, the head included."""
    n = rng.randint(1, len(rows))
    lie = put(rows, n, **{**rows[n - 1], **rng.choice(_lies(rows[n - 1]))})
    return Mutation("rewrite the chain", relinked(lie, n), frozenset(range(n, len(rows) + 1)), is_head_moved=True)


def rewritten_without_a_row(rows: list[Row], rng: random.Random) -> Mutation:
    n = rng.randint(1, len(rows))
    told = relinked(rows[: n - 1] + rows[n:], n)
    return Mutation("rewrite without a row", told, frozenset(range(n, len(rows) + 1)), is_head_moved=True)


MUTATIONS: tuple[Callable[[list[Row], random.Random], Mutation], ...] = (
    one_column, one_column, one_column, another_place, fitting_content, removed, removed_and_closed_up, put_between,
    swapped, twice, cut_off, rewritten, rewritten_without_a_row,
)  # fmt: skip
"""Edits of a column come most often: there are nine of them."""


def put(rows: Sequence[Row], n: int, **values: Any) -> list[Row]:
    return [*rows[: n - 1], {**rows[n - 1], **values}, *rows[n:]]


def _lies(row: Row) -> list[dict[str, Any]]:
    said = json.loads(row["payload"])
    return [
        {"payload": json.dumps({**said, "amount": "0.01"}, sort_keys=True, separators=(",", ":"))},
        {"actor": "person_000000000000"},
        {"subject": "prop_ffffffffffff"},
        {"kind": "decision.rejected" if row["kind"] == "decision.approved" else "decision.approved"},
        {"at": row["at"].replace("2", "1", 1)},
    ]
