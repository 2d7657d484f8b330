"""One run of training: consumes epochs, keeps curves, asks whether to go on."""

import time
from dataclasses import replace
from typing import Any, NamedTuple

from sklearn.exceptions import ConvergenceWarning

from sklearn_rnn._warning import warn_user


class Curves(NamedTuple):
    """What is known of each epoch."""

    loss: tuple = ()
    validation_loss: tuple = ()  # empty if nothing is held out
    validation_score: tuple = ()

    def after(self, loss, held_out):
        """The curves with one more epoch; `held_out` is (loss, score), or None."""
        values = [float(loss)] if held_out is None else [float(loss), *held_out]
        longer = [(*curve, value) for curve, value in zip(self, values, strict=False)]
        return Curves(*longer)


class Epoch(NamedTuple):
    """All that is left of training if it ends after this epoch.

    It is replaced as a whole: Ctrl-C finds one epoch or the next, and no half of each.
    """

    state: Any  # a copy of the `State`
    noise: dict  # state of the generator of random numbers
    curves: Curves
    best_theta: Any  # the weights that the rule has kept, or None


def run(
    epochs,
    state,
    random_state,
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
    random_state : RandomState
        The same.
    n_epochs : int
        The plan.
    watch : Watch
        Told of each epoch, and asked whether to stop after it.
    evaluate : callable, default=None
        Gives loss and score of the held-out part for `theta` after an epoch, by number.
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
    epoch : Epoch
        The last whole one.
    """
    epoch, curves, started = None, Curves(), time.perf_counter()
    try:
        for _ in range(n_epochs):
            watch.begin_epoch()
            loss = next(epochs)
            held_out = evaluate and evaluate(state.theta, len(curves.loss) + 1)
            curves = curves.after(loss, held_out)
            stops = rule and _stops(rule, state, curves, on_held_out, adaptive)
            copy = replace(state, theta=state.theta.copy(), slots=state.slots.copy())
            noise = random_state.get_state(legacy=False)
            epoch = Epoch(copy, noise, curves, rule and rule.theta)
            if verbose:
                _print_epoch(curves, n_epochs, time.perf_counter() - started)
            if watch.end_epoch(epoch) or stops:
                break
        else:
            if warn and not _settled(curves.loss):
                warn_user(
                    f"Maximum iterations ({n_epochs}) reached and the optimization "
                    "hasn't converged yet. Increase max_iter or learning_rate_init.",
                    ConvergenceWarning,
                )
        watch.end(epoch)
    except KeyboardInterrupt:
        if epoch is None:
            raise
        warn_user(
            "Training interrupted by user after epoch "
            f"{len(epoch.curves.loss)}, with which the fit ends.",
        )
    return epoch


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
