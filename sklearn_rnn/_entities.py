"""Label sequences read into numbers, and the entities that labels mark."""

from collections import defaultdict
from itertools import chain, count
from numbers import Integral
from typing import NamedTuple

import numpy as np

from sklearn_rnn._arrays import is_number
from sklearn_rnn.sequences import place_of

UNNAMED = "_"  # the type of labels that have none, such as "B"

# Each prefix by the number that stands for it in arrays.
O, B, I, E, S = range(5)  # noqa: E741
PREFIXES = {"O": O, "B": B, "I": I, "E": E, "S": S}

ALIASES = {"BIO": "IOB2", "IOBES": "BIOES"}
ALLOWED = {"IOB1": "OBI", "IOB2": "OBI", "BIOES": "OBIES", "conlleval": "OBIES"}


class Labels(NamedTuple):
    """True and predicted labels, those of all sequences one after another."""

    distinct: list  # (n_distinct,) labels, in the order of their first use
    true: np.ndarray  # (n_steps,) which of them each true label is
    pred: np.ndarray  # (n_steps,)
    lengths: np.ndarray  # (n_sequences,)


class Spans(NamedTuple):
    """Entities, by their places among all steps of all sequences."""

    kinds: np.ndarray  # (n_entities,) numbers of their types
    starts: np.ndarray  # (n_entities,) the first step of each
    stops: np.ndarray  # (n_entities,) the step behind the last


def read_labels(y_true, y_pred):
    """Both as numbers; raise if they differ in lengths or in kinds of labels."""
    flat_true, lengths = _read_side(y_true, "y_true")
    flat_pred, lengths_pred = _read_side(y_pred, "y_pred")
    if len(lengths) != len(lengths_pred):
        raise ValueError(
            f"y_true has {len(lengths)} sequences, but y_pred has {len(lengths_pred)}."
        )
    differ = np.flatnonzero(lengths != lengths_pred)
    if len(differ):
        index = differ[0]
        raise ValueError(
            f"Sequence {index} has {lengths[index]} labels in y_true, but "
            f"{lengths_pred[index]} in y_pred."
        )
    if len(flat_true) and isinstance(flat_true[0], str) != isinstance(
        flat_pred[0], str
    ):
        raise ValueError(
            "Labels must be all text or all integers: y_true has "
            f"{flat_true[0]!r}, y_pred has {flat_pred[0]!r}."
        )
    number = defaultdict(count().__next__)  # a label unseen so far gets the next one
    ids = [
        np.fromiter(map(number.__getitem__, flat), np.intp, len(flat))
        for flat in (flat_true, flat_pred)
    ]
    return Labels(list(number), *ids, lengths)


def _read_side(y, name):
    """All labels in one list, and the lengths (n_sequences,) of the sequences."""
    rows = _as_list(y)
    if rows is None:
        raise TypeError(
            f"{name} must be a list or an array of label sequences, got "
            f"{type(y).__name__}."
        )
    if rows and all(_is_label(type(row)) for row in rows):
        flat, lengths = rows, np.ones(len(rows), np.intp)
    else:
        sequences = [_as_list(row) for row in rows]
        if None in sequences:
            index = sequences.index(None)
            raise ValueError(
                f"Sequence {index} of {name} is {rows[index]!r}, not a list, tuple or "
                "one-dimensional array of labels."
            )
        flat = list(chain.from_iterable(sequences))
        lengths = np.fromiter(map(len, sequences), np.intp, len(sequences))
    _check_kinds(flat, lengths, name)
    return flat, lengths


def _as_list(labels):
    """A list of what a list, tuple, array or series holds; None for all else."""
    if isinstance(labels, (list, tuple)):
        return list(labels)
    if hasattr(labels, "to_numpy"):
        labels = labels.to_numpy()
    if not isinstance(labels, np.ndarray) or labels.ndim == 0:
        return None
    return labels.tolist() if labels.ndim == 1 else list(labels)


def _is_label(kind):
    """Whether values of this class are labels."""
    return issubclass(kind, (str, Integral, np.bool_))


def _check_kinds(flat, lengths, name):
    """Raise unless labels are all text or all integers."""
    kinds = {*map(type, flat)}
    bad = {kind for kind in kinds if not _is_label(kind)}
    if not bad and len({issubclass(kind, str) for kind in kinds}) == 2:
        first = isinstance(flat[0], str)
        bad = {kind for kind in kinds if issubclass(kind, str) != first}
    if bad:
        row = next(row for row, label in enumerate(flat) if type(label) in bad)
        raise ValueError(
            f"Labels must be all text or all integers: {name} has {flat[row]!r} in "
            f"{place_of(lengths, row)}."
        )


