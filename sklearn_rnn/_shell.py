"""Small parts of the shell: fits that fail leave no trace, data, weights."""

from functools import wraps

import numpy as np
from scipy import sparse

from sklearn_rnn.validation import check_sequences


def all_or_nothing(method):
    """A method that gives its estimator back as it was if it raises."""

    @wraps(method)
    def whole(self, *args, **kwargs):
        before = dict(vars(self))
        try:
            return method(self, *args, **kwargs)
        except BaseException:
            # In one step, since Ctrl-C may be pressed again.
            self.__dict__ = before
            raise

    return whole


def check_range(sequences, dtype):
    """Values, which must be finite in the dtype that is computed in, too."""
    values = sequences.values
    if values.dtype.kind == "f" and not np.can_cast(values.dtype, dtype):
        data = values.data if sparse.issparse(values) else values
        largest = max(data.max(initial=0), -data.min(initial=0))
        if largest >= np.finfo(dtype).max:
            with np.errstate(over="ignore"):
                converted = sequences.with_values(values.astype(dtype))
            check_sequences(converted, input_name=f"X as {dtype}")
    return values


def check_total(total, which):
    """Raise if weights sum to nothing or to infinity."""
    if not 0 < total < np.inf:
        raise ValueError(
            f"The weights of the sequences {which} sum to {total}. Weights come from "
            "sample_weight and class_weight."
        )
