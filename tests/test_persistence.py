"""Stored models predict the same, learn on, and are read by later versions."""

import copy
import json
import pickle
import warnings
from pathlib import Path

import joblib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.pipeline import Pipeline, make_pipeline

import sklearn_rnn
from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    SequenceVectorizer,
    StepwiseTransformer,
    _state,
)
from sklearn_rnn.vectorizer import affix_features

PUBLIC = {*sklearn_rnn.__all__, affix_features.__name__}

NUMBERS = [[0.5, 1.5, 2.0, 1.0], [3.0, 1.0], [2.0, 0.5, 1.0], [1.0, 1.5, 0.0, 2.0]]
LABELS = [["low" if value < 1.2 else "high" for value in row] for row in NUMBERS]
TEXTS = ["Good food.", "Bad soup!", "Good soup.", "Bad film!"]
SIGNS = ["+", "-", "+", "-"]
RNN = dict(hidden_layer_sizes=3, max_iter=9, random_state=0, learning_rate_init=0.05)
# name: (estimator, X, y, method to compare)
MODELS = {
    "classifier": (RNNClassifier(**RNN), NUMBERS, SIGNS, "predict_proba"),
    "held out": (
        RNNClassifier(**RNN, early_stopping=True, validation_fraction=0.5),
        *(NUMBERS, SIGNS, "predict_proba"),
    ),
    "regressor": (RNNRegressor(**RNN), NUMBERS, [1.0, 3.0, 2.0, 0.5], "predict"),
    "tagger": (RNNSequenceTagger(**RNN), NUMBERS, LABELS, "predict_proba"),
    "crf": (RNNSequenceTagger(**RNN, crf=True), NUMBERS, LABELS, "predict_proba"),
    "generator": (RNNGenerator(**RNN), NUMBERS, None, "score_samples"),
    "text generator": (RNNGenerator(**RNN), TEXTS, SIGNS, "score_samples"),
    "word generator": (
        RNNGenerator(**RNN, vectorizer=SequenceVectorizer()),
        *(TEXTS, None, "score_samples"),
    ),
    "translator": (RNNTranslator(**RNN), TEXTS, TEXTS[::-1], "predict"),
    "translator of numbers": (RNNTranslator(**RNN), NUMBERS, TEXTS, "predict"),
    "vectorizer": (SequenceVectorizer(), TEXTS, None, "transform"),
    "affixes": (
        SequenceVectorizer(token_features=affix_features),
        *(TEXTS, None, "transform"),
    ),
    "steps": (StepwiseTransformer(), NUMBERS, None, "transform"),
    "frames": (FrameTransformer(2), NUMBERS, None, "transform"),
    "text pipeline": (
        make_pipeline(SequenceVectorizer(), RNNClassifier(**RNN, embedding_dim=2)),
        *(TEXTS, SIGNS, "predict_proba"),
    ),
    "pipeline of steps": (
        make_pipeline(StepwiseTransformer(), FrameTransformer(2), RNNRegressor(**RNN)),
        *(NUMBERS, [1.0, 3.0, 2.0, 0.5], "predict"),
    ),
}
LEARN_ON = [
    *("classifier", "regressor", "tagger", "crf", "generator", "text generator"),
    *("word generator", "translator", "translator of numbers"),
]
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def through_pickle(model, folder):
    return pickle.loads(pickle.dumps(model))


def through_joblib(model, folder):
    joblib.dump(model, folder / "model.joblib")
    return joblib.load(folder / "model.joblib")


def through_joblib_mapped(model, folder):
    joblib.dump(model, folder / "model.joblib")
    return joblib.load(folder / "model.joblib", mmap_mode="r")


def through_copy(model, folder):
    return copy.deepcopy(model)


def through_skops(model, folder):
    skops = pytest.importorskip("skops.io")
    skops.dump(model, folder / "model.skops")
    trusted = skops.get_untrusted_types(file=folder / "model.skops")
    return skops.load(folder / "model.skops", trusted=trusted)


WAYS = [
    through_pickle,
    through_joblib,
    through_joblib_mapped,
    through_copy,
    through_skops,
]
ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def results(model, X, method):
    """What a method gives, as an array to compare."""
    found = getattr(model, method)(X)
    if hasattr(found, "values"):  # Sequences
        found = found.values
    if hasattr(found, "toarray"):
        return found.toarray()
    if isinstance(found, list) or found.dtype == object:
        return np.concatenate([np.asarray(part).ravel() for part in found])
    return found


@ways
@pytest.mark.parametrize("name", MODELS)
def test_stored_models_give_the_same(name, way, tmp_path):
    model, X, y, method = MODELS[name]
    model = clone(model).fit(X, y)
    again = way(model, tmp_path)
    assert type(again) is type(model)
    assert_array_equal(results(again, X, method), results(model, X, method))