def check_scheme(scheme):
    """The name of a scheme, whichever of its names was given."""
    name = ALIASES.get(scheme, scheme) if isinstance(scheme, str) else None
    if name not in ALLOWED:
        names = [*ALLOWED, *ALIASES]
        raise ValueError(f"scheme must be one of {names}, got {scheme!r}.")
    return name


def parse(label, scheme):
    """Prefix and type of a label, None if the scheme has no such label.

    >>> parse("B-PER", "IOB2"), parse("I-B-date", "IOB2"), parse("B", "IOB2")
    (('B', 'PER'), ('I', 'B-date'), ('B', '_'))
    """
    if not isinstance(label, str):
        return None
    prefix, hyphen, kind = label.partition("-")
    if not prefix or prefix not in PREFIXES or prefix not in ALLOWED[scheme]:
        return None
    if (hyphen and not kind) or (prefix == "O" and hyphen):
        return None
    return prefix, kind or UNNAMED


def _as_numbers(parsed):
    """Types in order, and prefixes and types as numbers; the type of "O" is -1."""
    types = sorted({kind for prefix, kind in parsed if prefix != "O"})
    number = {kind: i for i, kind in enumerate(types)}
    prefixes = np.array([PREFIXES[prefix] for prefix, _ in parsed], np.intp)
    kinds = np.array([-1 if p == "O" else number[kind] for p, kind in parsed], np.intp)
    return types, prefixes, kinds


def entities_of_one(labels, scheme):
    """Types in order, and the `Spans` of one sequence."""
    rows = _as_list(labels)
    if rows is None:
        raise TypeError(
            "labels must be a list, tuple or one-dimensional array, got "
            f"{type(labels).__name__}."
        )
    parsed = [parse(label, scheme) for label in rows]
    if None in parsed:
        step = parsed.index(None)
        raise unfit(rows[step], f"step {step}", scheme)
    types, prefixes, kinds = _as_numbers(parsed)
    return types, find_spans(prefixes, kinds, np.array([len(rows)]), scheme)


def entities_of_all(labels, scheme):
    """Types in order, and the `Spans` of true and of predicted entities."""
    parsed = [parse(label, scheme) for label in labels.distinct]
    if None in parsed:
        bad = parsed.index(None)
        side = "true" if bad in labels.true else "pred"
        row = int(np.argmax(getattr(labels, side) == bad))
        place = f"y_{side}, {place_of(labels.lengths, row)}"
        raise unfit(labels.distinct[bad], place, scheme)
    types, prefixes, kinds = _as_numbers(parsed)
    true, pred = (
        find_spans(prefixes[ids], kinds[ids], labels.lengths, scheme)
        for ids in (labels.true, labels.pred)
    )
    return types, true, pred


def unfit(label, place, scheme):
    """The error for a label that the scheme does not have."""
    *others, last = (f"'{prefix}-<type>'" for prefix in ALLOWED[scheme][1:])
    return ValueError(
        f"Label {label!r} ({place}) does not fit scheme {scheme!r}, whose labels are "
        f"'O', {', '.join(others)} and {last}."
    )


def find_spans(prefixes, kinds, lengths, scheme):
    """The entities of sequences that lie one after another.

    ``prefixes`` and ``kinds`` are (n_steps,); the kind of "O" is -1.
    """
    # An "O" in front of every sequence, and one behind the last, keep them apart.
    gaps = np.repeat(np.arange(1, len(lengths) + 1), lengths)
    places = np.arange(len(prefixes)) + gaps
    prefix = np.full(len(prefixes) + len(lengths) + 1, O)
    kind = np.full(len(prefix), -1)
    prefix[places], kind[places] = prefixes, kinds
    begins, continues = RULES[scheme](prefix, kind)
    starts = np.flatnonzero(begins)
    breaks = np.flatnonzero(~continues)
    stops = breaks[np.searchsorted(breaks, starts, side="right")]
    if scheme == "BIOES":
        closed = (prefix[stops - 1] == E) | (prefix[stops - 1] == S)
        starts, stops = starts[closed], stops[closed]
    row = np.zeros(len(prefix), np.intp)
    row[places] = np.arange(len(prefixes))
    return Spans(kind[starts], row[starts], row[stops - 1] + 1)


