"""How far back in time the loss of a network reaches."""

import numpy as np
from sklearn.utils import Bunch

from sklearn_rnn._arrays import as_numbers
from sklearn_rnn._threads import workers
from sklearn_rnn.classifier import RNNClassifier
from sklearn_rnn.core.layers import Bidirectional
from sklearn_rnn.core.prediction import packed_batches
from sklearn_rnn.core.training import Shard, objective
from sklearn_rnn.inspection._drawing import (
    axes_or_new,
    labelled,
    labels_or_numbers,
    legend,
    next_style,
    number_ticks,
)
from sklearn_rnn.inspection._networks import last_step, network_of, started
from sklearn_rnn.regressor import RNNRegressor

# Their loss stands at the end of each sequence.
MANY_TO_ONE = (RNNClassifier, RNNRegressor)


class _RecordedCell:
    """Notes the norm of the gradient of a cell's states as its backward loop runs.

    It takes the place of the cell's ``step_backward``, which is where the gradient of
    the states after a step is complete: ``dh`` and, of an LSTM, that of the memory.
    """

    def __init__(self, cell):
        self.step_backward, self.norms = cell.step_backward, []
        cell.step_backward = self

    def __call__(self, slopes, t, dh, d, da):
        """See `Recurrent`."""
        squares = (dh**2).sum(axis=1) + (d[1:] ** 2).sum(axis=(0, 2))  # (n_running,)
        self.norms.append(np.sqrt(squares))
        self.step_backward(slopes, t, dh, d, da)

    def take(self):
        """Norms of the minibatch that went back, (n_tokens,) as packed."""
        norms = np.concatenate(self.norms[::-1])  # the last step came first
        self.norms = []
        return norms


def _record(stack):
    """Record all cells of a stack; name -> `_RecordedCell`."""
    recorded = {}
    for i, layer in enumerate(stack.layers, 1):
        if isinstance(layer, Bidirectional):
            for way, cell in layer.cells.items():
                recorded[f"layer {i}, {way}"] = _RecordedCell(cell)
        else:
            recorded[f"layer {i}"] = _RecordedCell(layer)
    return recorded


def gradient_flow(estimator, X, y):
    """Norm of the gradient of the loss by the state, step by step back from the end.

    The state is all that a recurrent layer hands on from one step to the next: what
    comes out of it and, of an LSTM, the memory cell. Where the gradient of the loss by
    the state at a step is nothing, nothing can be learned from the steps before it.

    Parameters
    ----------
    estimator : RNNClassifier or RNNRegressor
        Or a pipeline that ends in one. If it is not fitted, the network is the one from
        which `fit` starts.
    X : Sequences, list of array-like, or array-like
        Sequences, as in `fit`.
    y : array-like of shape (n_sequences,) or (n_sequences, n_outputs)
        What is to be predicted.

    Returns
    -------
    flow : Bunch
        With the following attributes.

        norms : ndarray of shape (n_layers, max_length)
            The Euclidean norm in each recurrent layer so many steps before the last
            one: the mean over all sequences that are long enough, of the gradient of
            the loss of a sequence. Of a bidirectional layer there are two rows, and
            the one that reads backward has its last step at the start of a sequence.
        names : list of str of length n_layers
            The layers, from the input on.
        n_sequences : ndarray of shape (max_length,)
            How many sequences are long enough.

    Raises
    ------
    TypeError
        If the estimator is of another kind.
    ValueError
        If X or y cannot be read, or no sequence has a step.

    See Also
    --------
    GradientFlowDisplay : Draws it.
    gradient_norms : How large the gradient by the parameters is.

    Notes
    -----
    The gradients are those of the backward pass of training, without dropout and with
    equal weights of all sequences, in float64. A gradient that vanishes does not always
    tell that a network forgets: a state that keeps a class safely is one which small
    changes do not move (Bengio et al., 1994).

    References
    ----------
    Hochreiter, Untersuchungen zu dynamischen neuronalen Netzen, diploma thesis,
    Technische Universität München, 1991.

    Bengio, Simard and Frasconi, Learning long-term dependencies with gradient descent
    is difficult, IEEE Transactions on Neural Networks 5, 1994.

    Examples
    --------
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.inspection import gradient_flow
    >>> regressor = RNNRegressor(hidden_layer_sizes=(8, 4), random_state=0)
    >>> flow = gradient_flow(regressor, [[1, 2, 3], [4, 5]], [6, 9])
    >>> flow.names
    ['layer 1', 'layer 2']
    >>> flow.norms.shape
    (2, 3)
    >>> flow.n_sequences
    array([2, 2, 1])
    """
    estimator, X = last_step(estimator, MANY_TO_ONE, "gradient_flow", X, y)
    estimator = started(estimator, X, y)
    data = estimator._read(X, y, None, dtype=np.float64)  # float32 would reach zero
    data = data.subset(np.flatnonzero(data.lengths))
    if not len(data.lengths):
        raise ValueError(
            "All sequences of X are empty: no step is there for a gradient to reach."
        )
    network, head = estimator._network(), estimator._head()
    layout, recorded = network.layout(), _record(network.encoder.stack)
    theta = estimator.theta_.astype(np.float64)
    w, dw = layout.views(theta), layout.views(np.zeros_like(theta))
    n_distances = data.lengths.max()
    total, count = np.zeros((len(recorded), n_distances)), np.zeros(n_distances, int)
    with workers(None), np.errstate(over="ignore", invalid="ignore"):
        for columns, x, packing in packed_batches(data):
            weight = np.ones(len(columns))
            objective(network, head, w, dw, Shard(x, packing, data.y[columns], weight))
            step = np.repeat(np.arange(len(packing.sizes)), packing.sizes)
            distance = packing.lengths[packing.columns] - 1 - step  # (n_tokens,)
            count += np.bincount(distance, minlength=n_distances)
            for i, layer in enumerate(recorded.values()):
                total[i] += np.bincount(distance, layer.take(), n_distances)
    if not np.isfinite(total).all():
        raise ValueError("The gradients are not finite: X or y is too large.")
    return Bunch(norms=total / count, names=list(recorded), n_sequences=count)


