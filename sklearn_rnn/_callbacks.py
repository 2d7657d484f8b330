"""What scikit-learn's callbacks are told: a fit is a task, made of its epochs."""

from functools import partial, wraps

from sklearn_rnn._compat import with_callbacks
from sklearn_rnn._shell import all_or_nothing


def as_one_task(fit):
    """A `fit` that is one task, without others in it, as that of a transformer."""

    @all_or_nothing
    @with_callbacks
    @wraps(fit)
    def told(self, X, y=None):
        given = {"estimator": self, "X": X, "y": y}
        task = self._init_callback_context().call_on_fit_task_begin(**given)
        result = fit(self, X, y)
        # `fit` has set everything by now: nothing is to be reconstructed.
        task.call_on_fit_task_end(**given, reconstruction_attributes=dict)
        return result

    return told


class Watch:
    """Tells the callbacks of an estimator where its training is.

    Parameters
    ----------
    estimator : BaseRNN
        In the middle of a fit.
    n_epochs : int
        The plan.
    given : tuple
        X, y and sample_weight, as the user gave them.
    fitted : callable
        Gives the fitted attributes as if training had ended with an `Epoch`.
    """

    def __init__(self, estimator, n_epochs, given, fitted):
        X, y, weight = given
        metadata = None if weight is None else {"sample_weight": weight}
        self.given = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
        self.fitted = fitted
        self.fit_task = estimator._init_callback_context(max_subtasks=n_epochs)
        self.fit_task.call_on_fit_task_begin(**self.given)

    def begin_epoch(self):
        """An epoch begins."""
        self.epoch_task = self.fit_task.subcontext(task_name="epoch")
        self.epoch_task.call_on_fit_task_begin(**self.given)

    def end_epoch(self, epoch):
        """It has ended; returns whether a callback wants no other."""
        return self._end(self.epoch_task, epoch)

    def end(self, epoch):
        """All have."""
        self._end(self.fit_task, epoch)

    def _end(self, task, epoch):
        now = partial(self.fitted, epoch)
        return task.call_on_fit_task_end(**self.given, reconstruction_attributes=now)
