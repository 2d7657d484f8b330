"""Which label may follow which in the schemes that mark entities."""

import numpy as np

from sklearn_rnn._entities import parse, unfit
from sklearn_rnn.sequences import place_of

# Prefixes that may start a sequence, that may follow a prefix of the same type, and
# that may follow anything else; an end is like something else. O has no type.
_SCHEMES = {
    "IOB1": ("OI", {"B": "IB", "I": "IB"}, {"O": "OI", "B": "OI", "I": "OI"}, "OBI"),
    "IOB2": ("OB", {"B": "IB", "I": "IB"}, {"O": "OB", "B": "OB", "I": "OB"}, "OBI"),
    "BIOES": (
        "OBS",
        {"B": "IE", "I": "IE", "E": "BS", "S": "BS"},
        {"O": "OBS", "B": "", "I": "", "E": "OBS", "S": "OBS"},
        "OES",
    ),
}


def forbidden_transitions(labels, scheme):
    """Where no label may start, follow another (from, to), or end; as a dict."""
    starts, alike, unlike, ends = _SCHEMES[scheme]
    pairs = [parse(label, scheme) for label in labels]
    if None in pairs:
        raise unfit(labels[pairs.index(None)], "one of the classes", scheme)

    def may_follow(before, kind, to, other):
        same = kind == other and "O" not in (before, to)
        return to in (alike if same else unlike)[before]

    follows = [[may_follow(*before, *to) for to in pairs] for before in pairs]
    return {
        "start": np.array([prefix not in starts for prefix, _ in pairs]),
        "transition": ~np.array(follows),
        "end": np.array([prefix not in ends for prefix, _ in pairs]),
    }


def check_legal(labels, lengths, scheme):
    """Raise if labels (n_steps,) of sequences break the scheme, and say where."""
    names, codes = np.unique(labels, return_inverse=True)
    for code, name in enumerate(names.tolist()):
        if parse(name, scheme) is None:
            row = int(np.argmax(codes == code))
            raise unfit(name, f"y, {place_of(lengths, row)}", scheme)
    forbidden = forbidden_transitions(names.tolist(), scheme)
    ends = np.cumsum(lengths)
    first, last = (ends - lengths)[lengths > 0], ends[lengths > 0] - 1
    wrong = np.zeros(len(codes), bool)
    wrong[1:] = forbidden["transition"][codes[:-1], codes[1:]]
    wrong[first] = forbidden["start"][codes[first]]
    unfinished = np.zeros(len(codes), bool)
    unfinished[last] = forbidden["end"][codes[last]]
    for where, what in (
        (wrong, "may not stand"),
        (unfinished, "may not end a sequence"),
    ):
        if where.any():
            row = int(np.argmax(where))
            behind = where is wrong and row not in first
            before = f" behind '{labels[row - 1]}'" if behind else ""
            raise ValueError(
                f"Label '{labels[row]}' {what}{before} in {place_of(lengths, row)} of "
                f"y, by scheme={scheme!r}."
            )
