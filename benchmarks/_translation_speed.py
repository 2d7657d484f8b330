"""Time of learning and of searching beside PyTorch; see translation.py."""

import time

import numpy as np

from sklearn_rnn import RNNTranslator

UNITS, EMBEDDING, BATCH, BEAM, REPETITIONS = 256, 64, 256, 5, 3


def make_torch(n_source, n_target):
    """The same network in PyTorch: packed encoder, padded decoder, mask in attention.

    Of the ``n_target`` tokens the first is padding, the last one start and end.
    """
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.source = nn.Embedding(n_source, EMBEDDING, padding_idx=0)
            self.target = nn.Embedding(n_target, EMBEDDING, padding_idx=0)
            self.encoder = nn.GRU(
                EMBEDDING, UNITS // 2, batch_first=True, bidirectional=True
            )
            self.bridge = nn.Linear(UNITS, UNITS)
            self.decoder = nn.GRU(EMBEDDING, UNITS, batch_first=True)
            self.compare = nn.Linear(UNITS, UNITS, bias=False)
            self.combine = nn.Linear(2 * UNITS, UNITS)
            self.output = nn.Linear(UNITS, n_target)

        def read(self, x, lengths):
            packed = pack_padded_sequence(
                self.source(x), lengths, batch_first=True, enforce_sorted=False
            )
            states, end = self.encoder(packed)
            states, _ = pad_packed_sequence(states, batch_first=True)
            start = torch.tanh(self.bridge(torch.cat([end[0], end[1]], dim=1)))
            outside = torch.arange(states.shape[1]) >= lengths[:, None]
            return states, outside, start[None]

        def write(self, y, states, outside, h):
            """Scores of what follows each token of y (n, n_steps), and the state."""
            out, h = self.decoder(self.target(y), h)
            energies = self.compare(out) @ states.transpose(1, 2)
            energies = energies.masked_fill(outside[:, None], -torch.inf)
            context = torch.softmax(energies, dim=2) @ states
            out = torch.tanh(self.combine(torch.cat([context, out], dim=2)))
            return self.output(out), h

    return Network()


def copy_weights(model, network):
    """Give a network the weights of a translator."""
    import torch

    w = {name: torch.tensor(a) for name, a in model.parameters_.items()}
    cells = {
        "recurrent.0.forward": (network.encoder, "_l0"),
        "recurrent.0.backward": (network.encoder, "_l0_reverse"),
        "decoder.recurrent.0": (network.decoder, "_l0"),
    }
    linear = {"bridge.0": network.bridge, "combination": network.combine}
    linear |= {"output": network.output}
    with torch.no_grad():
        network.source.weight[:] = w["embedding.E"]
        network.target.weight[:] = w["decoder.embedding.E"]
        for name, (gru, suffix) in cells.items():
            none = torch.zeros(2 * len(w[f"{name}.bh"]))
            getattr(gru, f"weight_ih{suffix}")[:] = w[f"{name}.Wx"].T
            getattr(gru, f"weight_hh{suffix}")[:] = w[f"{name}.Wh"].T
            getattr(gru, f"bias_ih{suffix}")[:] = w[f"{name}.b"]
            getattr(gru, f"bias_hh{suffix}")[:] = torch.cat([none, w[f"{name}.bh"]])
        for name, layer in linear.items():
            layer.weight[:] = w[f"{name}.W"].T
            layer.bias[:] = w[f"{name}.b"]
        network.compare.weight[:] = w["attention.W"].T


class TorchPairs:
    """Pairs by the numbers that a translator gives their tokens."""

    def __init__(self, model, X, y):
        import torch
        from torch.nn.utils.rnn import pad_sequence

        self.torch, self.pad = torch, pad_sequence
        source = model.source_vectorizer_.vocabulary_
        target = model.target_vectorizer_.vocabulary_
        self.x = [[source.get(t, 1) for t in x] for x in X]
        self.y = [[target.get(t, 1) for t in one] for one in y]
        self.n_source, self.end = len(source), len(target)
        self.names = model.target_tokens_

    def batch(self, index):
        """x, lengths, what the decoder reads, what it should write."""
        torch, end = self.torch, self.end
        x = [torch.tensor(self.x[i]) for i in index]
        read = [torch.tensor([end, *self.y[i]]) for i in index]
        write = [torch.tensor([*self.y[i], end]) for i in index]
        lengths = torch.tensor([len(one) for one in x])
        padded = (self.pad(part, batch_first=True) for part in (x, read, write))
        x, read, write = padded
        return x, lengths, read, write


def torch_epoch(network, optimizer, pairs, order):
    """Seconds of an epoch."""
    torch = pairs.torch
    loss_of = torch.nn.CrossEntropyLoss(ignore_index=0)
    batches = [
        pairs.batch(order[i : i + BATCH]) for i in range(0, len(order), BATCH)
    ]  # prepared beforehand, which is not counted
    started = time.perf_counter()
    for x, lengths, read, write in batches:
        optimizer.zero_grad()
        scores, _ = network.write(read, *network.read(x, lengths))
        loss_of(scores.flatten(0, 1), write.flatten()).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    return time.perf_counter() - started


