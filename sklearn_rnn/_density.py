"""What a fitted generator knows: likelihoods of sequences, and of what comes next."""

import math
from functools import partial
from numbers import Real

import numpy as np
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._autoregressive import AutoregressiveRNN
from sklearn_rnn._compat import _check_sample_weight
from sklearn_rnn._conditions import alternatives
from sklearn_rnn._documents import as_documents
from sklearn_rnn._generation import in_parts
from sklearn_rnn._sampling_rules import check_number
from sklearn_rnn._shell import check_total
from sklearn_rnn._threads import workers
from sklearn_rnn.core.training import Data


def _has_probabilities(estimator):
    """Whether the next step has finitely many outcomes, which "auto" does not tell."""
    distribution = getattr(estimator, "distribution_", estimator.distribution)
    return distribution in ("categorical", "bernoulli")


class SequenceDensity(AutoregressiveRNN):
    """Base of the generator: everything but generating."""

    # -- likelihoods -------------------------------------------------------------------

    def _log_likelihoods(self, X, y):
        """Log-likelihood of each sequence, and how many steps it has, end included."""
        steps, lengths = self._read_steps(X)
        following, total = self._following(steps, lengths), -np.inf
        starts = np.cumsum(lengths + 1) - lengths - 1
        n_targets = lengths + (self.distribution_ == "categorical")
        with workers(self.n_jobs) as (run_parallel, _):
            for log_prior, conditions in alternatives(self, y, len(lengths)):
                inputs = self._inputs(steps, lengths, conditions, self.theta_.dtype)
                data = Data(inputs, starts, n_targets, following, None)
                log_p = self._log_densities(data, self.theta_, run_parallel)
                total = np.logaddexp(total, log_prior + log_p)
        return total, n_targets

    def score_samples(self, X, y=None):
        """Log-likelihood of each sequence, in nats.

        Parameters
        ----------
        X : str, list of str, list of list of str, Sequences, or array-like
            Sequences, as in `fit`.
        y : array-like of shape (n_sequences,) or (n_sequences, n_conditions), \
                default=None
            Their conditions. Labels that are not known are summed over with their
            shares in training; in the place of vectors stands their mean in training.

        Returns
        -------
        log_likelihood : ndarray of shape (n_sequences,)
            Of tokens, the end after the last one included; of numbers a density.

        Raises
        ------
        ValueError, TypeError
            If X cannot be read, or has other features than in `fit`; or if a condition
            is unknown.

        Examples
        --------
        Given which label is a name more probable?

        >>> from sklearn_rnn import RNNGenerator
        >>> X, y = ["anna", "ella", "otto", "bob"] * 10, ["f", "f", "m", "m"] * 10
        >>> names = RNNGenerator(32, max_iter=100, random_state=0).fit(X, y)
        >>> of_f, of_m = (names.score_samples(["ella", "bob"], [c, c]) for c in "fm")
        >>> of_f > of_m
        array([ True, False])
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

        Raises
        ------
        ValueError, TypeError
            As `score_samples`, and if the weights sum to zero.

        Examples
        --------
        The larger the score of what was held out, the better the density:

        >>> from sklearn.model_selection import GridSearchCV
        >>> from sklearn_rnn import RNNGenerator
        >>> generator = RNNGenerator(16, random_state=0)
        >>> search = GridSearchCV(generator, {"max_iter": [5, 100]}, cv=2)
        >>> search.fit(["abab", "abab", "abab", "abab"]).best_params_
        {'max_iter': 100}
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

        Raises
        ------
        ValueError, TypeError
            As `score_samples`, and if a parameter is out of range, X has no steps, or
            ``per="character"`` does not fit X.

        Examples
        --------
        What a coin shows takes one bit, and that nothing follows takes none:

        >>> from sklearn_rnn import RNNGenerator, SequenceVectorizer
        >>> X = ["heads", "tails"] * 20
        >>> coin = RNNGenerator(
        ...     16, vectorizer=SequenceVectorizer(), max_iter=200, random_state=0
        ... ).fit(X)
        >>> round(coin.cross_entropy(X, base=2), 1)
        0.5
        >>> round(coin.cross_entropy(X, base=2, per="character"), 1)  # of six
        0.2
        """
        check_number("base", base, Real, 1.0, open_below=True)
        if not isinstance(per, str) or per not in ("token", "character"):
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

        Raises
        ------
        ValueError, TypeError
            As `cross_entropy`, and if the generator was fitted to real numbers.

        Examples
        --------
        The first letter is one of three; what follows, the end, is certain:

        >>> from sklearn_rnn import RNNGenerator
        >>> X = ["a", "b", "c"] * 20
        >>> generator = RNNGenerator(8, max_iter=200, random_state=0).fit(X)
        >>> round(generator.perplexity(["a"]) ** 2)  # of two tokens
        3
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
        """What the columns of `predict_proba` stand for, tokens with the end last.

        Returns
        -------
        outcomes : ndarray of shape (n_outputs,)
            Tokens by name where they have names, else numbers.

        Raises
        ------
        NotFittedError
            Before `fit`.

        Examples
        --------
        >>> from sklearn_rnn import RNNGenerator
        >>> RNNGenerator(8, random_state=0).fit(["abba", "baba"]).outcomes_
        array(['<pad>', '<unk>', 'a', 'b', '<eos>'], dtype=object)
        """
        check_is_fitted(self, "theta_")
        n = self.n_step_features_
        if self.distribution_ != "categorical" or self.step_feature_names_ is None:
            return np.arange(self.n_outputs_)
        end = "<eos>" if self.vectorizer_ is None else self.vectorizer_.eos_token
        return np.array([*self.step_feature_names_[:n], end], dtype=object)

    def _after(self, X, y, read):
        """What ``read`` makes of `Prefixes`, of all sequences."""
        steps, lengths = self._read_steps(X)
        found = None
        with workers(self.n_jobs) as (run_parallel, _):
            for prefixes in in_parts(self, steps, lengths, y, run_parallel):
                values = read(prefixes)
                if found is None:
                    found = np.empty((len(lengths), *values.shape[1:]), values.dtype)
                found[prefixes.part] = values
        return found

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

        Raises
        ------
        ValueError, TypeError
            As `score_samples`, and if `return_std` is asked of what is no real number.

        Examples
        --------
        Of numbers, a mean and a standard deviation, here of noise around 3:

        >>> import numpy as np
        >>> from sklearn_rnn import RNNGenerator
        >>> X = np.random.RandomState(0).normal(3, 1, size=(50, 20))
        >>> generator = RNNGenerator(8, random_state=0).fit(X)
        >>> mean, std = generator.predict(X[:2], return_std=True)
        >>> mean.round(), std.round()
        (array([3., 3.]), array([1., 1.]))

        Of tokens, the most probable one:

        >>> generator = RNNGenerator(16, max_iter=100, random_state=0).fit(["abcabc"])
        >>> generator.predict(["ab", "abc"])
        array(['c', 'a'], dtype=object)
        """
        check_is_fitted(self, "theta_")
        if return_std and self.distribution_ != "gaussian":
            raise ValueError("return_std is for distribution='gaussian'.")
        found = self._after(X, y, partial(self._next_step, return_std=return_std))
        if self.distribution_ == "categorical":
            return self.outcomes_[found]
        if self.distribution_ == "gaussian" and self.n_step_features_ == 1:
            found = found[..., 0]
        return (found[:, 0], found[:, 1]) if return_std else found

    def _next_step(self, prefixes, return_std):
        """The most probable tokens, values, or means and deviations side by side."""
        head = self._head()
        p = prefixes.mean_of(head.inverse)
        if return_std:
            return np.stack([p, prefixes.std_of(head)], axis=1)
        if self.distribution_ == "bernoulli":
            return (p > 0.5).astype(self.theta_.dtype)
        if self.distribution_ == "categorical":
            p[:, self._dropped] = -1.0
            return p.argmax(axis=1)
        return p

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

        Raises
        ------
        AttributeError
            If the generator was fitted to real numbers.
        ValueError, TypeError
            As `score_samples`.

        Examples
        --------
        After "a", half of the sequences go on with "b", and half of them end:

        >>> from sklearn_rnn import RNNGenerator
        >>> X = ["a", "ab"] * 20
        >>> generator = RNNGenerator(16, max_iter=200, random_state=0).fit(X)
        >>> p = generator.predict_proba(["a"])[0]
        >>> dict(zip(generator.outcomes_.tolist(), p.round(1).tolist()))
        {'<pad>': 0.0, '<unk>': 0.0, 'a': 0.0, 'b': 0.5, '<eos>': 0.5}
        """
        inverse = self._head().inverse
        return self._after(X, y, lambda prefixes: prefixes.mean_of(inverse))
