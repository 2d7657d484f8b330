"""Single things that should not stand where they stand, made anew each time."""

import datetime
import io
import math
import types
import uuid
from array import array
from collections import deque
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd


def itself():
    """A list that contains itself."""
    own = [1.0]
    own.append(own)
    return own


def structured():
    """One record of a structured array."""
    return np.array([(1, 2.0)], dtype=[("a", int), ("b", float)])[0]


NUMBERS = {
    "not finite": [
        lambda: math.nan,
        lambda: math.inf,
        lambda: -math.inf,
        lambda: np.float32("nan"),
        lambda: np.float64("-inf"),
        lambda: complex(math.nan, 0),
        lambda: Decimal("NaN"),
        lambda: Decimal("sNaN"),
        lambda: Decimal("Infinity"),
    ],
    "overflow": [
        lambda: 1e308,
        lambda: -1e308,
        lambda: 1e-320,
        lambda: 3e38,
        lambda: np.finfo(np.float64).max,
        lambda: np.longdouble("1e4000"),
    ],
    "huge integer": [
        lambda: 10**400,
        lambda: -(10**30),
        lambda: 2**63,
        lambda: 2**64,
        lambda: -(2**63) - 1,
        lambda: np.uint64(2**64 - 1),
        lambda: np.int64(-(2**63)),
    ],
    "number of another kind": [
        lambda: True,
        lambda: np.bool_(True),
        lambda: Decimal("1.5"),
        lambda: Fraction(1, 3),
        lambda: 1 + 2j,
        lambda: np.complex64(1j),
        lambda: np.float16(1.5),
        lambda: np.int8(3),
        lambda: np.array(1.0),
        lambda: np.array([1.0]),
        lambda: -1,
        lambda: 0,
        lambda: 2.5,
    ],
}
TEXTS = {
    "text": [
        lambda: "text",
        lambda: "1.5",
        lambda: "nan",
        lambda: "",
        lambda: " ",
        lambda: np.str_("a"),
        lambda: b"bytes",
        lambda: np.bytes_(b"a"),
        lambda: bytearray(b"ab"),
    ],
    "lone surrogate": [
        lambda: "\ud800",
        lambda: "a\udfff b",
        lambda: "\udc80" * 3,
    ],
    "right to left": [
        lambda: "שלום עולם",
        lambda: "\u202eabc\u202c",
        lambda: "مرحبا 1 2",
        lambda: "\u200f",
    ],
    "control characters": [
        lambda: "a\x00b",
        lambda: "\x00",
        lambda: "\n\r\x0b\x0c\x1b[31m",
        lambda: "\x85\u2028\u2029\ufeff",
        lambda: "e\u0301\u0301\u200d" * 5,
    ],
}
OBJECTS = {
    "no number at all": [
        lambda: None,
        lambda: ...,
        lambda: NotImplemented,
        object,
        lambda: len,
        lambda: lambda x: x,
        lambda: int,
        lambda: math,
        lambda: ValueError("a value"),
        lambda: types.SimpleNamespace(a=1),
        lambda: Path("no/such/file"),
        lambda: uuid.UUID(int=1),
        lambda: io.BytesIO(b"x"),
        lambda: slice(1),
    ],
    "container": [
        dict,
        lambda: {"a": 1.0},
        lambda: {0: [1.0, 2.0], 1: [3.0]},
        set,
        lambda: {1.0, 2.0},
        lambda: frozenset({"a"}),
        lambda: range(3),
        lambda: iter([1.0, 2.0]),
        lambda: (x for x in [1.0, 2.0]),
        lambda: map(float, [1, 2]),
        lambda: zip([1], [2], strict=True),
        lambda: deque([1.0, 2.0]),
        lambda: array("d", [1.0, 2.0]),
        lambda: memoryview(b"abc"),
        lambda: {"a": 1}.values(),
    ],
    "nested": [
        list,
        tuple,
        lambda: [[]],
        lambda: [[], [[]]],
        lambda: [1, [2, [3, [4]]]],
        lambda: [[1.0], 2.0],
        lambda: (1.0, (2.0,)),
        lambda: [None],
        lambda: [{}],
        itself,
    ],
    "time": [
        lambda: np.datetime64("2020-01-01"),
        lambda: np.datetime64("NaT"),
        lambda: np.timedelta64(1, "D"),
        lambda: datetime.date(2020, 1, 1),
        lambda: datetime.timedelta(1),
        lambda: pd.Timestamp("2020-01-01", tz="UTC"),
    ],
    "missing in pandas": [lambda: pd.NA, lambda: pd.NaT],
    "void": [lambda: np.void(b"ab"), structured, lambda: np.ma.masked],
}
ITEMS = NUMBERS | TEXTS | OBJECTS


def pick(rng, items=ITEMS):
    """A kind and something of it."""
    kind = rng.choice(sorted(items))
    return kind, rng.choice(items[kind])()