def torch_beam(network, pairs, index, max_length):
    """The best sequences of a batch by a beam of `BEAM`, all beams at a time."""
    torch = pairs.torch
    x = [torch.tensor(pairs.x[i]) for i in index]
    n, k, v = len(x), BEAM, pairs.end + 1
    lengths = torch.tensor([len(one) for one in x])
    states, outside, h = network.read(pairs.pad(x, batch_first=True), lengths)
    states, outside = states.repeat_interleave(k, 0), outside.repeat_interleave(k, 0)
    h = h.repeat_interleave(k, 1)
    log_p = torch.full((n, k), -torch.inf)
    log_p[:, 0] = 0.0
    tokens = torch.full((n * k, 1), pairs.end)
    ended = torch.zeros(n, k, dtype=torch.bool)
    stay = torch.full((v,), -torch.inf)
    stay[0] = 0.0  # what has ended goes on with padding
    for _ in range(max_length + 1):
        scores, h = network.write(tokens[:, -1:], states, outside, h)
        log_next = torch.log_softmax(scores[:, 0], dim=1)
        log_next[:, :2] = -torch.inf  # padding, unknown tokens
        log_next = torch.where(ended[..., None], stay, log_next.view(n, k, v))
        best = (log_p[..., None] + log_next).view(n, -1).topk(k, dim=1)
        log_p, row = best.values, best.indices // v
        flat = (row + torch.arange(0, n * k, k)[:, None]).flatten()
        token = best.indices % v
        tokens = torch.cat([tokens[flat], token.view(-1, 1)], dim=1)
        h = h[:, flat]
        ended = ended.view(-1)[flat].view(n, k) | (token == pairs.end)
        if ended[:, 0].all():
            break
    best = tokens.view(n, k, -1)[:, 0, 1:].tolist()
    return [one[: one.index(pairs.end)] if pairs.end in one else one for one in best]


def translator():
    """What is compared, with two threads."""
    return RNNTranslator(
        UNITS,
        embedding_dim=EMBEDDING,
        batch_size=BATCH,
        beam_size=BEAM,
        n_jobs=2,
        learning_rate_init=1e-3,
        random_state=0,
    )


def show_epochs(X, y):
    """Print the seconds of an epoch, the smallest of several that take turns."""
    import torch

    own = translator().partial_fit(X[:BATCH], y[:BATCH])
    pairs = TorchPairs(own, X, y)
    network = make_torch(pairs.n_source, pairs.end + 1)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    own = translator()
    seconds = {"ours": [], "PyTorch": []}
    for repetition in range(REPETITIONS):
        order = np.random.RandomState(repetition).permutation(len(X)).tolist()
        started = time.perf_counter()
        own.partial_fit(X, y)
        seconds["ours"].append(time.perf_counter() - started)
        seconds["PyTorch"].append(torch_epoch(network, optimizer, pairs, order))
        print({name: round(all_[-1], 1) for name, all_ in seconds.items()}, flush=True)
    ours, theirs = min(seconds["ours"]), min(seconds["PyTorch"])
    print(
        f"one epoch, {len(X)} pairs, batches of {BATCH}, two threads each: {ours:.1f} "
        f"s, PyTorch {torch.__version__} {theirs:.1f} s, ratio {ours / theirs:.2f}"
    )
    return own


def show_beams(model, X_test):
    """Print the words a second of the same weights, the best of several."""
    import torch

    pairs = TorchPairs(model, X_test, [])
    network = make_torch(pairs.n_source, pairs.end + 1)
    copy_weights(model, network)
    order = sorted(range(len(X_test)), key=lambda i: -len(X_test[i]))
    batches = [order[i : i + 512] for i in range(0, len(order), 512)]
    seconds = {"ours": [], "PyTorch": []}
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        written = model.predict(X_test)
        seconds["ours"].append(time.perf_counter() - started)
        started = time.perf_counter()
        with torch.no_grad():
            found = [
                torch_beam(network, pairs, index, 2 * model.max_target_length_)
                for index in batches
            ]
        seconds["PyTorch"].append(time.perf_counter() - started)
    theirs = [pairs.names[one].tolist() for batch in found for one in batch]
    same = np.mean([written[i] == one for i, one in zip(order, theirs, strict=True)])
    speed = {name: len(X_test) / min(all_) for name, all_ in seconds.items()}
    print(
        f"beam of {BEAM}, {len(X_test)} words, two threads each: {speed['ours']:.0f} "
        f"words a second, PyTorch {speed['PyTorch']:.0f}; {same:.4f} of the words are "
        "the same"
    )


def show_speed(X, y, X_test):
    """Print both comparisons."""
    import torch

    torch.set_num_threads(2)
    show_beams(show_epochs(X, y), X_test)
