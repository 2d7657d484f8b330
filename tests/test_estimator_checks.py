"""Our checks catch estimators that are broken in the way that each is about."""

from itertools import count

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import FunctionTransformer

from sklearn_rnn import (
    FrameTransformer,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    Sequences,
    StepwiseTransformer,
)
from sklearn_rnn.utils import estimator_checks
from sklearn_rnn.utils.estimator_checks import (
    check_sequence_estimator,
    parametrize_with_sequence_checks,
    sequence_checks,
)


def is_sparse(X):
    """Whether the sequences are stored sparse."""
    return isinstance(X, Sequences) and sp.issparse(X.values)


class Broken(RNNRegressor):
    """Sound itself; subclasses override one method, most of them `_adds`."""

    def _adds(self, X):
        return 0

    def predict(self, X):
        return super().predict(X) + self._adds(X)


class TellsTuples(Broken):
    def _adds(self, X):
        return isinstance(X, tuple)


class FitTellsTuples(Broken):
    def fit(self, X, y, sample_weight=None):
        return super().fit(X, y + isinstance(X, tuple), sample_weight)


class LosesOne(Broken):
    def predict(self, X):
        return super().predict(X)[1:]


class TellsSparse(Broken):
    def _adds(self, X):
        return is_sparse(X)


class RefusesSparse(Broken):
    def fit(self, X, y, sample_weight=None):
        if is_sparse(X):
            raise TypeError("sparse sequences are not for me")
        return super().fit(X, y, sample_weight)


class TellsVectors(Broken):
    def _adds(self, X):
        return isinstance(X, list) and np.ndim(X[0]) == 1


class TellsTables(Broken):
    def _adds(self, X):
        return getattr(X, "ndim", 1) == 2


class CountsSteps(Broken):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.n_features_in_ = 1
        return self


class TellsLongest(Broken):
    def _adds(self, X):
        return len(max(X, key=len)) if isinstance(X, list) else 0


class LosesEmpty(Broken):
    def _adds(self, X):
        return [0 if sp.issparse(x) or len(x) else np.nan for x in X]


class RefusesEmpty(Broken):
    def fit(self, X, y, sample_weight=None):
        if any(len(x) == 0 for x in X):
            raise ValueError("empty sequence")
        return super().fit(X, y, sample_weight)


class WritesValues(Broken):
    def fit(self, X, y, sample_weight=None):
        if isinstance(X, Sequences):
            X.values[...] += 0
        return super().fit(X, y, sample_weight)


class TellsColumnMajor(Broken):
    def _adds(self, X):
        return isinstance(X, Sequences) and X.values.flags.f_contiguous


class AlwaysDouble(Broken):
    def predict(self, X):
        return super().predict(X).astype(np.float64)


class CentersBatch(Broken):
    def predict(self, X):
        y = super().predict(X)
        return y - y.mean()


class Sorts(Broken):
    def predict(self, X):
        return np.sort(super().predict(X))


class CountsPadding(Broken):
    def _adds(self, X):
        return X.shape[1] if getattr(X, "ndim", 1) == 3 else 0


class TellsThreads(Broken):
    def _adds(self, X):
        return self.n_jobs or 0


class LoadsOther(Broken):
    def __setstate__(self, state):
        super().__setstate__({**state, "theta_": 2 * state.get("theta_", 0)})


class LearnsNothing(Broken):
    def partial_fit(self, X, y, sample_weight=None):
        return self


class ForgetsMomentum(Broken):
    def __setstate__(self, state):
        super().__setstate__({**state, "_slots": np.zeros_like(state["_slots"])})


class ClonesFitted(Broken):
    def __sklearn_clone__(self):
        copy = type(self)(**self.get_params())
        vars(copy).update(vars(self))
        return copy


class IgnoresSeed(Broken):
    """Each fit differs from the one before, by more than rounding."""

    n_fits = count()

    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.theta_ += 1e-7 * next(self.n_fits)
        return self


class SetsParameter(Broken):
    def fit(self, X, y, sample_weight=None):
        self.hidden_layer_sizes = [3]
        return super().fit(X, y, sample_weight)


