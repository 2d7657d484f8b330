"""Many to many of equal length: a label for each step."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._architecture import describe_encoder
from sklearn_rnn._classes import (
    check_partial_classes,
    encode,
    read_labels,
    weigh_classes,
)
from sklearn_rnn._compat import StrOptions, _check_sample_weight, _fit_context
from sklearn_rnn._entities import check_scheme
from sklearn_rnn._schemes import check_legal, forbidden_transitions
from sklearn_rnn._shell import check_total
from sklearn_rnn._step_labels import (
    are_flat,
    check_flat,
    read_rows,
    read_step_labels,
)
from sklearn_rnn._threads import workers
from sklearn_rnn.base import BaseRNN
from sklearn_rnn.core.crf import CRF
from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.networks import sequence_to_sequence
from sklearn_rnn.core.prediction import in_batches_of_steps, in_windows, scan
from sklearn_rnn.core.training import StepData
from sklearn_rnn.sequences import cut, object_array
from sklearn_rnn.validation import validate_as_they_are


class RNNSequenceTagger(BaseRNN):
    """Labels for the steps of sequences by a recurrent network.

    Parts of speech, named entities, an activity for each frame of a recording.
    Sequences may have any length. With ``crf=True`` a conditional random field on top
    of the network also learns which label follows which, and the labels of a sequence
    are chosen together.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(64,)
        Width of each recurrent layer; the second reads the states of the first.

    rnn_type : {"gru", "lstm", "rnn"}, default="gru"
        Gated recurrent unit (Cho et al., 2014; reset after the product), long
        short-term memory (Hochreiter and Schmidhuber, 1997) or the simple recurrent
        layer (Elman, 1990), which forgets within some ten steps.

    activation : {"tanh", "relu"}, default="tanh"
        Of the simple recurrent layer; the gated ones are defined with tanh.

    bidirectional : bool, default=True
        Whether a second layer of the same width reads each sequence from its end, so
        that a label depends on what follows, too.

    crf : bool, default=False
        Whether labels are chosen together, by a linear-chain conditional random field
        (Lafferty et al., 2001), rather than each by itself. Pays where labels form
        chunks, such as names of several words.

    scheme : {"IOB1", "IOB2", "BIO", "BIOES", "IOBES"} or None, default=None
        How labels mark entities (Ramshaw and Marcus, 1995; Ratinov and Roth, 2009).
        What it does not allow, such as "I-PER" behind "O" in IOB2, is then never
        predicted, and an error in y. "BIO" is IOB2, "IOBES" is BIOES; see
        `sklearn_rnn.metrics.extract_entities`. Needs ``crf=True``.

    embedding_dim : int, default=None
        Width of a learned linear map in front of the first layer: word vectors, for
        one-hot input. None for no map.

    embedding_init : array-like of shape (n_features, embedding_dim) or mapping, \
            default=None
        Initial values of that map, whose width `embedding_dim` need not repeat: a row
        for each feature, or a mapping (a dict, or the `KeyedVectors` of gensim) from
        the names that `SequenceVectorizer` gave the features. Features without a
        vector, and all if None, start at random.

    freeze_embedding : bool, default=False
        Whether that map stays as `embedding_init` gave it.

    dropout : float in [0, 1), default=0.0
        Share of the units that are silenced while training (Srivastava et al., 2014):
        of the embedding, between layers, and in front of the output layer.

    input_dropout : float in [0, 1), default=0.0
        Share of the elements of the input that are silenced while training: words of
        one-hot steps, features of multi-hot ones (so that a word is recognised by its
        ending, too), values of others.

    recurrent_dropout : float in [0, 1), default=0.0
        Share of the units of the state that are silenced while training, the same ones
        at all steps of a sequence (Gal and Ghahramani, 2016).

    solver : {"adam", "adamw", "rmsprop", "sgd"}, default="adam"
        Adam (Kingma and Ba, 2015), Adam with decoupled decay (Loshchilov and Hutter,
        2019), RMSProp (Tieleman and Hinton, 2012; decay 0.9), or gradient descent with
        momentum. Sparse input updates only the rows that occur in a minibatch.

    alpha : float, default=0.0
        Strength of the L2 penalty ``alpha / 2 * sum(w ** 2)`` on all matrices, biases
        excepted, which is divided by the number of steps (the sum of their weights)
        and added to the mean loss; with "adamw", the rate at which weights shrink. On
        sparse input it acts on the rows that occur.

    batch_size : int or "auto", default="auto"
        Sequences in a minibatch. "auto" is all of them up to 64, else 32.

    learning_rate : {"linear", "cosine", "constant", "invscaling", "adaptive"}, \
            default="linear"
        How the learning rate goes on from `learning_rate_init`. "linear" and "cosine"
        fall to zero at the end of `max_iter`; "invscaling" divides by the root of the
        epoch's number; "adaptive" divides by five each time that more epochs than
        `n_iter_no_change` bring no improvement, and stops below 1e-6.

    learning_rate_init : float, default=5e-3
        Initial learning rate.

    max_iter : int or "auto", default="auto"
        Epochs. "auto" is at least 10 and as many as give 1,000 updates: small data
        need updates, not epochs.

    shuffle : bool, default=True
        Whether each epoch draws its minibatches anew.

    random_state : int, RandomState instance or None, default=None
        Determines initial weights, minibatches, dropout and the held-out part.

    tol : float, default=1e-4
        Smallest change that counts as an improvement.

    n_iter_no_change : int, default=10
        Epochs in a row that may bring no improvement; with one more, training stops.
        It is that of the held-out part under `early_stopping`, otherwise of the
        training loss. A learning rate that falls to zero ends training by itself, so
        there only the former applies.

    early_stopping : bool, default=False
        Whether to hold out a part of the data, stop when its score has not improved,
        and keep the weights of the best epoch. The part is `X_val` if `fit` gets one.

    validation_fraction : float, default=0.1
        Share of the data that early stopping holds out.

    warm_start : bool, default=False
        Whether `fit` goes on from the weights that it finds.

    momentum : float, default=0.9
        Of solver "sgd".

    nesterovs_momentum : bool, default=True
        Whether that is Nesterov's.

    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the running mean and the running square of the gradient in Adam.

    epsilon : float, default=1e-8
        Keeps "adam", "adamw" and "rmsprop" from dividing by zero.

    max_grad_norm : float or None, default=1.0
        Gradients whose Euclidean norm is larger are scaled down to it (Pascanu et al.,
        2013): without, one long sequence can undo an epoch.

    class_weight : dict, "balanced" or None, default=None
        Weight of the steps of each class; "balanced" makes all classes weigh the same.
        Under a CRF, a sequence weighs as much as its steps together.

    verbose : bool or int, default=False
        Whether to print epoch, loss, validation loss and time.

    n_jobs : int, default=None
        Threads among which each minibatch is divided; None is 1. More pay off from
        about 100 units on. Under dropout, another number draws other units.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.

    n_features_in_ : int
        Columns of a 2-D X, otherwise features of a step.

    rows_are_steps_ : bool
        Whether `fit` got a table and one label for each row.

    n_step_features_ : int
        Features of a step; 1 for a 2-D X.

    step_feature_names_ : ndarray of shape (`n_step_features_`,) or None
        Their names, if X had them, as `SequenceVectorizer` gives them. X with other
        names is refused later on.

    fixed_length_ : int or None
        Columns of a 2-D X, which all later 2-D ones must have; None for any other X.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X was a DataFrame with string names.

    n_outputs_ : int
        Number of outputs.

    n_layers_ : int
        Number of recurrent layers.

    theta_ : ndarray of shape (n_parameters,)
        All learned parameters.

    parameters_ : dict of str -> ndarray
        The same by name, read-only.

    n_iter_ : int
        Epochs run by `fit`, the last one under `warm_start`; `partial_fit` adds one.

    loss_, best_loss_ : float
        Training loss of the last and of the best epoch, without the penalty.

    loss_curve_ : list of float
        Mean training loss of each epoch, also of those before a warm start.

    validation_loss_curve_, validation_scores_ : list of float
        Loss and step accuracy on the held-out part after each epoch that had one, both
        weighted as in training, by `class_weight`, too.

    best_validation_score_ : float or None
        The largest of the latter.

    transitions_ : ndarray of shape (n_classes, n_classes)
        Scores of each class (column) behind each other one (row); -inf where `scheme`
        forbids it. Only with ``crf=True``.

    See Also
    --------
    RNNClassifier : One class for a whole sequence.
    SequenceVectorizer : Turns documents into sequences, a step for each token.
    sklearn_rnn.metrics : Scores of entities and of whole sequences.

    Notes
    -----
    It is no classifier in the sense of scikit-learn, whose splitters and metrics cannot
    read a label for each step. ``cross_val_score(tagger, X, y, cv=5)`` works, and
    splits by `KFold`; so does ``scoring=sklearn_rnn.metrics.SCORERS["entity_f1"]``.

    References
    ----------
    Lafferty et al., Conditional random fields, ICML 2001.

    Huang et al., Bidirectional LSTM-CRF models for sequence tagging, arXiv 2015.

    Examples
    --------
    Is a number larger than the one before?

    >>> from sklearn_rnn import RNNSequenceTagger
    >>> X = [[1, 3, 2], [4, 1], [0, 2, 3, 1], [2, 1, 3], [1, 4], [3, 0, 2]]
    >>> y = [["-", "up", "down"], ["-", "down"], ["-", "up", "up", "down"],
    ...      ["-", "down", "up"], ["-", "up"], ["-", "down", "up"]]
    >>> tagger = RNNSequenceTagger(16, max_iter=200, random_state=0).fit(X, y)
    >>> tagger.predict([[0, 3, 1]])[0]
    array(['-', 'up', 'down'], dtype='<U4')
    """

    _parameter_constraints = {
        **BaseRNN._parameter_constraints,
        "crf": ["boolean"],
        "scheme": [StrOptions({"IOB1", "IOB2", "BIO", "BIOES", "IOBES"}), None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        hidden_layer_sizes=(64,),
        *,
        rnn_type="gru",
        activation="tanh",
        bidirectional=True,
        crf=False,
        scheme=None,
        embedding_dim=None,
        embedding_init=None,
        freeze_embedding=False,
        dropout=0.0,
        input_dropout=0.0,
        recurrent_dropout=0.0,
        solver="adam",
        alpha=0.0,
        batch_size="auto",
        learning_rate="linear",
        learning_rate_init=5e-3,
        max_iter="auto",
        shuffle=True,
        random_state=None,
        tol=1e-4,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        warm_start=False,
        momentum=0.9,
        nesterovs_momentum=True,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        max_grad_norm=1.0,
        class_weight=None,
        verbose=False,
        n_jobs=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.rnn_type = rnn_type
        self.activation = activation
        self.bidirectional = bidirectional
        self.crf = crf
        self.scheme = scheme
        self.embedding_dim = embedding_dim
        self.embedding_init = embedding_init
        self.freeze_embedding = freeze_embedding
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.recurrent_dropout = recurrent_dropout
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.max_grad_norm = max_grad_norm
        self.class_weight = class_weight
        self.verbose = verbose
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y,
        sample_weight=None,
        *,
        X_val=None,
        y_val=None,
        sample_weight_val=None,
    ):
        """Learn to label steps.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            A list of arrays of shape (length, n_features) or (length,), or of lists;
            an array of shape (n_sequences, n_steps, n_features), in which trailing
            steps that are all NaN are padding; an array or DataFrame of shape
            (n_sequences, n_steps), whose rows are series of single values; or
            `Sequences`. With a one-dimensional y, the rows of a table
            (n_steps, n_features) are steps instead, each without neighbours.
        y : list or object array of array-like of shape (length,), or array-like of \
                shape (n_sequences, n_steps) or (n_steps,)
            Labels of the steps of each sequence. What a padded array has behind the
            end of a sequence of X is ignored.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each sequence in the loss.
        X_val, y_val, sample_weight_val : as X, y, sample_weight, default=None
            Held-out part on which loss and accuracy are computed after each epoch, and
            which `early_stopping` looks at instead of splitting one off.

        Returns
        -------
        self : RNNSequenceTagger
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X or y cannot be read (the message names the sequence and step), or if
            the loss ceases to be a number. The estimator is then as it was before.

        Examples
        --------
        Padded arrays will do, too; what y has behind the end of a sequence is ignored:

        >>> import numpy as np
        >>> from sklearn_rnn import RNNSequenceTagger
        >>> X = np.array([[[1.0], [3.0], [2.0]], [[4.0], [1.0], [np.nan]]])
        >>> y = np.array([["-", "up", "down"], ["-", "down", "pad"]])
        >>> tagger = RNNSequenceTagger(16, max_iter=60, random_state=0).fit(X, y)
        >>> tagger.classes_
        array(['-', 'down', 'up'], dtype='<U4')
        """
        validation = (X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, validation)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Learn from more sequences: one epoch, with a constant learning rate.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            As in `fit`.
        y : list or object array of array-like, or array-like
            As in `fit`.
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever occur; None in the first call means those of y.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each sequence in the loss.

        Returns
        -------
        self : RNNSequenceTagger
            The estimator after the epoch.

        Raises
        ------
        ValueError, TypeError
            As `fit`, and if data or parameters do not fit the network that is there.

        Examples
        --------
        Labels that come later must be known from the start:

        >>> from sklearn_rnn import RNNSequenceTagger
        >>> tagger = RNNSequenceTagger(16, random_state=0)
        >>> _ = tagger.partial_fit([[1, 3]], [["-", "up"]], classes=["-", "down", "up"])
        >>> X, y = [[1, 3, 0], [4, 1]], [["-", "up", "down"], ["-", "down"]]
        >>> for _ in range(100):
        ...     _ = tagger.partial_fit(X, y)
        >>> tagger.n_iter_, tagger.predict([[4, 1]])[0].tolist()
        (101, ['-', 'down'])
        """
        check_partial_classes(self, classes, needed=False)
        return self._fit(X, y, sample_weight, targets=classes, incremental=True)

    # -- what y means ------------------------------------------------------------------

    def _read_sequences(self, X, y, reset):
        flat = are_flat(y) if reset else self.rows_are_steps_
        rows = read_rows(self, X, reset=reset) if flat else None
        if reset:
            self.rows_are_steps_ = rows is not None
        if rows is not None:
            check_flat(y)
            return rows
        if y is not None and isinstance(X, (list, tuple)):
            # Nested labels tell that no table is meant, even where lengths are equal.
            X = object_array(X)
        return validate_as_they_are(self, X, reset=reset)

    def _declare_y(self, y, sequences, targets):
        if targets is None:
            targets = read_step_labels(y, sequences.lengths)
        self.classes_ = np.unique(read_labels(targets))
        self.n_outputs_ = len(self.classes_)

    def _read_y(self, y, sequences):
        labels = read_labels(read_step_labels(y, sequences.lengths))
        codes = encode(labels, self.classes_)
        if self.scheme is not None:
            check_legal(labels, sequences.lengths, check_scheme(self.scheme))
        return codes

    def _data(self, values, sequences, y, weight):
        dtype, weight = weight.dtype, np.repeat(weight, sequences.lengths)
        weight = weigh_classes(self.class_weight, self.classes_, y, weight)
        weight = weight.astype(dtype, copy=False)
        return StepData(values, sequences.starts, sequences.lengths, y, weight)

    def _head(self):
        head = CRF if self._network_description["crf"] else Softmax
        return head(self.n_outputs_)

    def _describe_network(self, data):
        if self.scheme is not None and not self.crf:
            raise ValueError("scheme needs crf=True, which chooses labels together.")
        return {
            "n_outputs": self.n_outputs_,
            "crf": bool(self.crf),
            "scheme": self.scheme and check_scheme(self.scheme),
            "labels": self.classes_.tolist(),
            **describe_encoder(self, data),
        }

    @staticmethod
    def _build(scheme, labels, **description):
        forbidden = None if scheme is None else forbidden_transitions(labels, scheme)
        return sequence_to_sequence(forbidden=forbidden, **description)

    def _evaluate(self, trainer, held_out, theta):
        network, loss, right = trainer.network, 0.0, 0.0
        w = trainer.layout.views(theta)
        for windows in in_windows(held_out, network):
            for _, packing, scores, _ in scan(network, w, windows):
                y, weight = held_out.y[packing.rows], held_out.weight[packing.rows]
                loss += trainer.head.loss_gradient(scores, y, weight)[0]
                right += weight @ (trainer.head.decode(scores) == y)
        total = held_out.total()
        return float(loss / total), float(right / total)

    # -- predictions -------------------------------------------------------------------

    def _read_steps(self, X, method):
        """What a method of the head makes of the scores, for all steps; lengths."""
        data, network = self._sequences(X), self._network()
        n_steps, read = data.values.shape[0], getattr(self._head(), method)
        values = np.empty(n_steps, np.int32)
        if method == "inverse":
            values = np.empty((n_steps, self.n_outputs_), self.theta_.dtype)
        w = network.layout().views(self.theta_)
        with workers(self.n_jobs) as (run_parallel, _):
            in_batches_of_steps(network, w, read, data, values, run_parallel)
        return values, data.lengths

    def predict(self, X):
        """Label of each step.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences, as in `fit`.

        Returns
        -------
        y : ndarray of object of shape (n_sequences,), or ndarray of shape (n_steps,)
            An array of labels for each sequence, or, if X is a table whose rows are
            steps, a label for each row. Under a CRF, the most probable labels of the
            sequence as a whole (Viterbi, 1967).

        Raises
        ------
        ValueError, TypeError
            If X cannot be read, or has other features than in `fit`; or if by `scheme`
            the labels of y cannot label a sequence of such a length.

        Examples
        --------
        Parts of speech, for which "can" needs its neighbours:

        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn_rnn import RNNSequenceTagger, SequenceVectorizer
        >>> X = ["you can swim", "open the can", "the can fell", "birds can sing"]
        >>> y = ["PRON AUX VERB", "VERB DET NOUN", "DET NOUN VERB", "NOUN AUX VERB"]
        >>> tagger = RNNSequenceTagger(32, max_iter=60, random_state=0)
        >>> model = make_pipeline(SequenceVectorizer(), tagger)
        >>> _ = model.fit(X, [tags.split() for tags in y])
        >>> model.predict(["you can open the can"])[0]
        array(['PRON', 'AUX', 'VERB', 'DET', 'NOUN'], dtype='<U4')
        """
        codes, lengths = self._read_steps(X, "decode")
        return self._in_form(self.classes_[codes], lengths, X)

    def predict_proba(self, X):
        """Probability of each label at each step.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences, as in `fit`.

        Returns
        -------
        p : ndarray of object of shape (n_sequences,), or ndarray of shape \
                (n_steps, n_classes)
            An array (length, n_classes) for each sequence, or, if X is a table whose
            rows are steps, one of all rows. In the order of `classes_`. Under a CRF,
            marginal probabilities, which take all labels of the others into account.

        Raises
        ------
        ValueError, TypeError
            As `predict`.

        Examples
        --------
        >>> from sklearn_rnn import RNNSequenceTagger
        >>> X, y = [[1, 3, 2], [4, 1]], [["-", "up", "down"], ["-", "down"]]
        >>> tagger = RNNSequenceTagger(16, max_iter=60, random_state=0).fit(X, y)
        >>> p = tagger.predict_proba(X)
        >>> [part.shape for part in p]
        [(3, 3), (2, 3)]
        >>> p[0].sum(axis=1).round(6)
        array([1., 1., 1.])
        """
        p, lengths = self._read_steps(X, "inverse")
        return self._in_form(p, lengths, X)

    def _is_table(self, X):
        """Whether rows of X are steps."""
        return self.rows_are_steps_ and read_rows(self, X, reset=False) is not None

    def _in_form(self, values, lengths, X):
        """Values of steps by sequence, unless X is a table whose rows are steps."""
        return values if self._is_table(X) else cut(values, lengths)

    def score(self, X, y, sample_weight=None):
        """Share of the steps that are labelled as in y.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences, as in `fit`.
        y : list or object array of array-like, or array-like
            Labels, as in `fit`.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each sequence.

        Returns
        -------
        accuracy : float
            Between 0 and 1.

        Raises
        ------
        ValueError, TypeError
            As `predict`, and if y has no label for each step of X, or labels of another
            kind than in `fit`.

        Examples
        --------
        A label is right or wrong, and long sequences have more of them:

        >>> from sklearn_rnn import RNNSequenceTagger
        >>> X, y = [[1, 3, 2], [4, 1]], [["-", "up", "down"], ["-", "down"]]
        >>> tagger = RNNSequenceTagger(32, max_iter=100, random_state=0).fit(X, y)
        >>> tagger.score(X, y), tagger.score(X, [["-", "up", "down"], ["-", "up"]])
        (1.0, 0.8)
        """
        codes, lengths = self._read_steps(X, "decode")
        if self._is_table(X):
            check_flat(y)
        labels = read_labels(read_step_labels(y, lengths))
        if isinstance(labels[0], str) != isinstance(self.classes_[0], str):
            raise ValueError(
                f"y has labels such as {labels[:1].tolist()}, but the estimator was "
                f"fitted to {self.classes_.tolist()}."
            )
        weight = _check_sample_weight(sample_weight, lengths, ensure_non_negative=True)
        weight = np.repeat(weight, lengths)
        check_total(weight.sum(), "that have steps")
        return float(np.average(self.classes_[codes] == labels, weights=weight))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    @property
    def transitions_(self):
        """Scores of labels behind each other.

        Returns
        -------
        transitions : ndarray of shape (n_classes, n_classes)
            From the class of the row to that of the column, in the order of
            `classes_`; -inf where `scheme` forbids it.

        Raises
        ------
        AttributeError
            If the tagger has no CRF.

        Examples
        --------
        Nothing can go on, "I", where nothing has begun, behind "O":

        >>> from sklearn_rnn import RNNSequenceTagger
        >>> X, y = [[0, 5, 6], [0, 5]], [["O", "B-X", "I-X"], ["O", "B-X"]]
        >>> tagger = RNNSequenceTagger(
        ...     4, crf=True, scheme="IOB2", max_iter=30, random_state=0
        ... ).fit(X, y)
        >>> tagger.classes_.tolist()
        ['B-X', 'I-X', 'O']
        >>> tagger.transitions_[2] == float("-inf")
        array([False,  True, False])
        """
        check_is_fitted(self, "theta_")
        if not self._network_description["crf"]:
            raise AttributeError("transitions_ exists only with crf=True.")
        network = self._network()
        labels = network.layout().views(self.theta_)["labels"]
        return network.allowed(labels)["transition"].copy()
