"""What is called with malformed input: each public method and function once."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import fuzz_functions
from fuzz_models import MODELS, N, fitted, forms, unfitted

WEIGHT = [1.0, 2.0, 1.0, 0.5, 1.0, 1.0]
FITS = {"fit", "partial_fit", "fit_transform"}
METHODS = {
    "classifier": "fit partial_fit predict predict_proba predict_log_proba "
    "staged_predict_proba transform score fit_transform get_feature_names_out",
    "regressor": "fit partial_fit predict transform score",
    "tagger": "fit partial_fit predict predict_proba score",
    "generator": "fit partial_fit predict predict_proba score_samples score "
    "cross_entropy sample",
    "translator": "fit partial_fit predict predict_n_best score_samples score",
    "vectorizer": "fit fit_transform transform inverse_transform",
    "stepwise": "fit partial_fit transform inverse_transform",
    "frames": "fit transform",
}
OF_TOKENS = "generate stream suggest perplexity"
TAKES_Y = {"fit", "partial_fit", "score", "score_samples", "cross_entropy"}
TAKES_Y |= {"perplexity", "fit_transform"}


class Target(NamedTuple):
    """A call: on a subject, with arguments that are valid before they are mutated."""

    name: str
    subject: Callable[[Any], Any]  # of a random generator
    arguments: Callable[[Any], dict]
    call: Callable[[Any, dict], Any]
    options: frozenset = frozenset()  # arguments that are single values
    model: str = ""


def _call(method):
    return lambda subject, arguments: getattr(subject, method)(**arguments)


def _subject(model, method):
    """Fitted; for methods that fit, mostly not."""

    def subject(rng):
        if method in FITS and rng.random() < 0.6:
            return unfitted(model)
        return fitted(model)

    return subject


def _arguments(model, method):
    """Valid arguments of a method, of which some may be left out."""
    kind = model.split()[0]
    options = OPTIONS.get(method, {})
    learns = kind not in ("vectorizer", "stepwise", "frames")

    def arguments(rng):
        _, X, y = MODELS[model]
        given = {}
        if method in ("generate", "stream", "suggest"):
            given["prefix"] = _prefix(model, method)
        elif method == "inverse_transform":
            given["X"] = fitted(model).transform(X)
        elif method == "get_feature_names_out":
            given["input_features"] = ["a", "b"]
        elif method != "sample":
            given["X"] = forms(rng, X)
        if y is not None and (method in TAKES_Y or kind == "generator"):
            given["y"] = copy.deepcopy(y)
            if method in ("stream", "sample"):
                given["y"] = given["y"][0]
        if learns and method in ("fit", "partial_fit", "score") and rng.random() < 0.4:
            given["sample_weight"] = list(WEIGHT)
        if learns and method == "fit" and rng.random() < 0.2:
            given |= {"X_val": forms(rng, X)}
            given |= {} if y is None else {"y_val": copy.deepcopy(y)}
        if method == "partial_fit" and kind in ("classifier", "tagger"):
            given["classes"] = _classes(model)
        chosen = [name for name in options if rng.random() < 0.5]
        return given | {name: copy.deepcopy(options[name]) for name in chosen}

    return arguments


def _classes(model):
    return fitted(model).classes_.tolist()


def _prefix(model, method):
    X = MODELS[model].X
    if method == "stream":
        return X[:1]
    return copy.deepcopy(X)


WRITING = {
    "temperature": 1.0,
    "top_k": 2,
    "top_p": 0.5,
    "min_length": 1,
    "max_new_tokens": 3,
    "stop": ["to"],
    "repetition_penalty": 1.5,
    "no_repeat_ngram_size": 2,
    "random_state": 0,
}
OPTIONS = {
    "generate": WRITING | {"n_samples": 2, "max_length": 5},
    "stream": WRITING | {"max_length": 5},
    "sample": {"n_samples": N, "temperature": 1.0, "max_new_tokens": 2},
    "suggest": {"k": 2},
    "forecast": {
        "n_samples": 3,
        "quantiles": [0.1, 0.9],
        "temperature": 1.0,
        "random_state": 0,
    },
    "cross_entropy": {"base": 2.0, "per": "token"},
    "predict_n_best": {"n_best": 2},
}


ABSENT = {
    ("stepwise on records", "partial_fit"),
    ("generator of numbers", "predict_proba"),
    ("generator of series", "predict_proba"),
}


def _targets_of(model):
    kind = model.split()[0]
    methods = METHODS[kind].split()
    if kind == "generator":
        tokens = MODELS[model].estimator.vectorizer is not None
        tokens |= model in ("generator of characters", "generator of one-hot")
        methods += OF_TOKENS.split() if tokens else ["forecast"]
    for method in methods:
        if (model, method) in ABSENT:
            continue
        options = frozenset(OPTIONS.get(method, {})) | {"n_steps"}
        arguments = _arguments(model, method)
        if method == "forecast":
            arguments = _with_steps(arguments)
        yield Target(
            f"{model}: {method}",
            _subject(model, method),
            arguments,
            _call(method),
            options,
            model,
        )


def _with_steps(arguments):
    return lambda rng: arguments(rng) | {"n_steps": 2}


def _parameters_of(model):
    """Constructor parameters, one or two of which are malformed."""
    estimator = MODELS[model].estimator
    known = sorted(estimator.get_params(deep=False))

    def arguments(rng):
        names = rng.sample(known, min(2, len(known)))
        return {name: copy.deepcopy(getattr(estimator, name)) for name in names}

    def call(subject, given):
        _, X, y = MODELS[model]
        return subject.set_params(**given).fit(X, y)

    options = frozenset(known) - {"embedding_init", "class_weight", "vocabulary"}
    yield Target(
        f"{model}: parameters", _subject(model, "fit"), arguments, call, options, model
    )


def _states_of(model):
    """What a stored estimator consists of, one thing of which is malformed."""

    def arguments(rng):
        state = fitted(model).__getstate__()
        name = rng.choice(sorted(state))
        return {name: state[name]}

    def call(subject, given):
        state = subject.__getstate__() | given
        type(subject).__new__(type(subject)).__setstate__(state)

    yield Target(
        f"{model}: __setstate__", lambda rng: fitted(model), arguments, call, (), model
    )


def _whole_states_of(model):
    """Anything in place of a stored estimator."""

    def call(subject, given):
        type(subject).__new__(type(subject)).__setstate__(given["state"])

    yield Target(
        f"{model}: whole __setstate__",
        lambda rng: fitted(model),
        lambda rng: {"state": fitted(model).__getstate__()},
        call,
        (),
        model,
    )


def all_targets():
    """Every target, in one order."""
    for model in MODELS:
        yield from _targets_of(model)
    one_each = {model.split()[0]: model for model in reversed(MODELS)}
    one_each["generator"] = "generator of words"
    for model in one_each.values():
        for _ in range(3):  # each has thirty of them
            yield from _parameters_of(model)
        yield from _states_of(model)
        yield from _whole_states_of(model)
    for name, (arguments, call, options) in fuzz_functions.FUNCTIONS.items():
        yield Target(name, lambda rng: None, arguments, call, frozenset(options))


TARGETS = list(all_targets())
