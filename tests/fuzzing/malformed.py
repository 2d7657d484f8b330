"""Malformed values: what a valid value becomes by one or two mutations."""

import copy
import math
import tempfile

import numpy as np
import odd_frames
import odd_sparse
import pandas as pd
import zoo
from scipy import sparse

from sklearn_rnn import Sequences


def as_list(value):
    """The parts of a value; itself, if it has none."""
    if isinstance(value, dict):
        return list(value.values())
    try:
        return list(value)
    except TypeError:
        return [value]


def as_array(value):
    """A value as an array, of objects if nothing else will do."""
    if isinstance(value, Sequences):
        return value.to_padded()
    if sparse.issparse(value):
        return value.toarray()
    try:
        return np.array(value)
    except (TypeError, ValueError, RuntimeError):
        return objects(as_list(value))


def objects(items):
    """An array (n,) of any items."""
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


def as_numbers(value):
    """An array of floats of the same shape, drawn if the value has none."""
    array = as_array(value)
    if array.dtype.kind in "biuf":
        return array.astype(float)
    return np.linspace(-1.0, 1.0, array.size).reshape(array.shape)


def replaced(rng, value, item):
    """A copy in which one leaf is another item."""
    if isinstance(value, Sequences):
        values = replaced(rng, value.values, item)
        return value.with_values(values, value.feature_names)
    if sparse.issparse(value):
        if value.nnz and isinstance(item, float):
            value = value.copy()
            value.data[rng.randrange(len(value.data))] = item
        return value
    if isinstance(value, np.ndarray) and value.size:
        place = np.unravel_index(rng.randrange(value.size), value.shape)
        stays = isinstance(item, float) and value.dtype.kind == "f"
        array = value.copy() if stays else value.astype(object)
        if isinstance(array[place], (np.ndarray, list)) and rng.random() < 0.7:
            item = replaced(rng, array[place], item)
        array[place] = item
        return array
    if isinstance(value, (list, tuple)) and len(value):
        items = list(value)
        place = rng.choice([0, len(items) // 2, len(items) - 1])
        items[place] = replaced(rng, items[place], item)
        return type(value)(items)
    if isinstance(value, pd.DataFrame) and value.size:
        frame = value.astype(object)
        row, column = rng.randrange(len(frame)), rng.randrange(frame.shape[1])
        frame.isetitem(column, pd.Series([*frame.iloc[:, column]], frame.index, object))
        frame.iat[row, column] = item
        return frame
    return item


# -- numbers and items -----------------------------------------------------------------


def one_leaf(kind):
    """A mutation that puts something of a kind of the zoo into a value."""

    def mutate(rng, value):
        item = rng.choice(zoo.ITEMS[kind])()
        if rng.random() < 0.2:
            return item
        if rng.random() < 0.1:
            return [item for _ in as_list(value)]
        return replaced(rng, value, item)

    return mutate


def leading(rng, value):
    """The first step, or the first element, is not finite in all features."""
    array = as_numbers(value)
    array = array[None] if array.ndim == 0 else array
    array[:, :1] = rng.choice([math.nan, math.inf]) if array.ndim > 1 else math.nan
    return array if rng.random() < 0.5 else list(array)


def nothing_finite(rng, value):
    """NaN, infinity or what overflows, everywhere."""
    item = rng.choice([math.nan, math.inf, -math.inf, 1e308, -1e308, 1e-320, 3e38])
    array = np.full_like(as_numbers(value), item)
    return array if rng.random() < 0.5 else list(array)


def all_alike(rng, value):
    """Every part is the first one, or every leaf: one class only."""
    parts = as_list(value)
    return [parts[0]] * len(parts) if parts else value


# -- shapes ----------------------------------------------------------------------------


def other_rank(rng, value):
    """An array of 0 to 5 dimensions."""
    array, n = as_array(value), rng.randrange(6)
    if n == 0:
        return array.ravel()[:1].reshape(()) if array.size else np.array(1.0)
    while array.ndim > n:
        array = array.reshape(-1, *array.shape[2:])
    while array.ndim < n:
        array = np.expand_dims(array, rng.randrange(array.ndim + 1))
    return array if rng.random() < 0.5 else array.tolist()


def wrapped(rng, value):
    """In a list, or each part in one, or one of them."""
    parts = as_list(value)
    if rng.random() < 0.3 or not parts:
        return [value]
    if rng.random() < 0.5:
        return [[part] for part in parts]
    place = rng.randrange(len(parts))
    return [*parts[:place], [parts[place]], *parts[place + 1 :]]


def uneven(rng, value):
    """One part is shorter, longer, empty, wider or narrower."""
    parts = as_list(value)
    if not parts:
        return value
    place = rng.randrange(len(parts))
    part = as_list(parts[place])
    change = rng.choice(["shorter", "longer", "empty", "wider", "zero wide"])
    if change == "shorter":
        part = part[:-1]
    elif change == "longer":
        part = part + part[-1:]
    elif change == "empty":
        part = []
    else:
        width = 0 if change == "zero wide" else 7
        part = np.zeros((len(part), width))
    return [*parts[:place], part, *parts[place + 1 :]]


def other_size(rng, value):
    """Fewer or more parts, or none."""
    parts = as_list(value)
    return rng.choice([parts[:-1], parts + parts, parts + parts[-1:], parts[:1], []])


def zero_size(rng, value):
    """An array without elements."""
    shape = list(as_array(value).shape) or [1]
    for axis in range(len(shape)):
        if rng.random() < 0.5 or (axis == len(shape) - 1 and all(shape)):
            shape[axis] = 0
    dtype = rng.choice([float, np.float32, int, object, "U1", bool])
    return np.empty(shape, dtype)


def other_width(rng, value):
    """Each part has another number of features."""
    width = rng.choice([1, 3, 5])
    return [np.ones((max(1, np.size(part) // 2), width)) for part in as_list(value)]


# -- arrays ----------------------------------------------------------------------------


def odd_memory(rng, value):
    """The same numbers, read-only, mapped, in another order, or of other bytes."""
    array = as_numbers(value)
    kind = rng.randrange(8)
    if kind == 0:
        array.flags.writeable = False
    elif kind == 1 and array.size and array.ndim:
        with tempfile.TemporaryFile() as file:
            array.tofile(file)
            file.flush()
            array = np.memmap(file, array.dtype, "r", shape=array.shape)
    elif kind == 2:
        array = np.asfortranarray(array)
    elif kind == 3 and array.ndim:
        array = np.repeat(array, 2, axis=-1)[..., ::2]
    elif kind == 4 and array.ndim:
        array = array[::-1]
    elif kind == 5:
        array = array.astype(rng.choice([">f8", ">f4", ">i4"]))
    elif kind == 6:
        bytes_ = np.zeros(array.nbytes + 1, np.uint8)
        bytes_[1:] = np.frombuffer(array.tobytes(), np.uint8)
        array = bytes_[1:].view(float).reshape(array.shape)  # not aligned
    elif array.ndim:
        array = np.broadcast_to(array[:1], array.shape)
    return array if rng.random() < 0.6 or not array.ndim else list(array)


def other_dtype(rng, value):
    """An array of a dtype that is no real number, or a rare one."""
    array = as_numbers(value)
    kind = rng.choice(
        ["c16", "V8", "M8[s]", "m8[s]", "S3", "U3", "f2", "g", "?", "u1", "O", "rec"]
    )
    if kind == "V8":
        return np.zeros(array.shape, "V8")
    if kind == "rec":
        return np.zeros(array.shape, [("a", int), ("b", float)])
    if kind in ("M8[s]", "m8[s]"):
        array = array.astype("i8")
    return array.astype(kind)


def object_array(rng, value):
    """An array of objects, of which some are of the zoo."""
    items = as_list(value)
    for place in range(len(items)):
        if rng.random() < 0.4:
            items[place] = zoo.pick(rng)[1]
    return objects(items)


def subclass(rng, value):
    """A masked array, a matrix, or another subclass."""
    array = as_numbers(value)
    kind = rng.choice(["masked", "nomask", "matrix", "record", "mine"])
    if kind == "masked":
        mask = np.zeros(array.shape, bool)
        mask.flat[: max(1, array.size // 3)] = True
        return np.ma.masked_array(array, mask)
    if kind == "nomask":
        return np.ma.masked_array(array)
    if kind == "matrix" and array.ndim <= 2:
        return np.asmatrix(array)
    if kind == "record":
        return array.view(np.recarray)
    return array.view(type("Mine", (np.ndarray,), {}))


# -- containers ------------------------------------------------------------------------


def other_container(rng, value):
    """The same parts in something that is neither list nor array."""
    parts = as_list(value)
    made = [
        lambda: tuple(parts),
        lambda: iter(parts),
        lambda: (part for part in parts),
        lambda: dict(enumerate(parts)),
        lambda: dict.fromkeys(range(len(parts)), 0).keys(),
        lambda: set(range(len(parts))),
        lambda: range(len(parts)),
        lambda: str(parts),
        lambda: str(parts).encode(),
        lambda: zoo.deque(parts),
        lambda: map(copy.copy, parts),
        lambda: np.array(parts, dtype=object),
        lambda: objects([tuple(as_list(part)) for part in parts]),
    ]
    try:
        return rng.choice(made)()
    except ValueError:  # no array can be made of it
        return objects(parts)


def from_the_zoo(rng, value):
    """Something else altogether."""
    return zoo.pick(rng)[1]


def odd_lengths(rng, value):
    """Lengths that are huge, negative, fractions, or do not add up."""
    lengths = as_list(value)
    odd = [-1, -(10**18), 10**18, 2**63 - 1, 2**63, 1.5, math.nan, "2", None, True]
    item = rng.choice(odd)
    return [item, *lengths[1:]] if rng.random() < 0.7 else [item] * len(lengths)


def sparse_of(kind):
    """A mutation that makes a sparse table, parts of it, or sequences."""

    def mutate(rng, value):
        n, width = len(as_list(value)), rng.choice([2, 2, 2, 5])
        table = odd_sparse.KINDS[kind](rng, odd_sparse.dense(rng, (2 * n, width)))
        form = rng.randrange(4)
        if form == 0:
            return table
        if form == 1:
            small = odd_sparse.dense(rng, (2, width))
            return [odd_sparse.KINDS[kind](rng, small) for _ in range(n)]
        try:
            return Sequences(table, [2] * n)
        except (TypeError, ValueError):
            return table

    return mutate


PLAIN = {
    "leading": leading,
    "nothing finite": nothing_finite,
    "all alike": all_alike,
    "rank": other_rank,
    "wrapped": wrapped,
    "uneven": uneven,
    "size": other_size,
    "zero size": zero_size,
    "width": other_width,
    "memory": odd_memory,
    "dtype": other_dtype,
    "objects": object_array,
    "subclass": subclass,
    "other container": other_container,
    "something else": from_the_zoo,
    "lengths": odd_lengths,
}
MUTATIONS = (
    PLAIN
    | {kind: one_leaf(kind) for kind in zoo.ITEMS}
    | odd_frames.KINDS
    | {kind: sparse_of(kind) for kind in odd_sparse.KINDS}
)


def mutate(rng, value):
    """A malformed value, and the kinds of its one or two mutations.

    A mutation that cannot be applied to what another one made is left out.
    """
    kinds = rng.sample(sorted(MUTATIONS), rng.choice([1, 1, 2]))
    # SciPy crashes when it is to convert broken matrices, so they come last.
    kinds.sort(key=odd_sparse.KINDS.__contains__)
    done = []
    for kind in kinds:
        try:
            value = MUTATIONS[kind](rng, value)
        except Exception:
            continue
        done.append(kind)
    return value, done or ["as it is"]