class ScalesX(Broken):
    def fit(self, X, y, sample_weight=None):
        if isinstance(X, list):
            X[0] = 2 * np.asarray(X[0])
        return super().fit(X, y, sample_weight)


class HalfFitted(Broken):
    def fit(self, X, y, sample_weight=None):
        self.theta_ = np.zeros(1)
        return super().fit(X, y, sample_weight)


class ForgetsFit(Broken):
    def fit(self, X, y, sample_weight=None):
        vars(self).pop("theta_", None)
        return super().fit(X, y, sample_weight)


class IgnoresWeights(Broken):
    def fit(self, X, y, sample_weight=None):
        return super().fit(X, y)


class GuessesUnfitted(Broken):
    def predict(self, X):
        try:
            return super().predict(X)
        except NotFittedError:
            return np.zeros(len(X))


class CallsUnfittedValue(Broken):
    def predict(self, X):
        if not hasattr(self, "theta_"):
            raise AttributeError("theta_")
        return super().predict(X)


def imputed(X):
    """A list of sequences, in which 0 stands for NaN."""
    if isinstance(X, (list, tuple)):
        return [np.nan_to_num(np.asarray(x, dtype=float)) for x in X]
    return X


class ImputesSilently(Broken):
    def fit(self, X, y, sample_weight=None):
        return super().fit(imputed(X), y, sample_weight)

    def predict(self, X):
        return super().predict(imputed(X))

    def transform(self, X):
        return super().transform(imputed(X))


class SaysOnlyBad(Broken):
    def fit(self, X, y, sample_weight=None):
        try:
            return super().fit(X, y, sample_weight)
        except ValueError:
            raise ValueError("bad X") from None


class CutsWidth(Broken):
    def predict(self, X):
        if isinstance(X, list) and np.ndim(X[0]) == 2:
            X = [np.asarray(x)[:, : self.n_features_in_] for x in X]
        return super().predict(X)


class SaysOnlyWrong(Broken):
    def predict(self, X):
        try:
            return super().predict(X)
        except ValueError:
            raise ValueError("wrong width") from None


class ColumnOfPredictions(Broken):
    def predict(self, X):
        return super().predict(X)[:, None]


class TellsSequences(Broken):
    def _adds(self, X):
        return isinstance(X, Sequences)


class RefusesSequences(Broken):
    def fit(self, X, y, sample_weight=None):
        if isinstance(X, Sequences):
            raise TypeError("lists only")
        return super().fit(X, y, sample_weight)


class Flattens(RNNSequenceTagger):
    def predict(self, X):
        return np.concatenate(super().predict(X))


class StacksEqualLengths(RNNSequenceTagger):
    def predict(self, X):
        return np.array([*super().predict(X)])


class FitsLists(RNNSequenceTagger):
    def fit(self, X, y, sample_weight=None):
        y = [["no"] * len(x) for x in X] if isinstance(y, list) else y
        return super().fit(X, y, sample_weight)


class CutsLabels(RNNSequenceTagger):
    def fit(self, X, y, sample_weight=None):
        n_steps = [min(len(x), len(part)) for x, part in zip(X, y, strict=True)]
        X, y = (
            [part[:n] for part, n in zip(parts, n_steps, strict=True)]
            for parts in (X, y)
        )
        return super().fit(X, y, sample_weight)


class ScoresSums(RNNGenerator):
    def score(self, X, y=None):
        return self.score_samples(X, y).sum()


class SamplesTogether(RNNGenerator):
    def sample(self, n_samples=1, *, y=None, random_state=None):
        return super().sample(n_samples, y=y, random_state=random_state)[::-1]


class ScoresLists(RNNGenerator):
    def score_samples(self, X, y=None):
        return super().score_samples(X, y) + isinstance(X, list)


class ScoresOtherThanPredicts(RNNTranslator):
    def predict(self, X):
        return super().predict(X)[::-1]


class RanksBackwards(RNNTranslator):
    def predict_n_best(self, X, n_best=5):
        y, scores = super().predict_n_best(X, n_best)
        return y, [own[::-1] for own in scores]


