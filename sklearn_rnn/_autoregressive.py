"""What a generator learns and what it knows: densities of sequences, step by step."""

import math
from dataclasses import replace
from numbers import Integral, Real

import numpy as np
from scipy import sparse
from sklearn.utils import check_scalar
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._architecture import describe_encoder
from sklearn_rnn._autoregression import (
    ended,
    is_binary,
    is_one_hot,
    number_inputs,
    one_hot_tokens,
    token_inputs,
)
from sklearn_rnn._compat import Interval, StrOptions, _check_sample_weight
from sklearn_rnn._conditions import (
    alternatives,
    declare_conditions,
    read_conditions,
)
from sklearn_rnn._documents import (
    as_documents,
    holds_nothing,
    holds_text,
    new_vectorizer,
)
from sklearn_rnn._generation import Prefixes, finite_log_density
from sklearn_rnn._shell import cast, check_total
from sklearn_rnn._threads import workers
from sklearn_rnn.base import BaseRNN
from sklearn_rnn.core.heads import Bernoulli, Gaussian, Softmax
from sklearn_rnn.core.networks import sequence_to_sequence
from sklearn_rnn.core.packing import consecutive
from sklearn_rnn.core.prediction import scan, scans
from sklearn_rnn.core.training import Data, StepData
from sklearn_rnn.validation import validate_sequences
from sklearn_rnn.vectorizer import SequenceVectorizer

LONG = 256  # steps from which sequences are read as streams
AUTO_BPTT = 64
AUTO_STREAMS = 32
EPOCHS_TO_STOP_EARLY = 60


def _has_probabilities(estimator):
    """Whether the next step has finitely many outcomes, which "auto" does not tell."""
    distribution = getattr(estimator, "distribution_", estimator.distribution)
    return distribution in ("categorical", "bernoulli")


