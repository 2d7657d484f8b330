"""The shell that all recurrent estimators share: parameters, `fit`, running forward."""

from abc import abstractmethod
from copy import deepcopy
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._callbacks import Watch
from sklearn_rnn._compat import (
    CallbackSupportMixin,
    _check_sample_weight,
    with_callbacks,
)
from sklearn_rnn._constraints import CONSTRAINTS, check_sizes
from sklearn_rnn._run import run
from sklearn_rnn._shell import all_or_nothing, check_range, check_total
from sklearn_rnn._state import FormattedState, generator
from sklearn_rnn._summary import Summary
from sklearn_rnn._threads import workers
from sklearn_rnn._word_vectors import known_vectors
from sklearn_rnn.core.optimizers import SCHEDULES, SGD, Adam, AdamW, RMSProp
from sklearn_rnn.core.prediction import in_batches
from sklearn_rnn.core.training import (
    Data,
    State,
    StoppingRule,
    Trainer,
    non_finite,
)
from sklearn_rnn.validation import computed_in, validate_as_they_are

# What "auto" means: small data are one batch, so that weights are exactly repetitions.
FULL_BATCH = 64
AUTO_BATCH = 32


class BaseRNN(FormattedState, CallbackSupportMixin, BaseEstimator):
    """Base of the recurrent estimators.

    A subclass says what y means: `_declare_y`, `_read_y`, `_head`, `_score_scores`; and
    which network it is: `_describe_network`, `_build`.
    """

    _parameter_constraints = CONSTRAINTS

    # What "auto" epochs are at least: a network wants updates, however few the batches.
    _auto_epochs, _auto_updates = 10, 1000
    _should_converge = True  # whether to warn if the loss still falls at the end

    @abstractmethod
    def _declare_y(self, y, sequences, targets):
        """Set what the estimator remembers of the targets: `n_outputs_`, `classes_`.

        `targets`, if not None, are all that will ever come, of which y has some.
        """

    @abstractmethod
    def _read_y(self, y, sequences):
        """Check y against X and return it as the head wants it."""

    @abstractmethod
    def _data(self, values, sequences, y, weight):
        """All of it together."""

    @abstractmethod
    def _head(self):
        """The head, after `_declare_y`."""

    @abstractmethod
    def _score_scores(self, scores, y, sample_weight):
        """`score` from the scores of the network."""

    @abstractmethod
    def _describe_network(self, data):
        """Arguments of `_build` as numbers and strings."""

    @staticmethod
    @abstractmethod
    def _build(**description):
        """The network."""

    def _stratify(self, data):
        """What the held-out part of `early_stopping` is stratified by."""
        return None

    # -- fit ---------------------------------------------------------------------------

    @all_or_nothing
    def _fit(
        self,
        X,
        y,
        sample_weight=None,
        validation=(None, None, None),
        *,
        targets=None,
        incremental=False,
    ):
        """Shell of `fit` and `partial_fit`.

        `validation` is (X, y, sample_weight); for `targets` see `_declare_y`.
        """
        self._check_call(y, validation, incremental)
        going_on = hasattr(self, "theta_") and (self.warm_start or incremental)
        with workers(self.n_jobs) as (run_parallel, n_threads):
            if going_on:
                data = self._read(X, y, sample_weight, dtype=self.theta_.dtype)
                self._network_description = self._same_network(data)
                if self._slots_of != (self.solver, self.freeze_embedding):
                    self._forget_updates()
            else:
                data = self._read(X, y, sample_weight, reset=True, targets=targets)
                self._start(data)
            random_state = deepcopy(self._random_state)
            held_out = None
            if validation[0] is not None:
                held_out = self._read_validation(*validation)
            elif self.early_stopping:
                data, held_out = self._hold_out(data, random_state)
            if held_out is not None:
                self._check_held_out(data, held_out)
            trainer = self._trainer(data, incremental, run_parallel, n_threads)
            given = (X, y, sample_weight)
            self._train(trainer, data, held_out, given, incremental, random_state)
        return self

    def _validate_params(self):
        """As scikit-learn does, which other kinds of numbers would confuse."""
        check_sizes(self)
        super()._validate_params()

    def _check_call(self, y, validation, incremental):
        """Refuse calls that cannot be meant."""
        self._check_targets_given(y, validation)
        if incremental and self.early_stopping:
            raise ValueError(
                "partial_fit does not support early_stopping=True: it runs one epoch."
            )

    def _check_targets_given(self, y, validation):
        """Refuse calls without targets, or without those of the validation part."""
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but "
                "the target y is None."
            )
        if len({part is None for part in validation[:2]}) > 1 or (
            validation[0] is None and validation[2] is not None
        ):
            raise ValueError(
                "X_val and y_val must be given together, sample_weight_val with them."
            )

    def _read(self, X, y, sample_weight, *, reset=False, targets=None, dtype=None):
        """Check X, y and weights and return them as the core wants them."""
        sequences = self._read_sequences(X, y, reset)
        if reset:
            self._declare_y(y, sequences, targets)
        y = self._read_y(y, sequences)
        dtype = computed_in(sequences) if dtype is None else dtype
        values = check_range(sequences, dtype)
        weight = _check_sample_weight(
            sample_weight, sequences, dtype=dtype, ensure_non_negative=True
        )
        data = self._data(values, sequences, y, weight)
        check_total(data.total(), "in X")
        return data

    def _read_sequences(self, X, y, reset):
        """X as `Sequences` of numbers."""
        return validate_as_they_are(self, X, reset=reset)

    def _read_validation(self, X, y, sample_weight):
        """The same for the validation data, which errors name."""
        try:
            return self._read(X, y, sample_weight, dtype=self.theta_.dtype)
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"In the validation data: {error}") from error

    def _check_held_out(self, data, held_out):
        """Refuse to learn from, or to score, a part without weight or size."""
        check_total(data.total(), "that early_stopping leaves to learn from")
        check_total(held_out.total(), "that are held out")

    def _same_network(self, data):
        """The description of a network that goes on: its arrays must stay."""
        before = self._network_description
        now = {**self._describe_network(data), "fan_in": before["fan_in"]}
        changed = {name for name in now if now[name] != before[name]}
        changed -= {"dropout", "recurrent_dropout", "input_dropout", "freeze_embedding"}
        if changed:
            raise ValueError(
                f"{', '.join(sorted(changed))} changed since the estimator was fitted, "
                "so that it cannot go on. Set warm_start=False, or take a clone."
            )
        return now

    def _start(self, data):
        """Initial parameters."""
        random_state = check_random_state(self.random_state)
        self._network_description = self._describe_network(data)
        network = self._network()
        layout = network.layout()
        self.theta_ = layout.start(random_state, data.weight.dtype)
        views = layout.named(self.theta_)
        views["output.b"][...] = self._head().constant(data.y, data.weight)
        if self.embedding_init is not None:
            known, vectors = known_vectors(self)
            views["embedding.E"][known] = vectors
        self._random_state = random_state
        self._forget_updates()
        self.n_layers_ = len(network.encoder.stack.layers)
        self.loss_curve_ = []
        self.validation_loss_curve_, self.validation_scores_ = [], []

    def _forget_updates(self):
        """Start the memory of the optimizer.

        No other solver could read it, and it would move vectors that are frozen later.
        """
        shape = (self._optimizer().n_slots, len(self.theta_))
        self._slots = np.zeros(shape, self.theta_.dtype)
        self._slots_of = (self.solver, self.freeze_embedding)
        self._n_updates = 0

    def _hold_out(self, data, random_state):
        """Split off the part that early stopping looks at."""
        from sklearn.model_selection import train_test_split  # slow to import

        n_sequences = len(data.lengths)
        try:
            keep, hold = train_test_split(
                np.arange(n_sequences),
                test_size=self.validation_fraction,
                random_state=random_state,
                stratify=self._stratify(data),
            )
        except ValueError as error:
            raise ValueError(
                f"early_stopping cannot hold out validation_fraction="
                f"{self.validation_fraction} of {n_sequences} sequences: {error}"
            ) from error
        return data.subset(keep), data.subset(hold)

    def _network(self):
        return self._build(**self._network_description)

    def _optimizer(self):
        if self.solver == "sgd":
            return SGD(self.momentum, self.nesterovs_momentum)
        if self.solver == "rmsprop":
            return RMSProp(epsilon=self.epsilon)
        rule = AdamW if self.solver == "adamw" else Adam
        return rule(self.beta_1, self.beta_2, self.epsilon)

    def _trainer(self, data, incremental, run_parallel, n_threads):
        network, optimizer = self._network(), self._optimizer()
        batch_size = self.batch_size
        if batch_size == "auto":
            n_sequences = len(data.lengths)
            batch_size = n_sequences if n_sequences <= FULL_BATCH else AUTO_BATCH
        alpha = self.alpha if optimizer.decoupled else self.alpha / float(data.total())
        return Trainer(
            network=network,
            head=self._head(),
            optimizer=optimizer,
            layout=network.layout(),
            schedule=SCHEDULES["constant" if incremental else self.learning_rate],
            learning_rate=float(self.learning_rate_init),
            alpha=float(alpha),
            batch_size=int(batch_size),
            max_grad_norm=self.max_grad_norm,
            shuffle=self.shuffle,
            n_shards=n_threads,
            map=run_parallel,
        )

    def _state(self):
        """A copy of what training goes on from."""
        return State(self.theta_.copy(), self._slots.copy(), self._n_updates)

    def _n_epochs(self, n_batches):
        """Planned epochs."""
        if self.max_iter != "auto":
            return self.max_iter
        return max(self._auto_epochs, -(-self._auto_updates // n_batches))

    @with_callbacks
    def _train(self, trainer, data, held_out, given, incremental, random_state):
        """Run the epochs, which callbacks watch, and set the fitted state."""
        state = self._state()
        del self.theta_  # no callback may take the start for what was learned
        n_epochs = 1 if incremental else self._n_epochs(trainer.n_batches(data))
        evaluate = rule = adaptive = None
        if held_out is not None:
            evaluate = partial(self._watch_held_out, trainer, held_out)
        # A learning rate that falls to zero ends training by itself.
        if self.early_stopping or self.learning_rate not in ("linear", "cosine"):
            rule = StoppingRule(self.tol, self.n_iter_no_change)
        if self.learning_rate == "adaptive":
            adaptive = self.learning_rate_init
        fitted = partial(self._fitted, incremental)
        watch = Watch(self, n_epochs, given, fitted)
        epoch = run(
            trainer.epochs(state, data, n_epochs, random_state),
            state,
            random_state,
            n_epochs,
            watch=watch,
            evaluate=evaluate,
            rule=None if incremental else rule,
            on_held_out=self.early_stopping,
            adaptive=adaptive,
            warn=self._should_converge and not incremental,
            verbose=self.verbose,
        )
        vars(self).update(fitted(epoch))

    def _fitted(self, incremental, epoch):
        """Fitted attributes as they are after an `Epoch`.

        With its weights, or under `early_stopping` the best ones until then.
        """
        state, curves = epoch.state, epoch.curves
        theta = state.theta
        if self.early_stopping and epoch.best_theta is not None:  # None: no best one
            theta = epoch.best_theta
        loss_curve = [*self.loss_curve_, *curves.loss]
        validation_scores = [*self.validation_scores_, *curves.validation_score]
        n_before = getattr(self, "n_iter_", 0) if incremental else 0
        return {
            "theta_": theta.copy(),  # callbacks may do with it as they please
            "_random_state": generator(epoch.noise),
            "_slots": state.slots,
            "_n_updates": state.n_updates,
            "n_iter_": n_before + len(curves.loss),
            "loss_curve_": loss_curve,
            "loss_": loss_curve[-1],
            "best_loss_": min(loss_curve),
            "validation_loss_curve_": (
                [*self.validation_loss_curve_, *curves.validation_loss]
            ),
            "validation_scores_": validation_scores,
            "best_validation_score_": max(validation_scores, default=None),
        }

    def _watch_held_out(self, trainer, held_out, theta, epoch):
        """Loss and score of the held-out part after an epoch, which must be numbers."""
        what = "The loss of the held-out part is no longer finite"
        try:
            with np.errstate(all="ignore"):
                loss, score = self._evaluate(trainer, held_out, theta)
        except ValueError as error:  # they were read, so that only the network is left
            raise non_finite(f"{what} ({error})", epoch) from error
        if not np.isfinite(loss):
            raise non_finite(what, epoch)
        return float(loss), float(score)

    def _evaluate(self, trainer, held_out, theta):
        """Loss and score of the held-out part."""
        scores = self._forward(held_out, theta, trainer.map)
        loss, _ = trainer.head.loss_gradient(scores, held_out.y, held_out.weight)
        score = self._score_scores(scores, held_out.y, held_out.weight)
        return float(loss / held_out.total()), float(score)

    # -- forward -----------------------------------------------------------------------

    def _sequences(self, X):
        """Sequences to predict, as `Data` without targets."""
        check_is_fitted(self, "theta_")
        sequences = self._read_sequences(X, None, reset=False)
        values = check_range(sequences, self.theta_.dtype)
        return Data(values, sequences.starts, sequences.lengths, None, None)

    def _forward(self, data, theta, run_parallel, then=None):
        """Scores of all sequences in their order, (n_sequences, n_outputs).

        Or what `then` makes of those of some sequences.
        """
        network = self._network()
        read = partial(network.scores, network.layout().views(theta))
        return in_batches(network, read, data, run_parallel, then)

    def _scores(self, X, then=None):
        data = self._sequences(X)
        with workers(self.n_jobs) as (run_parallel, _):
            return self._forward(data, self.theta_, run_parallel, then)

    @property
    def parameters_(self):
        """Learned arrays by dotted name, read-only views of `theta_`.

        Returns
        -------
        parameters : dict of str -> ndarray
            Of shapes that `summary` lists.

        Raises
        ------
        NotFittedError
            Before `fit`.

        Examples
        --------
        >>> from sklearn_rnn import RNNClassifier
        >>> X, y = [[1, 2, 3], [3, 2]], ["up", "down"]
        >>> classifier = RNNClassifier(4, max_iter=30, random_state=0).fit(X, y)
        >>> for name, array in classifier.parameters_.items():
        ...     print(name, array.shape)
        recurrent.0.Wx (1, 12)
        recurrent.0.Wh (4, 12)
        recurrent.0.b (12,)
        recurrent.0.bh (4,)
        output.W (4, 2)
        output.b (2,)
        """
        check_is_fitted(self, "theta_")
        views = self._network().layout().named(self.theta_)
        for view in views.values():
            view.flags.writeable = False
        return views

    def summary(self):
        """Layers of the network, their arrays, and how many parameters they have.

        Returns
        -------
        summary : Summary
            Prints as a table, in notebooks, too. Its ``layers`` are the lines, and its
            ``n_parameters`` the total, which is the length of `theta_`.

        Raises
        ------
        NotFittedError
            Before `fit`: the sizes depend on X and y.

        Examples
        --------
        >>> from sklearn_rnn import RNNClassifier
        >>> X, y = [[1, 2, 3], [3, 2], [2, 3], [3, 2, 1, 0]], [1, 0, 1, 0]
        >>> RNNClassifier((16, 8), max_iter=50, random_state=0).fit(X, y).summary()
        RNNClassifier
        -------------------------------------------------------------------
        layer        arrays                                      parameters
        -------------------------------------------------------------------
        recurrent.0  Wx (1, 48), Wh (16, 48), b (48,), bh (16,)         880
        recurrent.1  Wx (16, 24), Wh (8, 24), b (24,), bh (8,)          608
        output       W (8, 2), b (2,)                                    18
        -------------------------------------------------------------------
        all                                                           1,506
        """
        return Summary(type(self).__name__, self.parameters_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
