"""A number determines a case: what is called, and with which malformed input."""

import random
import warnings
from typing import Any, NamedTuple

import malformed
import zoo
from fuzz_targets import TARGETS, Target

# A legal number of rounds that is huge is long work, and no mistake.
ROUNDS = {"k", "max_iter", "n_samples", "n_steps", "n_repeats", "n_epochs", "digits"}
ROUNDS |= {"max_new_tokens", "max_length", "min_length", "n_best", "beam_size"}
ROUNDS |= {"n_iter_no_change", "no_repeat_ngram_size", "width", "hop"}


class Case(NamedTuple):
    """One call."""

    seed: int
    target: Target
    subject: Any
    arguments: dict
    mutated: list  # names of arguments
    kinds: list  # of mutations


def make_case(seed):
    """The case of a number."""
    rng = random.Random(seed)
    target = TARGETS[rng.randrange(len(TARGETS))]
    subject = target.subject(rng)
    arguments = target.arguments(rng)
    names = sorted(arguments)
    mutated = rng.sample(names, min(len(names), rng.choice([1, 1, 1, 2])))
    kinds = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in mutated:
            arguments[name], found = _mutated(rng, name, arguments[name], target)
            kinds += found
    return Case(seed, target, subject, arguments, mutated, kinds)


def _mutated(rng, name, value, target):
    while True:
        if name in target.options:
            kind, item = zoo.pick(rng)
            kinds = [kind]
        else:
            item, kinds = malformed.mutate(rng, value)
        if not _is_left_out(name, item, target):
            return item, kinds


def _is_left_out(name, item, target):
    """Long work that is no mistake; what NumPy dies of, within scikit-learn."""
    if name in target.options:
        return name in ROUNDS and _is_huge(item)
    of_sklearn = target.name.endswith((": score", ": get_feature_names_out"))
    return of_sklearn and _contains_itself(item)


def _contains_itself(item):
    try:
        return "[...]" in repr(item)
    except (ArithmeticError, TypeError, ValueError):  # a table that cannot be shown
        return False


def _is_huge(item):
    try:
        return bool(item > 100)
    except (TypeError, ValueError, ArithmeticError):
        return False
