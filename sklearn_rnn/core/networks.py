"""The compositions: which layers a network has, and what flows between them."""

import numpy as np

from sklearn_rnn.core.crf import Chain
from sklearn_rnn.core.layers import Bidirectional, Dense, Dropout, Embedding, Stack
from sklearn_rnn.core.parameters import Layout, Parameter, flatten, zeros
from sklearn_rnn.core.pooling import POOLINGS
from sklearn_rnn.core.recurrent import CELLS
from sklearn_rnn.core.scanning import scan


def recurrent_stack(
    n_in,
    hidden_layer_sizes,
    *,
    rnn_type,
    dropout,
    activation="tanh",
    bidirectional=False,
    recurrent_dropout=0.0,
    fan_in=None,
):
    """One recurrent layer for each width, each reading the one below."""
    options = {"activation": activation} if rnn_type == "rnn" else {}
    layers = []
    for width in hidden_layer_sizes:
        directions = [
            CELLS[rnn_type](n_in, width, fan_in, **options)
            for _ in range(1 + bidirectional)
        ]
        layers.append(Bidirectional(*directions) if bidirectional else directions[0])
        n_in, fan_in = layers[-1].n_out, None
    return Stack(layers, dropout, recurrent_dropout)


class Encoder:
    """Input dropout, embedding (optional) and recurrent layers."""

    def __init__(self, embedding, stack, dropout, input_dropout):
        self.embedding, self.stack = embedding, stack
        self.dropout, self.input_dropout = Dropout(dropout), Dropout(input_dropout)

    def parameters(self):
        """Those of the layers."""
        tree = {"embedding": self.embedding.parameters()} if self.embedding else {}
        return {**tree, "recurrent": self.stack.parameters()}

    def layout(self, **others):
        """Names and places of these parameters and others; what reads x is a table."""
        tree = {**self.parameters(), **others}
        first = "embedding." if self.embedding else "recurrent.0."
        reads_input = [
            name
            for name, _ in flatten(tree)
            if name.startswith(first) and name.endswith((".E", ".Wx"))
        ]
        return Layout(tree, tables=reads_input)

    def forward(self, w, x, packing, random_state=None, state=None, stop=None):
        """States of the last recurrent layer at all steps, and all final states.

        ``state``, a list as `Stack` has it, is where sequences start; None is zero. For
        ``stop`` see there. Numbers x of any dtype become those that are computed with.
        """
        embedded = dropped = None
        if state is None:
            dtype = w["output"]["W"].dtype
            state = self.stack.start_state(packing.n_sequences, dtype)
        x = x.astype(state[0].dtype, copy=False)
        x, heard = self.input_dropout.forward(x, random_state)
        if self.embedding:
            x, embedded = self.embedding.forward(w["embedding"], x)
            x, dropped = self.dropout.forward(x, random_state)
        out, state, traces = self.stack.forward(
            w["recurrent"], x, packing, state, random_state, stop
        )
        return out, state, (heard, embedded, dropped, traces)

    def backward(self, w, trace, dout, dstate, dw):
        """Add the gradients to ``dw``; returns those of x and of where sequences start.

        That of x is None if x is sparse.
        """
        heard, embedded, dropped, traces = trace
        dx, dstart = self.stack.backward(
            w["recurrent"], traces, dout, dstate, dw["recurrent"]
        )
        if self.embedding:
            dx = self.dropout.backward(dropped, dx)
            dx = self.embedding.backward(w["embedding"], embedded, dx, dw["embedding"])
        return self.input_dropout.backward(heard, dx), dstart


class SequenceToValue:
    """Many to one: encoder, pooling, output layer.

    Scores are (n_sequences, n_outputs), in the order of the packing's columns.
    """

    at_once = False

    def __init__(self, encoder, pooling, n_outputs):
        self.encoder, n_units = encoder, encoder.stack.n_out
        self.pooling = POOLINGS[pooling](n_units)
        self.output = Dense(n_units, n_outputs)

    def layout(self):
        """Names and places of all parameters."""
        pooling, output = self.pooling.parameters(), self.output.parameters()
        return self.encoder.layout(pooling=pooling, output=output)

    def pool(self, w, x, packing, random_state=None):
        """One vector for each sequence, (n_sequences, n_units), and a trace."""
        out, state, encoded = self.encoder.forward(w, x, packing, random_state)
        pooled, gathered = self.pooling.forward(
            w["pooling"], out, state[-1][0], packing
        )
        return pooled, (state, encoded, gathered)

    def forward(self, w, x, packing, random_state=None):
        """Scores. Without a random state nothing is dropped."""
        pooled, trace = self.pool(w, x, packing, random_state)
        pooled, dropped = self.encoder.dropout.forward(pooled, random_state)
        scores, pooled = self.output.forward(w["output"], pooled)
        return scores, (*trace, dropped, pooled)

    def read(self, w, windows):
        """What `pool` gives, of `Windows`."""
        n, dtype = windows.n_sequences, w["output"]["W"].dtype
        memory = self.pooling.start(n, dtype)
        for packing, out, state in scan(self.encoder, w, windows):
            self.pooling.add(w["pooling"], memory, out, state[-1][0], packing)
        return self.pooling.finish(memory)

    def scores(self, w, windows):
        """What `forward` gives, of `Windows`."""
        return self.output.forward(w["output"], self.read(w, windows))[0]

    def stages(self, w, x, packing):
        """Yield the scores as if all sequences ended after one step, two, and so on.

        A network that looks back only runs once; what looks both ways runs anew.
        """
        if self.encoder.stack.looks_ahead:
            for n_steps in range(1, len(packing.sizes) + 1):
                prefix = packing.prefix(n_steps)
                yield self.forward(w, x[: prefix.n_tokens], prefix)[0]
        else:
            out, _, _ = self.encoder.forward(w, x, packing)
            for pooled in self.pooling.stages(w["pooling"], out, packing):
                yield self.output.forward(w["output"], pooled)[0]

    def backward(self, w, trace, dscores, dw):
        """Add the gradients to ``dw``; returns that of x, None if x is sparse."""
        state, encoded, gathered, dropped, pooled = trace
        dpooled = self.output.backward(w["output"], pooled, dscores, dw["output"])
        dpooled = self.encoder.dropout.backward(dropped, dpooled)
        dout, dlast = self.pooling.backward(
            w["pooling"], gathered, dpooled, dw["pooling"]
        )
        dstate = [np.zeros_like(s) for s in state]
        dstate[-1][0] = dlast
        return self.encoder.backward(w, encoded, dout, dstate, dw)[0]


