"""How many of scikit-learn's checks of estimators pass, here and beside it.

    pip install -e ".[peers]" && python benchmarks/peers.py

Prints, for each estimator as it is constructed, how many of the checks that
`check_estimator` runs on it pass, are skipped (those that need what is not installed),
and fail. Peers that are not installed are left out.
"""

import warnings
from collections import Counter
from importlib import import_module

import sklearn
from sklearn.utils.estimator_checks import check_estimator

ESTIMATORS = [
    ("sklearn_rnn", "RNNClassifier", {}),
    ("sklearn_rnn", "RNNRegressor", {}),
    ("sklearn_rnn", "RNNSequenceTagger", {}),
    ("sklearn_rnn", "RNNGenerator", {}),
    ("sklearn_rnn", "RNNTranslator", {"max_iter": 50}),
    ("sklearn.neural_network", "MLPClassifier", {}),
    ("hmmlearn.hmm", "GaussianHMM", {}),
    ("sklearn_crfsuite", "CRF", {}),
]


def checked(estimator):
    """Numbers of checks by how they ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator, on_skip=None, on_fail=None)
    return Counter(result["status"] for result in results)


def main():
    """Print a table."""
    print(f"scikit-learn {sklearn.__version__}\n")
    print("| estimator | passed | skipped | failed |\n|---|---|---|---|")
    for module, name, parameters in ESTIMATORS:
        try:
            estimator = getattr(import_module(module), name)(**parameters)
        except ImportError:
            continue
        found = checked(estimator)
        print(
            f"| {name} | {found['passed']} | {found['skipped']} | {found['failed']} |"
        )


if __name__ == "__main__":
    main()
