"""One to many: a generator of text, names, music and series."""

from itertools import chain
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._arrays import naming
from sklearn_rnn._classes import check_partial_classes
from sklearn_rnn._compat import _fit_context
from sklearn_rnn._conditions import alternatives, is_single
from sklearn_rnn._density import SequenceDensity
from sklearn_rnn._documents import Documents
from sklearn_rnn._generation import (
    Prefixes,
    follow_tokens,
    groups_of,
    in_parts,
    simulate,
    write_tokens,
)
from sklearn_rnn._sampling_rules import (
    OPTIONS,
    check_names,
    check_number,
    check_quantiles,
    check_rules,
    make_rules,
    options_of_numbers,
)
from sklearn_rnn._suggestions import suggest_tokens, suggest_words
from sklearn_rnn._threads import workers
from sklearn_rnn.sequences import Sequences

LONGEST = 1000  # steps of a sample, unless more are asked for


class RNNGenerator(SequenceDensity):
    """Density of sequences by a recurrent network, from which it generates new ones.

    Text, names, music, futures of a series. Sequences may have any length, and may
    depend on a condition: a label, or a vector.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(128,)
        Width of each recurrent layer; the second reads the states of the first.

    rnn_type : {"gru", "lstm", "rnn"}, default="gru"
        Gated recurrent unit (Cho et al., 2014; reset after the product), long
        short-term memory (Hochreiter and Schmidhuber, 1997) or the simple recurrent
        layer (Elman, 1990), which forgets within some ten steps.

    activation : {"tanh", "relu"}, default="tanh"
        Of the simple recurrent layer; the gated ones are defined with tanh.

    vectorizer : SequenceVectorizer, default=None
        Cuts text into tokens; None is ``SequenceVectorizer(analyzer="char")``. It is
        fitted inside, once: later calls of `partial_fit`, or of `fit` under
        `warm_start`, refuse another one. Start and end are added by the generator. Not
        used for numbers, with a warning.

    distribution : {"auto", "categorical", "gaussian", "bernoulli"}, default="auto"
        What a step is: a token; real values, independent and normal given the past,
        each with a mean and a scale of its own; or values that are 0 or 1, such as the
        keys of a piano. "auto" is a token for text and for one-hot steps, 0 or 1 if
        there are several features without any other value, else real values.

    n_components : int, default=1
        Normal distributions that are mixed at each step of real values (Bishop, 1994).
        More than one pays where data are many and one bell curve does not describe what
        may come: several features that move together, rare jumps.

    bptt_steps : int, "auto" or None, default="auto"
        Steps through which gradients go back. None are all steps of a sequence, with
        whole sequences as minibatches. With a number, all sequences one after another
        are cut into `batch_size` streams, a minibatch is the next steps of each, and
        the state is carried from one minibatch to the next (truncated backpropagation
        through time, Williams and Peng, 1990): the memory needed does not depend on the
        length of the sequences. "auto" is None if none is longer than 256 steps, else
        64.

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
        Sequences in a minibatch, or streams, see `bptt_steps`. "auto" is all sequences
        up to 64, else 32; of streams 32.

    learning_rate : {"linear", "cosine", "constant", "invscaling", "adaptive"}, \
            default="linear"
        How the learning rate goes on from `learning_rate_init`. "linear" and "cosine"
        fall to zero at the end of `max_iter`; "invscaling" divides by the root of the
        epoch's number; "adaptive" divides by five each time that more epochs than
        `n_iter_no_change` bring no improvement, and stops below 1e-6.

    learning_rate_init : float, default=5e-3
        Initial learning rate.

    max_iter : int or "auto", default="auto"
        Epochs. "auto" is at least 15, or 60 under `early_stopping`, and as many as give
        50 updates: a density soon knows small data by heart.

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
        and keep the weights of the best epoch. The part is `X_val` if `fit` gets one;
        of a single sequence it is the end.

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

    verbose : bool or int, default=False
        Whether to print epoch, loss, validation loss and time.

    n_jobs : int, default=None
        Threads among which each minibatch is divided; None is 1. More pay off from
        about 100 units on. Under dropout, another number draws other units.

    Attributes
    ----------
    vectorizer_ : SequenceVectorizer or None
        Fitted to the text; None if X was numbers.

    distribution_ : str
        "categorical", "gaussian" or "bernoulli".

    outcomes_ : ndarray of shape (`n_outputs_`,)
        What the columns of `predict_proba` stand for: the tokens, and the end.

    classes_ : ndarray of shape (n_classes,) or None
        Labels that are conditions, if y had labels.

    n_conditions_ : int
        Features of a condition: the number of labels, the length of vectors, or 0.

    condition_mean_ : ndarray of shape (`n_conditions_`,)
        Their weighted mean in training. Of labels these are the shares.

    max_length_ : int
        Steps of the longest sequence of training.

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
        Number of outputs of the network.

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
        Mean negative log-likelihood of a step in training, in nats, of each epoch, also
        of those before a warm start.

    validation_loss_curve_, validation_scores_ : list of float
        The same of the held-out part after each epoch that had one, and its opposite.

    best_validation_score_ : float or None
        The largest of the latter.

    See Also
    --------
    SequenceVectorizer : Cuts text into words or characters.
    sklearn_rnn.metrics.memorization_report : Are samples new, or copies?
    sklearn.neighbors.KernelDensity : A density of rows of numbers.

    Notes
    -----
    The probability of a sequence is the product of those of its steps, each given all
    steps before it. The network reads the steps one by one; what it predicts first, it
    predicts from a start, and after the last token it has to predict the end. A
    condition is part of its input at every step.

    The end of sequences of numbers is not modelled: they are as long as is asked for.

    Padding and the token for unknown ones are never generated.

    References
    ----------
    Bishop, Mixture density networks, Aston University, 1994.

    Mikolov et al., Recurrent neural network based language model, Interspeech 2010.

    Graves, Generating sequences with recurrent neural networks, arXiv 2013.

    Vinyals et al., Show and tell: a neural image caption generator, CVPR 2015.

    Examples
    --------
    >>> from sklearn_rnn import RNNGenerator
    >>> X = ["hahaha!", "hehe!", "haha!"] * 20
    >>> generator = RNNGenerator(32, max_iter=100, random_state=0).fit(X)
    >>> generator.generate("heh", temperature=0)
    ['hehe!']
    >>> [word for word, probability in generator.suggest("hah", k=2)]
    ['haha', 'hahaha']
    >>> bool(generator.perplexity(["hehe!"]) < generator.perplexity(["heha!"]))
    True
    """

    def __init__(
        self,
        hidden_layer_sizes=(128,),
        *,
        rnn_type="gru",
        activation="tanh",
        vectorizer=None,
        distribution="auto",
        n_components=1,
        bptt_steps="auto",
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
        verbose=False,
        n_jobs=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.rnn_type = rnn_type
        self.activation = activation
        self.vectorizer = vectorizer
        self.distribution = distribution
        self.n_components = n_components
        self.bptt_steps = bptt_steps
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
        self.verbose = verbose
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y=None,
        sample_weight=None,
        *,
        X_val=None,
        y_val=None,
        sample_weight_val=None,
    ):
        """Learn the density of sequences.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Text, one or many; lists of tokens; or numbers in any of the forms that
            `check_sequences` reads, such as a list of arrays (length, n_features).
        y : array-like of shape (n_sequences,) or (n_sequences, n_conditions), \
                default=None
            Conditions: a label, a number or a vector for each sequence. One-dimensional
            text, integers, booleans and whole floats are labels, as scikit-learn's
            classifiers read them; other floats, and whatever is two-dimensional, are
            quantities, which should be scaled. What is given here can be given again
            when sequences are generated or scored.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each sequence in the loss.
        X_val, y_val, sample_weight_val : as X, y, sample_weight, default=None
            Held-out part whose loss is computed after each epoch, and which
            `early_stopping` looks at instead of splitting one off.

        Returns
        -------
        self : RNNGenerator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X or y cannot be read (the message names the sequence and step), or if
            the loss ceases to be a number. The estimator is then as it was before.

        Examples
        --------
        A label is a condition, which new names may be drawn for:

        >>> from sklearn_rnn import RNNGenerator
        >>> X, y = ["anna", "ella", "otto", "bob"] * 10, ["f", "f", "m", "m"] * 10
        >>> names = RNNGenerator(32, max_iter=300, random_state=0).fit(X, y)
        >>> names.classes_, names.distribution_
        (array(['f', 'm'], dtype='<U1'), 'categorical')
        >>> names.generate("o", y="m", temperature=0)
        ['otto']
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, classes=None, sample_weight=None):
        """Learn from more sequences: one epoch, with a constant learning rate.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            As in `fit`. The first call fixes the vocabulary, unless that is a parameter
            of `vectorizer`; later, other tokens are unknown ones.
        y : array-like, default=None
            Conditions, as in `fit`.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever be conditions; None in the first call means those
            of y.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each sequence in the loss.

        Returns
        -------
        self : RNNGenerator
            The estimator after the epoch.

        Raises
        ------
        ValueError, TypeError
            As `fit`, and if data or parameters do not fit the network that is there.

        Examples
        --------
        The first part fixes the tokens, unless they are given:

        >>> from sklearn_rnn import RNNGenerator, SequenceVectorizer
        >>> letters = SequenceVectorizer(analyzer="char", vocabulary=["a", "b", "c"])
        >>> generator = RNNGenerator(8, vectorizer=letters, random_state=0)
        >>> for X in (["abab", "aba"], ["bcb"]):
        ...     _ = generator.partial_fit(X)
        >>> generator.n_iter_, generator.outcomes_.tolist()
        (2, ['<pad>', '<unk>', 'a', 'b', 'c', '<eos>'])
        """
        check_partial_classes(self, classes, needed=False)
        return self._fit(X, y, sample_weight, targets=classes, incremental=True)

    # -- generating --------------------------------------------------------------------

    def sample(self, n_samples=1, *, y=None, random_state=None, **options):
        """Draw sequences.

        Parameters
        ----------
        n_samples : int, default=1
            How many.
        y : label, vector, or array-like of n_samples of them, default=None
            Conditions, one for all or one for each. Labels that are not given are drawn
            with their shares in training; vectors are then their mean.
        random_state : int, RandomState instance or None, default=None
            Determines the samples; None is that of the constructor. A sample depends on
            it and on its own place alone, not on how many are drawn.
        **options : dict
            Of tokens, other parameters of `generate`; of numbers `temperature`, which
            scales deviations from the mean, and `max_new_tokens`, the length of all
            samples, by default that of the longest sequence of training, at most 1,000.

        Returns
        -------
        samples : list of str, list of list of str, or Sequences
            In the form of X in `fit`.

        Raises
        ------
        ValueError, TypeError
            If a parameter is unknown or out of range, or a condition is unknown.

        Examples
        --------
        >>> from sklearn_rnn import RNNGenerator
        >>> X, y = ["anna", "ella", "otto", "bob"] * 10, ["f", "f", "m", "m"] * 10
        >>> names = RNNGenerator(32, max_iter=400, random_state=0).fit(X, y)
        >>> sorted(set(names.sample(20, y="m", temperature=0.5)))
        ['bob', 'otto']
        """
        check_is_fitted(self, "theta_")
        check_number("n_samples", n_samples, Integral, 1)
        if self.distribution_ == "categorical":
            check_names(options, OPTIONS, "sample")
        n_prefixes = 1 if y is None or is_single(self, y) else n_samples
        n_each = n_samples // n_prefixes
        if self.distribution_ == "categorical":
            nothing = [[] for _ in range(n_prefixes)]
            return self._generate(nothing, nothing, y, n_each, random_state, options)
        check_names(options, ("max_new_tokens", "temperature"), "sample")
        n_steps, temperature = options_of_numbers(**options)
        if n_steps is None:
            n_steps = min(self.max_length_, LONGEST)
        nothing = np.empty((0, self.n_step_features_), self.theta_.dtype)
        lengths = np.zeros(n_prefixes, int)
        values = self._simulate(
            nothing, lengths, y, n_steps, n_each, temperature, random_state
        )
        values = values.reshape(-1, self.n_step_features_)
        return Sequences(values, np.full(n_samples, n_steps), self.step_feature_names_)

    def generate(
        self,
        prefix=None,
        *,
        y=None,
        n_samples=1,
        temperature=1.0,
        top_k=None,
        top_p=None,
        min_length=0,
        max_length=None,
        max_new_tokens=None,
        stop=None,
        repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        random_state=None,
    ):
        """Continue texts, or sequences of tokens.

        Parameters
        ----------
        prefix : str, list of str, list of list of str, or Sequences, default=None
            What to continue: one prefix, or several in the form of X in `fit`. None is
            the empty one.
        y : label, vector, or array-like with one for each prefix, default=None
            Conditions, one for all or one for each. Labels that are not given are drawn
            as they are probable, given the prefix; vectors are then their mean.
        n_samples : int, default=1
            Continuations of each prefix.
        temperature : float, default=1.0
            Divides the scores: the lower, the more probable tokens are preferred. 0
            takes the most probable one (greedy).
        top_k : int, default=None
            Choose among so many of the most probable tokens (Fan et al., 2018).
        top_p : float in (0, 1], default=None
            Choose among the most probable tokens that together have this probability
            (nucleus sampling, Holtzman et al., 2020).
        min_length : int, default=0
            Tokens of the result, prefix included, before which it neither ends nor
            stops.
        max_length : int, default=None
            Tokens of the result at most, prefix included. A longer prefix is an error.
        max_new_tokens : int, default=None
            Tokens after the prefix at most. If this and `max_length` are None, as many
            as the longest sequence of training has, at most 1,000, or what `min_length`
            needs.
        stop : str or list of str, default=None
            A sample ends with the first of these that is generated. Of lists of tokens,
            each is a token.
        repetition_penalty : float, default=1.0
            Multiplies the log-probabilities of tokens that were there, prefix included,
            after Keskar et al. (2019). More than 1 makes them rarer.
        no_repeat_ngram_size : int, default=0
            If positive, no n-gram of this size occurs twice (Paulus et al., 2018). A
            sample that cannot go on otherwise ends.
        random_state : int, RandomState instance or None, default=None
            Determines the samples; None is that of the constructor. A sample depends on
            it and on its own place alone: which prefix, which of its samples.

        Returns
        -------
        samples : list of str, list of list of str, or Sequences
            Prefixes and what follows them, ``n_prefixes * n_samples``; those of a
            prefix are neighbours.

        Raises
        ------
        ValueError, TypeError
            If a parameter is out of range, a prefix is too long or has a token that
            training did not have, or a condition is unknown.

        Examples
        --------
        >>> from sklearn_rnn import RNNGenerator
        >>> generator = RNNGenerator(32, random_state=0).fit(["abcabcabcabc"] * 20)
        >>> generator.generate(["ab", "abc"], temperature=0, max_new_tokens=4)
        ['abcabc', 'abcabca']
        """
        check_is_fitted(self, "theta_")
        check_number("n_samples", n_samples, Integral, 1)
        ids, words = self._documents().prefixes(prefix)
        options = dict(
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            min_length=min_length,
            max_length=max_length,
            max_new_tokens=max_new_tokens,
            stop=stop,
            repetition_penalty=repetition_penalty,
            no_repeat_ngram_size=no_repeat_ngram_size,
        )
        return self._generate(ids, words, y, n_samples, random_state, options)

    def stream(self, prefix=None, *, y=None, random_state=None, **options):
        """Continue one text, piece by piece, as it is generated.

        Parameters
        ----------
        prefix : str or list of str, default=None
            What to continue. None is the empty text.
        y : label or vector, default=None
            Condition, as in `generate`.
        random_state : int, RandomState instance or None, default=None
            As in `generate`, whose first sample is the same.
        **options : dict
            Other parameters of `generate`.

        Returns
        -------
        pieces : iterator of str
            What follows the prefix: characters, words with the space in front of them,
            or tokens.

        Raises
        ------
        ValueError, TypeError
            As `generate`, and if there is more than one prefix.

        Examples
        --------
        >>> from sklearn_rnn import RNNGenerator
        >>> generator = RNNGenerator(32, random_state=0).fit(["abcabcabcabc"] * 20)
        >>> list(generator.stream("ab", temperature=0, max_new_tokens=3))
        ['c', 'a', 'b']
        """
        check_is_fitted(self, "theta_")
        check_names(options, OPTIONS, "stream")
        documents = self._documents()
        ids, words = documents.prefixes(prefix)
        if len(ids) != 1:
            raise ValueError(f"stream continues one prefix, got {len(ids)}.")
        lengths = np.array([len(ids[0])])
        rules = self._rules(lengths, options)
        tokens = np.array(ids[0], int)
        choices = alternatives(self, y, 1)
        prefixes = Prefixes(self, tokens, lengths, choices, dropped=self._dropped)
        steps = follow_tokens(
            prefixes, ids, rules, self._seed(random_state), groups_of(1, 1)
        )
        return documents.pieces(words[0], (int(tokens[0]) for _, tokens in steps))

    def suggest(self, prefix, k=5, *, y=None):
        """The most probable next words, as one types.

        Parameters
        ----------
        prefix : str, list of str, list of list of str, or Sequences
            What was typed: one prefix, or several in the form of X in `fit`.
        k : int, default=5
            How many suggestions, at most.
        y : label, vector, or array-like with one for each prefix, default=None
            Conditions, as in `generate`.

        Returns
        -------
        suggestions : list of tuple (str, float), or list of such lists
            Words and their probabilities, the most probable first; a list for each
            prefix if there are several. Models of characters complete the word that the
            prefix ends with, or give the next one if it ends otherwise, and are
            searched by a beam; others give the next tokens.

        Raises
        ------
        ValueError, TypeError
            If `k` is not positive, a condition is unknown, a prefix has a token that
            training did not have, or the generator was fitted to numbers.

        Examples
        --------
        >>> from sklearn_rnn import RNNGenerator
        >>> X = ["I go home.", "I go to work.", "You go home."] * 10
        >>> generator = RNNGenerator(48, random_state=0).fit(X)
        >>> [word for word, _ in generator.suggest("You go h", k=1)]
        ['home']
        """
        check_is_fitted(self, "theta_")
        check_number("k", k, Integral, 1)
        documents = self._documents()
        ids, words = documents.prefixes(prefix)
        lengths = np.array([len(i) for i in ids], int)
        with workers(self.n_jobs) as (run_parallel, _):
            tokens = np.concatenate([[], *ids]).astype(int)
            choices = alternatives(self, y, len(ids))
            prefixes = Prefixes(self, tokens, lengths, choices, run_parallel)
            suggest = suggest_words if documents.of_characters else suggest_tokens
            found = suggest(prefixes, words, int(k))
        return found[0] if documents.is_one(prefix) else found

    def forecast(
        self,
        X,
        n_steps,
        *,
        n_samples=100,
        y=None,
        quantiles=None,
        temperature=1.0,
        random_state=None,
    ):
        """Simulate futures of series of numbers.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            The series so far, as in `fit`.
        n_steps : int
            How many steps to go on.
        n_samples : int, default=100
            Futures of each series.
        y : array-like of shape (n_sequences,) or (n_sequences, n_conditions), \
                default=None
            Conditions, as in `generate`.
        quantiles : array-like of float of shape (n_quantiles,), default=None
            Return these quantiles of the futures, step by step, in their place.
        temperature : float, default=1.0
            Scales deviations from the mean, or, of values 0 and 1, divides the scores;
            with 0 all futures are one and the same, unless their labels are drawn.
        random_state : int, RandomState instance or None, default=None
            Determines the futures, as in `generate`.

        Returns
        -------
        futures : ndarray of shape (n_sequences, n_samples, n_steps, n_features)
            Or, with `quantiles`, (n_sequences, n_quantiles, n_steps, n_features).

        Raises
        ------
        ValueError, TypeError
            If a parameter is out of range, X cannot be read or has other features than
            in `fit`, or the generator was fitted to text.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_rnn import RNNGenerator
        >>> X = np.random.RandomState(0).normal(size=(20, 30)).cumsum(axis=1) / 5
        >>> generator = RNNGenerator(16, random_state=0).fit(X)
        >>> low, high = generator.forecast(X[:1], 10, quantiles=[0.1, 0.9])[0, :, :, 0]
        >>> bool((low < high).all())
        True
        """
        check_is_fitted(self, "theta_")
        if self.distribution_ == "categorical":
            raise TypeError("forecast is for series of numbers; generate is for text.")
        check_number("n_steps", n_steps, Integral, 1)
        check_number("n_samples", n_samples, Integral, 1)
        check_number("temperature", temperature, Real, 0)
        temperature = float(temperature)  # larger integers are none of NumPy
        steps, lengths = self._read_steps(X)
        if quantiles is not None:
            quantiles = check_quantiles(quantiles)
        futures = self._simulate(
            steps, lengths, y, n_steps, n_samples, temperature, random_state
        )
        if quantiles is None:
            return futures
        return np.moveaxis(np.quantile(futures, quantiles, axis=1), 0, 1)

    def _documents(self):
        if self.distribution_ != "categorical":
            raise TypeError(
                "This is for text and other tokens, but the generator was fitted to "
                "numbers: use sample, forecast or predict."
            )
        return Documents(self)

    def _rules(self, lengths, options):
        """`Rules` from the parameters of `generate`."""
        check_rules(**options)
        longest = min(self.max_length_, LONGEST)
        stops = self._documents().stops(options.get("stop"))
        return make_rules(options, lengths, self.n_step_features_, longest, stops)

    def _generate(self, ids, words, y, n_samples, random_state, options):
        """Continue prefixes, given as numbers and as words."""
        lengths = np.array([len(prefix) for prefix in ids], int)
        rules = self._rules(lengths, options)
        seed = self._seed(random_state)
        with workers(self.n_jobs) as (run_parallel, _):
            tokens = np.fromiter(chain.from_iterable(ids), np.int32)
            new, drawn = [], (tokens, lengths, y, run_parallel, self._dropped)
            for prefixes in in_parts(self, *drawn):
                how = (rules, seed, n_samples, run_parallel)
                new += write_tokens(prefixes, ids, *how)
        before = [prefix for prefix in words for _ in range(n_samples)]
        return self._documents().write(before, new)

    def _simulate(
        self, steps, lengths, y, n_steps, n_samples, temperature, random_state
    ):
        """Futures of numbers, (n_sequences, n_samples, n_steps, n_features)."""
        seed = self._seed(random_state)
        with workers(self.n_jobs) as (run_parallel, _):
            shape = len(lengths), n_samples, n_steps, self.n_step_features_
            values = np.empty(shape, self.theta_.dtype)
            for prefixes in in_parts(self, steps, lengths, y, run_parallel):
                values[prefixes.part] = simulate(
                    prefixes, n_steps, n_samples, temperature, seed, run_parallel
                )
        return values

    def _seed(self, random_state):
        """A number that determines all that is drawn."""
        if random_state is None:
            random_state = self.random_state
        with naming("random_state"):
            return int(check_random_state(random_state).randint(2**31 - 1))