class GradientFlowDisplay:
    """How far back in time the gradient of the loss by the state reaches.

    Parameters
    ----------
    norms : array-like of shape (n_layers, n_distances)
        Norms that `gradient_flow` gives.
    names : list of str of length n_layers, default=None
        The layers; None numbers them from 1.
    name : str, default=None
        What the legend calls the network.

    Attributes
    ----------
    lines_ : list of matplotlib Line2D
        One for each layer, after `plot`.
    ax_ : matplotlib Axes
        With the picture, after `plot`.
    figure_ : matplotlib Figure
        That holds it, after `plot`.

    Raises
    ------
    ValueError
        If there are not as many names as layers.

    See Also
    --------
    gradient_flow : Computes the norms.

    Examples
    --------
    >>> from sklearn_rnn.inspection import GradientFlowDisplay
    >>> display = GradientFlowDisplay([[1.0, 0.1, 0.01]], name="tanh")
    >>> display.names
    ['layer 1']
    """

    def __init__(self, norms, *, names=None, name=None):
        self.norms = as_numbers(norms, "norms")
        if names is None:
            names = [f"layer {i + 1}" for i in range(len(self.norms))]
        self.names = labels_or_numbers(names, len(self.norms), "names")
        self.name = name

    @classmethod
    def from_estimator(cls, estimator, X, y, *, name=None, **kwargs):
        """Compute the gradients of an estimator and draw their norms.

        Parameters
        ----------
        estimator, X, y : as in `gradient_flow`
            The network, fitted or not, and data.
        name : str, default=None
            What the legend calls the network; None means its `rnn_type`.
        **kwargs : dict
            Of `plot`. With ``ax=display.ax_``, other networks are drawn beside it.

        Returns
        -------
        display : GradientFlowDisplay
            With the picture.

        Raises
        ------
        TypeError, ValueError
            As `gradient_flow`.

        Examples
        --------
        >>> from sklearn_rnn import RNNRegressor
        >>> from sklearn_rnn.inspection import GradientFlowDisplay
        >>> X, y = [[1, 2, 3], [4, 5]], [6, 9]
        >>> gru = RNNRegressor(random_state=0)
        >>> display = GradientFlowDisplay.from_estimator(gru, X, y)
        >>> lstm = RNNRegressor(rnn_type="lstm", random_state=0)
        >>> both = GradientFlowDisplay.from_estimator(lstm, X, y, ax=display.ax_)
        >>> [line.get_label() for line in both.ax_.lines]
        ['gru', 'lstm']
        """
        flow = gradient_flow(estimator, X, y)
        if name is None:
            name = network_of(estimator, MANY_TO_ONE, cls.__name__).rnn_type
        return cls(flow.norms, names=flow.names, name=name).plot(**kwargs)

    def plot(self, ax=None, *, relative=True):
        """Draw a line for each layer, on a logarithmic axis.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        relative : bool, default=True
            Whether to divide by the norm at the last step, so that networks can be
            compared whose losses differ.

        Returns
        -------
        self : GradientFlowDisplay
            With `lines_`, `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the norm at the last step, by which to divide, is zero.

        Examples
        --------
        >>> from sklearn_rnn.inspection import GradientFlowDisplay
        >>> display = GradientFlowDisplay([[2.0, 0.2, 0.02]], name="tanh").plot()
        >>> display.lines_[0].get_ydata()
        array([1.  , 0.1 , 0.01])
        """
        without = self.norms[:, 0] <= 0
        if relative and without.any():
            raise ValueError(
                f"The norm of {self.names[without.argmax()]} is 0 at the last step, by "
                "which others cannot be divided: take plot(relative=False)."
            )
        ax = axes_or_new(ax, figsize=(6, 4))
        norms = np.where(self.norms > 0, self.norms, np.nan)  # no logarithm of zero
        if relative:
            norms = norms / norms[:, :1]
        self.lines_ = []
        for layer, line in zip(self.names, norms, strict=True):
            parts = [str(self.name)] * (self.name is not None)
            parts += [str(layer)] * (len(norms) > 1 or self.name is None)
            label = ", ".join(parts)
            self.lines_ += ax.plot(line, label=label, **next_style(ax))
        by_what = "norm of the gradient by the state"
        ax.set(
            yscale="log",
            xlabel="steps before the end",
            ylabel=f"{by_what},\nthat at the end = 1" if relative else by_what,
        )
        number_ticks(ax.xaxis)
        legend(ax, labelled(ax), frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
