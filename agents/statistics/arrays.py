"""The array types of this room, and the few array operations several modules need."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def counted_median(values: Floats, valid: Flags) -> Floats:
    """The median along axis 1 of the valid entries of [a, b, c] values; 0 where fewer than one is valid."""
    ordered = np.sort(np.where(valid, values, np.inf), axis=1)
    count = valid.sum(axis=1)
    low, high = np.maximum((count - 1) // 2, 0), np.minimum(count // 2, values.shape[1] - 1)
    first: Ints = np.arange(values.shape[0], dtype=np.int64)[:, None]
    last: Ints = np.arange(values.shape[2], dtype=np.int64)
    middle = ordered[first, low, last], ordered[first, high, last]
    usable = count > 0
    return np.where(usable, (np.where(usable, middle[0], 0.0) + np.where(usable, middle[1], 0.0)) / 2, 0.0)


def row_median(values: Floats, valid: Flags) -> Floats:
    """The median of the valid entries of each row; 0 for a row without any."""
    if not values.size:
        return np.zeros(len(values))
    ordered = np.sort(np.where(valid, values, np.inf), axis=1)
    count, rows = valid.sum(axis=1), np.arange(len(values))
    last = values.shape[1] - 1
    low, high = ordered[rows, np.maximum((count - 1) // 2, 0)], ordered[rows, np.minimum(count // 2, last)]
    return np.where(count > 0, (np.where(count > 0, low, 0.0) + np.where(count > 0, high, 0.0)) / 2, 0.0)


def group_sums(values: Floats, codes: Ints, groups: int) -> Floats:
    """Rows of [series, days] added up by group code; [groups, days]."""
    out = np.zeros((groups, values.shape[1]))
    if len(codes):
        order = np.argsort(codes, kind="stable")
        present, starts = np.unique(codes[order], return_index=True)
        out[present] = np.add.reduceat(values[order], starts, axis=0)
    return out


def days_from_end(usable: Flags) -> Ints:
    """How many usable days of the same row come after each day: 0 for the last usable one. Not for unusable days."""
    flags = usable.astype(np.int64)
    return flags[:, ::-1].cumsum(axis=1)[:, ::-1] - flags


def quotient(top: Floats, bottom: Floats, empty: float = 0.0) -> Floats:
    """The quotient, and `empty` where there is nothing to divide by."""
    some = bottom > 0
    return np.where(some, top / np.where(some, bottom, 1.0), empty)
