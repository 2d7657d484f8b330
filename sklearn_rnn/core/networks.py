"""The compositions: which layers a network has, and what flows between them."""

import numpy as np

from sklearn_rnn.core.layers import Bidirectional, Dense, Dropout, Embedding, Stack
from sklearn_rnn.core.parameters import Layout, flatten
from sklearn_rnn.core.pooling import POOLINGS
from sklearn_rnn.core.recurrent import CELLS


def recurrent_stack(
    n_in,
    hidden_layer_sizes,
    *,
    rnn_type,
    activation="tanh",
    bidirectional=False,
    dropout=0.0,
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


class SequenceToValue:
    """Many to one: embedding (optional), recurrent layers, pooling, output layer."""

    def __init__(
        self, embedding, stack, pooling, n_outputs, dropout=0.0, input_dropout=0.0
    ):
        self.embedding, self.stack = embedding, stack
        self.input_dropout = Dropout(input_dropout)
        self.pooling = POOLINGS[pooling](stack.n_out)
        self.dropout = Dropout(dropout)
        self.output = Dense(stack.n_out, n_outputs)

    def layout(self):
        """Names and places of all parameters."""
        tree = {"embedding": self.embedding.parameters()} if self.embedding else {}
        tree["recurrent"] = self.stack.parameters()
        tree["pooling"] = self.pooling.parameters()
        tree["output"] = self.output.parameters()
        first = "embedding." if self.embedding else "recurrent.0."
        reads_input = [
            name
            for name, _ in flatten(tree)
            if name.startswith(first) and name.endswith((".E", ".Wx"))
        ]
        return Layout(tree, tables=reads_input)

    def encode(self, w, x, packing, random_state=None):
        """States of the last recurrent layer: at all steps, and where sequences end."""
        embedded = dropped = None
        x, heard = self.input_dropout.forward(x, random_state)
        if self.embedding:
            x, embedded = self.embedding.forward(w["embedding"], x)
            x, dropped = self.dropout.forward(x, random_state)
        dtype = w["output"]["W"].dtype
        state = self.stack.start_state(packing.n_sequences, dtype)
        out, state, traces = self.stack.forward(
            w["recurrent"], x, packing, state, random_state
        )
        return out, state, (heard, embedded, dropped, traces)

    def pool(self, w, out, last, packing):
        """One vector for each sequence, (n_sequences, n_units)."""
        return self.pooling.forward(w["pooling"], out, last, packing)

    def forward(self, w, x, packing, random_state=None):
        """Scores, (n_sequences, n_outputs), in the order of the packing's columns.

        Without a random state nothing is dropped.
        """
        out, state, encoded = self.encode(w, x, packing, random_state)
        pooled, gathered = self.pool(w, out, state[-1][0], packing)
        pooled, dropped = self.dropout.forward(pooled, random_state)
        scores, trace = self.output.forward(w["output"], pooled)
        return scores, (state, encoded, gathered, dropped, trace)

    def stages(self, w, x, packing):
        """Yield the scores as if all sequences ended after one step, two, and so on.

        A network that looks back only runs once; what looks both ways runs anew.
        """
        if self.stack.looks_ahead:
            for n_steps in range(1, len(packing.sizes) + 1):
                prefix = packing.prefix(n_steps)
                yield self.forward(w, x[: prefix.n_tokens], prefix)[0]
        else:
            out, _, _ = self.encode(w, x, packing)
            for pooled in self.pooling.stages(w["pooling"], out, packing):
                yield self.output.forward(w["output"], pooled)[0]

    def backward(self, w, trace, dscores, dw):
        """Add the gradients to ``dw``; returns that of x, None if x is sparse."""
        state, encoded, gathered, dropped, pooled = trace
        heard, embedded, embedding_dropped, traces = encoded
        dpooled = self.output.backward(w["output"], pooled, dscores, dw["output"])
        dpooled = self.dropout.backward(dropped, dpooled)
        dout, dlast = self.pooling.backward(
            w["pooling"], gathered, dpooled, dw["pooling"]
        )
        dstate = [np.zeros_like(s) for s in state]
        dstate[-1][0] = dlast
        dx, _ = self.stack.backward(
            w["recurrent"], traces, dout, dstate, dw["recurrent"]
        )
        if self.embedding:
            dx = self.dropout.backward(embedding_dropped, dx)
            dx = self.embedding.backward(w["embedding"], embedded, dx, dw["embedding"])
        return self.input_dropout.backward(heard, dx)


def sequence_to_value(
    n_in,
    n_outputs,
    hidden_layer_sizes,
    *,
    pooling,
    embedding_dim,
    dropout,
    freeze_embedding=False,
    input_dropout=0.0,
    **options,
):
    """Build the network from sizes and the words of the constructors."""
    embedding = None
    if embedding_dim is not None:
        embedding = Embedding(n_in, embedding_dim, freeze_embedding)
        n_in, options["fan_in"] = embedding_dim, None
    stack = recurrent_stack(n_in, hidden_layer_sizes, dropout=dropout, **options)
    return SequenceToValue(embedding, stack, pooling, n_outputs, dropout, input_dropout)
