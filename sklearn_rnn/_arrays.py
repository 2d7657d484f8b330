"""Arguments as arrays; what is wrong with them is said with their names."""

from contextlib import contextmanager
from numbers import Integral

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array, check_scalar


@contextmanager
def naming(name, always=False):
    """Errors of NumPy and pandas in the block tell which argument they are about.

    Unless they do already; `always`: even if the name is among their words.
    """
    try:
        yield
    except (TypeError, ValueError, ArithmeticError, KeyError) as error:
        message = str(error)
        named = f"Input {name} " in message or (len(name) > 1 and name in message)
        if named and not always:
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"In {name}: {message}") from error


def as_array(value, name):
    """The value as a dense array, of which nothing may be masked."""
    refuse_masked(value, name)
    if sp.issparse(value):
        raise TypeError(f"{name} is sparse, where a dense array is needed.")
    with naming(name):
        return np.asarray(value)


def as_numbers(value, name, **options):
    """The value as an array of float64, checked as scikit-learn does."""
    refuse_masked(value, name)
    with naming(name), np.errstate(invalid="ignore"):  # of the sum of infinities
        refuse_complex(value)
        return check_array(value, input_name=name, dtype=np.float64, **options)


def refuse_complex(value):
    """Raise if numbers are complex, also among objects: NumPy takes the real part."""
    array, kinds = np.asarray(value), (complex, np.complexfloating)
    objects = array.flat if array.dtype == object else ()
    if array.dtype.kind == "c" or any(isinstance(x, kinds) for x in objects):
        raise ValueError("Complex data not supported")


def check_count(number, name, things):
    """A number of things, at least one, as an int, which does not overflow."""
    check_scalar(number, name, Integral, min_val=1)
    if not is_number(number):
        raise TypeError(f"{name} must be a number of {things}, got {number!r}")
    return int(number)


def is_number(value, kind=Integral):
    """Whether a value is a number of a kind, such as Integral.

    Truth values pass for integers in Python, as time spans do in NumPy; not here.
    """
    return isinstance(value, kind) and not isinstance(value, (bool, np.timedelta64))


def is_missing(value):
    """Whether a single value is None, or says that it is missing, such as NaN."""
    return value is None or repr(value) == "<NA>" or differs_from_itself(value)


def differs_from_itself(value):
    """Whether an object is NaN of its kind; some, such as arrays, cannot tell."""
    if getattr(value, "ndim", 0):
        return False
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return False
    except ArithmeticError:  # a signalling NaN of Decimal
        return True


def refuse_masked(value, name):
    """Raise if elements are masked: whatever lies below them would be read."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(
            f"{name} has masked elements, which would be read as if they were not: "
            "say by filled() what they are."
        )


def as_csr(values, name):
    """A sparse table in the format CSR, whose indices lie within it.

    Parts that contradict each other would let SciPy read and write elsewhere.
    """
    with naming(name, always=True):
        if values.format == "coo":
            parts = (values.data, (values.row, values.col))
            values = sp.coo_array(parts, shape=values.shape)
        elif hasattr(values, "check_format"):
            values = type(values)(values)  # as a check may cut the parts
            if (np.diff(values.indptr) < 0).any():  # which SciPy may overlook
                raise ValueError("indptr must be a non-decreasing sequence")
            values.check_format()
        values = sp.csr_array(values)
        values.check_format()
    return values
