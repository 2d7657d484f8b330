"""Many to many of unequal length: one network reads, another one writes.

The encoder reads a sequence. Its final states, through a bridge, are where the decoder
starts, which reads what is written so far and, with attention, looks back at all states
of the encoder, after its own recurrence (Sutskever et al., 2014; Luong et al., 2015).
"""

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from sklearn_rnn.core.attention import ATTENTIONS, grid
from sklearn_rnn.core.layers import Dense
from sklearn_rnn.core.networks import encoder
from sklearn_rnn.core.scanning import scan
from sklearn_rnn.core.stepping import Stepper


class Bridge:
    """Start of the decoder from the end of the encoder: tanh(state W + b), by layer.

    Layers are paired from the top; what is missing below is paired with the lowest one.
    """

    def __init__(self, read, written):
        higher = len(read) - len(written)
        self.pairs = [(max(0, i + higher), layer) for i, layer in enumerate(written)]
        self.maps = [
            Dense(read[j].n_states * read[j].n_out, layer.n_states * layer.n_out)
            for j, layer in self.pairs
        ]

    def parameters(self):
        """Those of the maps, by number of the decoder's layer."""
        return {str(i): map_.parameters() for i, map_ in enumerate(self.maps)}

    def forward(self, w, state, column):
        """States of the decoder, whose sequences are the columns of the encoder's."""
        start, traces = [], []
        for i, (j, layer) in enumerate(self.pairs):
            flat = state[j][:, column].swapaxes(0, 1).reshape(len(column), -1)
            out, flat = self.maps[i].forward(w[str(i)], flat)
            out = np.tanh(out, out=out)
            shape = (len(column), layer.n_states, layer.n_out)
            start.append(np.ascontiguousarray(out.reshape(shape).swapaxes(0, 1)))
            traces.append((flat, out))
        return start, (traces, state, column)

    def backward(self, w, trace, dstart, dw):
        """Adds to the gradients in ``dw``; returns those of the encoder's states."""
        traces, state, column = trace
        dstate = [np.zeros_like(s) for s in state]
        for i, (j, _) in enumerate(self.pairs):
            flat, out = traces[i]
            dout = dstart[i].swapaxes(0, 1).reshape(out.shape) * (1.0 - out * out)
            dflat = self.maps[i].backward(w[str(i)], flat, dout, dw[str(i)])
            n_states, n, width = state[j].shape
            dstate[j][:, column] += dflat.reshape(n, n_states, width).swapaxes(0, 1)
        return dstate


class Combination:
    """A state of the decoder with its context: tanh([c, h] W + b)."""

    def __init__(self, n_source, n_units):
        self.n_source = n_source
        self.map = Dense(n_source + n_units, n_units)

    def parameters(self):
        """Those of the map."""
        return self.map.parameters()

    def forward(self, w, c, h):
        """(n_tokens, n_units)"""
        out, both = self.map.forward(w, np.concatenate([c, h], axis=1))
        out = np.tanh(out, out=out)
        return out, (both, out)

    def backward(self, w, trace, dout, dw):
        """Adds to the gradients in ``dw``; returns those of c and h."""
        both, out = trace
        dboth = self.map.backward(w, both, dout * (1.0 - out * out), dw)
        return dboth[:, : self.n_source], dboth[:, self.n_source :]


class Memory(NamedTuple):
    """What the decoder knows of sequences that were read, in their order."""

    keys: Any  # (n_sequences, n_source_steps, …); None without attention, as are both:
    states: Any  # (n_sequences, n_source_steps, n_source)
    inside: Any  # (n_sequences, n_source_steps), false in the padding

    def subset(self, index):
        """Those of some sequences."""
        return Memory(*(part if part is None else part[index] for part in self))


class Passed(NamedTuple):
    """What backward needs to know of a forward pass."""

    read: Any  # trace of the encoder
    s_shape: tuple  # of its states, (n_source_tokens, n_source)
    unseen: Any  # of the dropout on its states
    bridged: Any
    written: Any  # of the decoder
    end: list  # states of the decoder
    attended: Any  # None without attention, as is
    combined: Any
    dropped: Any
    h: np.ndarray  # (n_target_tokens, n_units) what the output layer reads


