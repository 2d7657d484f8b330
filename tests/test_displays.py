"""Pictures of what fitted estimators know: curves, attention, transitions, stages."""

import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

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
    StepImportanceDisplay,
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
    with pytest.raises(ImportError, match=r"Drawing needs matplotlib: pip install"):
        TrainingCurveDisplay([1.0]).plot()


# -- what cannot be drawn, and where ------------------------------------------------


@pytest.mark.parametrize(
    ("display", "others"),
    [
        (AttentionDisplay, [X[0]]),
        (StagedProbabilitiesDisplay, [X[0]]),
        (TrainingCurveDisplay, []),
        (TransitionsDisplay, []),
    ],
)
@pytest.mark.parametrize(
    ("estimator", "given"),
    [
        (StandardScaler(), "StandardScaler"),
        (GridSearchCV(RNNClassifier(), {}), "GridSearchCV"),
        (make_pipeline(RNNClassifier(), None), "NoneType"),
        (Pipeline([]), "Pipeline"),
    ],
    ids=["scaler", "search", "none", "empty"],
)
def test_other_kinds_are_refused(display, others, estimator, given):
    with pytest.raises(TypeError, match=rf"^{display.__name__} needs RNN.*got {given}"):
        display.from_estimator(estimator, *others)


def test_kinds_that_cannot_be_drawn():
    with pytest.raises(TypeError, match="needs RNNTranslator, got RNNClassifier"):
        AttentionDisplay.from_estimator(RNNClassifier(), X[0])
    with pytest.raises(TypeError, match="needs RNNClassifier, got RNNRegressor"):
        StagedProbabilitiesDisplay.from_estimator(RNNRegressor(), X[0])
    with pytest.raises(TypeError, match="needs RNNSequenceTagger, got RNNClassifier"):
        TransitionsDisplay.from_estimator(RNNClassifier())


@pytest.mark.parametrize(
    ("display", "kind"),
    [(AttentionDisplay, RNNTranslator), (StagedProbabilitiesDisplay, RNNClassifier)],
)
def test_pipelines_that_are_not_fitted(display, kind):
    pipeline = make_pipeline(FunctionTransformer(), kind())
    with pytest.raises(NotFittedError, match=f"This {kind.__name__} instance"):
        display.from_estimator(pipeline, X[0])


def with_log_scale(ax):
    ax.set_xscale("log")


def without_ticks(ax):
    ax.set_xticks([])


def with_letters(ax):
    StagedProbabilitiesDisplay([[0.5, 0.5]] * 3, steps="abc").plot(ax)


@pytest.mark.parametrize("prepare", [with_log_scale, without_ticks, with_letters])
@pytest.mark.parametrize(
    ("display", "first"),
    [
        (TrainingCurveDisplay([3.0, 2.0, 1.0]), 0),
        (StagedProbabilitiesDisplay([[0.5, 0.5]] * 3), 1),
        (StepImportanceDisplay([[3.0], [2.0], [1.0]]), 0),
    ],
    ids=["curves", "stages", "steps"],
)
def test_axes_that_are_prepared_or_used(pyplot, prepare, display, first):
    ax = pyplot.subplots()[1]
    prepare(ax)
    display.plot(ax)
    ax.figure.canvas.draw()
    written = dict(zip(ax.get_xticks(), texts(ax.get_xticklabels()), strict=True))
    assert (written[1], written[2]) == (str(1 + first), str(2 + first))


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


def test_there_is_no_best_epoch_without_early_stopping(pyplot):
    classifier = RNNClassifier(4, max_iter=2).fit(X, Y).set_params(early_stopping=True)
    nested = make_pipeline(None, make_pipeline("passthrough", classifier))
    display = TrainingCurveDisplay.from_estimator(nested)
    assert display.best_epoch is None
    assert_array_equal(display.loss, classifier.loss_curve_)


def test_a_single_epoch_has_one_number(pyplot):
    ax = TrainingCurveDisplay([1.0]).plot().ax_
    ax.figure.canvas.draw()
    low, high = ax.get_xlim()
    ticks = zip(ax.get_xticks(), texts(ax.get_xticklabels()), strict=True)
    assert [text for place, text in ticks if low < place < high] == ["1"]


def test_names_of_curves_are_written_to_the_letter(pyplot):
    display = TrainingCurveDisplay(
        [1.0, 0.5],
        validation_score=[0.0, 1.0],
        loss_name="loss ($ $^$)",
        score_name="_score ($ $^$)",
    ).plot()
    display.figure_.canvas.draw()
    assert texts(display.ax_.get_legend().get_texts())[1] == "_score ($ $^$)"
    assert display.ax_.get_ylabel() == "loss ($ $^$)"


def test_curves_that_are_refused():
    with pytest.raises(ValueError, match=r"validation_loss has shape \(1,\), but loss"):
        TrainingCurveDisplay([1.0, 0.5], [1.0])
    with pytest.raises(ValueError, match="best_epoch is 3, but epochs go from 1 to 2"):
        TrainingCurveDisplay([1.0, 0.5], best_epoch=3)
    for epoch in (1.5, True, "1"):
        with pytest.raises(ValueError, match=f"best_epoch is {epoch}, but"):
            TrainingCurveDisplay([1.0, 0.5], best_epoch=epoch)
    with pytest.raises(ValueError, match="loss must be one series"):
        TrainingCurveDisplay([[1.0, 0.5]])
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


