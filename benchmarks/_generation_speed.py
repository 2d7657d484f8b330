"""Time of sampling beside a loop over PyTorch's GRUCell; see generation.py."""

import time
import warnings

import numpy as np
from _data import names_to_invent
from sklearn.exceptions import ConvergenceWarning

from sklearn_rnn import RNNGenerator

UNITS, EMBEDDING, REPETITIONS = 256, 32, 5
N_NAMES, N_CHARACTERS = 1_000, 10_000


def generator():
    """A network that knows how long names are."""
    model = RNNGenerator(
        UNITS, embedding_dim=EMBEDDING, batch_size=128, max_iter=2, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(names_to_invent()[0])


class TorchGenerator:
    """The same weights in PyTorch, sampled in the usual loop."""

    def __init__(self, model):
        import torch
        from torch import nn

        self.names = model.outcomes_.tolist()
        w = {name: torch.tensor(a) for name, a in model.parameters_.items()}
        n_inputs, n_outputs = len(w["embedding.E"]), w["output.W"].shape[1]
        self.embedding = nn.Embedding(n_inputs, EMBEDDING)
        self.cell = nn.GRUCell(EMBEDDING, UNITS)
        self.output = nn.Linear(UNITS, n_outputs)
        self.start = self.end = n_outputs - 1
        none = torch.zeros(2 * UNITS)
        with torch.no_grad():
            self.embedding.weight[:] = w["embedding.E"]
            self.cell.weight_ih[:] = w["recurrent.0.Wx"].T
            self.cell.weight_hh[:] = w["recurrent.0.Wh"].T
            self.cell.bias_ih[:] = w["recurrent.0.b"]
            self.cell.bias_hh[:] = torch.cat([none, w["recurrent.0.bh"]])
            self.output.weight[:] = w["output.W"].T
            self.output.bias[:] = w["output.b"]
            # Padding, unknown ones.
            self.output.bias[:2] = -torch.inf

    def sample(self, n, n_steps, ends=True):
        """Texts, after the last of which has ended."""
        import torch

        tokens, found = torch.full((n,), self.start), []
        h, going = torch.zeros(n, UNITS), torch.ones(n, dtype=torch.bool)
        with torch.no_grad():
            for _ in range(n_steps):
                h = self.cell(self.embedding(tokens), h)
                scores = self.output(h)
                if not ends:
                    scores[:, self.end] = -torch.inf
                p = torch.softmax(scores, dim=1)
                tokens = torch.multinomial(p, 1)[:, 0]
                found.append(tokens)
                going &= tokens != self.end
                if not going.any():
                    break
        texts = torch.stack(found).T.tolist()
        return [
            "".join(self.names[i] for i in text).split("<eos>")[0] for text in texts
        ]


def seconds(function):
    """Least and median time."""
    function()
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times), float(np.median(times))


def show_speed():
    """Print times of ours and of PyTorch, each with one thread and with two."""
    import torch

    model = generator()
    peer = TorchGenerator(model)
    lengths = [len(name) for name in model.sample(N_NAMES)]
    others = [len(name) for name in peer.sample(N_NAMES, 50)]
    print(f"Mean length: ours {np.mean(lengths):.2f}, PyTorch {np.mean(others):.2f}")
    exactly = dict(min_length=N_CHARACTERS, max_length=N_CHARACTERS)
    jobs = {
        f"{N_NAMES:,} names": (
            lambda: model.sample(N_NAMES, max_new_tokens=50),
            lambda: peer.sample(N_NAMES, 50),
        ),
        f"{N_CHARACTERS:,} characters of one text": (
            lambda: model.sample(1, **exactly),
            lambda: peer.sample(1, N_CHARACTERS, ends=False),
        ),
    }
    print("| sampling | threads | ours, ms | PyTorch, ms |\n|---|---|---|---|")
    for name, (ours, theirs) in jobs.items():
        best = []
        for n_threads in (1, 2):
            model.set_params(n_jobs=n_threads)
            torch.set_num_threads(n_threads)
            times = [seconds(ours), seconds(theirs)]
            cells = " | ".join(f"{1e3 * a:.0f} ({1e3 * b:.0f})" for a, b in times)
            print(f"| {name} | {n_threads} | {cells} |", flush=True)
            best.append(times)
        least, median = np.min(best, axis=0).T
        print(
            f"| {name} | better of both | ratio {least[0] / least[1]:.2f} "
            f"({median[0] / median[1]:.2f}) | target 0.33 |"
        )