class EncoderDecoder:
    """Scores of each token to be written, in the order of the teacher's packing."""

    def __init__(self, encoder, decoder, attention, n_outputs):
        self.encoder, self.decoder = encoder, decoder
        read, written = encoder.stack, decoder.stack
        self.bridge = Bridge(read.layers, written.layers)
        self.attention = None
        if attention is not None:
            self.attention = ATTENTIONS[attention](read.n_out, written.n_out)
            self.combination = Combination(read.n_out, written.n_out)
        self.output = Dense(written.n_out, n_outputs)

    def layout(self):
        """Names and places of all parameters."""
        own = {"bridge": self.bridge, "decoder": self.decoder}
        if self.attention:
            own |= {"attention": self.attention, "combination": self.combination}
        own["output"] = self.output
        return self.encoder.layout(**{n: part.parameters() for n, part in own.items()})

    def forward(self, w, x, packing, random_state=None, teacher=None):
        """Scores. Without a random state nothing is dropped."""
        s, state, read = self.encoder.forward(w, x, packing, random_state)
        unseen = attended = combined = None
        start, bridged = self.bridge.forward(w["bridge"], state, teacher.column)
        h, end, written = self.decoder.forward(
            w["decoder"], teacher.x, teacher.packing, random_state, start
        )
        if self.attention:
            s, unseen = self.encoder.dropout.forward(s, random_state)
            grids = grid(packing, teacher.column), grid(teacher.packing)
            c, attended = self.attention.forward(
                w["attention"], s, grids[0], h, grids[1]
            )
            h, combined = self.combination.forward(w["combination"], c, h)
        h, dropped = self.decoder.dropout.forward(h, random_state)
        scores, h = self.output.forward(w["output"], h)
        return scores, Passed(
            read, s.shape, unseen, bridged, written, end, attended, combined, dropped, h
        )

    def backward(self, w, trace, dscores, dw):
        """Add the gradients to ``dw``; returns that of x, None if x is sparse."""
        dh = self.output.backward(w["output"], trace.h, dscores, dw["output"])
        dh = self.decoder.dropout.backward(trace.dropped, dh)
        ds = np.zeros(trace.s_shape, dh.dtype)
        if self.attention:
            dc, dh = self.combination.backward(
                w["combination"], trace.combined, dh, dw["combination"]
            )
            ds, more = self.attention.backward(
                w["attention"], trace.attended, dc, dw["attention"]
            )
            ds = self.encoder.dropout.backward(trace.unseen, ds)
            dh = dh + more
        dend = [np.zeros_like(e) for e in trace.end]
        _, dstart = self.decoder.backward(
            w["decoder"], trace.written, dh, dend, dw["decoder"]
        )
        dstate = self.bridge.backward(w["bridge"], trace.bridged, dstart, dw["bridge"])
        return self.encoder.backward(w, trace.read, ds, dstate, dw)[0]

    def align(self, w, x, packing, teacher):
        """How much each token written looks at each one read, see attention.py.

        (n_sequences, n_target_steps, n_source_steps), in the order of the teacher.
        """
        _, trace = self.forward(w, x, packing, teacher=teacher)
        return trace.attended.a

    def read(self, w, windows):
        """What the decoder starts from after `Windows`: a `Memory`, and states."""
        packing, stop, ends, s = windows.whole(), 0, None, None
        for window, out, state in scan(self.encoder, w, windows):
            if ends is None:
                ends = [own.copy() for own in state]
            for end, own in zip(ends, state, strict=True):
                end[:, : window.n_sequences] = own
            if self.attention:
                if s is None:
                    s = np.empty((packing.n_tokens, out.shape[1]), out.dtype)
                start, stop = stop, stop + window.n_tokens
                s[start:stop] = out
        start, _ = self.bridge.forward(w["bridge"], ends, np.arange(len(packing.order)))
        if not self.attention:
            return Memory(None, None, None), start
        source = grid(packing)
        keys = source.spread(self.attention.keys(w["attention"], s))
        return Memory(keys, source.spread(s), source.inside), start


class Writer(Stepper):
    """The decoder step after step; sequences have several rows each, side by side."""

    def __init__(self, network, w):
        super().__init__(network.decoder, w["decoder"], w["output"])
        self.network, self.all = network, w
        n = len(self.b)  # tokens and the start, which are as many as tokens and the end
        one_hot = (np.ones(n, self.b.dtype), np.arange(n), np.arange(n + 1))
        self.table = self.gates(sparse.csr_array(one_hot))  # (n_gates, n, n_units)

    def read(self, tokens, state):
        """States after tokens (n_rows,)."""
        return self.step(self.table[:, tokens], state)

    def scores(self, state, memory):
        """Scores (n_rows, n_outputs) of what follows."""
        network, w, h = self.network, self.all, state[-1][0]
        if network.attention:
            q = network.attention.queries(w["attention"], h)
            q = q.reshape(len(memory.inside), -1, q.shape[1])
            _, c = network.attention.attend(
                w["attention"], q, memory.keys, memory.states, memory.inside
            )
            c = c.reshape(len(h), -1)
            h, _ = network.combination.forward(w["combination"], c, h)
        return h @ self.W + self.b


def encoder_decoder(
    n_in,
    n_target,
    hidden_layer_sizes,
    *,
    encoder_layer_sizes,
    attention,
    bidirectional,
    target_embedding_dim,
    **options,
):
    """Build the network from sizes and the words of the constructors.

    ``n_target`` tokens may be written; one more is the start, or the end.
    """
    reader = encoder(n_in, encoder_layer_sizes, bidirectional=bidirectional, **options)
    shared = ("rnn_type", "activation", "dropout", "recurrent_dropout")
    writer = encoder(
        n_target + 1,
        hidden_layer_sizes,
        embedding_dim=target_embedding_dim,
        fan_in=1,
        **{name: options[name] for name in shared if name in options},
    )
    return EncoderDecoder(reader, writer, attention, n_target + 1)
