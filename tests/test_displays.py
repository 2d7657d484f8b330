"""Pictures of what fitted estimators know: curves, attention, transitions, stages."""

import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from sklearn_rnn import (
    RNNClassifier,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    SequenceVectorizer,
)
from sklearn_rnn.inspection import (
    AttentionDisplay,
    StagedProbabilitiesDisplay,
    TrainingCurveDisplay,
    TransitionsDisplay,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.RandomState(0)
X = [RNG.normal(size=(length, 2)) for length in RNG.randint(1, 6, size=40)]
Y = np.array([x.sum() > RNG.normal() for x in X])
WORDS = ["abab", "ba", "aab", "bbb", "abb"]


def texts(labels):
    """What is written on labels."""
    return [label.get_text() for label in labels]


def test_without_matplotlib(monkeypatch):
    for name in ("matplotlib", "matplotlib.pyplot"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r"pip install \"sklearn_rnn\[plots\]\""):
        TrainingCurveDisplay([1.0]).plot()


# -- curves ----------------------------------------------------------------------------


def test_training_curves(pyplot):
    classifier = RNNClassifier(4, random_state=0, max_iter=8)
    classifier.fit(X[:30], Y[:30], X_val=X[30:], y_val=Y[30:])
    display = TrainingCurveDisplay.from_estimator(classifier)
    curves = [line.get_ydata() for line in display.lines_]
    assert_array_equal(curves[0], classifier.loss_curve_)
    assert_array_equal(curves[1], classifier.validation_loss_curve_)
    assert_array_equal(curves[2], classifier.validation_scores_)
    assert_array_equal(display.lines_[0].get_xdata(), np.arange(1, 9))
    assert display.best_epoch is None
    assert display.score_ax_.get_ylabel() == "validation accuracy"
    assert display.ax_.get_ylabel() == "loss (nats)"
    assert texts(display.ax_.get_legend().get_texts()) == [
        "training loss",
        "validation loss",
        "validation accuracy",
    ]
    regressor = RNNRegressor(4, max_iter=3).fit(X, Y.astype(float))
    alone = TrainingCurveDisplay.from_estimator(make_pipeline(regressor))
    assert len(alone.lines_) == 1
    assert alone.score_ax_ is None
    assert alone.ax_.get_legend() is None
    assert alone.ax_.get_ylabel() == "half the squared error"
    regressor.fit(X[:30], Y[:30].astype(float), X_val=X[30:], y_val=Y[30:])
    scored = TrainingCurveDisplay.from_estimator(regressor)
    assert scored.score_ax_.get_ylabel() == "validation R²"
    y = [[0] * len(x) for x in X]
    tagger = RNNSequenceTagger(4, max_iter=2).fit(X, y, X_val=X, y_val=y)
    other = TrainingCurveDisplay.from_estimator(tagger)
    assert other.score_ax_.get_ylabel() == "validation score"


@pytest.mark.parametrize("seed", range(4))
def test_the_best_epoch_is_the_one_whose_weights_were_kept(pyplot, seed):
    classifier = RNNClassifier(
        4, random_state=seed, max_iter=15, early_stopping=True, warm_start=True
    )
    for held_out in (Y[25:], ~Y[25:]):  # the second fit counts, though it is worse
        classifier.fit(X[:25], Y[:25], X_val=X[25:], y_val=held_out)
        display = TrainingCurveDisplay.from_estimator(classifier)
        best = display.best_epoch - 1
        assert best >= len(classifier.loss_curve_) - classifier.n_iter_
        assert classifier.validation_scores_[best] == pytest.approx(
            classifier.score(X[25:], held_out)
        )
        assert classifier.validation_loss_curve_[best] == pytest.approx(
            log_loss(held_out, classifier.predict_proba(X[25:]))
        )
    labels = texts(display.ax_.get_legend().get_texts())
    assert labels[-1] == f"best epoch: {best + 1}"


def test_curves_that_are_refused():
    with pytest.raises(ValueError, match=r"validation_loss has shape \(1,\), but loss"):
        TrainingCurveDisplay([1.0, 0.5], [1.0])
    with pytest.raises(ValueError, match="best_epoch is 3, but epochs go from 1 to 2"):
        TrainingCurveDisplay([1.0, 0.5], best_epoch=3)
    with pytest.raises(ValueError, match="not fitted"):
        TrainingCurveDisplay.from_estimator(RNNClassifier())


# -- attention -------------------------------------------------------------------------


def test_attention_of_characters_and_words(pyplot):
    targets = [" ".join(word[::-1]) for word in WORDS]
    translator = RNNTranslator(
        8,
        source_vectorizer=SequenceVectorizer(analyzer="char", add_eos=True),
        target_vectorizer=SequenceVectorizer(token_pattern=r"\S+"),
        max_iter=60,
        random_state=0,
    ).fit(WORDS, targets)
    display = AttentionDisplay.from_estimator(translator, "abb")
    [written], [attention] = translator.predict(["abb"], return_attention=True)
    assert_allclose(display.attention, attention)
    assert_allclose(display.im_.get_array(), attention)
    assert display.target == written.split()
    assert display.source[:3] == ["a", "b", "b"]
    assert len(display.source) == 4  # and the end
    assert texts(display.ax_.get_xticklabels()) == display.source
    assert texts(display.ax_.get_yticklabels()) == display.target
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("read", "written")


def test_attention_to_vectors_is_numbered(pyplot):
    translator = RNNTranslator(4, max_iter=2, random_state=0).fit(X, [WORDS[0]] * 40)
    display = AttentionDisplay.from_estimator(translator, X[0], colorbar=False)
    assert display.source == list(range(1, len(X[0]) + 1))
    assert len(display.figure_.axes) == 1


@pytest.mark.parametrize(("source", "angle"), [("ab", 0), (["a", "long"], 40)])
def test_long_labels_of_columns_stand_aslant(pyplot, source, angle):
    display = AttentionDisplay([[0.9, 0.1]], source=source, target=["written"]).plot()
    columns, rows = display.ax_.get_xticklabels(), display.ax_.get_yticklabels()
    assert [label.get_rotation() for label in columns] == [angle, angle]
    assert [label.get_rotation() for label in rows] == [0]
    if angle:  # they end where the column is
        ends = {(label.get_ha(), label.get_rotation_mode()) for label in columns}
        assert ends == {("right", "anchor")}


def test_attention_that_is_refused():
    with pytest.raises(ValueError, match="source must hold a label for each of 2 item"):
        AttentionDisplay([[0.5, 0.5]], source="abc")
    with pytest.raises(ValueError, match=r"target .* each of 1 items, got 2"):
        AttentionDisplay([[0.5, 0.5]], target="ab")
    translator = RNNTranslator(4, attention=None, max_iter=2).fit(WORDS, WORDS)
    with pytest.raises(ValueError, match="return_attention=True needs attention"):
        AttentionDisplay.from_estimator(translator, "ab")


# -- transitions -----------------------------------------------------------------------


def test_transitions_of_a_scheme(pyplot):
    y = [["B-X", "I-X", "O", "B-X", "O"][: len(x)] for x in X]
    tagger = RNNSequenceTagger(4, crf=True, scheme="IOB2", max_iter=5, random_state=0)
    display = TransitionsDisplay.from_estimator(make_pipeline(tagger).fit(X, y))
    assert_array_equal(display.classes, ["B-X", "I-X", "O"])
    assert_array_equal(display.scores_[1:, :3], tagger.transitions_)
    named = tagger.parameters_
    start = np.where([False, True, False], -np.inf, named["labels.start"])
    assert_array_equal(display.scores_[0], [*start, -np.inf])
    assert_array_equal(display.scores_[1:, 3], named["labels.end"])
    blank = np.argwhere(np.ma.getmaskarray(display.im_.get_array())).tolist()
    assert blank == [[0, 1], [0, 3], [3, 1]]  # I-X first, nothing at all, I-X after O
    assert len(display.ax_.texts) == 16 - len(blank)
    assert display.ax_.patch.get_hatch()
    assert texts(display.ax_.get_xticklabels()) == ["B-X", "I-X", "O", "(end)"]
    assert texts(display.ax_.get_yticklabels()) == ["(start)", "B-X", "I-X", "O"]


def test_numbers_on_transitions(pyplot):
    display = TransitionsDisplay([[-0.04, 2.0]] * 2, [0.0, 1.0], [3.0, 4.0]).plot()
    assert texts(display.ax_.texts)[:5] == ["0.0", "1.0", "0.0", "2.0", "3.0"]
    colours = [text.get_color() for text in display.ax_.texts]
    assert colours[0] == "black"  # of the lowest score, which is white
    assert colours[-1] == "white"
    plain = display.plot(values_format=None, colorbar=False)
    assert not plain.ax_.texts
    assert len(plain.figure_.axes) == 1


def test_transitions_that_are_refused():
    with pytest.raises(ValueError, match=r"must be square, got shape \(1, 2\)"):
        TransitionsDisplay([[1, 2]], [1], [2])
    with pytest.raises(ValueError, match="end must be one for each of 1 classes"):
        TransitionsDisplay([[1]], [1], [2, 3])
    with pytest.raises(ValueError, match="classes must hold a label for each of 1"):
        TransitionsDisplay([[1]], [1], [2], classes=["O", "X"])
    with pytest.raises(ValueError, match="start must be finite, or -inf"):
        TransitionsDisplay([[1]], [np.inf], [2])
    tagger = RNNSequenceTagger(4, max_iter=2).fit(X, [[0] * len(x) for x in X])
    with pytest.raises(ValueError, match="with crf=True only"):
        TransitionsDisplay.from_estimator(tagger)
    with pytest.raises(ValueError, match="with crf=True only"):
        TransitionsDisplay.from_estimator(RNNClassifier(4, max_iter=2).fit(X, Y))


# -- stages ----------------------------------------------------------------------------


def test_stages_of_a_word(pyplot):
    letters = SequenceVectorizer(analyzer="char")
    reader = make_pipeline(letters, RNNClassifier(4, max_iter=5, random_state=0))
    reader.fit(WORDS, ["x", "y", "x", "y", "x"])
    display = StagedProbabilitiesDisplay.from_estimator(reader, "abba", steps="abba")
    after_each = [reader.predict_proba(["abba"[:n]])[0] for n in (1, 2, 3, 4)]
    assert_allclose(display.probabilities, after_each, rtol=1e-5)
    [line] = display.lines_  # of two classes the second
    assert_allclose(line.get_ydata(), display.probabilities[:, 1])
    assert display.ax_.get_ylabel() == "probability of 'y'"
    assert texts(display.ax_.get_xticklabels()) == list("abba")
    other = display.plot(classes=["x"])
    assert_allclose(other.lines_[0].get_ydata(), display.probabilities[:, 0])


def test_stages_of_several_classes(pyplot):
    p = [[0.5, 0.3, 0.1, 0.1], [0.2, 0.2, 0.5, 0.1]]
    display = StagedProbabilitiesDisplay(p, classes=list("abcd")).plot()
    assert texts(display.ax_.get_legend().get_texts()) == ["a", "c"]
    formatter = display.ax_.xaxis.get_major_formatter()
    assert [formatter(place, None) for place in (0.0, 1.0)] == ["1", "2"]
    everything = display.plot(classes=display.classes)
    assert len(everything.lines_) == 4
    classifier = RNNClassifier(4, max_iter=2).fit(X, [len(x) for x in X])
    drawn = StagedProbabilitiesDisplay.from_estimator(classifier, X[0])
    assert drawn.probabilities.shape == (len(X[0]), 5)


def test_stages_that_are_refused(pyplot):
    with pytest.raises(ValueError, match="steps must hold a label for each of 3 items"):
        StagedProbabilitiesDisplay([[0.5, 0.5]] * 3, steps="a")
    with pytest.raises(ValueError, match="classes must hold a label for each of 2"):
        StagedProbabilitiesDisplay([[0.5, 0.5]] * 3, classes=["x"])
    with pytest.raises(ValueError, match=r"no classes \['z'\] among \['x', 'y'\]"):
        StagedProbabilitiesDisplay([[0.5, 0.5]], classes=["x", "y"]).plot(classes="z")
    classifier = RNNClassifier(4, max_iter=2).fit(X, Y)
    with pytest.raises(ValueError, match="X has no steps"):
        StagedProbabilitiesDisplay.from_estimator(classifier, np.empty((0, 2)))
