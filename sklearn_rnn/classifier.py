"""Many to one: a class for each sequence."""

import numpy as np
from sklearn.base import ClassifierMixin

from sklearn_rnn._classes import (
    check_partial_classes,
    encode,
    read_labels,
    weigh_classes,
)
from sklearn_rnn._compat import StrOptions, _fit_context
from sklearn_rnn._many_to_one import ManyToOneRNN
from sklearn_rnn.core.heads import Softmax, log_softmax


class RNNClassifier(ClassifierMixin, ManyToOneRNN):
    """Classifier of sequences by a recurrent network.

    Sequences may have any length. The network is trained by backpropagation through
    time to minimise the cross-entropy of its class probabilities.

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

    bidirectional : bool, default=False
        Whether a second layer of the same width reads each sequence from its end.

    pooling : {"last", "mean", "max", "attention"}, default="last"
        What the output layer sees of a sequence: the final state; the mean or maximum
        of each unit over time; or a mean weighted by learned attention (Yang et al.,
        2016). Maximum suits long recordings in which the decisive moment may be
        anywhere.

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
        excepted, which is divided by the number of sequences (the sum of their weights)
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
        Weight of each class; "balanced" makes all classes weigh the same.

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
        Loss and accuracy on the held-out part after each epoch that had one, both
        weighted as in training, by `class_weight`, too.

    best_validation_score_ : float or None
        The largest of the latter.

    See Also
    --------
    RNNRegressor : Predicts numbers.
    StepwiseTransformer : Scales the steps of sequences, which networks like.

    References
    ----------
    Cho et al., Learning phrase representations using RNN encoder-decoder for
    statistical machine translation, EMNLP 2014.

    Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9, 1997.

    Examples
    --------
    Do the numbers rise or fall?

    >>> from sklearn_rnn import RNNClassifier
    >>> X = [[1, 2, 3], [3, 2], [2, 3], [3, 2, 1, 0], [0, 1], [5, 3, 2]]
    >>> y = ["rise", "fall", "rise", "fall", "rise", "fall"]
    >>> classifier = RNNClassifier(max_iter=100, random_state=0).fit(X, y)
    >>> classifier.predict([[0, 1, 2], [4, 3, 2, 1]])
    array(['rise', 'fall'], dtype='<U4')
    """

    _parameter_constraints = {
        **ManyToOneRNN._parameter_constraints,
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        hidden_layer_sizes=(64,),
        *,
        rnn_type="gru",
        activation="tanh",
        bidirectional=False,
        pooling="last",
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
        self.pooling = pooling
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
        """Learn to classify sequences.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            A list of arrays of shape (length, n_features) or (length,); an array of
            shape (n_sequences, n_steps, n_features), in which trailing steps that are
            all NaN are padding; an array or DataFrame of shape (n_sequences, n_steps),
            whose rows are series of single values, as are equally long lists of
            numbers; or `Sequences`.
        y : array-like of shape (n_sequences,)
            Class labels.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each sequence in the loss.
        X_val, y_val, sample_weight_val : as X, y, sample_weight, default=None
            Held-out part on which loss and accuracy are computed after each epoch, and
            which `early_stopping` looks at instead of splitting one off.

        Returns
        -------
        self : RNNClassifier
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X or y cannot be read (the message names the sequence and step), or if
            the loss ceases to be a number. The estimator is then as it was before.

        Examples
        --------
        With a held-out part, training shows how well it goes, epoch by epoch:

        >>> from sklearn_rnn import RNNClassifier
        >>> X, y = [[1, 2, 3], [3, 2], [2, 3], [3, 2, 1]], ["up", "down", "up", "down"]
        >>> classifier = RNNClassifier(max_iter=100, random_state=0)
        >>> classifier.fit(X, y, X_val=[[0, 1], [4, 3, 2]], y_val=["up", "down"])
        RNNClassifier(max_iter=100, random_state=0)
        >>> len(classifier.validation_loss_curve_), classifier.best_validation_score_
        (100, 1.0)
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
        y : array-like of shape (n_sequences,)
            Class labels.
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever occur; needed in the first call.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each sequence in the loss.

        Returns
        -------
        self : RNNClassifier
            The estimator after the epoch.

        Raises
        ------
        ValueError, TypeError
            As `fit`, and if data or parameters do not fit the network that is there.

        Examples
        --------
        Data come in parts, none of which has both classes:

        >>> from sklearn_rnn import RNNClassifier
        >>> parts = [([[1, 2, 3], [2, 3]], ["up", "up"]), ([[3, 2]], ["down"])]
        >>> classifier = RNNClassifier(random_state=0)
        >>> for X, y in parts * 60:
        ...     _ = classifier.partial_fit(X, y, classes=["down", "up"])
        >>> classifier.n_iter_, classifier.predict([[2, 3], [3, 2]]).tolist()
        (120, ['up', 'down'])
        """
        check_partial_classes(self, classes)
        return self._fit(X, y, sample_weight, targets=classes, incremental=True)

    def _declare_y(self, y, sequences, targets):
        self.classes_ = np.unique(read_labels(y if targets is None else targets))
        self.n_outputs_ = len(self.classes_)

    def _read_y(self, y, sequences):
        return encode(read_labels(y, warn=True), self.classes_)

    def _head(self):
        return Softmax(self.n_outputs_)

    def _stratify(self, data):
        return data.y

    def _reweight(self, weight, y):
        return weigh_classes(self.class_weight, self.classes_, y, weight)

    def _score_scores(self, scores, y, sample_weight):
        from sklearn.metrics import accuracy_score  # slow to import

        return accuracy_score(y, scores.argmax(axis=1), sample_weight=sample_weight)

    def predict(self, X):
        """Most probable class of each sequence.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences, as in `fit`.

        Returns
        -------
        y : ndarray of shape (n_sequences,)
            Labels.

        Raises
        ------
        ValueError, TypeError
            If X cannot be read, or has other features than in `fit`.

        Examples
        --------
        Text is turned into sequences first, and the order of the words tells:

        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn_rnn import RNNClassifier, SequenceVectorizer
        >>> X = ["good", "not good", "bad", "not bad"]
        >>> y = ["like", "hate", "hate", "like"]
        >>> classifier = RNNClassifier(max_iter=60, random_state=0)
        >>> model = make_pipeline(SequenceVectorizer(), classifier).fit(X, y)
        >>> model.predict(["bad", "not bad"])
        array(['hate', 'like'], dtype='<U4')
        """
        best = self._scores(X, lambda scores: scores.argmax(axis=1))
        return self.classes_[best]

    def predict_proba(self, X):
        """Probability of each class, for each sequence.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences, as in `fit`.

        Returns
        -------
        p : ndarray of shape (n_sequences, n_classes)
            In the order of `classes_`.

        Raises
        ------
        ValueError, TypeError
            As `predict`.

        Examples
        --------
        What the network is not sure of can be left to someone else:

        >>> from sklearn_rnn import RNNClassifier
        >>> X, y = [[1, 1], [0, 0], [2, 2], [2, 2]], ["one", "nil", "one", "nil"]
        >>> classifier = RNNClassifier(max_iter=200, random_state=0).fit(X, y)
        >>> p = classifier.predict_proba([[1, 1], [2, 2], [0, 0]])
        >>> p.shape, classifier.classes_.tolist()
        ((3, 2), ['nil', 'one'])
        >>> p.max(axis=1) > 0.8
        array([ True, False,  True])
        """
        return self._scores(X, lambda scores: self._head().inverse(scores))

    def predict_log_proba(self, X):
        """Logarithm of the probability of each class, for each sequence.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences, as in `fit`.

        Returns
        -------
        log_p : ndarray of shape (n_sequences, n_classes)
            In the order of `classes_`; finite where `predict_proba` is zero.

        Raises
        ------
        ValueError, TypeError
            As `predict`.

        Examples
        --------
        Sums over several recordings of one thing tell which class explains them all:

        >>> from sklearn_rnn import RNNClassifier
        >>> X, y = [[1, 1], [0], [1, 1, 1], [0, 0]], ["a", "b", "a", "b"]
        >>> classifier = RNNClassifier(max_iter=60, random_state=0).fit(X, y)
        >>> log_p = classifier.predict_log_proba([[1, 1], [1], [0.6, 0.6]])
        >>> classifier.classes_[[log_p.sum(axis=0).argmax()]]
        array(['a'], dtype='<U1')
        """
        return self._scores(X, log_softmax)

    def staged_predict_proba(self, X):
        """Probabilities after each step: how early can a sequence be classified?

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences, as in `fit`.

        Yields
        ------
        p : ndarray of shape (n_sequences, n_classes)
            After one step, after two, and so on to the longest sequence. One that has
            ended keeps its probabilities, so the last array is `predict_proba(X)`.
            Where all sequences are empty, nothing is yielded.

        Raises
        ------
        ValueError, TypeError
            As `predict`, when the first array is asked for.

        Notes
        -----
        A network that looks back only runs once. A bidirectional one runs anew for each
        step, because its second half starts from the end that is then known.

        Examples
        --------
        Two sequences that the last step alone tells apart:

        >>> from sklearn_rnn import RNNClassifier
        >>> X, y = [[0, 0, 1], [0, 0, 0], [1, 1, 1], [1, 1, 0]], [1, 0, 1, 0]
        >>> classifier = RNNClassifier(max_iter=200, random_state=0).fit(X, y)
        >>> stages = list(classifier.staged_predict_proba([[0, 0, 1], [0, 0, 0]]))
        >>> len(stages), stages[-1].argmax(axis=1).tolist()
        (3, [1, 0])
        >>> bool(abs(stages[1][0] - stages[1][1]).max() < 1e-6)
        True
        """
        for scores in self._staged_scores(X):
            yield self._head().inverse(scores)
