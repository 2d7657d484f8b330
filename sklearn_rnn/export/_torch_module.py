"""Our networks as a module of PyTorch."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class RecurrentNetwork(nn.Module):
    """Embedding (optional), recurrent layers, pooling (optional) and output layer.

    Parameters
    ----------
    description : dict
        Sizes and words of the constructor of an estimator.
    form : {"padded", "series", "rows"}
        Whether x is (n_sequences, n_steps, n_features), or of two dimensions: series of
        single values, or steps without neighbours.
    """

    def __init__(self, description, form):
        super().__init__()
        self.form, self.pooling = form, description.get("pooling")
        n_in, dim = description["n_in"], description["embedding_dim"]
        self.input_dropout = nn.Dropout(description["input_dropout"])
        self.dropout = nn.Dropout(description["dropout"])
        self.embedding = None
        if dim is not None:
            self.embedding = nn.Linear(n_in, dim, bias=False)
            self.embedding.requires_grad_(not description["freeze_embedding"])
            n_in = dim
        rnn_type, both = description["rnn_type"], description["bidirectional"]
        options = {"bidirectional": both, "batch_first": True}
        if rnn_type == "rnn":
            options["nonlinearity"] = description["activation"]
        self.recurrent = nn.ModuleList()
        for width in description["hidden_layer_sizes"]:
            self.recurrent.append(CELLS[rnn_type](n_in, width, **options))
            n_in = (1 + both) * width
        self.attention = Attention(n_in) if self.pooling == "attention" else None
        self.output = nn.Linear(n_in, description["n_outputs"])

    def forward(self, x, lengths=None):
        """Scores of sequences, or, if nothing is pooled, of their steps.

        Parameters
        ----------
        x : tensor of shape (n_sequences, n_steps, n_features)
            With anything behind the ends of sequences. If the estimator was fitted to
            a table, x is one, too.
        lengths : tensor of int of shape (n_sequences,), default=None
            None means that all have n_steps.

        Returns
        -------
        scores : tensor of shape (n_sequences, n_outputs) or \
                (n_sequences, n_steps, n_outputs)
            Logits of the classes, or predicted numbers.
        """
        if self.form == "rows":
            return self.forward_padded(x[:, None], lengths)[:, 0]
        return self.forward_padded(x[..., None] if x.ndim == 2 else x, lengths)

    def forward_padded(self, x, lengths):
        """The same of x that has three dimensions."""
        n_sequences, n_steps, _ = x.shape
        if lengths is None:
            lengths = torch.full((n_sequences,), n_steps)
        lengths = torch.as_tensor(lengths, device=x.device)
        if lengths.shape != (n_sequences,):
            raise ValueError(
                f"lengths must be one number for each of {n_sequences} sequences, got "
                f"shape {tuple(lengths.shape)}."
            )
        if ((lengths < 0) | (lengths > n_steps)).any():
            raise ValueError(f"lengths must be from 0 to {n_steps}, got {lengths}.")
        if not x.numel():  # the layers need a sequence and a step, cut off again below
            sequences, steps = int(not n_sequences), int(not n_steps)
            x = nn.functional.pad(x, (0, 0, 0, steps, 0, sequences))
            lengths = nn.functional.pad(lengths, (0, sequences))
        step = torch.arange(x.shape[1], device=x.device)
        outside = (step >= lengths[:, None])[..., None]
        # NaN times zero is NaN, so padding must not reach the layers.
        x = self.input_dropout(x.masked_fill(outside, 0.0))
        if self.embedding is not None:
            x = self.dropout(self.embedding(x))
        out, last = self.run(x, lengths)
        if self.pooling is None:
            return self.output(self.dropout(out))[:n_sequences, :n_steps]
        empty = (lengths == 0)[:, None]
        pooled = self.pool(out, last, outside, lengths).masked_fill(empty, 0.0)
        return self.output(self.dropout(pooled))[:n_sequences]

    def run(self, x, lengths):
        """States of the last layer at all steps, and the final ones.

        Packed sequences cannot be empty, so such run for a step, which is masked later.
        """
        packed = pack_padded_sequence(
            x, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
        )
        for number, layer in enumerate(self.recurrent):
            if number:
                packed = packed._replace(data=self.dropout(packed.data))
            packed, end = layer(packed)
        end = end[0] if isinstance(end, tuple) else end
        out, _ = pad_packed_sequence(packed, True, total_length=x.shape[1])
        return out, torch.cat(list(end), dim=1)

    def pool(self, out, last, outside, lengths):
        """One vector for each sequence; of an empty one, anything."""
        if self.pooling == "last":
            return last
        if self.pooling == "max":
            return out.masked_fill(outside, torch.finfo(out.dtype).min).amax(dim=1)
        out = out.masked_fill(outside, 0.0)
        if self.pooling == "mean":
            return out.sum(dim=1) / lengths.clamp(min=1)[:, None]
        return self.attention(out, outside)


class Attention(nn.Module):
    """Mean of the steps weighted by softmax(tanh(h W + b) v) (Yang et al., 2016)."""

    def __init__(self, n_units):
        super().__init__()
        self.hidden = nn.Linear(n_units, n_units)
        self.score = nn.Linear(n_units, 1, bias=False)

    def forward(self, out, outside):
        """One vector for each sequence."""
        score = self.score(torch.tanh(self.hidden(out)))
        score = score.masked_fill(outside, torch.finfo(out.dtype).min)
        return (score.softmax(dim=1) * out).sum(dim=1)