@ways
@pytest.mark.parametrize("name", LEARN_ON)
def test_stored_models_learn_on(name, way, tmp_path):
    """Predictions move, as those of the model that was stored do."""
    model, X, y, method = MODELS[name]
    model = clone(model).fit(X, y)
    again = way(model, tmp_path)
    before = results(again, X, method)
    for _ in range(20):  # a translation is text, and changes late
        again.partial_fit(X, y)
    assert not np.array_equal(results(again, X, method), before)
    for _ in range(20):
        model.partial_fit(X, y)
    assert_array_equal(results(again, X, method), results(model, X, method))


TRUSTED = {
    "classifier": ["classifier.RNNClassifier"],
    "regressor": ["regressor.RNNRegressor"],
    "tagger": ["tagger.RNNSequenceTagger"],
    "crf": ["tagger.RNNSequenceTagger"],
    "generator": ["generator.RNNGenerator"],
    "text generator": ["generator.RNNGenerator", "vectorizer.SequenceVectorizer"],
    "word generator": ["generator.RNNGenerator", "vectorizer.SequenceVectorizer"],
    "translator": ["translator.RNNTranslator", "vectorizer.SequenceVectorizer"],
    "translator of numbers": [
        "translator.RNNTranslator",
        "vectorizer.SequenceVectorizer",
    ],
    "vectorizer": ["vectorizer.SequenceVectorizer"],
    "affixes": ["vectorizer.SequenceVectorizer", "vectorizer.affix_features"],
    "steps": ["steps.StepwiseTransformer"],
    "frames": ["steps.FrameTransformer"],
    "text pipeline": ["classifier.RNNClassifier", "vectorizer.SequenceVectorizer"],
    "pipeline of steps": [
        *("regressor.RNNRegressor", "steps.FrameTransformer"),
        "steps.StepwiseTransformer",
    ],
}


@pytest.mark.parametrize("name", TRUSTED)
def test_skops_asks_to_trust_public_classes_only(name):
    skops = pytest.importorskip("skops.io")
    model, X, y, _ = MODELS[name]
    stored = skops.dumps(clone(model).fit(X, y))
    expected = [f"sklearn_rnn.{path}" for path in TRUSTED[name]]
    assert skops.get_untrusted_types(data=stored) == expected
    assert all(path.split(".")[-1] in PUBLIC for path in expected)


# -- the format of the state -----------------------------------------------------------


def fitted(**parameters):
    return RNNRegressor(**{**RNN, **parameters}).fit(NUMBERS, [1.0, 3.0, 2.0, 0.5])


