"""Which label may follow which in the schemes that mark entities."""

import numpy as np

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


def split_label(label, scheme):
    """Prefix and type of a label such as "B-PER"; "" for none, and None for O."""
    prefix, _, kind = str(label).partition("-")
    prefixes = _SCHEMES[scheme][2]
    if prefix not in prefixes or (prefix == "O" and kind):
        raise ValueError(
            f"Label '{label}' does not fit scheme={scheme!r}, whose labels are O and "
            f"{', '.join(p + '-type' for p in prefixes if p != 'O')}."
        )
    return prefix, None if prefix == "O" else kind


def forbidden_transitions(labels, scheme):
    """Where no label may start, follow another (from, to), or end; as a dict."""
    starts, alike, unlike, ends = _SCHEMES[scheme]
    pairs = [split_label(label, scheme) for label in labels]
    follows = [
        [
            to in (alike if kind == other and before != "O" else unlike)[before]
            for to, other in pairs
        ]
        for before, kind in pairs
    ]
    return {
        "start": np.array([prefix not in starts for prefix, _ in pairs]),
        "transition": ~np.array(follows),
        "end": np.array([prefix not in ends for prefix, _ in pairs]),
    }


def check_legal(labels, lengths, scheme):
    """Raise if labels (n_steps,) of sequences break the scheme, and say where."""
    names, codes = np.unique(labels, return_inverse=True)
    forbidden = forbidden_transitions(names, scheme)
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
            sequence = int(np.searchsorted(ends, row, side="right"))
            step = row - int(ends[sequence] - lengths[sequence])
            before = f" behind '{labels[row - 1]}'" if step and where is wrong else ""
            raise ValueError(
                f"Label '{labels[row]}' {what}{before} in sequence {sequence}, step "
                f"{step} of y, by scheme={scheme!r}."
            )
