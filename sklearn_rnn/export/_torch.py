"""Estimators as modules of PyTorch, and weights from there."""

from collections.abc import Mapping

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._arrays import as_array
from sklearn_rnn._optional import needs
from sklearn_rnn.base import BaseRNN
from sklearn_rnn.export._fitted import read_fitted
from sklearn_rnn.export._torch_state import in_network, in_stack, to_state, write_state_


def to_torch(estimator):
    """Export a fitted estimator as a module of PyTorch that can go on learning.

    The module is made of :class:`torch.nn.RNN`, :class:`torch.nn.LSTM` or
    :class:`torch.nn.GRU` and :class:`torch.nn.Linear`, and shares no memory with the
    estimator. ``load_torch_weights(estimator, module.state_dict())`` is the way back.

    Parameters
    ----------
    estimator : RNNClassifier, RNNRegressor or RNNSequenceTagger
        Fitted; a tagger with ``crf=False``.

    Returns
    -------
    module : torch.nn.Module
        ``module(x, lengths)`` takes x of shape (n_sequences, n_steps, n_features), with
        anything, NaN too, behind the ends of sequences, and lengths of shape
        (n_sequences,); without lengths, all sequences have n_steps. If the estimator
        was fitted to a table, x is one, too.

        It returns scores: logits of shape (n_sequences, n_classes) of a classifier, as
        :class:`torch.nn.CrossEntropyLoss` takes them, whose softmax is
        `predict_proba`; predictions of shape (n_sequences, n_outputs) of a regressor;
        logits of shape (n_sequences, n_steps, n_classes) of a tagger, which mean
        nothing behind the ends of sequences, or (n_steps, n_classes) if rows are steps.

        It is in evaluation mode and has the dtype of `theta_`, float32 if X was.

    Raises
    ------
    TypeError
        If it is an estimator of another kind: generators and translators cannot be
        exported.
    ValueError
        If it is a tagger with a CRF, which cannot either.
    NotFittedError
        If the estimator is not fitted.
    ImportError
        If PyTorch is not installed.

    See Also
    --------
    load_torch_weights : Take weights from PyTorch.
    to_onnx : Export to run elsewhere.

    Notes
    -----
    After ``module.train()``, `dropout` and `input_dropout` act as in `fit`, and vectors
    that `freeze_embedding` holds need no gradient. PyTorch has no `recurrent_dropout`,
    so it is left out. Where we have one bias, PyTorch has two that are added. The
    second starts at zero, except that of the candidate of a GRU, which is our ``bh``;
    in training both move.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from sklearn_rnn import RNNClassifier, Sequences
    >>> from sklearn_rnn.export import to_torch
    >>> X = Sequences.from_list([[0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
    >>> classifier = RNNClassifier(8, max_iter=50, random_state=0).fit(X, [1, 0, 1])
    >>> module = to_torch(classifier)
    >>> x, lengths = torch.tensor(X.to_padded()), torch.tensor(X.lengths)
    >>> probabilities = module(x, lengths).softmax(dim=1).detach().numpy()
    >>> np.allclose(probabilities, classifier.predict_proba(X))
    True
    """
    torch = needs("torch", "to_torch")
    from sklearn_rnn.export._torch_module import RecurrentNetwork

    fitted = read_fitted(estimator)
    module = RecurrentNetwork(fitted.description, fitted.form)
    state = to_state(fitted.description["rnn_type"], fitted.w)
    tensors = {name: torch.tensor(array) for name, array in state.items()}
    module.to(tensors["output.weight"].dtype).load_state_dict(tensors)
    return module.eval()


