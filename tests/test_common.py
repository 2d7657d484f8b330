"""scikit-learn's checks and our own, on the estimators in many configurations."""

import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    SequenceVectorizer,
    StepwiseTransformer,
)
from sklearn_rnn.base import BaseRNN
from sklearn_rnn.utils.estimator_checks import parametrize_with_sequence_checks

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# Five epochs must do for scikit-learn's classification problems, hence the high rate.
QUICK = {"hidden_layer_sizes": 16, "max_iter": 5, "learning_rate_init": 0.03}
# Its regression problem is noise in nine of ten steps.
LONGER = {"max_iter": 40, "learning_rate_init": 0.05}

CONFIGURATIONS = [
    {"rnn_type": "gru"},
    {"rnn_type": "lstm"},
    {"rnn_type": "rnn"},
    {"rnn_type": "rnn", "activation": "relu"},
    {"bidirectional": True},
    {"pooling": "mean"},
    {"pooling": "max"},
    {"pooling": "attention"},
    {"solver": "adamw", "alpha": 0.01},
    {"solver": "rmsprop"},
    {"solver": "sgd"},
    {"embedding_dim": 4},
    {"hidden_layer_sizes": (8, 8)},
    {"n_jobs": 2},
    {"learning_rate": "adaptive"},
    {"learning_rate": "cosine", "max_grad_norm": None, "alpha": 0.1},
]
# What is drawn for each sequence differs between a weight and a repetition.
DRAWN = [
    {"dropout": 0.1, "recurrent_dropout": 0.1, "input_dropout": 0.1},
    {"early_stopping": True, "validation_fraction": 0.2, "rnn_type": "rnn"},
]
# These ask for a good model. What the others ask for holds after any number of updates,
# of which `max_iter="auto"` makes a thousand, however small the data.
CHECKS_OF_LEARNING = {
    "check_class_weight_classifiers",
    "check_classifiers_classes",
    "check_classifiers_one_label",
    "check_classifiers_train",
    "check_regressors_train",
}
FEW_UPDATES = 50
CHECKS_WITHOUT_DATA = [
    "do_not_raise_errors_in_init_or_set_params",
    "estimator_cloneable",
    "estimator_repr",
    "estimator_tags_renamed",
    "get_params_invariance",
    "mixin_order",
    "no_attributes_set_in_init",
    "param_validation",
    "parameters_default_constructible",
    "set_params",
    "valid_tag_types",
]
CALL_PARTIAL_FIT = {
    "check_estimators_partial_fit_n_features",
    "check_fit_score_takes_y",
    "check_n_features_in_after_fitting",
}
# Each solver has its own scale of learning rates.
CLASSIFIER_RATES = {"rmsprop": 0.005}
REGRESSOR_RATES = {"sgd": 0.2}


def classifier(configuration):
    """A classifier that is fast, but passes scikit-learn's problems."""
    estimator = RNNClassifier(**{**QUICK, **configuration})
    rate = CLASSIFIER_RATES.get(estimator.solver, estimator.learning_rate_init)
    return estimator.set_params(learning_rate_init=rate)


def regressor(configuration):
    """A regressor that is fast, but passes scikit-learn's problem."""
    estimator = RNNRegressor(**{**QUICK, **LONGER, **configuration})
    rate = REGRESSOR_RATES.get(estimator.solver, estimator.learning_rate_init)
    return estimator.set_params(learning_rate_init=rate)


def tagger(configuration):
    """A tagger that is fast."""
    return RNNSequenceTagger(**{**QUICK, **configuration})


TAGGERS = [
    {"rnn_type": "gru"},
    {"rnn_type": "lstm", "crf": True},
    {"rnn_type": "rnn", "bidirectional": False},
    {"rnn_type": "gru", "crf": True, "embedding_dim": 4, "n_jobs": 2},
    {"rnn_type": "lstm", "hidden_layer_sizes": (8, 8), "solver": "adamw"},
    {"rnn_type": "rnn", "crf": True, "activation": "relu"},
]


def generator(configuration):
    """A generator that is fast."""
    return RNNGenerator(**{**QUICK, **configuration})


