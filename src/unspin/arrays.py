"""Names for the array types of the engine's columns, and the operations on groups that NumPy has no word for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
UInt8 = NDArray[np.uint8]
UInt16 = NDArray[np.uint16]
UInt32 = NDArray[np.uint32]
UInt64 = NDArray[np.uint64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Array = NDArray[Any]


def spread(first: Int64, count: Int64) -> tuple[Int64, Int64]:
    """Write out the ranges ``first[i] .. first[i] + count[i]`` one after the other: (i, member) of each element.

    >>> [a.tolist() for a in spread(np.array([10, 20, 30]), np.array([2, 0, 3]))]
    [[0, 0, 2, 2, 2], [10, 11, 30, 31, 32]]
    """
    owner = np.repeat(np.arange(len(first)), count)
    inside = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, first[owner] + inside


def sums(group: Int64, weight: Float64, groups: int) -> Float64:
    """The sum of ``weight`` in each of ``groups``.

    >>> sums(np.array([0, 2, 0]), np.array([1.0, 2.0, 3.0]), 3).tolist()
    [4.0, 0.0, 2.0]
    """
    return np.bincount(group, weights=weight, minlength=groups).astype(np.float64, copy=False)


def covered(begin: Int64, end: Int64, places: int) -> Bools:
    """Which of ``places`` lie in any of the ranges ``begin .. end``; a range that ends before it begins is none.

    >>> covered(np.array([1, 4, 3]), np.array([3, 5, 2]), 6).tolist()
    [False, True, True, False, True, False]
    """
    real = begin < end
    steps = np.bincount(begin[real], minlength=places + 1) - np.bincount(end[real], minlength=places + 1)
    return np.cumsum(steps[:places]) > 0


def offsets(sorted_groups: Array, groups: int) -> Int64:
    """Where each of ``groups`` begins in a sorted column of group numbers, and its length at the end.

    >>> offsets(np.array([0, 0, 2]), 3).tolist()
    [0, 2, 2, 3]
    """
    return np.searchsorted(sorted_groups, np.arange(groups + 1))
