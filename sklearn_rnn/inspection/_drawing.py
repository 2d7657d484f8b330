"""What the pictures share: axes to draw on, styles of lines, labels to the letter."""

import re

import numpy as np

from sklearn_rnn._arrays import as_numbers
from sklearn_rnn._classes import is_label
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
_NO_LABEL = re.compile(r"(_child\d+|_nolegend_)?")  # what matplotlib calls other lines


def one_series(series, name):
    """An array (n_steps,) of what may be one column."""
    series = as_numbers(series, name, ensure_2d=False)
    if series.ndim == 2 and series.shape[1] == 1:
        series = series[:, 0]
    if series.ndim != 1:
        raise ValueError(
            f"{name} must be one series, got an array of shape {series.shape}."
        )
    return series


def axes_or_new(ax, **options):
    """The axes, or those of a new figure with these options."""
    if ax is not None:
        return ax
    pyplot = needs("matplotlib.pyplot", "Drawing")
    return pyplot.subplots(layout="constrained", **options)[1]


def next_style(ax):
    """How to draw a line so that it differs from those which the axes have."""
    return _STYLES[len(ax.lines) % len(_STYLES)]


def labels_or_numbers(labels, n, name, first=0):
    """So many labels as a list; if they are None, numbers from the first one on."""
    labels = range(first, first + n) if labels is None else labels
    if getattr(labels, "ndim", 1) != 1 or not np.iterable(labels):
        kind = type(labels).__name__
        raise ValueError(f"{name} must be a list of labels, got a {kind}.")
    labels = list(labels)
    odd = [label for label in labels if not is_label(label) and label is not None]
    if odd:
        raise ValueError(f"{name} must be text or numbers, got {odd[0]!r}.")
    if len(labels) != n:
        raise ValueError(
            f"{name} must hold a label for each of {n} items, got {len(labels)}."
        )
    return labels


def label_ticks(axis, labels):
    """Write a label at each of the whole numbers from 0 on; long ones stand aslant."""
    labels = [str(label) for label in labels]
    axis.set_ticks(range(len(labels)), labels, parse_math=False)
    if axis.axis_name == "x" and max(map(len, labels), default=0) > 2:
        for text in axis.get_ticklabels():
            text.set(rotation=40, ha="right", rotation_mode="anchor")


def number_ticks(axis, first=0):
    """Write numbers at whole numbers only; that at 0 is the first one."""
    locator = needs("matplotlib.ticker", "Drawing").AutoLocator()
    locator.set_params(integer=True, min_n_ticks=1)
    axis.set_major_locator(locator)
    axis.set_major_formatter(lambda place, _: f"{place + first:.0f}")


def labelled(ax):
    """All that has a label on the axes, also one with an underscore in front."""
    lines = [line for line in ax.lines if not _NO_LABEL.fullmatch(line.get_label())]
    shown, _ = ax.get_legend_handles_labels()
    return lines + [artist for artist in shown if artist not in lines]


def legend(ax, handles, **options):
    """Say what the handles are: neither underscores nor dollars have a meaning."""
    texts = ax.legend(handles, [" "] * len(handles), **options).get_texts()
    for text, handle in zip(texts, handles, strict=True):
        text.set(text=handle.get_label(), parse_math=False)
