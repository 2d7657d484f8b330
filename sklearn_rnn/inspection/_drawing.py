"""What the pictures share: axes to draw on, styles of lines, labels."""

from sklearn_rnn._optional import needs

# Lines in black, blue, orange, green; in grey by their dashes and their lightness.
_STYLES = [
    {"color": "black", "linestyle": "-"},
    {"color": "tab:blue", "linestyle": "--"},
    {"color": "tab:orange", "linestyle": "-."},
    {"color": "tab:green", "linestyle": ":"},
    {"color": "0.6", "linestyle": "-"},
    {"color": "tab:red", "linestyle": (0, (6, 1, 1, 1, 1, 1))},
]


def axes_or_new(ax, **options):
    """The axes, or those of a new figure with these options."""
    if ax is not None:
        return ax
    pyplot = needs("matplotlib.pyplot", "plots")
    return pyplot.subplots(layout="constrained", **options)[1]


def next_style(ax):
    """How to draw a line so that it differs from those which the axes have."""
    return _STYLES[len(ax.lines) % len(_STYLES)]


def labels_or_numbers(labels, n, name, first=0):
    """So many labels as a list; if they are None, numbers from the first one on."""
    labels = list(range(first, first + n) if labels is None else labels)
    if len(labels) != n:
        raise ValueError(
            f"{name} must hold a label for each of {n} items, got {len(labels)}."
        )
    return labels


def label_ticks(axis, labels):
    """Write a label at each of the whole numbers from 0 on; long ones stand aslant."""
    labels = [str(label) for label in labels]
    axis.set_ticks(range(len(labels)), labels)
    if axis.axis_name == "x" and max(map(len, labels), default=0) > 2:
        for text in axis.get_ticklabels():
            text.set(rotation=40, ha="right", rotation_mode="anchor")
