"""Time of learning and of searching beside PyTorch; see translation.py."""

import time

import numpy as np

from sklearn_rnn import RNNTranslator

UNITS, EMBEDDING, BATCH, BEAM, REPETITIONS = 256, 64, 256, 5, 3


def make_torch(n_source, n_target):
    """The same network in PyTorch: packed encoder, padded decoder, mask in attention.

    Of the ``n_target`` tokens the last two are start and end, 0 is padding.
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


def numbered(sequences):
    """Sequences as lists of numbers from 1, and how many there are."""
    number = {}
    ids = [[number.setdefault(t, len(number) + 1) for t in s] for s in sequences]
    return ids, len(number) + 1


class TorchPairs:
    """Minibatches of numbers, sorted by nothing, as a user would write them."""

    def __init__(self, X, y):
        import torch
        from torch.nn.utils.rnn import pad_sequence

        self.torch, self.pad = torch, pad_sequence
        self.x, self.n_source = numbered(X)
        self.y, n_target = numbered(y)
        self.start, self.end, self.n_target = n_target, n_target + 1, n_target + 2

    def batch(self, index):
        """x, lengths, what the decoder reads, what it should write."""
        torch = self.torch
        x = [torch.tensor(self.x[i]) for i in index]
        read = [torch.tensor([self.start, *self.y[i]]) for i in index]
        write = [torch.tensor([*self.y[i], self.end]) for i in index]
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


def torch_beam(network, pairs, X, max_length):
    """Search with a beam of `BEAM`, all words of a batch and all beams at a time."""
    torch = pairs.torch
    found = []
    order = sorted(range(len(X)), key=lambda i: -len(X[i]))
    with torch.no_grad():
        for first in range(0, len(X), 512):
            part = [torch.tensor(X[i]) for i in order[first : first + 512]]
            n, k, v = len(part), BEAM, pairs.n_target
            lengths = torch.tensor([len(one) for one in part])
            states, outside, h = network.read(
                pairs.pad(part, batch_first=True), lengths
            )
            states = states.repeat_interleave(k, 0)
            outside = outside.repeat_interleave(k, 0)
            h = h.repeat_interleave(k, 1)
            log_p = torch.full((n, k), -torch.inf)
            log_p[:, 0] = 0.0
            tokens = torch.full((n * k, 1), pairs.start)
            ended = torch.zeros(n, k, dtype=torch.bool)
            stay = torch.full((v,), -torch.inf)
            stay[0] = 0.0  # what has ended goes on with padding
            for _ in range(max_length + 1):
                scores, h = network.write(tokens[:, -1:], states, outside, h)
                scores[..., 0] = scores[..., pairs.start] = -torch.inf
                log_next = torch.log_softmax(scores[:, 0], dim=1).view(n, k, v)
                log_next = torch.where(ended[..., None], stay, log_next)
                best = (log_p[..., None] + log_next).view(n, -1).topk(k, dim=1)
                log_p, row = best.values, best.indices // v
                flat = (row + torch.arange(0, n * k, k)[:, None]).flatten()
                token = best.indices % v
                tokens = torch.cat([tokens[flat], token.view(-1, 1)], dim=1)
                h = h[:, flat]
                ended = ended.view(-1)[flat].view(n, k) | (token == pairs.end)
                if ended[:, 0].all():
                    break
            found.append(tokens.view(n, k, -1)[:, 0])
    return found


def show_epochs(X, y):
    """Print the seconds of an epoch, the smallest of several that take turns."""
    import torch

    torch.set_num_threads(2)
    pairs = TorchPairs(X, y)
    network = make_torch(pairs.n_source, pairs.n_target)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    own = RNNTranslator(
        UNITS,
        embedding_dim=EMBEDDING,
        batch_size=BATCH,
        n_jobs=2,
        learning_rate_init=1e-3,
        random_state=0,
    )
    seconds = {"ours": [], "torch": []}
    for repetition in range(REPETITIONS):
        order = np.random.RandomState(repetition).permutation(len(X)).tolist()
        started = time.perf_counter()
        own.partial_fit(X, y)
        seconds["ours"].append(time.perf_counter() - started)
        seconds["torch"].append(torch_epoch(network, optimizer, pairs, order))
        print({name: round(all_[-1], 1) for name, all_ in seconds.items()}, flush=True)
    ours, theirs = min(seconds["ours"]), min(seconds["torch"])
    print(
        f"one epoch, {len(X)} pairs, batch {BATCH}, two threads each: {ours:.1f} s, "
        f"PyTorch {torch.__version__} {theirs:.1f} s, ratio {ours / theirs:.2f}"
    )
