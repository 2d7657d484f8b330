"""A scorer that looks at held-out data, whatever data it is called with."""

from sklearn.metrics import check_scoring

from sklearn_rnn._arrays import naming


class ValidationScorer:
    """Score on held-out data, for callbacks that know the training data only.

    scikit-learn's `ScoringMonitor` calls its scorer on what an estimator learns from.
    This one scores the same estimator on data that it was not shown.

    Parameters
    ----------
    X_val : Sequences, list of array-like, or array-like
        Held-out sequences, as the estimator takes them that is watched. In a pipeline
        that is the last step, which takes sequences that have been transformed.
    y_val : array-like
        What belongs to them.
    scoring : str, callable, list, tuple, dict or None, default=None
        One score or several, as in `sklearn.metrics.check_scoring`: a name that
        scikit-learn knows, a scorer such as those in `sklearn_rnn.metrics.SCORERS`, a
        list of names, or a dict of names and scorers. None is the `score` of the
        estimator.
    sample_weight : array-like of shape (n_sequences,), default=None
        Weight of each held-out sequence.

    See Also
    --------
    sklearn_rnn.RNNClassifier.fit : Its X_val and y_val are what early stopping looks
        at.

    Examples
    --------
    >>> from sklearn_rnn import RNNClassifier
    >>> from sklearn_rnn.metrics import ValidationScorer
    >>> X = [[1, 2, 4], [7, 5], [2, 3], [6, 4, 1, 0], [0, 1, 2, 5], [5, 3, 2]]
    >>> y = [1, 0, 1, 0, 1, 0]
    >>> scorer = ValidationScorer(X[4:], y[4:], ["accuracy", "neg_log_loss"])
    >>> scores = scorer(RNNClassifier(random_state=0).fit(X[:4], y[:4]))
    >>> sorted(scores)
    ['validation_accuracy', 'validation_neg_log_loss']

    With scikit-learn 1.9, ``ScoringMonitor(scoring=scorer)`` calls it after each epoch.
    """

    def __init__(self, X_val, y_val, scoring=None, *, sample_weight=None):
        self.X_val, self.y_val = X_val, y_val
        self.scoring = scoring
        self.sample_weight = sample_weight

    def __call__(self, estimator, X=None, y=None, **metadata):
        """Score an estimator on the held-out data.

        Parameters
        ----------
        estimator : estimator
            Fitted.
        X, y, **metadata : Ignored
            What the estimator learns from.

        Returns
        -------
        scores : dict of str -> float
            "validation_score" if `scoring` is a single one, else "validation_" and the
            name of each.
        """
        weight = self.sample_weight
        weight = {} if weight is None else {"sample_weight": weight}
        scoring = self.scoring
        if isinstance(scoring, (list, tuple)):
            if not all(isinstance(name, str) for name in scoring):
                raise TypeError(f"scoring must be names of scorers, got {scoring!r}.")
            scoring = dict(zip(scoring, scoring, strict=True))
        elif not isinstance(scoring, dict):
            scoring = {"score": scoring}
        held_out = estimator, self.X_val, self.y_val
        with naming("the validation data"):
            return {
                f"validation_{name}": check_scoring(estimator, one)(*held_out, **weight)
                for name, one in scoring.items()
            }