GENERATORS = [
    {"rnn_type": "gru"},
    {"rnn_type": "lstm", "hidden_layer_sizes": (8, 8), "n_jobs": 2},
    {"rnn_type": "rnn", "embedding_dim": 4, "solver": "adamw", "alpha": 0.01},
    {"n_components": 3},
]
# Where sequences are cut depends on those before, so a weight is no repetition.
STREAMS = {"bptt_steps": 3, "batch_size": 4}


def translator(configuration):
    """A translator that is fast."""
    return RNNTranslator(**{**QUICK, **configuration})


TRANSLATORS = [
    {"rnn_type": "gru"},
    {"rnn_type": "lstm", "attention": "dot", "bidirectional": False, "n_jobs": 2},
    {"rnn_type": "rnn", "attention": None, "embedding_dim": 4, "beam_size": 1},
    {"attention": "additive", "hidden_layer_sizes": (8, 8), "length_penalty": 1.0},
    {"solver": "adamw", "alpha": 0.01, "encoder_layer_sizes": 5},
]


def both(configurations):
    """Classifiers and regressors."""
    kinds = (classifier, regressor)
    return [kind(configuration) for configuration in configurations for kind in kinds]


@parametrize_with_checks(
    [
        RNNClassifier(),
        RNNRegressor(),
        *map(classifier, CONFIGURATIONS),
        # All but the head is shared, and scikit-learn's regressions take long.
        *map(regressor, CONFIGURATIONS[::3]),
        RNNSequenceTagger(),
        RNNSequenceTagger(crf=True),
        *map(tagger, TAGGERS),
        RNNGenerator(),
        *map(generator, GENERATORS),
        *map(translator, TRANSLATORS),
    ]
)
def test_scikit_learn_checks(estimator, check, monkeypatch):
    if check.func.__name__ not in CHECKS_OF_LEARNING:
        monkeypatch.setattr(BaseRNN, "_auto_updates", FEW_UPDATES)
    check(estimator)


@pytest.mark.parametrize("name", CHECKS_WITHOUT_DATA)
def test_scikit_learn_checks_of_text(name):
    # `check_estimator` leaves out whatever takes no table. These checks fit nothing.
    check = getattr(estimator_checks, f"check_{name}")
    check("SequenceVectorizer", SequenceVectorizer())


def checks_of_drawn():
    """scikit-learn's checks that can hold where a fit draws sequences or units.

    A weight is then no repetition. Under early stopping, those that call `partial_fit`
    are left out, which refuses; the configurations above run them.
    """
    for estimator in [*both(DRAWN), generator(STREAMS), translator(DRAWN[1])]:
        left_out = {"check_sample_weight_equivalence_on_dense_data"}
        if estimator.early_stopping:
            left_out |= CALL_PARTIAL_FIT
        for case, check in estimator_checks_generator(estimator):
            name = check.func.__name__
            if name not in left_out:
                drawn = "early stopping" if estimator.early_stopping else "dropout"
                drawn = "streams" if isinstance(estimator, RNNGenerator) else drawn
                identity = f"{type(estimator).__name__}-{drawn}-{name}"
                yield pytest.param(case, check, id=identity)


@pytest.mark.parametrize(("estimator", "check"), [*checks_of_drawn()])
def test_scikit_learn_checks_of_drawn(estimator, check):
    check(estimator)


@parametrize_with_sequence_checks(
    [
        *map(classifier, CONFIGURATIONS + DRAWN),
        *(clone(e).set_params(max_iter=5) for e in map(regressor, CONFIGURATIONS[::2])),
        *map(tagger, TAGGERS + [{**drawn, "crf": True} for drawn in DRAWN]),
        *map(generator, GENERATORS + DRAWN),
        *map(translator, TRANSLATORS + DRAWN),
        StepwiseTransformer(),
        StepwiseTransformer(MinMaxScaler()),
        StepwiseTransformer(PCA(n_components=1)),
        FrameTransformer(),
        FrameTransformer(width=3, hop=2, differences=True),
    ]
)
def test_sequence_checks(estimator, check):
    check(estimator)
