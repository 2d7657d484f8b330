"""How a translator reads, learns and searches."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_consistent_length

from sklearn_rnn._architecture import describe_encoder, read_widths
from sklearn_rnn._autoregression import ended, one_hot, shifted
from sklearn_rnn._compat import Interval, StrOptions
from sklearn_rnn._documents import (
    READS,
    as_documents,
    check_same_vectorizer,
    holds_nothing,
    holds_text,
    new_vectorizer,
    read_documents,
    refuse_numbers,
    warn_of_unused,
)
from sklearn_rnn._error_rates import edit_distances
from sklearn_rnn._targets import declare_targets, read_targets
from sklearn_rnn._warning import warn_user
from sklearn_rnn.base import BaseRNN
from sklearn_rnn.core.attention import ATTENTIONS, AdditiveAttention
from sklearn_rnn.core.beam import BeamRules, search
from sklearn_rnn.core.encoder_decoder import Writer, encoder_decoder
from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.packing import pack
from sklearn_rnn.core.pairs import PairData, Targets
from sklearn_rnn.core.prediction import (
    batches_by_length,
    check_finite,
    in_windows,
    tokens_at_a_time,
)
from sklearn_rnn.core.training import Data
from sklearn_rnn.validation import validate_as_they_are

VALUES_AT_A_TIME = 2**22  # of a step of a search
STATES_FOR_TOKENS = 4  # steps whose states alone take the memory of one in a window


def pair_batches(data, n_scores):
    """Indices of pairs, of which no batch has too many steps, or scores of them."""
    lengths = data.lengths + data.target.lengths
    return batches_by_length(lengths, tokens_at_a_time(n_scores))


def taught(data, index):
    """Some sequences, packed, and their targets: x, packing, y, teacher."""
    packing = pack(data.starts[index], data.lengths[index])
    y, _, teacher = data.targets(index, packing)
    return data.values[packing.rows], packing, y, teacher


class TranslatingRNN(BaseRNN):
    """Base of the translator: reading, learning, searching."""

    _parameter_constraints = {
        **BaseRNN._parameter_constraints,
        "encoder_layer_sizes": [
            None,
            "array-like",
            Interval(Integral, 1, None, closed="left"),
        ],
        "attention": [None, StrOptions(set(ATTENTIONS))],
        "source_vectorizer": "no_validation",
        "target_vectorizer": "no_validation",
        "target_embedding_dim": [None, Interval(Integral, 1, None, closed="left")],
        "beam_size": [Interval(Integral, 1, None, closed="left")],
        "length_penalty": [Interval(Real, 0, 10, closed="both")],
        "min_length": [Interval(Integral, 1, None, closed="left")],
        "max_length": [None, Interval(Integral, 1, None, closed="left")],
        "replace_unk": ["boolean"],
    }

    # -- what is read ------------------------------------------------------------------

    def _read_sequences(self, X, y, reset):
        vectorizer = None if reset else self.source_vectorizer_
        if holds_text(X) or (vectorizer is not None and holds_nothing(X)):
            if reset:
                vectorizer = new_vectorizer(self, "source_vectorizer", READS)
                self.source_vectorizer_ = vectorizer
            return read_documents(self, as_documents(X), vectorizer, reset=reset)
        if vectorizer is not None:
            refuse_numbers(self, X)
        sequences = validate_as_they_are(self, X, reset=reset)
        if reset:
            warn_of_unused(self, "X", "source_vectorizer")
            self.source_vectorizer_ = None
        return sequences

    def _declare_y(self, y, sequences, targets):
        declare_targets(self, y, new_vectorizer(self, "target_vectorizer"))
        if self.target_vectorizer_ is None:
            warn_of_unused(self, "y", "target_vectorizer")
        self.n_outputs_ = len(self.target_tokens_) + 1
        self.max_target_length_ = 0
        self._knows_unknown = None
        if len(self._special_tokens()) == len(self.target_tokens_):
            raise ValueError("The vocabulary of y has special tokens only.")
        self._check_search(self.attention)

    def _special_tokens(self):
        """Numbers of padding and of the unknown token."""
        vectorizer = self.target_vectorizer_
        if vectorizer is None:
            return ()
        names = vectorizer.pad_token, vectorizer.unk_token
        return tuple(vectorizer.vocabulary_[name] for name in names)

    def _check_search(self, attention):
        """Refuse what the constructor says about a search that cannot be."""
        least, most = self.min_length, self.max_length
        if most is not None and least > most:
            raise ValueError(f"min_length={least} is more than max_length={most}.")
        if not self.replace_unk:
            return
        if attention is None:
            raise ValueError("replace_unk=True needs attention, which is None.")
        if self.source_vectorizer_ is None or self.target_vectorizer_ is None:
            raise ValueError(
                "replace_unk=True needs text, or lists of strings, in X and y."
            )

    def _read_y(self, y, sequences):
        written = read_targets(self, y)
        check_consistent_length(sequences, written.lengths)
        return written

    def _data(self, values, sequences, y, weight):
        data = Data(values, sequences.starts, sequences.lengths, None, weight)
        return self._paired(data, y)

    def _paired(self, data, written):
        """What is read with what is written for it."""
        ids, lengths = written
        n_target, weight = len(self.target_tokens_), data.weight
        if weight is None:
            weight = np.ones(len(lengths), self.theta_.dtype)
        dtype = weight.dtype
        inputs = one_hot(shifted(ids, lengths, n_target), n_target + 1, dtype)
        starts = np.cumsum(lengths + 1) - lengths - 1
        return PairData(
            data.values,
            data.starts,
            data.lengths,
            ended(ids, lengths, n_target),
            np.repeat(weight, lengths + 1),
            Targets(inputs, starts, lengths + 1),
        )

    # -- the network -------------------------------------------------------------------

    def _head(self):
        return Softmax(self.n_outputs_)

    def _describe_network(self, data):
        described = describe_encoder(self, data)
        widths = described["hidden_layer_sizes"]
        ways = 1 + described["bidirectional"]
        if self.encoder_layer_sizes is None:
            read = [-(-width // ways) for width in widths]
        else:
            read = read_widths(self, "encoder_layer_sizes")
        if self.attention == "dot" and ways * read[-1] != widths[-1]:
            raise ValueError(
                f"attention='dot' compares the {widths[-1]} units of the decoder with "
                f"those of the encoder, which are {ways * read[-1]}. Make them equal, "
                "or take attention='general'."
            )
        width = self.target_embedding_dim
        width = described["embedding_dim"] if width is None else int(width)
        return {
            **described,
            "n_target": len(self.target_tokens_),
            "encoder_layer_sizes": read,
            "attention": self.attention,
            "target_embedding_dim": width,
        }

    def _same_network(self, data):
        source, target = self.source_vectorizer_, self.target_vectorizer_
        check_same_vectorizer(self, source, "source_vectorizer", READS)
        check_same_vectorizer(self, target, "target_vectorizer")
        return super()._same_network(data)

    @staticmethod
    def _build(**description):
        return encoder_decoder(**description)

    def _train(self, trainer, data, *others):
        longest = int(data.target.lengths.max()) - 1
        self.max_target_length_ = max(self.max_target_length_, longest)
        self._note_unknown(data)
        super()._train(trainer, data, *others)

    def _note_unknown(self, data):
        """Warn if targets have unknown tokens, where those of the first fit had none.

        They would be learned, but not written. Warn, too, if they would be replaced,
        but there are none.
        """
        special = self._special_tokens()
        y = data.y[data.target.rows()]
        unknown = bool(special) and bool((y == special[1]).any())
        if self._knows_unknown is False and unknown and not self.replace_unk:
            warn_user(
                f"y has tokens that are none of the {len(self.target_tokens_)} which "
                "the first fit knew. They are never written. Give target_vectorizer a "
                "vocabulary that has them.",
            )
        if self._knows_unknown is None:
            self._knows_unknown = unknown
            if self.replace_unk and not unknown:
                warn_user(
                    "replace_unk=True has no effect: y has no unknown tokens, so that "
                    "none is learned, or written. Rare words are unknown if "
                    "target_vectorizer has min_df=2, or max_features.",
                )

    def _evaluate(self, trainer, held_out, theta):
        """Loss of the held-out part; one less the token error rate of a greedy search.

        Whether targets are right as a whole would be left to chance where they are few.
        """
        log_p = self._log_likelihoods(held_out, theta, trainer.map)
        weight = held_out.weight[held_out.target.starts]
        loss = -float(weight @ log_p) / float(held_out.total())
        found = self._search(held_out, theta, self._rules(beam_size=1), trainer.map)
        starts, lengths = held_out.target.starts, held_out.target.lengths - 1
        spans = zip(starts, starts + lengths, found, strict=True)
        pairs = [(held_out.y[a:b], own[0].tokens) for a, b, own in spans]
        errors = float(edit_distances(pairs) @ weight) / float(lengths @ weight)
        return loss, 1.0 - errors

    # -- running it --------------------------------------------------------------------

    def _log_likelihoods(self, data, theta, run_parallel):
        """Log-likelihood of each target, end included."""
        network, head = self._network(), self._head()
        w = network.layout().views(theta)

        def read(index):
            x, packing, y, teacher = taught(data, index)
            with np.errstate(over="ignore", invalid="ignore"):  # checked below
                scores, _ = network.forward(w, x, packing, teacher=teacher)
            own = index[teacher.packing.order][teacher.packing.columns]
            check_finite(scores, own)
            return own, head.log_density(scores, y)

        log_p = np.zeros(len(data.lengths))
        for own, of_tokens in run_parallel(read, pair_batches(data, self.n_outputs_)):
            np.add.at(log_p, own, of_tokens)
        return log_p

    def _alignments(self, data, theta, run_parallel):
        """List of arrays (target length, source length): who looks at what."""
        network = self._network()
        w = network.layout().views(theta)

        def read(index):
            x, packing, _, teacher = taught(data, index)
            a = network.align(w, x, packing, teacher)
            return index[teacher.packing.order], a

        alignments = [None] * len(data.lengths)
        for sequences, a in run_parallel(read, pair_batches(data, self.n_outputs_)):
            for i, own in zip(sequences.tolist(), a, strict=True):
                n_written, n_read = data.target.lengths[i] - 1, data.lengths[i]
                alignments[i] = own[:n_written, :n_read].copy()
        return alignments

    def _rules(self, beam_size=None, n_best=1):
        """What is searched for; by default as the constructor says."""
        least, most = self.min_length, self.max_length
        if most is None:
            most = max(least, 2 * self.max_target_length_)
        if self.target_kind_ == "scalars":
            least = most = 1
        n_target = self.n_outputs_ - 1
        return BeamRules(
            beam_size=int(beam_size or max(self.beam_size, n_best)),
            n_best=n_best,
            length_penalty=float(self.length_penalty),
            min_length=int(least),
            max_length=int(most),
            start=n_target,
            end=n_target,
            never=self._special_tokens()[: 1 if self.replace_unk else None],
        )

    def _search(self, data, theta, rules, run_parallel):
        """List of the hypotheses of each sequence."""
        network = self._network()
        w = network.layout().views(theta)
        writer = Writer(network, w)

        def read(windows):
            index = windows.index
            with np.errstate(over="ignore", invalid="ignore"):  # found by the search
                memory, state = network.read(w, windows)
                return index, search(writer, memory, state, rules, index)

        # What a step of the search takes for each row, beside the states.
        width = np.full(len(data.lengths), self.n_outputs_)
        if isinstance(network.attention, AdditiveAttention):
            width = np.maximum(width, data.lengths * network.attention.n_units)
        counts = tokens_at_a_time(1) * rules.beam_size * width // VALUES_AT_A_TIME
        if network.attention:  # looks at all that was read
            counts = np.maximum(counts, data.lengths // STATES_FOR_TOKENS)
        found = [None] * len(width)
        batches = in_windows(data, network, counts)
        for index, hypotheses in run_parallel(read, batches):
            for i, own in zip(index.tolist(), hypotheses, strict=True):
                found[i] = own
        return found