def load_torch_weights(estimator, state_dict):
    """Give the recurrent layers of a fitted estimator weights from PyTorch.

    Fit it first, if only by `partial_fit` to a few sequences, which sets the widths of
    everything; then load, and go on with `partial_fit`, or with `fit` and
    ``warm_start=True``. PyTorch itself is not needed.

    Parameters
    ----------
    estimator : recurrent estimator
        Fitted, of any kind; it is changed. Of a translator, its encoder is.
    state_dict : dict of str to array-like or tensor
        Either that of a :class:`torch.nn.RNN`, :class:`torch.nn.LSTM` or
        :class:`torch.nn.GRU`, whose arrays are called ``weight_ih_l0``,
        ``weight_hh_l0_reverse`` and so on, with or without biases; the nonlinearity of
        an RNN must be the estimator's `activation`. Or that of a module that `to_torch`
        made, or a part of it with all recurrent layers: what else it has, word
        vectors, attention and output layer, is taken over, too.

    Returns
    -------
    estimator : recurrent estimator
        The same, with other `parameters_`. It has forgotten what its solver knew of
        former updates, and remembers everything else of its fit, as `loss_curve_`.

    Raises
    ------
    TypeError
        If `estimator` is no recurrent estimator, or `state_dict` no mapping.
    ValueError
        If an array is missing, unknown, not finite or of another shape than the
        estimator needs; the message names it, and both shapes. The estimator is then
        as it was before.
    NotFittedError
        If the estimator is not fitted.

    See Also
    --------
    to_torch : The way to PyTorch.

    Notes
    -----
    Our matrices are the transpose of PyTorch's, and gates have another order: LSTM
    output, input, forget, candidate, where PyTorch has input, forget, candidate,
    output; GRU reset, update, candidate in both. PyTorch's two biases are added, except
    those of the candidate of a GRU, of which the second becomes ``bh``.

    Examples
    --------
    >>> import torch
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.export import load_torch_weights
    >>> X, y = [[1, 2, 3], [3, 1], [2]], [6, 4, 2]
    >>> regressor = RNNRegressor(8, rnn_type="lstm", warm_start=True).partial_fit(X, y)
    >>> lstm = torch.nn.LSTM(input_size=1, hidden_size=8)
    >>> regressor = load_torch_weights(regressor, lstm.state_dict()).fit(X, y)
    """
    if not isinstance(estimator, BaseRNN):
        raise TypeError(
            "load_torch_weights takes a recurrent estimator, got "
            f"{type(estimator).__name__}. Of a pipeline or a search, give the "
            "estimator in it."
        )
    check_is_fitted(estimator, "theta_")
    rnn_type = estimator._network_description["rnn_type"]
    theta = estimator.theta_.copy()
    w = estimator._network().layout().views(theta)
    state = to_state(rnn_type, w)
    with np.errstate(over="ignore"):
        write_state_(rnn_type, w, state | read_state(state_dict, state))
    if not np.isfinite(theta).all():
        raise ValueError(
            f"The weights of state_dict are too large for the {theta.dtype} of the "
            "estimator."
        )
    estimator.theta_ = theta
    estimator._forget_updates()
    return estimator


def read_state(state_dict, needed):
    """Arrays by the names of those that are needed, checked against them."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(
            "state_dict must map names to arrays, as module.state_dict() does, got "
            f"{type(state_dict).__name__}."
        )
    given = {}
    for name, value in state_dict.items():
        known = in_network(str(name))
        if known in given:
            raise ValueError(f"state_dict has {both_names(known)} twice.")
        if known not in needed:
            raise ValueError(
                f"The estimator has no array for {name!r}. It takes those of a "
                "recurrent layer of PyTorch as such, with names like 'weight_ih_l0', "
                f"or {sorted(needed)}."
            )
        given[known] = read_array(name, value, needed[known].shape)
    return given | absent_biases(given, needed)


def absent_biases(given, needed):
    """Zeros for biases that recurrent layers lack; raises if they lack other arrays."""
    # PyTorch has bias=False: both biases of a layer may be absent, and are zero then.
    recurrent = [name for name in needed if name.startswith("recurrent.")]
    absent = [name for name in recurrent if name not in given]
    for name in absent:
        pair = {name.replace("_hh_", "_ih_"), name.replace("_ih_", "_hh_")}
        if ".weight_" in name or pair & given.keys():
            raise ValueError(
                f"{both_names(name)} is missing in state_dict: the estimator needs the "
                "weights of each recurrent layer and direction, and both biases or "
                "none."
            )
    return {name: np.zeros(needed[name].shape) for name in absent}


def both_names(name):
    """What an array of a recurrent layer is called in either kind of state_dict."""
    return f"{in_stack(name)} ({name} in a module of to_torch)"


def read_array(name, value, shape):
    """One array of PyTorch, which must be finite and have the given shape."""
    if hasattr(value, "detach"):  # doubles, as NumPy does not have all types
        value = value.detach().cpu().double().numpy()
    array = as_array(value, repr(name))
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name!r} is not of real numbers, but {array.dtype}.")
    array = array.astype(np.float64)
    if array.shape != shape:
        raise ValueError(
            f"{name!r} has shape {array.shape}, but the estimator needs {shape}."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name!r} contains NaN or infinity.")
    return array
