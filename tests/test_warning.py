"""Warnings name the line of the user."""

import warnings

import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, RNNTranslator, SequenceVectorizer
from sklearn_rnn.metrics import entity_f1_score

DOCUMENTS, Y = ["a b", "b", "c a", "c"], [0, 1, 0, 1]
classifier = RNNClassifier(2, max_iter=2, random_state=0)
pipeline = make_pipeline(SequenceVectorizer(), classifier)
search = GridSearchCV(pipeline, {"rnnclassifier__rnn_type": ["gru"]}, cv=2)


@pytest.mark.parametrize(
    ("estimator", "y"),
    [
        (clone(pipeline), Y),
        (search, Y),
        (RNNTranslator(2, max_iter=1, random_state=0), ["ab"] * 4),
    ],
)
def test_place_of_a_warning_of_fit(estimator, y):
    with pytest.warns(ConvergenceWarning) as caught:
        estimator.fit(DOCUMENTS, y)
    assert {warning.filename for warning in caught} == {__file__}


def test_place_of_other_warnings():
    vectorizer = SequenceVectorizer().fit(DOCUMENTS)
    translator = RNNTranslator(2, max_iter=1, random_state=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        vectorizer.transform([["a"]])
        entity_f1_score([["O"]], [["O"]])
        translator.fit(DOCUMENTS, [[word] for word in DOCUMENTS])
    assert len(caught) == 3
    assert {warning.filename for warning in caught} == {__file__}