def _as_floats(sequences):
    """The steps of a vectorizer, whose dtype may be of integers."""
    if sequences.dtype.kind == "f":
        return sequences
    values = sequences.values.astype(np.float64)
    return sequences.with_values(values, sequences.feature_names)


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
    _auto_epochs, _auto_updates, _should_converge = 15, 100, False

    # -- what is read ------------------------------------------------------------------

    def _check_targets_given(self, y, validation):
        X, y, weight = validation
        if X is None and (y is not None or weight is not None):
            raise ValueError("y_val and sample_weight_val need X_val.")

    def _read_sequences(self, X, y, reset):
        if holds_text(X) or (not reset and self.vectorizer_ and holds_nothing(X)):
            return self._read_documents(as_documents(X), reset)
        if not reset and self.vectorizer_ is not None:
            raise TypeError(
                f"This {type(self).__name__} was fitted to text, or lists of tokens, "
                f"but X is {type(X).__name__} without any."
            )
        sequences = validate_sequences(self, X, reset=reset)
        if reset:
            self.vectorizer_ = None
            self.distribution_ = self._choose_distribution(sequences)
        if self.distribution_ == "categorical":
            one_hot_tokens(sequences)
        elif self.distribution_ == "bernoulli" and not is_binary(sequences):
            raise ValueError(
                "distribution='bernoulli' needs values that are 0 or 1, X has others."
            )
        return sequences

    def _read_documents(self, documents, reset):
        """Text, or lists of tokens, as one-hot `Sequences`."""
        if not reset:
            if self.vectorizer_ is None:
                raise TypeError(
                    f"This {type(self).__name__} was fitted to steps, not to text: put "
                    "X through the transformers that are in front of it, as in "
                    "pipeline[:-1].transform(X)."
                )
            sequences = _as_floats(self.vectorizer_.transform(documents))
        else:
            if self.distribution not in ("auto", "categorical"):
                raise ValueError(
                    f"distribution={self.distribution!r} is for numbers; tokens are "
                    "'categorical'."
                )
            self.distribution_ = "categorical"
            self.vectorizer_ = new_vectorizer(self.vectorizer)
            sequences = _as_floats(self.vectorizer_.fit_transform(documents))
            self.n_features_in_ = self.n_step_features_ = sequences.n_features
            self.step_feature_names_ = sequences.feature_names
            self.fixed_length_ = None
            vars(self).pop("feature_names_in_", None)
        if not len(sequences):
            raise ValueError(
                "Found array with 0 sample(s) while a minimum of 1 is required by "
                f"{type(self).__name__}: there are no documents."
            )
        return sequences

    def _choose_distribution(self, sequences):
        """`distribution`, or what "auto" stands for."""
        if self.distribution != "auto":
            return self.distribution
        if sequences.n_features > 1:
            if is_one_hot(sequences):
                return "categorical"
            if is_binary(sequences):
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
        inputs = self._inputs(steps, lengths, y, values.dtype)
        following = self._following(steps, lengths)
        starts = np.cumsum(lengths + 1) - lengths - 1
        weight = np.repeat(weight, lengths + 1).astype(values.dtype, copy=False)
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
        if self.distribution_ == "categorical":
            n = self.n_step_features_
            return token_inputs(steps, lengths, n, conditions, dtype)
        return number_inputs(steps, lengths, conditions, dtype)

    def _following(self, steps, lengths):
        """What follows each input: the steps, and after them the end."""
        end = self.n_step_features_ if self.distribution_ == "categorical" else 0.0
        return ended(steps, lengths, end)

    def _describe_network(self, data):
        return {
            "n_outputs": self.n_outputs_,
            "n_components": int(self.n_components),
            **describe_encoder(self, data),
        }

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
        if bptt_steps == "auto":
            bptt_steps = AUTO_BPTT if data.lengths.max(initial=0) > LONG else None
        if bptt_steps is None:
            return trainer
        n_streams = AUTO_STREAMS if self.batch_size == "auto" else self.batch_size
        n_streams = max(1, min(n_streams, int(data.lengths.sum()) // bptt_steps))
        return replace(trainer, bptt_steps=int(bptt_steps), batch_size=int(n_streams))

    def _train(self, trainer, data, held_out, incremental, random_state):
        self._remember(data)
        if trainer.bptt_steps is not None:
            # In a stream, what weighs nothing would still be read.
            data = data.subset(data.weight[data.starts] > 0)
        super()._train(trainer, data, held_out, incremental, random_state)

    def _remember(self, data):
        """Keep the prior of conditions, and whether training has unknown tokens."""
        weight = data.weight[data.starts]
        conditions = data.values[data.starts][:, self.n_step_features_ + 1 :]
        self._condition_total = self._condition_total + conditions.T @ weight
        self._weight_total += float(weight.sum())
        ends = self.distribution_ == "categorical"
        self.max_length_ = max(self.max_length_, int(data.lengths.max()) - ends)
        if self.vectorizer_ is not None:
            unknown = self.vectorizer_.vocabulary_[self.vectorizer_.unk_token]
            self._knows_unknown |= bool((data.y == unknown).any())

    def _n_epochs(self, n_batches):
        planned = super()._n_epochs(n_batches)
        if self.max_iter == "auto" and self.early_stopping:
            return max(planned, EPOCHS_TO_STOP_EARLY)
        return planned

    def _evaluate(self, trainer, held_out, theta):
        """Loss of the held-out part, and its opposite as the score."""
        log_p = self._log_densities(held_out, theta, trainer.map)
        weight = held_out.weight[consecutive(held_out.starts, held_out.lengths)]
        loss = -float(weight @ log_p) / held_out.total()
        return loss, -loss

    def _log_densities(self, data, theta, run_parallel):
        """Log-density of every step, in the order of the sequences."""
        network, head = self._network(), self._head()
        w = network.layout().views(theta)

        def advance(x, packing, state):
            return network.advance(w, x, packing, state)

        log_p = np.empty(data.values.shape[0])

        def read(index):
            for columns, packing, scores, _ in scan(advance, data, index):
                own, y = columns[packing.columns], data.y[packing.rows]
                log_p[packing.rows] = finite_log_density(head, scores, y, own)

        scans(read, data, run_parallel)
        return log_p[consecutive(data.starts, data.lengths)]

    # -- likelihoods -------------------------------------------------------------------

    @property
    def condition_mean_(self):
        """Weighted mean of the conditions in training: of labels, their shares."""
        check_is_fitted(self, "theta_")
        return self._condition_total / self._weight_total

    def _read_steps(self, X):
        """Steps and lengths of X, as `_steps` gives them."""
        check_is_fitted(self, "theta_")
        sequences = self._read_sequences(X, None, reset=False)
        values = cast(sequences, self.theta_.dtype)
        return self._steps(values, sequences), sequences.lengths

    def _log_likelihoods(self, X, y):
        """Log-likelihood of each sequence, and how many steps it has, end included."""
        steps, lengths = self._read_steps(X)
        following = self._following(steps, lengths)
        starts = np.cumsum(lengths + 1) - lengths - 1
        n_targets = lengths + (self.distribution_ == "categorical")
        own = np.repeat(np.arange(len(lengths)), n_targets)
        of_labels = []
        with workers(self.n_jobs) as (run_parallel, _):
            for log_prior, conditions in alternatives(self, y, len(lengths)):
                inputs = self._inputs(steps, lengths, conditions, self.theta_.dtype)
                data = Data(inputs, starts, n_targets, following, None)
                log_p = self._log_densities(data, self.theta_, run_parallel)
                of_labels.append(
                    log_prior + np.bincount(own, log_p, minlength=len(lengths))
                )
        return np.logaddexp.reduce(of_labels, axis=0), n_targets

    def score_samples(self, X, y=None):
        """Log-likelihood of each sequence, in nats.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : array-like of shape (n_sequences,) or (n_sequences, n_conditions), \
                default=None
            Their conditions. Labels that are not known are summed over with their
            shares in training; vectors are taken for the mean in training.

        Returns
        -------
        log_likelihood : ndarray of shape (n_sequences,)
            Of tokens, the end after the last one included; of numbers a density.
        """
        return self._log_likelihoods(X, y)[0]

    def score(self, X, y=None, sample_weight=None):
        """Mean log-likelihood of a sequence, in nats.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : array-like, default=None
            Conditions, as in `score_samples`.
        sample_weight : array-like of shape (n_sequences,), default=None
            Weight of each sequence.

        Returns
        -------
        log_likelihood : float
            The larger the better.
        """
        log_p = self.score_samples(X, y)
        weight = _check_sample_weight(sample_weight, log_p, ensure_non_negative=True)
        check_total(weight.sum(), "to score")
        return float(np.average(log_p, weights=weight))

    def cross_entropy(self, X, y=None, *, base=math.e, per="token"):
        """Mean negative log-likelihood of a step: nats or bits, a token or character.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : array-like, default=None
            Conditions, as in `score_samples`.
        base : float, default=math.e
            Of the logarithm: ``math.e`` gives nats, 2 gives bits.
        per : {"token", "character"}, default="token"
            "character" divides by the length of the text instead, one more for each
            end, so that models of words can be compared with models of characters. It
            needs text whose words are all known: nothing tells how others are spelled.

        Returns
        -------
        cross_entropy : float
            The smaller the better. The end of each sequence of tokens counts as one.
        """
        check_scalar(base, "base", Real, min_val=1.0, include_boundaries="neither")
        if per not in ("token", "character"):
            raise ValueError(f"per must be 'token' or 'character', got {per!r}.")
        log_p, n_steps = self._log_likelihoods(X, y)
        n_steps = int(n_steps.sum())
        if per == "character":
            n_steps = self._n_characters(X)
        if not n_steps:
            raise ValueError("X has no steps, so that there is no mean.")
        return float(-log_p.sum() / n_steps / math.log(base))

    def _n_characters(self, X):
        """Characters of texts and their ends."""
        documents = as_documents(X)
        if not all(isinstance(document, str) for document in documents):
            raise ValueError("per='character' needs text, and X is something else.")
        if self.vectorizer_.max_length is not None:
            raise ValueError(
                "per='character' needs whole texts, and the vectorizer cuts them off "
                f"at max_length={self.vectorizer_.max_length}."
            )
        tokens, _ = self._read_steps(documents)
        unknown = self.vectorizer_.vocabulary_[self.vectorizer_.unk_token]
        n_unknown = int((tokens == unknown).sum())
        if n_unknown:
            raise ValueError(
                f"X has {n_unknown} tokens that the vocabulary does not have, and the "
                "model does not tell how they are spelled: per='token' counts each as "
                "one."
            )
        return sum(len(document) + 1 for document in documents)

    def perplexity(self, X, y=None):
        """Perplexity of a token: among how many equally likely ones it is a choice.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : array-like, default=None
            Conditions, as in `score_samples`.

        Returns
        -------
        perplexity : float
            e to the power of `cross_entropy` in nats, which is 2 to the power of that
            in bits.
        """
        check_is_fitted(self, "theta_")
        if self.distribution_ == "gaussian":
            raise ValueError(
                "Numbers have a density and no perplexity: compare cross_entropy."
            )
        with np.errstate(over="ignore"):
            return float(np.exp(self.cross_entropy(X, y)))

    # -- the next step -----------------------------------------------------------------

    @property
    def outcomes_(self):
        """What the columns of `predict_proba` stand for, tokens with the end last."""
        check_is_fitted(self, "theta_")
        n = self.n_step_features_
        if self.distribution_ != "categorical" or self.step_feature_names_ is None:
            return np.arange(self.n_outputs_)
        end = "<eos>" if self.vectorizer_ is None else self.vectorizer_.eos_token
        return np.array([*self.step_feature_names_[:n], end], dtype=object)

    def _prefixes(self, X, y):
        """States and scores after sequences."""
        steps, lengths = self._read_steps(X)
        with workers(self.n_jobs) as (run_parallel, _):
            return Prefixes(self, steps, lengths, y, run_parallel)

    def predict(self, X, y=None, *, return_std=False):
        """What follows each sequence: the most probable token, or the mean.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : array-like, default=None
            Conditions, as in `score_samples`. Labels that are not known are weighted by
            how probable they are, given the sequence.
        return_std : bool, default=False
            Whether to return the standard deviation, too; of numbers only.

        Returns
        -------
        step : ndarray of shape (n_sequences,) or (n_sequences, n_features)
            Of tokens those of `outcomes_`: names if there are some, else numbers. Of
            numbers means; of values 0 and 1 the more probable ones.
        std : ndarray of the same shape
            Only if `return_std`.
        """
        prefixes = self._prefixes(X, y)
        if self.distribution_ != "gaussian":
            if return_std:
                raise ValueError("return_std is for distribution='gaussian'.")
            p = prefixes.mean_of(self._head().inverse)
            if self.distribution_ == "bernoulli":
                return (p > 0.5).astype(self.theta_.dtype)
            p[:, self._dropped] = -1.0
            return self.outcomes_[p.argmax(axis=1)]
        head = self._head()
        mean, std = prefixes.mean_of(head.inverse), prefixes.std_of(head)
        if self.n_step_features_ == 1:
            mean, std = mean[:, 0], std[:, 0]
        return (mean, std) if return_std else mean

    @available_if(_has_probabilities)
    def predict_proba(self, X, y=None):
        """Probabilities of what follows each sequence.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : array-like, default=None
            Conditions, as in `predict`.

        Returns
        -------
        p : ndarray of shape (n_sequences, n_outputs)
            Of each token and, in the last column, of the end, in the order of
            `outcomes_`; or that each feature is 1. Real numbers have no probabilities:
            see ``predict(X, return_std=True)``.
        """
        return self._prefixes(X, y).mean_of(self._head().inverse)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags
