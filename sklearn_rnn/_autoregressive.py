"""How a generator reads and learns: each step is to be predicted from those before."""

from dataclasses import replace
from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._architecture import describe_encoder
from sklearn_rnn._autoregression import (
    Following,
    Inputs,
    is_one_hot,
    not_binary,
    one_hot_tokens,
)
from sklearn_rnn._compat import Interval, StrOptions
from sklearn_rnn._conditions import (
    declare_conditions,
    read_conditions,
)
from sklearn_rnn._documents import (
    as_documents,
    check_same_vectorizer,
    holds_nothing,
    holds_text,
    new_vectorizer,
    read_documents,
    refuse_numbers,
    warn_of_unused,
)
from sklearn_rnn._generation import finite_log_density
from sklearn_rnn._shell import check_range
from sklearn_rnn.base import BaseRNN
from sklearn_rnn.core.heads import Bernoulli, Gaussian, Softmax
from sklearn_rnn.core.networks import sequence_to_sequence
from sklearn_rnn.core.prediction import in_windows, scan
from sklearn_rnn.core.training import StepData
from sklearn_rnn.sequences import place_of
from sklearn_rnn.validation import validate_as_they_are
from sklearn_rnn.vectorizer import SequenceVectorizer

LONG = 256  # steps from which sequences are read as streams
AUTO_BPTT = 64
AUTO_STREAMS = 32
EPOCHS_TO_STOP_EARLY = 60


class AutoregressiveRNN(BaseRNN):
    """Base of the generator: everything but generating."""

    _parameter_constraints = {
        **BaseRNN._parameter_constraints,
        "vectorizer": "no_validation",
        "distribution": [
            StrOptions({"auto", "categorical", "gaussian", "bernoulli"}),
        ],
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "bptt_steps": [
            StrOptions({"auto"}),
            Interval(Integral, 1, None, closed="left"),
            None,
        ],
    }
    _parameter_constraints.pop("bidirectional")
    # A density that is learned for too long trusts in what it saw, and nothing else.
    _auto_epochs, _auto_updates, _should_converge = 15, 50, False

    # -- what is read ------------------------------------------------------------------

    def _check_targets_given(self, y, validation):
        X, y, weight = validation
        if X is None and (y is not None or weight is not None):
            raise ValueError("y_val and sample_weight_val need X_val.")

    def _read_sequences(self, X, y, reset):
        if holds_text(X) or (not reset and self.vectorizer_ and holds_nothing(X)):
            return self._read_documents(as_documents(X), reset)
        if not reset and self.vectorizer_ is not None:
            refuse_numbers(self, X)
        sequences = validate_as_they_are(self, X, reset=reset)
        if reset:
            warn_of_unused(self, "X")
            self.vectorizer_ = None
            self.distribution_ = self._choose_distribution(sequences)
        if self.distribution_ == "categorical":
            one_hot_tokens(sequences)
        elif self.distribution_ == "bernoulli" and len(odd := not_binary(sequences)):
            raise ValueError(
                "distribution='bernoulli' needs values that are 0 or 1, X has others "
                f"in {place_of(sequences.lengths, odd[0])}."
            )
        return sequences

    def _read_documents(self, documents, reset):
        """Text, or lists of tokens, as one-hot `Sequences`."""
        if reset:
            if self.distribution not in ("auto", "categorical"):
                raise ValueError(
                    f"distribution={self.distribution!r} is for numbers; tokens are "
                    "'categorical'."
                )
            self.distribution_ = "categorical"
            self.vectorizer_ = new_vectorizer(self)
        return read_documents(self, documents, self.vectorizer_, reset=reset)

    def _choose_distribution(self, sequences):
        """`distribution`, or what "auto" stands for."""
        if self.distribution != "auto":
            return self.distribution
        if sequences.n_features > 1:
            if is_one_hot(sequences):
                return "categorical"
            if not len(not_binary(sequences)):
                return "bernoulli"
        return "gaussian"

    def _declare_y(self, y, sequences, targets):
        declare_conditions(self, y, targets)
        head = self._new_head(self.n_components)
        self.n_outputs_ = getattr(head, "n_scores", self.n_step_features_ + 1)
        self.max_length_ = 0
        self._dropped = self._never_generated()
        if len(self._dropped) == self.n_step_features_:
            raise ValueError("The vocabulary has special tokens only.")
        self._condition_total = np.zeros(self.n_conditions_)
        self._weight_total = 0.0
        self._knows_unknown = False

    def _never_generated(self):
        """Numbers of padding and of what stands for unknown tokens."""
        if self.step_feature_names_ is None or self.distribution_ != "categorical":
            return []
        special = SequenceVectorizer() if self.vectorizer_ is None else self.vectorizer_
        never = [special.pad_token, special.unk_token]
        return np.flatnonzero(np.isin(self.step_feature_names_, never)).tolist()

    def _read_y(self, y, sequences):
        return read_conditions(self, y, len(sequences))

    def _data(self, values, sequences, y, weight):
        lengths = sequences.lengths
        steps = self._steps(values, sequences)
        inputs = self._inputs(steps, lengths, y, weight.dtype)
        rows = np.arange(inputs.shape[0])
        inputs, following = inputs[rows], self._following(steps, lengths)[rows]
        starts = np.cumsum(lengths + 1) - lengths - 1
        weight = np.repeat(weight, lengths + 1)
        if self.distribution_ == "categorical":
            lengths = lengths + 1
        else:  # no end follows numbers
            weight[starts + lengths] = 0.0
        return StepData(inputs, starts, lengths, following, weight)

    def _steps(self, values, sequences):
        """Steps as tokens (n_steps,), or as dense rows (n_steps, n_features)."""
        if self.distribution_ == "categorical":
            return one_hot_tokens(sequences)
        return values.toarray() if sparse.issparse(values) else values

    def _inputs(self, steps, lengths, conditions, dtype):
        """What the network sees: what is before each step, and after the last one."""
        return Inputs(steps, lengths, self.n_step_features_, conditions, dtype)

    def _following(self, steps, lengths):
        """What follows each input: the steps, and after them the end."""
        end = self.n_step_features_ if self.distribution_ == "categorical" else 0.0
        return Following(steps, lengths, end)

    def _describe_network(self, data):
        return {
            "n_outputs": self.n_outputs_,
            "n_components": int(self.n_components),
            **describe_encoder(self, data),
        }

    def _same_network(self, data):
        check_same_vectorizer(self, self.vectorizer_)
        if self.distribution not in ("auto", self.distribution_):
            raise ValueError(
                f"distribution is {self.distribution!r}, but the estimator was fitted "
                f"with {self.distribution_!r}, so that it cannot go on. Set "
                "warm_start=False, or take a clone."
            )
        return super()._same_network(data)

    @staticmethod
    def _build(n_components, **description):
        return sequence_to_sequence(**description)

    def _head(self):
        return self._new_head(self._network_description["n_components"])

    def _new_head(self, n_components):
        n = self.n_step_features_
        if self.distribution_ == "gaussian":
            return Gaussian(n, n_components)
        return Bernoulli(n) if self.distribution_ == "bernoulli" else Softmax(n + 1)

    # -- fit ---------------------------------------------------------------------------

    def _stratify(self, data):
        if self.classes_ is None:
            return None
        first = data.values[data.starts][:, self.n_step_features_ + 1 :]
        return np.asarray(first.argmax(axis=1)).ravel()

    def _hold_out(self, data, random_state):
        if len(data.lengths) > 1:
            return super()._hold_out(data, random_state)
        # The last part of a single sequence.
        n = int(data.lengths[0] * (1.0 - self.validation_fraction))
        keep = data._replace(lengths=np.array([n]))
        rest = data._replace(starts=data.starts + n, lengths=data.lengths - n)
        return keep, rest

    def _trainer(self, data, incremental, run_parallel, n_threads):
        trainer = super()._trainer(data, incremental, run_parallel, n_threads)
        bptt_steps = self.bptt_steps
        lengths = data.lengths[_weighs(data)]  # what weighs nothing changes nothing
        if bptt_steps == "auto":
            bptt_steps = AUTO_BPTT if lengths.max(initial=0) > LONG else None
        if bptt_steps is None:
            return trainer
        n_streams = AUTO_STREAMS if self.batch_size == "auto" else self.batch_size
        n_streams = max(1, min(n_streams, int(lengths.sum()) // bptt_steps))
        return replace(trainer, bptt_steps=int(bptt_steps), batch_size=int(n_streams))

    def _train(self, trainer, data, *others):
        self._remember(data)
        if trainer.bptt_steps is not None:
            # In a stream, what weighs nothing would still be read.
            data = data.subset(_weighs(data))
        super()._train(trainer, data, *others)

    def _remember(self, data):
        """Keep the prior of conditions, and whether training has unknown tokens."""
        weight = data.weight[data.starts]
        conditions = data.values[data.starts][:, self.n_step_features_ + 1 :]
        with np.errstate(over="ignore", invalid="ignore"):
            self._condition_total = self._condition_total + conditions.T @ weight
        if not np.isfinite(self._condition_total).all():
            raise ValueError("The sum of the conditions in y is infinite: scale y.")
        self._weight_total += float(weight.sum())
        ends = self.distribution_ == "categorical"
        longest = int(data.lengths[weight > 0].max(initial=ends))
        self.max_length_ = max(self.max_length_, longest - ends)
        if self.vectorizer_ is not None:
            unknown = self.vectorizer_.vocabulary_[self.vectorizer_.unk_token]
            self._knows_unknown |= bool((data.weight[data.y == unknown] > 0).any())

    def _n_epochs(self, n_batches):
        planned = super()._n_epochs(n_batches)
        if self.max_iter == "auto" and self.early_stopping:
            return max(planned, EPOCHS_TO_STOP_EARLY)
        return planned

    def _evaluate(self, trainer, held_out, theta):
        """Loss of the held-out part, and its opposite as the score."""
        log_p = self._log_densities(held_out, theta, trainer.map)
        loss = -float(held_out.weight[held_out.starts] @ log_p) / held_out.total()
        return loss, -loss

    def _log_densities(self, data, theta, run_parallel):
        """Log-density of each sequence, the sum over its steps."""
        network, head = self._network(), self._head()
        w = network.layout().views(theta)
        log_p = np.zeros(len(data.lengths))

        def read(windows):
            for own, packing, scores, _ in scan(network, w, windows):
                y = data.y[packing.rows]
                np.add.at(log_p, own, finite_log_density(head, scores, y, own))

        for _ in run_parallel(read, in_windows(data, network)):
            pass
        return log_p

    @property
    def condition_mean_(self):
        """Weighted mean of the conditions in training: of labels, their shares.

        Returns
        -------
        mean : ndarray of shape (n_conditions,)
            In the order of `classes_`, if they are labels.

        Raises
        ------
        NotFittedError
            Before `fit`.

        Examples
        --------
        >>> from sklearn_rnn import RNNGenerator
        >>> X, y = ["anna", "ella", "emma", "otto"], ["f", "f", "f", "m"]
        >>> RNNGenerator(8, random_state=0).fit(X, y).condition_mean_
        array([0.75, 0.25])
        """
        check_is_fitted(self, "theta_")
        return self._condition_total / self._weight_total

    def _read_steps(self, X):
        """Steps and lengths of X, as `_steps` gives them."""
        check_is_fitted(self, "theta_")
        sequences = self._read_sequences(X, None, reset=False)
        values = check_range(sequences, self.theta_.dtype)
        return self._steps(values, sequences), sequences.lengths

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags


def _weighs(data):
    """Which sequences weigh anything."""
    return data.weight[data.starts] > 0
