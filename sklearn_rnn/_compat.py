"""What differs between versions of scikit-learn, or is semi-private there."""

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils import assert_all_finite
from sklearn.utils._param_validation import (
    HasMethods,
    Hidden,
    Interval,
    Options,
    RealNotInt,
    StrOptions,
)
from sklearn.utils.validation import _check_sample_weight as _read_weights

from sklearn_rnn._arrays import naming, refuse_complex, refuse_masked

# What an estimator carries while callbacks watch its fit, and no copy of it should.
CALLBACK_ATTRIBUTES = (
    "_callback_fit_ctx",
    "_parent_callback_ctx",
    "_skl_callbacks_to_teardown",
)


def _check_sample_weight(sample_weight, X, **options):
    """Weights as an array, as scikit-learn reads them; errors always name them."""
    refuse_masked(sample_weight, "sample_weight")
    with naming("sample_weight"), np.errstate(over="ignore", invalid="ignore"):
        refuse_complex(sample_weight)
        weight = _read_weights(sample_weight, X, **options)
        # A single number was not looked at.
        weight = weight.astype(float) if weight.dtype.kind == "O" else weight
        if weight.dtype.kind not in "biuf":
            raise TypeError(f"must be numbers, got {weight.dtype}")
        assert_all_finite(weight, input_name="sample_weight")
        total = weight.sum(dtype=None if weight.dtype.kind == "f" else float)
    if total > np.finfo(total.dtype).max ** 0.5:
        raise ValueError(
            f"sample_weight sums to {total:.3g}, which would overflow when it is "
            "multiplied: divide the weights."
        )
    return weight


try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # before scikit-learn 1.9: no `set_callbacks`, and nobody is told

    class CallbackSupportMixin:
        """Training without callbacks."""

        def _init_callback_context(self, **_):
            return _Unwatched()

    class _Unwatched:
        """A task that nobody watches, and those that it is made of."""

        def subcontext(self, **_):
            return self

        def call_on_fit_task_begin(self, **_):
            return self

        def call_on_fit_task_end(self, **_):
            return False

    def with_callbacks(method):
        """The method as it is."""
        return method


__all__ = [
    "CALLBACK_ATTRIBUTES",
    "CallbackSupportMixin",
    "HasMethods",
    "Hidden",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "_check_sample_weight",
    "_fit_context",
    "with_callbacks",
]
