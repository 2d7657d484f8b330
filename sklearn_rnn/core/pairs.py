"""Pairs of sequences to learn from: one to read, one to write.

A decoder is taught: it reads the true token before each one that it is to write, and
not the one that it would have written (teacher forcing, Williams and Zipser, 1989).
"""

from typing import Any, NamedTuple

import numpy as np

from sklearn_rnn.core.packing import Packing, consecutive, pack
from sklearn_rnn.core.training import Data


class Teacher(NamedTuple):
    """What the decoder reads in a minibatch."""

    x: Any  # (n_tokens, n_in), packed: before each token, the start or the one before
    packing: Packing  # of the targets, whose columns are in another order
    column: np.ndarray  # (n_sequences,) the source's column of each of the target's


class Targets(NamedTuple):
    """Sequences to write, one after another, each with a step for its end."""

    inputs: Any  # (n_tokens, n_in), CSR: what is before each token
    starts: np.ndarray  # (n_sequences,)
    lengths: np.ndarray  # (n_sequences,)

    def subset(self, index):
        """Some of the sequences; the inputs stay where they are."""
        return self._replace(starts=self.starts[index], lengths=self.lengths[index])

    def rows(self):
        """The tokens of all sequences, (n_tokens,)."""
        return consecutive(self.starts, self.lengths)


class PairData(Data):
    """The values are of what is read; y and weight, (n_tokens,), of what is written."""

    def targets(self, index, packing):
        """See `Data`; with a `Teacher`."""
        written = pack(self.target.starts[index], self.target.lengths[index])
        column = np.argsort(packing.order)  # of each sequence
        teacher = Teacher(
            self.target.inputs[written.rows], written, column[written.order]
        )
        return self.y[written.rows], self.weight[written.rows], teacher

    def subset(self, index):
        """See `Data`; y and weights stay where they are, too."""
        return self._replace(
            starts=self.starts[index],
            lengths=self.lengths[index],
            target=self.target.subset(index),
        )

    def total(self):
        """See `Data`: the sum over all tokens that are written."""
        with np.errstate(over="ignore"):
            return self.weight[self.target.rows()].sum()

    def step_weights(self):
        """See `Data`."""
        return np.repeat(self.weight[self.target.starts], self.lengths)
