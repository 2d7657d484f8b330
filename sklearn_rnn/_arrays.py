"""Arguments as arrays; what is wrong with them is said with their names."""

from contextlib import contextmanager

import numpy as np
import scipy.sparse as sp


@contextmanager
def naming(name):
    """Errors of NumPy and pandas in the block tell which argument they are about."""
    try:
        yield
    except (TypeError, ValueError, ArithmeticError) as error:
        message = str(error)
        if f"Input {name} " in message or (len(name) > 1 and name in message):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"In {name}: {message}") from error


def as_array(value, name):
    """The value as an array, of which nothing may be masked."""
    refuse_masked(value, name)
    with naming(name):
        return np.asarray(value)


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
    with naming(name):
        if values.format == "coo":
            parts = (values.data, (values.row, values.col))
            values = sp.coo_array(parts, shape=values.shape)
        elif hasattr(values, "check_format"):
            values = type(values)(values)  # as a check may cut the parts
            values.check_format()
        values = sp.csr_array(values)
        values.check_format()
    return values
