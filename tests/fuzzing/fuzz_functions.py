"""Functions and containers with valid arguments, in the form that targets have."""

import copy
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from fuzz_models import (
    CLASSES,
    LENGTHS,
    MODELS,
    NUMBERS,
    SPANS,
    STEP_LABELS,
    TOKENS,
    WORDS,
    fitted,
    forms,
    one_hot,
    steps,
)

from sklearn_rnn import (
    Sequences,
    check_sequences,
    datasets,
    export,
    inspection,
    labels_from_frame,
    metrics,
    predictions_to_frame,
)


def frame():
    """A long table: three columns of features, one of labels, one of sequences."""
    values = np.concatenate(steps())
    return pd.DataFrame(
        {
            "who": np.repeat(["a", "b", "c", "d", "e", "f"], LENGTHS),
            "u": values[:, 0],
            "v": values[:, 1],
            "label": np.concatenate(STEP_LABELS),
        }
    )


def _plain(function, options=(), **valid):
    """A function whose arguments have these valid values."""

    def arguments(rng):
        return copy.deepcopy(valid)

    return arguments, lambda _, given: function(**given), options


def _metric(function, **options):
    true = {"y_true": SPANS, "y_pred": [*SPANS[:-1], ["O", "O", "O"]]}
    weight = {"sample_weight": [1.0, 2.0, 1.0, 0.5, 1.0, 1.0]}
    return _plain(function, options, **true, **weight, **options)


def _constructor():
    def arguments(rng):
        X = rng.choice([Sequences.from_list(steps()), one_hot()])
        names = ["a", "b"] if X.n_features == 2 else None
        return {"values": X.values, "lengths": X.lengths, "feature_names": names}

    return arguments, lambda _, given: Sequences(**given), ()


def _reader(read, content, **options):
    """A reader given a file with broken content, or something that is no path."""

    def arguments(rng):
        return {"path": content.encode()} | copy.deepcopy(options)

    def call(_, given):
        given = dict(given)
        path = given["path"]
        if not isinstance(path, (str, bytes)):
            return read(**given)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "data.txt"
            if isinstance(path, str):
                path = path.encode(errors="surrogatepass")
            file.write_bytes(path)
            return read(**given | {"path": file})

    return arguments, call, options


def _inspected(function, model, **options):
    """A function of an estimator that is fitted, X and y."""

    def arguments(rng):
        _, X, y = MODELS[model]
        return {"X": forms(rng, X), "y": copy.deepcopy(y)} | copy.deepcopy(options)

    return arguments, lambda _, given: function(fitted(model), **given), options


def _displayed(display, options=(), **valid):
    """A display that is made and drawn."""

    def draw(**given):
        import matplotlib.pyplot as plt

        try:
            display(**given).plot()
        finally:
            plt.close("all")

    return _plain(draw, options, **valid)


def _weights():
    def arguments(rng):
        state = {
            "weight_ih_l0": np.ones((9, 2)),
            "weight_hh_l0": np.ones((9, 3)),
            "bias_ih_l0": np.ones(9),
            "bias_hh_l0": np.ones(9),
        }
        name = rng.choice(sorted(state))
        return {"state_dict": state, "array": state[name], "name": name}

    def call(_, given):
        state = given["state_dict"]
        if isinstance(state, dict):
            state = state | {given["name"]: given["array"]}
        return export.load_torch_weights(fitted("classifier"), state)

    return arguments, call, ("name",)


def _indexing():
    def arguments(rng):
        return {"index": rng.choice([[0, 2], [True] * len(LENGTHS), 1, slice(2)])}

    return arguments, lambda _, given: one_hot()[given["index"]], ()


SERIES = np.arange(20.0)
ENTITIES = [("PER", 0, 2), ("LOC", 3, 4)]
TS = "@problemName x\n@classLabel true a b\n@data\n1,2,3:4,5,6:a\n1,2:4,5:b\n"
CONLL = "-DOCSTART- O\n\nto VB O\nbe VB B\n\nor CC O\n"

