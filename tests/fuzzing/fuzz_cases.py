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
    if name not in target.options:
        return malformed.mutate(rng, value)
    while True:
        kind, item = zoo.pick(rng)
        if not (name in ROUNDS and _is_huge(item)):
            return item, [kind]


def _is_huge(item):
    try:
        return bool(item > 100)
    except (TypeError, ValueError, ArithmeticError):
        return False
