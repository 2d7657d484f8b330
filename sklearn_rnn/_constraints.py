"""What the parameters of all recurrent estimators may be."""

from collections.abc import Mapping
from numbers import Integral, Real

import numpy as np

from sklearn_rnn._compat import Interval, StrOptions
from sklearn_rnn.core.optimizers import SCHEDULES

LARGEST = 2**60  # of what NumPy counts, a few times


def check_sizes(estimator):
    """Refuse numbers among the parameters that no array can have as size or value."""
    for name, value in estimator.get_params(deep=False).items():
        for part in value if isinstance(value, (list, tuple)) else [value]:
            whole, floating = isinstance(part, Integral), isinstance(part, Real)
            if isinstance(part, np.timedelta64):  # which passes for an integer
                raise TypeError(f"{name} must be a number, got {value!r}.")
            if whole and abs(int(part)) > LARGEST:
                raise ValueError(f"{name} is too large: {value!r}.")
            if floating and not whole and not isinstance(part, (float, np.floating)):
                kind = type(part).__name__
                raise TypeError(f"{name} must be an int or a float, got a {kind}.")


CONSTRAINTS = {
    "hidden_layer_sizes": [
        "array-like",
        Interval(Integral, 1, None, closed="left"),
    ],
    "rnn_type": [StrOptions({"rnn", "lstm", "gru"})],
    "activation": [StrOptions({"tanh", "relu"})],
    "bidirectional": ["boolean"],
    "embedding_dim": [None, Interval(Integral, 1, None, closed="left")],
    "embedding_init": [None, "array-like", Mapping],
    "freeze_embedding": ["boolean"],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "input_dropout": [Interval(Real, 0, 1, closed="left")],
    "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
    "solver": [StrOptions({"adam", "adamw", "rmsprop", "sgd"})],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "batch_size": [
        StrOptions({"auto"}),
        Interval(Integral, 1, None, closed="left"),
    ],
    "learning_rate": [StrOptions(set(SCHEDULES))],
    "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
    "max_iter": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [Interval(Real, 0, None, closed="left")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "beta_1": [Interval(Real, 0, 1, closed="left")],
    "beta_2": [Interval(Real, 0, 1, closed="left")],
    "epsilon": [Interval(Real, 0, None, closed="neither")],
    "max_grad_norm": [None, Interval(Real, 0, None, closed="neither")],
    "verbose": ["verbose"],
    "n_jobs": [None, Integral],
}
