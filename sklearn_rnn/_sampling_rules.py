"""The words in which users restrain what is generated, checked."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_array

from sklearn_rnn._arrays import as_array, is_number, naming
from sklearn_rnn.core.decoding import Rules

OPTIONS = (
    "temperature",
    "top_k",
    "top_p",
    "min_length",
    "max_length",
    "max_new_tokens",
    "stop",
    "repetition_penalty",
    "no_repeat_ngram_size",
)


def check_names(options, allowed, method):
    """Raise if there are options that a method does not have."""
    strangers = [name for name in options if name not in allowed]
    if strangers:
        raise TypeError(
            f"{method} got {', '.join(strangers)}, but its options are "
            f"{', '.join(allowed)}."
        )


def check_quantiles(quantiles):
    """Quantiles as an array (n_quantiles,)."""
    quantiles = as_array(quantiles, "quantiles")
    with naming("quantiles"):
        quantiles = check_array(quantiles, ensure_2d=False, input_name="quantiles")
    if quantiles.ndim != 1 or not ((quantiles >= 0) & (quantiles <= 1)).all():
        raise ValueError(
            f"quantiles must be a list of numbers from 0 to 1, got {quantiles!r}."
        )
    return quantiles


def check_number(name, value, kind, least, most=np.inf, *, open_below=False):
    """Raise unless a value is a number of a kind and within bounds."""
    right = is_number(value, kind)
    if right:
        right = least < value if open_below else least <= value
        right = right and value <= most and value < np.inf
    if right and kind is Real:
        right = _fits_a_float(value)
    if not right:
        what = "an integer" if kind is Integral else "a number"
        low = f"larger than {least}" if open_below else f"at least {least}"
        high = "" if most == np.inf else f" and at most {most}"
        raise ValueError(f"{name} must be {what} {low}{high}, got {value!r}.")


def _fits_a_float(number):
    try:
        return float(number) < np.inf
    except OverflowError:
        return False


def check_rules(
    *,
    temperature=1.0,
    top_k=None,
    top_p=None,
    min_length=0,
    max_length=None,
    max_new_tokens=None,
    stop=None,
    repetition_penalty=1.0,
    no_repeat_ngram_size=0,
):
    """Raise unless these are what they must be."""
    check_number("temperature", temperature, Real, 0)
    if top_k is not None:
        check_number("top_k", top_k, Integral, 1)
    if top_p is not None:
        check_number("top_p", top_p, Real, 0, 1, open_below=True)
    check_number("min_length", min_length, Integral, 0)
    if max_length is not None:
        check_number("max_length", max_length, Integral, max(1, min_length))
    if max_new_tokens is not None:
        check_number("max_new_tokens", max_new_tokens, Integral, 0)
    check_number("repetition_penalty", repetition_penalty, Real, 0, open_below=True)
    check_number("no_repeat_ngram_size", no_repeat_ngram_size, Integral, 0)
    if stop is not None and not isinstance(stop, (str, list, tuple)):
        raise ValueError(f"stop must be a string or a list of strings, got {stop!r}.")


def options_of_numbers(*, max_new_tokens=None, temperature=1.0):
    """Length, or None, and temperature of samples of numbers, checked."""
    if max_new_tokens is not None:
        check_number("max_new_tokens", max_new_tokens, Integral, 1)
    check_number("temperature", temperature, Real, 0)
    return max_new_tokens, float(temperature)


def make_rules(options, lengths, end, longest, stops):
    """`Rules` for prefixes of given lengths, from checked options.

    ``longest`` is how many tokens follow if neither maximum is given.
    """
    max_length = options.get("max_length")
    max_new = options.get("max_new_tokens")
    min_new = np.maximum(options.get("min_length", 0) - lengths, 0)
    if max_length is None and max_new is None:
        max_new = max(longest, int(min_new.max(initial=0)))
    limit = np.full(len(lengths), np.inf if max_new is None else max_new)
    if max_length is not None:
        too_long = lengths > max_length
        if too_long.any():
            i = int(np.argmax(too_long))
            raise ValueError(
                f"Prefix {i} has {lengths[i]} tokens, more than max_length="
                f"{max_length}, which counts those of the prefix."
            )
        limit = np.minimum(limit, max_length - lengths)
    if (min_new > limit).any():
        raise ValueError(
            f"min_length={options['min_length']} needs more tokens than "
            f"max_new_tokens={max_new} allows."
        )
    return Rules(
        max_new=limit,
        min_new=min_new,
        end=end,
        temperature=float(options.get("temperature", 1.0)),
        top_k=options.get("top_k"),
        top_p=options.get("top_p"),
        repetition_penalty=float(options.get("repetition_penalty", 1.0)),
        no_repeat_ngram_size=options.get("no_repeat_ngram_size", 0),
        stops=stops,
    )