class SequenceToSequence:
    """Many to many of equal length: encoder, output layer at every step.

    Scores are (n_tokens, n_outputs), in the order of the packed tokens.
    """

    at_once = False  # whether what scores mean needs those of all steps

    def __init__(self, encoder, n_outputs):
        self.encoder = encoder
        self.output = Dense(encoder.stack.n_out, n_outputs)

    def layout(self):
        """Names and places of all parameters."""
        return self.encoder.layout(output=self.output.parameters())

    def forward(self, w, x, packing, random_state=None, state=None):
        """Scores. Without a random state nothing is dropped.

        ``state``, a list as `Stack` has it, is where sequences start; None is zero. The
        trace begins with the state in which they end.
        """
        out, state, encoded = self.encoder.forward(w, x, packing, random_state, state)
        out, dropped = self.encoder.dropout.forward(out, random_state)
        scores, out = self.output.forward(w["output"], out)
        return scores, (state, encoded, dropped, out)

    def scan(self, w, windows):
        """Yield (packing, scores, state) of `Windows`; see there."""
        for packing, out, state in scan(self.encoder, w, windows):
            yield packing, self.output.forward(w["output"], out)[0], state

    def backward(self, w, trace, dscores, dw):
        """Add the gradients to ``dw``; returns that of x, None if x is sparse."""
        state, encoded, dropped, out = trace
        dout = self.output.backward(w["output"], out, dscores, dw["output"])
        dout = self.encoder.dropout.backward(dropped, dout)
        dstate = [np.zeros_like(s) for s in state]
        return self.encoder.backward(w, encoded, dout, dstate, dw)[0]


class SequenceToChain(SequenceToSequence):
    """The same with scores of transitions between labels: those of a `Chain`.

    ``forbidden`` is true where no label may start, follow another one, or end.
    """

    at_once = True

    def __init__(self, encoder, n_outputs, forbidden=None):
        super().__init__(encoder, n_outputs)
        self.n_labels, self.forbidden = n_outputs, forbidden

    def layout(self):
        """Names and places of all parameters."""
        n = self.n_labels
        shapes = {"start": (n,), "transition": (n, n), "end": (n,)}
        labels = {name: Parameter(shape, zeros) for name, shape in shapes.items()}
        return self.encoder.layout(output=self.output.parameters(), labels=labels)

    def forward(self, w, x, packing, random_state=None):
        """Scores. Without a random state nothing is dropped."""
        emission, trace = super().forward(w, x, packing, random_state)
        return Chain(emission, packing=packing, **self.allowed(w["labels"])), trace

    def scan(self, w, windows):
        """The same at once: labels are chosen together."""
        packing = windows.whole()
        emission = np.empty((packing.n_tokens, self.n_labels), w["output"]["W"].dtype)
        stop = 0
        for window, scores, _ in super().scan(w, windows):
            start, stop = stop, stop + window.n_tokens
            emission[start:stop] = scores
        chain = Chain(emission, packing=packing, **self.allowed(w["labels"]))
        yield packing, chain, None

    def allowed(self, labels):
        """The scores of the labels, without those that are forbidden."""
        if self.forbidden is None:
            return labels
        return {
            name: np.where(self.forbidden[name], -np.inf, scores)
            for name, scores in labels.items()
        }

    def backward(self, w, trace, dchain, dw):
        """Add the gradients to ``dw``; returns that of x, None if x is sparse."""
        for name, gradient in dw["labels"].items():
            gradient += getattr(dchain, name)
        return super().backward(w, trace, dchain.emission, dw)


def encoder(
    n_in,
    hidden_layer_sizes,
    *,
    embedding_dim=None,
    freeze_embedding=False,
    dropout=0.0,
    input_dropout=0.0,
    **options,
):
    """Build the encoder from sizes and the words of the constructors."""
    embedding = None
    if embedding_dim is not None:
        embedding = Embedding(n_in, embedding_dim, freeze_embedding)
        n_in, options["fan_in"] = embedding_dim, None
    stack = recurrent_stack(n_in, hidden_layer_sizes, dropout=dropout, **options)
    return Encoder(embedding, stack, dropout, input_dropout)


def sequence_to_value(n_in, n_outputs, hidden_layer_sizes, *, pooling, **options):
    """Build the network from sizes and the words of the constructors."""
    return SequenceToValue(
        encoder(n_in, hidden_layer_sizes, **options), pooling, n_outputs
    )


def sequence_to_sequence(
    n_in, n_outputs, hidden_layer_sizes, *, crf=False, forbidden=None, **options
):
    """Build the network from sizes and the words of the constructors."""
    layers = encoder(n_in, hidden_layer_sizes, **options)
    if crf:
        return SequenceToChain(layers, n_outputs, forbidden)
    return SequenceToSequence(layers, n_outputs)