class ScoresMore(RNNTranslator):
    def score(self, X, y):
        return super().score(X, y) + 0.5


class SkipsNothing(RNNTranslator):
    def fit(self, X, y):
        return super().fit(X, [part if len(part) else ["?"] for part in y])


class TellsArrays(RNNTranslator):
    def fit(self, X, y):
        return super().fit(X, ["?"] * len(X) if isinstance(y, tuple) else y)


CASES = [
    ("check_sequence_containers", TellsTuples, "predict on a tuple of arrays gives"),
    ("check_sequence_containers", FitTellsTuples, "after fit on a tuple of arrays"),
    ("check_sequence_containers", LosesOne, "gives 23 results for 24 sequences"),
    ("check_sparse_sequences", TellsSparse, "on filled sparse sequences"),
    ("check_sparse_sequences", RefusesSparse, "not for me"),
    ("check_univariate_sequences", TellsVectors, r"of shape \(length,\)"),
    ("check_two_dimensional_array", TellsTables, "on a 2-D array"),
    ("check_two_dimensional_array", CountsSteps, "n_features_in_ is 1"),
    ("check_sequences_of_one_step", TellsLongest, "without a longer one"),
    ("check_empty_sequences", LosesEmpty, r"gives \[nan\] for sequence 1"),
    ("check_empty_sequences", RefusesEmpty, "met ValueError: empty sequence"),
    ("check_sequence_memory_layout", WritesValues, "read-only"),
    ("check_sequence_memory_layout", TellsColumnMajor, "on column-major values"),
    ("check_sequence_dtype", AlwaysDouble, "is float64 where X is float32"),
    ("check_sequence_batch_invariance", CentersBatch, "on sequence 0 alone"),
    ("check_sequence_order_invariance", Sorts, "in another order"),
    ("check_sequence_padding_invariance", CountsPadding, "padded to 9 steps"),
    ("check_sequence_n_jobs", TellsThreads, "n_jobs=2"),
    ("check_sequence_persistence", LoadsOther, "after pickle"),
    ("check_partial_fit_after_loading", LearnsNothing, "unchanged by partial_fit"),
    ("check_partial_fit_after_loading", ForgetsMomentum, "pickle and partial_fit"),
    ("check_clone_of_fitted", ClonesFitted, "has the fitted attributes"),
    ("check_fit_is_repeatable", IgnoresSeed, "fitted again"),
    ("check_fit_leaves_arguments_alone", SetsParameter, "'hidden_layer_sizes'"),
    ("check_fit_leaves_arguments_alone", ScalesX, "changes its X"),
    ("check_failed_fit", HalfFitted, "after a fit that fails since widths differ"),
    ("check_failed_fit", ForgetsFit, "met NotFittedError"),
    ("check_sequence_weights", IgnoresWeights, "in the place of repetitions"),
    ("check_sequences_unfitted", GuessesUnfitted, "does not raise NotFittedError"),
    ("check_sequences_unfitted", CallsUnfittedValue, "raises AttributeError"),
    ("check_sequences_not_finite", ImputesSilently, "does not raise ValueError"),
    ("check_sequences_not_finite", SaysOnlyBad, "does not name that place"),
    ("check_sequences_of_other_width", CutsWidth, "does not raise ValueError"),
    ("check_sequences_of_other_width", SaysOnlyWrong, "does not say so"),
    ("check_sequences_of_text", SaysOnlyBad, "names no SequenceVectorizer"),
    ("check_sequence_model_selection", ColumnOfPredictions, r"shape \(24, 1\)"),
    ("check_sequence_model_selection", TellsSequences, "a list and Sequences"),
    ("check_sequence_pipeline", RefusesSequences, "lists only"),
    ("check_sequence_pipeline", IgnoresSeed, "in a pipeline"),
]
CASES_OF_STEPS = [
    ("check_labels_of_steps", Flattens, "no array of labels for each sequence"),
    ("check_labels_of_steps", StacksEqualLengths, "inhomogeneous shape"),
    ("check_labels_of_steps", FitsLists, "with y as a list of arrays"),
    ("check_labels_of_steps", CutsLabels, "with a label too few does not raise"),
]
CASES_OF_DENSITIES = [
    ("check_density_of_sequences", ScoresSums, "the mean of score_samples"),
    ("check_density_of_sequences", SamplesTogether, "in place 0 of 2"),
    ("check_density_of_sequences", ScoresLists, "on the same Sequences"),
]
CASES_OF_WRITERS = [
    ("check_written_sequences", TellsArrays, "with y as a tuple of arrays"),
    ("check_written_sequences", ScoresOtherThanPredicts, "is the best of"),
    ("check_written_sequences", RanksBackwards, "which do not fall"),
    ("check_written_sequences", ScoresMore, "of the predictions are right"),
    ("check_written_sequences", SkipsNothing, "with an empty target does not raise"),
]
ALL_CASES = CASES + CASES_OF_STEPS + CASES_OF_DENSITIES + CASES_OF_WRITERS