def plain_types(value):
    """Types of all that is in nested dicts, lists and tuples."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, (list, tuple)):
        return set().union(*(plain_types(part) for part in value))
    return {type(value)}


@pytest.mark.parametrize("name", [name for name in LEARN_ON if "text" not in name])
def test_the_state_is_made_of_plain_things(name):
    model, X, y, _ = MODELS[name]
    state = clone(model).fit(X, y).__getstate__()
    assert state["_state_format"] == _state.FORMAT
    plain = {np.ndarray, str, int, float, bool, type(None)}
    assert plain_types(state) <= plain | {SequenceVectorizer}


def test_what_is_stored_in_this_format():
    """Whoever changes it raises `FORMAT`, with a migration and files of the old one."""
    state = RNNClassifier(**RNN).fit([[1, 2], [2, 3, 4]], [0, 1]).__getstate__()
    of_data = {"classes_", "fixed_length_", "step_feature_names_"}
    of_data |= {"n_features_in_", "n_outputs_", "n_step_features_"}
    of_network = {"theta_", "n_layers_", "_network_description"}
    of_solver = {"_n_updates", "_random_state", "_slots", "_slots_of"}
    of_training = {"best_loss_", "best_validation_score_", "loss_", "loss_curve_"}
    of_training |= {"n_iter_", "validation_loss_curve_", "validation_scores_"}
    stored = of_data | of_network | of_solver | of_training | {"_state_format"}
    assert set(state) - set(RNNClassifier().get_params()) == stored
    assert state["_state_format"] == 1


def test_storing_changes_nothing():
    model = fitted()
    before = dict(vars(model))
    pickle.dumps(model)
    assert vars(model).keys() == before.keys()
    assert all(vars(model)[name] is before[name] for name in before)
    assert vars(pickle.loads(pickle.dumps(model))).keys() == before.keys()


def test_nothing_but_generators_is_called():
    state = fitted().__getstate__()
    state["_random_state"]["bit_generator"] = "seed"
    with pytest.raises(ValueError, match=r"cannot be read: .* \(KeyError: 'seed'\)"):
        RNNRegressor().__setstate__(state)


@pytest.mark.parametrize("number", [-1, "1", None, 1.0, [1], True])
def test_what_is_no_number_of_a_format_is_refused(number):
    state = {**fitted().__getstate__(), "_state_format": number}
    model = RNNRegressor()
    with pytest.raises(ValueError, match=r"the number of its format is .* 0 to 1 are"):
        model.__setstate__(state)
    assert vars(model) == vars(RNNRegressor())


@pytest.mark.parametrize(
    "change",
    [
        {"_random_state": 5},
        {"_random_state": {}},
        {"_random_state": {"bit_generator": ["MT19937"]}},
        {"_random_state": {"bit_generator": "MT19937"}},
        {"_random_state": {"bit_generator": "MT19937", "state": None}},
        {"_state_format": 0},  # which had the generator itself
    ],
)
def test_states_that_no_version_writes_are_refused(change):
    state, model = {**fitted().__getstate__(), **change}, RNNRegressor()
    with pytest.raises(ValueError, match="This RNNRegressor cannot be read"):
        model.__setstate__(state)
    assert vars(model) == vars(RNNRegressor())


@pytest.mark.parametrize("state", [5, [1], None])
def test_what_is_no_state_is_refused(state):
    with pytest.raises(ValueError, match="This SequenceVectorizer cannot be read"):
        SequenceVectorizer().__setstate__(state)


def test_models_that_are_not_fitted():
    model = pickle.loads(pickle.dumps(RNNClassifier(7)))
    assert model.get_params() == RNNClassifier(7).get_params()
    assert not hasattr(model, "theta_")


@pytest.mark.parametrize("kind", [np.random.MT19937, np.random.PCG64DXSM])
def test_random_numbers_go_on(kind):
    model = fitted(random_state=np.random.RandomState(kind(3)))
    model._random_state.normal()  # another one waits now
    again = pickle.loads(pickle.dumps(model))
    expected = model._random_state.normal(size=3)
    assert_array_equal(again._random_state.normal(size=3), expected)


@pytest.mark.parametrize("name", MODELS)
def test_models_of_a_newer_version_are_refused(name, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(_state, "FORMAT", 3)
        stored = pickle.dumps(MODELS[name][0])
    monkeypatch.setattr(_state, "FORMAT", 2)
    with pytest.raises(
        ValueError,
        match=r"This \w+ was saved by a newer sklearn_rnn, format 3; this one "
        r"reads up to 2\. Upgrade",
    ):
        pickle.loads(stored)


def test_migrations_run_from_the_format_of_the_state(monkeypatch):
    def step(number):
        return lambda state: {**state, "steps": [*state.get("steps", []), number]}

    state = RNNRegressor().__getstate__()
    monkeypatch.setattr(_state, "MIGRATIONS", [step(0), step(1), step(2)])
    monkeypatch.setattr(_state, "FORMAT", 3)
    for number, expected in [(None, [0, 1, 2]), (1, [1, 2]), (2, [2])]:
        given = {**state, "_state_format": number}
        if number is None:
            del given["_state_format"]
        model = RNNRegressor.__new__(RNNRegressor)
        model.__setstate__(given)
        assert model.steps == expected
        assert given.get("_state_format") == number, "what is given stays"


def test_every_format_has_a_migration():
    assert len(_state.MIGRATIONS) == _state.FORMAT


def test_parameters_that_came_later_have_their_defaults():
    state = RNNRegressor(7, pooling="mean").__getstate__()
    del state["pooling"], state["tol"]
    model = RNNRegressor.__new__(RNNRegressor)
    model.__setstate__(state)
    assert model.get_params() == RNNRegressor(7).get_params()


# -- models that earlier versions wrote ------------------------------------------------

STORED = sorted((Path(__file__).parent / "data").glob("format_*/*.pkl"))


def test_models_of_earlier_formats_are_there():
    earlier = {f"format_{number}" for number in range(_state.FORMAT)}
    assert {path.parent.name for path in STORED} == earlier


@pytest.mark.parametrize(
    "path", STORED, ids=lambda path: f"{path.parts[-2]}-{path.stem}"
)
def test_models_of_earlier_formats(path):
    """See `data/write_models.py`."""
    expected = json.loads((path.parent / "expected.json").read_text())[path.stem]
    with warnings.catch_warnings():
        # Pipelines and scalers of another scikit-learn say so.
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        model = pickle.loads(path.read_bytes())
    X, y, method = (expected[key] for key in ("X", "y", "method"))
    found = getattr(model, method)(X)
    assert len(found) == len(X)
    for one, other in zip(found, expected["result"], strict=True):
        if isinstance(other, str):
            assert one == other
        else:
            assert_allclose(one, other, rtol=1e-5)
    last = model[-1] if isinstance(model, Pipeline) else model
    X = model[:-1].transform(X) if isinstance(model, Pipeline) else X
    repr(last)
    theta = last.theta_.copy()
    last.partial_fit(X, y)
    assert np.abs(last.theta_ - theta).max() > 1e-3
    again = clone(last).fit(X, y)
    assert_array_equal(pickle.loads(pickle.dumps(again)).theta_, again.theta_)
