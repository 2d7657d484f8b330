"""Many to many of unequal length: translation, spelling, pronunciation."""

from typing import NamedTuple

import numpy as np
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._arrays import check_count
from sklearn_rnn._compat import _check_sample_weight, _fit_context
from sklearn_rnn._documents import as_documents
from sklearn_rnn._shell import check_total
from sklearn_rnn._targets import (
    as_written,
    text_tokens,
    tokens_of,
    write_targets,
)
from sklearn_rnn._threads import workers
from sklearn_rnn._translation import TranslatingRNN
from sklearn_rnn.sequences import object_array


class Translations(NamedTuple):
    """The best targets of all sequences, one after another."""

    own: np.ndarray  # (n_targets,) the sequence that each is of
    tokens: list  # of lists of tokens
    scores: np.ndarray  # (n_targets,)
    attention: list | None  # of arrays (target length, source length)


class RNNTranslator(TranslatingRNN):
    """Sequences from sequences of another length, by an encoder and a decoder.

    Translation, spelling in another script, pronunciation, dates, summaries, captions.
    One recurrent network reads a sequence of any kind, another one writes text, or
    lists of tokens, and looks at all that was read before each token.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(128,)
        Width of each recurrent layer of the decoder; the second reads the states of the
        first.

    encoder_layer_sizes : int or sequence of int, default=None
        The same of the encoder, where a bidirectional layer has as many units in each
        direction. None are those of the decoder, of which each direction has half.

    rnn_type : {"gru", "lstm", "rnn"}, default="gru"
        Gated recurrent unit (Cho et al., 2014; reset after the product), long
        short-term memory (Hochreiter and Schmidhuber, 1997) or the simple recurrent
        layer (Elman, 1990), which forgets within some ten steps.

    activation : {"tanh", "relu"}, default="tanh"
        Of the simple recurrent layer; the gated ones are defined with tanh.

    bidirectional : bool, default=True
        Whether the encoder reads each sequence from its end, too.

    attention : {"dot", "general", "additive"} or None, default="general"
        How a state of the decoder is compared with those of the encoder (Luong et al.,
        2015): as they are, which needs both to have the same width; through a matrix;
        or through a layer (Bahdanau et al., 2015), which takes most time. None is no
        attention: all that the decoder knows is what the encoder remembers at the end.

    source_vectorizer : SequenceVectorizer, default=None
        Cuts text in X into tokens; None is ``SequenceVectorizer(analyzer="char")``. It
        is fitted inside, once: later calls of `partial_fit`, or of `fit` under
        `warm_start`, refuse another one. Not used for numbers, with a warning.

    target_vectorizer : SequenceVectorizer, default=None
        The same for text in y. It writes what it reads: without ``lowercase=False``, a
        vectorizer of words translates into lower case. What stands between words and
        marks is learned from y. Start and end are added.

    beam_size : int, default=5
        Beginnings of a prediction that are kept at each step, the most probable ones. 1
        is greedy: the most probable token at each step.

    length_penalty : float in [0, 10], default=0.0
        What counts in the end is the log-probability of a prediction, divided by the
        number of its tokens, the end included, to this power. 0 compares probabilities,
        by which what is short gains; 1 the mean log-probability of a token.

    min_length, max_length : int, default=1, None
        Least and largest number of tokens of a prediction. None is twice as many as
        the longest target of training has.

    replace_unk : bool, default=False
        Whether predictions may hold the token for unknown ones, in the place of which
        they get the token of X that it looks at most: names, which need no translation
        (Luong et al., 2015). Needs attention, tokens in X, and unknown tokens in the y
        of training, as a vectorizer with ``min_df=2`` makes of rare ones.

    embedding_dim : int, default=None
        Width of a learned linear map in front of the first layer of the encoder, and
        of the decoder: word vectors, for one-hot input. None for no map.

    target_embedding_dim : int, default=None
        The same of the decoder, if it is to differ.

    embedding_init : array-like of shape (n_features, embedding_dim) or mapping, \
            default=None
        Initial values of the encoder's map, whose width `embedding_dim` need not
        repeat: a row for each feature, or a mapping (a dict, or the `KeyedVectors` of
        gensim) from the names that `SequenceVectorizer` gave the features. Features
        without a vector, and all if None, start at random.

    freeze_embedding : bool, default=False
        Whether that map stays as `embedding_init` gave it.

    dropout : float in [0, 1), default=0.0
        Share of the units that are silenced while training (Srivastava et al., 2014):
        of the embeddings, between layers, of what attention looks at, and in front of
        the output layer.

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
        Whether `fit` goes on from the weights that it finds, with the tokens that it
        knows.

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

    verbose : bool or int, default=False
        Whether to print epoch, loss, validation loss and time.

    n_jobs : int, default=None
        Threads among which each minibatch is divided; None is 1. More pay off from
        about 100 units on. Under dropout, another number draws other units.

    Attributes
    ----------
    source_vectorizer_ : SequenceVectorizer or None
        Fitted to X; None if X was numbers.

    target_vectorizer_ : SequenceVectorizer or None
        Fitted to y; None if y was numbers.

    target_kind_ : str
        What y was: "text", "tokens" (lists of strings), "values" (lists of integers or
        booleans) or "scalars" (single ones).

    target_tokens_ : ndarray of shape (n_target_tokens,)
        What may be written, and padding and the token for unknown ones.

    max_target_length_ : int
        Tokens of the longest target of training.

    n_features_in_ : int
        Columns of a 2-D X, otherwise features of a step: of text, all tokens known.

    n_step_features_ : int
        Features of a step; 1 for a 2-D X.

    step_feature_names_ : ndarray of shape (`n_step_features_`,) or None
        Their names, if X had them: of text, its tokens.

    fixed_length_ : int or None
        Columns of a 2-D X, which all later 2-D ones must have; None for any other X.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X was a DataFrame with string names.

    n_outputs_ : int
        Number of outputs: the tokens, and the end.

    n_layers_ : int
        Number of recurrent layers of the encoder.

    theta_ : ndarray of shape (n_parameters,)
        All learned parameters.

    parameters_ : dict of str -> ndarray
        The same by name, read-only.

    n_iter_ : int
        Epochs run by `fit`, the last one under `warm_start`; `partial_fit` adds one.

    loss_, best_loss_ : float
        Training loss of the last and of the best epoch, without the penalty.

    loss_curve_ : list of float
        Mean negative log-likelihood of a token in training, in nats, of each epoch,
        also of those before a warm start.

    validation_loss_curve_, validation_scores_ : list of float
        The same of the held-out part after each epoch that had one, and one less the
        token error rate there, if the most probable token is taken at each step. The
        unknown token is one like others.

    best_validation_score_ : float or None
        The largest of the latter.

    See Also
    --------
    RNNSequenceTagger : A label for each step, no more and no fewer.
    RNNGenerator : Sequences from a label, from a vector, or from nothing.
    sklearn_rnn.metrics.token_error_rate : Edits from predictions to the truth.

    Notes
    -----
    The encoder's last states, through a layer, are the decoder's first ones. The
    decoder learns with the true token before each one (teacher forcing), and writes
    with the one that it has written. Attention comes after its recurrence, so that
    training computes it for all steps at once.

    A vector is a sequence of one step: ``X[:, None]`` of an array (n_samples,
    n_features) gives a caption for each.

    A prediction depends on nothing but its own sequence. Padding is never written.

    References
    ----------
    Sutskever et al., Sequence to sequence learning with neural networks, NeurIPS 2014.

    Bahdanau et al., Neural machine translation by jointly learning to align and
    translate, ICLR 2015.

    Luong et al., Effective approaches to attention-based neural machine translation,
    EMNLP 2015.

    Examples
    --------
    >>> from sklearn_rnn import RNNTranslator
    >>> X = ["31 March", "4 May", "17 May", "29 March", "11 June", "8 June"] * 9
    >>> y = ["03-31", "05-04", "05-17", "03-29", "06-11", "06-08"] * 9
    >>> translator = RNNTranslator(32, max_iter=60, random_state=0).fit(X, y)
    >>> translator.predict(["31 March", "8 June"]).tolist()
    ['03-31', '06-08']
    """

    def __init__(
        self,
        hidden_layer_sizes=(128,),
        *,
        encoder_layer_sizes=None,
        rnn_type="gru",
        activation="tanh",
        bidirectional=True,
        attention="general",
        source_vectorizer=None,
        target_vectorizer=None,
        beam_size=5,
        length_penalty=0.0,
        min_length=1,
        max_length=None,
        replace_unk=False,
        embedding_dim=None,
        target_embedding_dim=None,
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
        verbose=False,
        n_jobs=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.encoder_layer_sizes = encoder_layer_sizes
        self.rnn_type = rnn_type
        self.activation = activation
        self.bidirectional = bidirectional
        self.attention = attention
        self.source_vectorizer = source_vectorizer
        self.target_vectorizer = target_vectorizer
        self.beam_size = beam_size
        self.length_penalty = length_penalty
        self.min_length = min_length
        self.max_length = max_length
        self.replace_unk = replace_unk
        self.embedding_dim = embedding_dim
        self.target_embedding_dim = target_embedding_dim
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
        """Learn to turn sequences into others.

        Parameters
        ----------
        X : list of str, list of list of str, Sequences, or array-like
            Text, one of each pair; lists of tokens; or numbers in any of the forms that
            `check_sequences` reads, such as a list of arrays (length, n_features).
        y : list of str, list of list of str or of int, or array-like of shape \
                (n_sequences,)
            Text, lists of tokens, or single values; none of them empty.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each pair in the loss.
        X_val, y_val, sample_weight_val : as X, y, sample_weight, default=None
            Held-out part on which loss and score are computed after each epoch, and
            which `early_stopping` looks at instead of splitting one off.

        Returns
        -------
        self : RNNTranslator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X or y cannot be read (the message names the sequence), or if the loss
            ceases to be a number. The estimator is then as it was before.

        Examples
        --------
        Numbers in, tokens out; both sides may be of any length:

        >>> from sklearn_rnn import RNNTranslator
        >>> X = [[[1.0], [0.0]], [[0.0]], [[1.0]], [[0.0], [1.0]]]
        >>> y = [["one", "zero"], ["zero"], ["one"], ["zero", "one"]]
        >>> translator = RNNTranslator(16, max_iter=60, random_state=0).fit(X, y)
        >>> translator.target_kind_, translator.max_target_length_
        ('tokens', 2)
        """
        validation = (X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, validation)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None):
        """Learn from more pairs: one epoch, with a constant learning rate.

        The first call learns the tokens on both sides, unless vectorizers come with a
        `vocabulary`. Later on, others are unknown: of text, as the unknown token, with
        a warning if y has some and had none before; of numbers in y they are an error.

        Parameters
        ----------
        X : list of str, list of list of str, Sequences, or array-like
            As in `fit`.
        y : list of str, list of list of str or of int, or array-like of shape \
                (n_sequences,)
            As in `fit`.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each pair in the loss.

        Returns
        -------
        self : RNNTranslator
            The estimator after the epoch.

        Raises
        ------
        ValueError, TypeError
            As `fit`, and if data or parameters do not fit the network that is there.

        Examples
        --------
        The first part fixes the tokens on both sides, unless they are given:

        >>> from sklearn_rnn import RNNTranslator, SequenceVectorizer
        >>> digits = SequenceVectorizer(analyzer="char", vocabulary=list("0123456789"))
        >>> translator = RNNTranslator(16, source_vectorizer=digits, random_state=0)
        >>> _ = translator.partial_fit(["1", "2"], [["one"], ["two"]])
        >>> _ = translator.partial_fit(["12", "21"], [["one", "two"], ["two", "one"]])
        >>> translator.n_iter_, translator.target_tokens_.tolist()
        (2, ['<pad>', '<unk>', 'one', 'two'])
        """
        return self._fit(X, y, sample_weight, incremental=True)

    # -- predictions -------------------------------------------------------------------

    def predict(self, X, *, return_attention=False):
        """The most probable targets, of those that a beam search finds.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`; one text is a list of one.
        return_attention : bool, default=False
            Whether to tell where the decoder looked, too.

        Returns
        -------
        y : ndarray of shape (n_sequences,)
            In the form that targets had in `fit`: an array of objects, which are text,
            lists of str, or arrays; or single values.
        attention : ndarray of object of shape (n_sequences,)
            Only if `return_attention`: for each sequence an array (target length,
            source length), the rows of which are how much each token written looked at
            each step of X, and sum to one. Start and end, if `source_vectorizer` adds
            them, are steps, too.

        Raises
        ------
        ValueError, TypeError
            If X cannot be read, or has other features than in `fit`; or if there is no
            attention that could be returned.

        Examples
        --------
        Attention tells which letter of a word stands behind each of the answer:

        >>> from sklearn_rnn import RNNTranslator
        >>> X = ["ab", "ba", "aab", "b", "a", "bab"]
        >>> y = [word.upper() for word in X]
        >>> translator = RNNTranslator(16, max_iter=200, random_state=0).fit(X, y)
        >>> words, attention = translator.predict(["ab", "bab"], return_attention=True)
        >>> words.tolist(), [rows.shape for rows in attention]
        (['AB', 'BAB'], [(2, 2), (3, 3)])
        """
        found = self._translate(X, 1, aligned=return_attention)
        y = write_targets(self, found.tokens)
        return (y, object_array(found.attention)) if return_attention else y

    def predict_n_best(self, X, n_best=5):
        """Several targets for each sequence, the best ones, with their scores.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        n_best : int, default=5
            How many. The beam is at least as wide, so that the best one may be better
            than what `predict` finds with a narrower beam.

        Returns
        -------
        y : list of ndarray
            For each sequence its targets, the best one first, in the form that targets
            had in `fit`. They are fewer than `n_best` where no others are possible.
        scores : list of ndarray of float
            Log-likelihood of each, divided as `length_penalty` says.

        Raises
        ------
        ValueError, TypeError
            As `predict`, and if `n_best` is no positive integer.

        Examples
        --------
        A word that is spelled in two ways:

        >>> import numpy as np
        >>> from sklearn_rnn import RNNTranslator
        >>> X, y = ["grau", "grau", "rot"] * 4, ["gray", "grey", "red"] * 4
        >>> translator = RNNTranslator(16, max_iter=200, random_state=0).fit(X, y)
        >>> words, scores = translator.predict_n_best(["grau"], n_best=2)
        >>> sorted(words[0].tolist()), np.exp(scores[0]).round(1).tolist()
        (['gray', 'grey'], [0.5, 0.5])
        """
        n_best = check_count(n_best, "n_best", "translations")
        found = self._translate(X, n_best)
        ends = np.flatnonzero(np.diff(found.own)) + 1
        y = write_targets(self, found.tokens)
        return np.split(y, ends), np.split(found.scores, ends)

    def score_samples(self, X, y=None):
        """Log-likelihood of targets, given what they are written for, in nats.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : list of str, list of list of str or of int, or array-like of shape \
                (n_sequences,), default=None
            Their targets, as in `fit`; None are those that `predict` gives, so that
            one can tell of which it is sure.

        Returns
        -------
        log_likelihood : ndarray of shape (n_sequences,)
            The end after the last token included.

        Raises
        ------
        ValueError, TypeError
            As `predict`, and if y cannot be read, has not as many targets as X has
            sequences, or holds numbers that were none of the tokens of `fit`.

        Examples
        --------
        Without y, it tells how sure it is of what it predicts, and is less so of a word
        with two spellings:

        >>> from sklearn_rnn import RNNTranslator
        >>> X, y = ["grau", "grau", "rot"] * 4, ["gray", "grey", "red"] * 4
        >>> translator = RNNTranslator(16, max_iter=100, random_state=0).fit(X, y)
        >>> gray, red = translator.score_samples(["grau", "rot"])
        >>> bool(gray < red)
        True
        >>> bool(translator.score_samples(["rot"], ["grey"])[0] < red)
        True
        """
        self._check_fitted()
        data = self._sequences(X)
        with workers(self.n_jobs) as (run_parallel, _):
            if y is None:
                found = self._search(data, self.theta_, self._rules(), run_parallel)
                written = as_written([own[0].tokens for own in found])
            else:
                written = self._read_y(y, data.lengths)
            data = self._paired(data, written)
            return self._log_likelihoods(data, self.theta_, run_parallel)

    def score(self, X, y, sample_weight=None):
        """Share of the targets that are predicted as a whole, token for token.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : list of str, list of list of str or of int, or array-like of shape \
                (n_sequences,)
            Their targets, as in `fit`.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each pair.

        Returns
        -------
        accuracy : float
            Between 0 and 1.

        Raises
        ------
        ValueError, TypeError
            As `predict`, and if y cannot be read, has not as many targets as X has
            sequences, or weights sum to zero.

        Examples
        --------
        What is nearly right is wrong:

        >>> from sklearn_rnn import RNNTranslator
        >>> X, y = ["eins", "zwei", "drei"] * 4, ["one", "two", "three"] * 4
        >>> translator = RNNTranslator(16, max_iter=100, random_state=0).fit(X, y)
        >>> translator.score(X, y), translator.score(["eins", "drei"], ["one", "tree"])
        (1.0, 0.5)
        """
        found = self._translate(X, 1).tokens
        true = tokens_of(self, y)
        check_consistent_length(found, true)
        weight = _check_sample_weight(sample_weight, found, ensure_non_negative=True)
        check_total(weight.sum(), "to score")
        right = [tuple(own) == other for own, other in zip(found, true, strict=True)]
        return float(np.average(right, weights=weight))

    def _check_fitted(self):
        """Raise unless it is fitted, and may search as the constructor says now."""
        check_is_fitted(self, "theta_")
        self._validate_params()
        self._check_search(self._network_description["attention"])

    def _translate(self, X, n_best, aligned=False):
        """The `n_best` targets of each sequence, as `Translations`."""
        self._check_fitted()
        if aligned and self._network_description["attention"] is None:
            raise ValueError("return_attention=True needs attention, which is None.")
        data, rules = self._sequences(X), self._rules(n_best=n_best)
        with workers(self.n_jobs) as (run_parallel, _):
            found = self._search(data, self.theta_, rules, run_parallel)
            own = np.repeat(np.arange(len(found)), [len(part) for part in found])
            flat = [hypothesis for part in found for hypothesis in part]
            ids = [hypothesis.tokens for hypothesis in flat]
            attention = None
            if aligned or self.replace_unk:
                pairs = self._paired(
                    data._replace(starts=data.starts[own], lengths=data.lengths[own]),
                    as_written(ids),
                )
                attention = self._alignments(pairs, self.theta_, run_parallel)
        tokens = [self.target_tokens_[numbers].tolist() for numbers in ids]
        scores = np.array([hypothesis.score for hypothesis in flat])
        found = Translations(own, tokens, scores, attention)
        return self._with_copies(found, X) if self.replace_unk else found

    def _with_copies(self, found, X):
        """Write, in the place of unknown tokens, those of X that they look at.

        What then equals a better target is left out.
        """
        vectorizer, unknown = self.source_vectorizer_, self.target_vectorizer_.unk_token
        read = text_tokens(vectorizer, as_documents(X))
        frame = [vectorizer.sos_token] * bool(vectorizer.add_sos)
        frame += [vectorizer.eos_token] * bool(vectorizer.add_eos)
        kept = {}
        for i, (own, tokens) in enumerate(zip(found.own, found.tokens, strict=True)):
            words, looks = read[own], found.attention[i]
            places = [j for j, word in enumerate(words) if word not in frame]
            if not places:  # nothing to copy
                tokens = [token for token in tokens if token != unknown]
            written = tuple(
                words[places[looks[step, places].argmax()]]
                if token == unknown
                else token
                for step, token in enumerate(tokens)
            )
            kept.setdefault((own, written), i)
        index = list(kept.values())
        return Translations(
            found.own[index],
            [list(written) for _, written in kept],
            found.scores[index],
            [found.attention[i] for i in index],
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.target_tags.required = True
        return tags