@pytest.mark.parametrize(
    ("check", "broken", "message"),
    ALL_CASES,
    ids=[f"{c[0]}-{c[1].__name__}" for c in ALL_CASES],
)
def test_check_catches(check, broken, message):
    with pytest.raises(AssertionError, match=message) as caught:
        getattr(estimator_checks, check)(
            broken.__name__, broken(3, max_iter=2, learning_rate_init=0.1)
        )
    assert broken.__name__ in str(caught.value)


def test_all_checks_can_fail():
    registered = {check.__name__ for check in sequence_checks(Broken())}
    assert registered == {check for check, _, _ in CASES}
    registered |= {check for check, _, _ in CASES_OF_STEPS}
    tagger = RNNSequenceTagger()
    assert registered == {check.__name__ for check in sequence_checks(tagger)}
    of_densities = {check.__name__ for check in sequence_checks(RNNGenerator())}
    assert of_densities - registered == {check for check, _, _ in CASES_OF_DENSITIES}
    registered |= of_densities
    of_writers = {check.__name__ for check in sequence_checks(RNNTranslator())}
    assert of_writers - registered == {check for check, _, _ in CASES_OF_WRITERS}
    registered |= of_writers
    defined = {name for name in vars(estimator_checks) if name.startswith("check_")}
    assert registered == defined - {"check_sequence_estimator", "check_random_state"}


def test_sound_estimator_passes():
    check_sequence_estimator(Broken(3, max_iter=2, learning_rate_init=0.1))


def test_all_checks_are_run():
    with pytest.raises(AssertionError, match="unchanged by partial_fit"):
        check_sequence_estimator(LearnsNothing(3, max_iter=2, learning_rate_init=0.1))


class Reverses(FrameTransformer):
    """Frames of a list in the wrong order."""

    def transform(self, X):
        out = super().transform(X)
        return out[::-1] if isinstance(X, list) else out


def test_transformers_are_checked():
    with pytest.raises(AssertionError, match=r"Reverses\.transform"):
        check_sequence_estimator(Reverses(width=2))


def double_precision(X):
    """Breaks what the tags of the estimator promise."""
    return np.asarray(X, dtype=np.float64)


class PromisesTooMuch(StepwiseTransformer):
    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def test_tags_are_promises():
    check = estimator_checks.check_sequence_dtype
    doubles = FunctionTransformer(double_precision)
    check("StepwiseTransformer", StepwiseTransformer(doubles))
    with pytest.raises(AssertionError, match="transform is float64"):
        check("PromisesTooMuch", PromisesTooMuch(doubles))


def test_parametrization():
    mark = parametrize_with_sequence_checks([FrameTransformer(width=2)]).mark
    assert mark.args[0] == ("estimator", "check")
    ids = [case.id for case in mark.args[1]]
    assert "FrameTransformer(width=2)-check_empty_sequences" in ids
    assert len(set(ids)) == len(ids) == len(sequence_checks(FrameTransformer()))
    for case in mark.args[1]:
        estimator, check = case.values
        check(estimator)