FUNCTIONS = {
    "check_sequences": _inspected(lambda _, X, y: check_sequences(X), "classifier"),
    "Sequences": _constructor(),
    "Sequences.from_list": _plain(Sequences.from_list, sequences=steps()),
    "Sequences.from_padded": _plain(
        Sequences.from_padded, X=Sequences.from_list(steps()).to_padded()
    ),
    "Sequences.from_frame": _plain(
        Sequences.from_frame, df=frame(), by=["who"], columns=["u", "v"]
    ),
    "Sequences.from_frame, all columns": _plain(
        Sequences.from_frame, df=frame().drop(columns="label"), by="who"
    ),
    "Sequences.from_windows": _plain(
        Sequences.from_windows,
        ("length", "stride"),
        series=SERIES,
        length=3,
        horizon=[1, 2],
        stride=1,
    ),
    "Sequences.from_windows of a frame": _plain(
        Sequences.from_windows,
        ("length",),
        series=frame()[["u", "v"]],
        length=3,
        targets=["u"],
    ),
    "Sequences[index]": _indexing(),
    "Sequences.to_padded": _plain(
        Sequences.from_list(steps()).to_padded,
        ("fill_value", "n_steps"),
        fill_value=0.0,
        n_steps=5,
    ),
    "Sequences.with_values": _plain(
        Sequences.from_list(steps()).with_values,
        values=np.concatenate(steps()),
        feature_names=["a", "b"],
    ),
    "labels_from_frame": _plain(
        labels_from_frame, df=frame(), by=["who"], column="label"
    ),
    "predictions_to_frame": _plain(
        predictions_to_frame,
        predictions=[np.array(labels) for labels in STEP_LABELS],
        df=frame(),
        by=["who"],
        columns=["label"],
    ),
    "predictions_to_frame, one each": _plain(
        predictions_to_frame, predictions=np.array(NUMBERS), df=frame(), by="who"
    ),
    "step_accuracy_score": _metric(metrics.step_accuracy_score),
    "sequence_accuracy_score": _metric(metrics.sequence_accuracy_score),
    "entity_precision_score": _metric(
        metrics.entity_precision_score, scheme="IOB2", average="micro", zero_division=0
    ),
    "entity_recall_score": _metric(metrics.entity_recall_score, average="macro"),
    "entity_f1_score": _metric(metrics.entity_f1_score, average=None),
    "entity_report": _metric(metrics.entity_report, digits=3, output_dict=False),
    "sequence_error_rate": _metric(metrics.sequence_error_rate),
    "token_error_rate": _metric(metrics.token_error_rate),
    "bleu_score": _plain(metrics.bleu_score, y_true=WORDS, y_pred=WORDS[::-1]),
    "extract_entities": _plain(
        metrics.extract_entities, ("scheme",), labels=SPANS[0], scheme="IOB2"
    ),
    "mark_entities": _plain(
        metrics.mark_entities,
        ("n_steps", "scheme"),
        entities=ENTITIES,
        n_steps=5,
        scheme="BIOES",
    ),
    "memorization_report": _plain(
        metrics.memorization_report,
        ("vectorizer",),
        samples=WORDS,
        training=TOKENS,
        vectorizer=None,
        ngram_sizes=(1, 2),
    ),
    "ValidationScorer": _plain(
        lambda **given: metrics.ValidationScorer(**given)(fitted("classifier")),
        ("scoring",),
        X_val=steps(),
        y_val=CLASSES,
        scoring="accuracy",
        sample_weight=[1.0] * len(CLASSES),
    ),
    "read_lines": _reader(datasets.read_lines, "one\ntwo\n", encoding="utf-8"),
    "read_labelled": _reader(
        datasets.read_labelled, "a\tone\nb\ttwo\n", label=0, text=-1, separator="\t"
    ),
    "read_conll": _reader(
        datasets.read_conll, CONLL, columns=(0, -1), separator=None, comment="#"
    ),
    "read_ts": _reader(datasets.read_ts, TS, encoding="utf-8"),
    "step_importance": _inspected(
        inspection.step_importance,
        "classifier",
        by="step",
        width=1,
        n_repeats=1,
        random_state=0,
    ),
    "gradient_flow": _inspected(inspection.gradient_flow, "regressor"),
    "gradient_norms": _inspected(inspection.gradient_norms, "tagger", n_epochs=1),
    "AttentionDisplay": _displayed(
        inspection.AttentionDisplay,
        attention=np.full((2, 3), 1 / 3),
        source=["a", "b", "c"],
        target=["u", "v"],
    ),
    "TrainingCurveDisplay": _displayed(
        inspection.TrainingCurveDisplay,
        ("best_epoch",),
        loss=[3.0, 2.0, 1.0],
        validation_loss=[3.0, 2.0, 2.5],
        validation_score=[0.1, 0.2, 0.3],
        best_epoch=2,
    ),
    "FuturesDisplay": _displayed(
        inspection.FuturesDisplay,
        past=np.arange(5.0),
        futures=np.ones((10, 3)),
        levels=(0.5, 0.9),
    ),
    "StepImportanceDisplay": _displayed(
        inspection.StepImportanceDisplay,
        ("by", "n_steps"),
        importances=np.ones((3, 2)),
        names=[0, 1, 2],
        by="step",
        n_steps=3,
    ),
    "GradientFlowDisplay": _displayed(
        inspection.GradientFlowDisplay,
        ("name",),
        norms=np.ones((2, 3)),
        names=["a", "b"],
        name="gru",
    ),
    "GradientNormsDisplay": _displayed(
        inspection.GradientNormsDisplay,
        ("max_grad_norm",),
        norms=[1.0, 2.0, 0.5],
        max_grad_norm=1.0,
    ),
    "StagedProbabilitiesDisplay": _displayed(
        inspection.StagedProbabilitiesDisplay,
        probabilities=[[0.6, 0.4], [0.1, 0.9]],
        classes=["a", "b"],
        steps="no",
    ),
    "TransitionsDisplay": _displayed(
        inspection.TransitionsDisplay,
        transitions=np.ones((2, 2)),
        start=[0.0, 1.0],
        end=[1.0, 0.0],
        classes=["a", "b"],
    ),
    "load_torch_weights": _weights(),
}
