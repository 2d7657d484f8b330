"""One run of training: consumes epochs, keeps curves, asks whether to go on."""

import time
from dataclasses import dataclass, field, replace

from sklearn.exceptions import ConvergenceWarning

from sklearn_rnn._warning import warn_user


@dataclass
class Curves:
    """What is known of each epoch."""

    loss: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)  # empty if nothing is held out
    validation_score: list = field(default_factory=list)

    def add(self, loss, held_out):
        """Take note of an epoch; `held_out` is (loss, score), or None."""
        self.loss.append(float(loss))
        if held_out is not None:
            self.validation_loss.append(held_out[0])
            self.validation_score.append(held_out[1])


def run(
    epochs,
    state,
    n_epochs,
    *,
    watch,
    evaluate=None,
    rule=None,
    on_held_out=False,
    adaptive=None,
    warn=True,
    verbose=False,
):
    """Consume an iterator of losses that changes `state`.

    Parameters
    ----------
    epochs : iterator of float
        Of `n_epochs` mean losses.
    state : State
        Changed in place by `epochs`.
    n_epochs : int
        The plan.
    watch : Watch
        Told of each epoch, and asked whether to stop after it.
    evaluate : callable, default=None
        Gives loss and score of the held-out part for `theta`.
    rule : StoppingRule, default=None
        Asked after each epoch whether to stop.
    on_held_out : bool, default=False
        Whether it looks at the held-out part rather than at the training loss.
    adaptive : float, default=None
        Initial learning rate, if the rule is to divide it rather than stop.
    warn : bool, default=True
        Whether to warn if the loss still falls at the end.
    verbose : bool or int, default=False
        Whether to print a line for each epoch.

    Returns
    -------
    state : State
        At the end of the last whole epoch.
    curves : Curves
    """
    whole, curves, started = None, Curves(), time.perf_counter()
    try:
        for _ in range(n_epochs):
            watch.begin_epoch()
            loss = next(epochs)
            held_out = evaluate(state.theta) if evaluate else None
            whole = replace(state, theta=state.theta.copy(), slots=state.slots.copy())
            curves.add(loss, held_out)
            if verbose:
                _print_epoch(curves, n_epochs, time.perf_counter() - started)
            stops = rule and _stops(rule, state, curves, on_held_out, adaptive)
            if watch.end_epoch(whole, curves) or stops:
                break
        else:
            if warn and not _settled(curves.loss):
                warn_user(
                    f"Maximum iterations ({n_epochs}) reached and the optimization "
                    "hasn't converged yet. Increase max_iter or learning_rate_init.",
                    ConvergenceWarning,
                )
        watch.end(whole, curves)
    except KeyboardInterrupt:
        if whole is None:
            raise
        warn_user(
            f"Training interrupted by user after epoch {len(curves.loss)}, with which "
            "the fit ends.",
        )
    return whole, curves


def _stops(rule, state, curves, on_held_out, adaptive):
    """Report the epoch to the rule, and ask it."""
    if on_held_out:
        rule.report(
            curves.validation_score[-1], curves.validation_loss[-1], state.theta
        )
    else:
        rule.report(-curves.loss[-1], 0.0, state.theta)
    if rule.out_of_patience and adaptive is not None:
        state.rate_divisor *= 5.0
        rule.waited = 0
        return adaptive / state.rate_divisor < 1e-6
    return rule.out_of_patience


def _settled(losses):
    """Whether the last epoch gained at most a hundredth of all that was gained."""
    if len(losses) < 2:
        return False
    return losses[-2] - losses[-1] <= 0.01 * (losses[0] - losses[-1])


def _print_epoch(curves, n_epochs, seconds):
    """Print a line on the last epoch."""
    line = f"epoch {len(curves.loss)}/{n_epochs}  loss {curves.loss[-1]:.6f}"
    if curves.validation_loss:
        line += (
            f"  validation loss {curves.validation_loss[-1]:.6f}"
            f"  score {curves.validation_score[-1]:.4f}"
        )
    print(f"{line}  {seconds:.1f} s", flush=True)
