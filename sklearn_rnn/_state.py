"""How estimators are stored: with the number of a format, which later versions read."""

from inspect import Parameter, signature

import numpy as np

from sklearn_rnn._compat import CALLBACK_ATTRIBUTES

# Raised by one, together with a migration, whenever what is stored changes.
FORMAT = 1
FORMAT_KEY = "_state_format"


class FormattedState:
    """Mixin of estimators whose stored state bears the number of its format.

    It stands before `BaseEstimator`, whose own `__getstate__` and `__setstate__` run.
    """

    def __getstate__(self):
        state = dict(super().__getstate__())
        for name in CALLBACK_ATTRIBUTES:
            state.pop(name, None)
        if "_random_state" in state:
            # NumPy 1 cannot read the generators that NumPy 2 writes; arrays it can.
            state["_random_state"] = state["_random_state"].get_state(legacy=False)
        return {**state, FORMAT_KEY: FORMAT}

    def __setstate__(self, state):
        name = type(self).__name__
        number = _format_of(state, name)
        try:
            state = _migrated(state, number)
            if "_random_state" in state:
                state["_random_state"] = generator(state["_random_state"])
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise ValueError(
                f"This {name} cannot be read: no version of sklearn_rnn writes such a "
                f"state ({type(error).__name__}: {error})."
            ) from error
        super().__setstate__({**_defaults(type(self)), **state})


def _format_of(state, name):
    """The number of the format of a state, if this version can read it."""
    if type(state) is not dict:  # some sparse matrices are dicts, too
        raise ValueError(
            f"This {name} cannot be read: its state is a {type(state).__name__}."
        )
    number = state.get(FORMAT_KEY, 0)
    if type(number) is not int or number < 0:
        raise ValueError(
            f"This {name} cannot be read: the number of its format is {number!r}, "
            f"where 0 to {FORMAT} are known."
        )
    if number > FORMAT:
        raise ValueError(
            f"This {name} was saved by a newer sklearn_rnn, format {number}; this one "
            f"reads up to {FORMAT}. Upgrade sklearn_rnn (pip install -U sklearn_rnn)."
        )
    return number


def _migrated(state, number):
    """A stored state of a format in that of today, without its number."""
    state = {name: value for name, value in state.items() if name != FORMAT_KEY}
    for migrate in MIGRATIONS[number:]:
        state = migrate(state)
    return state


def generator(state):
    """The generator of random numbers that is in a state."""
    # Only what is one is called, since a state may come from anywhere.
    kinds = {kind.__name__: kind for kind in np.random.BitGenerator.__subclasses__()}
    random_state = np.random.RandomState(kinds[state["bit_generator"]]())
    random_state.set_state(state)
    return random_state


def _defaults(cls):
    """Constructor parameters that have a default: older versions may not know all."""
    parameters = signature(cls).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not Parameter.empty}


def _from_0(state):
    """Format 0 had no number, and kept the generator of random numbers itself."""
    if "_random_state" not in state:
        return state
    return {**state, "_random_state": state["_random_state"].get_state(legacy=False)}


# What leads from each format, by its number, to the next.
MIGRATIONS = [_from_0]