def _same(kind):
    """Whether a step has the type of the step before it."""
    return kind == np.roll(kind, 1)  # the first and the last are "O"


def _open(prefix, kind):
    """Whether a step carries on what B- or I- of its type left open before it."""
    before = np.roll(prefix, 1)
    inner = (prefix == I) | (prefix == E)
    return inner & _same(kind) & ((before == B) | (before == I))


def _iob1(prefix, kind):
    """B- must follow its type, and a single step is no entity before a stray B-."""
    same = _same(kind)
    stray = (prefix == B) & ~same  # separates nothing
    continues = (prefix == I) & same & ~np.roll(stray, 1)
    begins = ((prefix == I) & ~continues) | ((prefix == B) & same)
    begins &= ~((prefix == B) & np.roll(stray, -1))
    return begins, continues


def _iob2(prefix, kind):
    """Only B- begins."""
    return prefix == B, (prefix == I) & _same(kind)


def _bioes(prefix, kind):
    """Only B- and S- begin; `find_spans` drops what neither E- nor S- ends."""
    return (prefix == B) | (prefix == S), _open(prefix, kind)


def _conlleval(prefix, kind):
    """All that does not carry on begins."""
    continues = _open(prefix, kind)
    return (prefix != O) & ~continues, continues


# Which steps begin an entity, and which carry on the one of the step before, if any.
RULES = {"IOB1": _iob1, "IOB2": _iob2, "BIOES": _bioes, "conlleval": _conlleval}


# Prefix of the first, inner and last step of an entity, and of one that has one step.
MARKS = {"IOB1": "IIII", "IOB2": "BIIB", "BIOES": "BIES"}


def labels_of_one(entities, n_steps, scheme):
    """Labels of one sequence that mark its entities (type, start, stop)."""
    labels, before = ["O"] * n_steps, (None, 0, 0)
    for entity in entities:
        match entity:
            case [str(kind), i, j] if kind and is_number(i) and is_number(j):
                pass
            case _:
                raise ValueError(
                    "Entities must be (type, start, stop), text and two integers, got "
                    f"{entity!r}."
                )
    for entity in sorted(entities, key=lambda entity: entity[1]):
        kind, start, stop = entity
        if not before[2] <= start < stop <= n_steps:
            raise ValueError(
                f"Entity {entity!r} must begin at step {before[2]} or later, where "
                f"{'the one before ends' if before[0] else 'the sequence begins'}, and "
                f"stop behind its beginning, at step {n_steps} at the latest."
            )
        # Nothing else keeps neighbours of one type apart in IOB1.
        adjacent = scheme == "IOB1" and before[0] == kind and before[2] == start
        first, inner, last, single = "BIIB" if adjacent else MARKS[scheme]
        n_inner = stop - start - 2
        prefixes = first + inner * n_inner + last if n_inner >= 0 else single
        suffix = "" if kind == UNNAMED else f"-{kind}"
        labels[start:stop] = [prefix + suffix for prefix in prefixes]
        before = entity
    return labels


def count_entities(labels, scheme, weight):
    """Types, and how many entities of each are right, predicted and true.

    ``weight`` (n_sequences,) counts the entities of a sequence so many times; None
    counts in integers. Types that do not occur as entities are left out.
    """
    types, true, pred = entities_of_all(labels, scheme)
    n_steps = len(labels.true)
    stop_of, kind_of = np.zeros((2, n_steps), np.intp)
    stop_of[true.starts], kind_of[true.starts] = true.stops, true.kinds
    hit = (stop_of[pred.starts] == pred.stops) & (kind_of[pred.starts] == pred.kinds)
    step_weight = None if weight is None else np.repeat(weight, labels.lengths)

    def tally(kinds, starts):
        weights = None if step_weight is None else step_weight[starts]
        return np.bincount(kinds, weights, minlength=len(types))

    n_right = tally(pred.kinds[hit], pred.starts[hit])
    n_pred = tally(pred.kinds, pred.starts)
    n_true = tally(true.kinds, true.starts)
    seen = n_pred + n_true > 0
    types = [kind for kind, there in zip(types, seen, strict=True) if there]
    return types, n_right[seen], n_pred[seen], n_true[seen]