def test_attention_reads_a_list_with_one_text_as_that_text(pyplot):
    vectorizer = SequenceVectorizer(token_pattern=r"\S+")
    translator = RNNTranslator(4, source_vectorizer=vectorizer, max_iter=2)
    translator.fit(["york is", "old"], WORDS[:2])
    for given in ("is old", ["is old"], np.array(["is old"])):
        display = AttentionDisplay.from_estimator(translator, given)
        assert display.source == ["is", "old"]
    tokens = clone(translator).fit([["new york", "is"], ["old"]], WORDS[:2])
    display = AttentionDisplay.from_estimator(tokens, ["new york"])
    assert display.source == ["new york"]
    with pytest.raises(ValueError, match="nothing to draw: of X, 0 steps are read"):
        AttentionDisplay.from_estimator(translator, "")


def test_attention_behind_a_transformer(pyplot):
    upper = FunctionTransformer(lambda texts: [text.upper() for text in texts])
    pipeline = make_pipeline(upper, RNNTranslator(4, max_iter=2)).fit(WORDS, WORDS)
    assert AttentionDisplay.from_estimator(pipeline, "ab").source == ["A", "B"]


def test_tokens_are_written_to_the_letter(pyplot):
    display = AttentionDisplay([[0.5, 0.5]], source=["$", "$_$"], target=["$^$"]).plot()
    display.figure_.canvas.draw()
    assert texts(display.ax_.get_xticklabels()) == ["$", "$_$"]


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


def test_a_list_with_one_text_is_that_text(pyplot):
    words = make_pipeline(SequenceVectorizer(), RNNClassifier(4, max_iter=2))
    words.fit(["new york", "old york"], [0, 1])
    draw = StagedProbabilitiesDisplay.from_estimator
    for given in ("new york", ["new york"], np.array(["new york"])):
        for pipeline in (words, make_pipeline(words)):
            assert draw(pipeline, given).probabilities.shape == (2, 2)
    words.fit([["new york"], ["old", "york"]], [0, 1])
    assert draw(words, ["new york"]).probabilities.shape == (1, 2)


def test_stages_of_several_classes(pyplot):
    p = [[0.5, 0.3, 0.1, 0.1], [0.2, 0.2, 0.5, 0.1]]
    display = StagedProbabilitiesDisplay(p, classes=list("abcd")).plot()
    assert texts(display.ax_.get_legend().get_texts()) == ["a", "c"]
    formatter = display.ax_.xaxis.get_major_formatter()
    assert [formatter(place, None) for place in (0.0, 1.0)] == ["1", "2"]
    everything = display.plot(classes=display.classes)
    assert len(everything.lines_) == 4
    display = StagedProbabilitiesDisplay(
        p, classes=[2**64, *np.arange(3).astype("m8[D]")]
    )
    with pytest.raises(ValueError, match=r"(In|no) classes"):
        display.plot(classes=[np.timedelta64(3, "D"), 2**64])
    classifier = RNNClassifier(4, max_iter=2).fit(X, [len(x) for x in X])
    drawn = StagedProbabilitiesDisplay.from_estimator(classifier, X[0])
    assert drawn.probabilities.shape == (len(X[0]), 5)


@pytest.mark.parametrize(
    "classes", [["__label__a", "__label__b", "c"], ["$^$", "$_$", "_$x$"]]
)
def test_classes_are_written_to_the_letter(pyplot, classes):
    display = StagedProbabilitiesDisplay([[0.2, 0.3, 0.5]], classes=classes)
    ax = display.plot(classes=classes).ax_
    ax.figure.canvas.draw()
    assert texts(ax.get_legend().get_texts()) == classes
    ax = display.plot(classes=classes[:1]).ax_
    ax.figure.canvas.draw()
    assert ax.get_ylabel() == f"probability of {classes[0]!r}"


def test_one_class_is_not_torn_into_letters(pyplot):
    display = StagedProbabilitiesDisplay([[0.25, 0.75]], classes=["ab", 1])
    for label, p in (("ab", 0.25), (1, 0.75)):
        [line] = display.plot(classes=label).lines_
        assert line.get_ydata() == [p]


def test_stages_that_are_refused(pyplot):
    with pytest.raises(ValueError, match="steps must hold a label for each of 3 items"):
        StagedProbabilitiesDisplay([[0.5, 0.5]] * 3, steps="a")
    with pytest.raises(ValueError, match="classes must hold a label for each of 2"):
        StagedProbabilitiesDisplay([[0.5, 0.5]] * 3, classes=["x"])
    with pytest.raises(ValueError, match="classes must be text or numbers, got"):
        StagedProbabilitiesDisplay([[0.5, 0.5]], classes=["x", np.void(b"a")])
    with pytest.raises(ValueError, match=r"no classes \['z'\] among \['x', 'y'\]"):
        StagedProbabilitiesDisplay([[0.5, 0.5]], classes=["x", "y"]).plot(classes="z")
    with pytest.raises(ValueError, match="classes is empty"):
        StagedProbabilitiesDisplay([[0.5, 0.5]]).plot(classes=[])
    assert not pyplot.get_fignums()
    classifier = RNNClassifier(4, max_iter=2).fit(X, Y)
    with pytest.raises(ValueError, match="X has no steps"):
        StagedProbabilitiesDisplay.from_estimator(classifier, np.empty((0, 2)))
