"""The arrays of an estimator by the names that they have in PyTorch."""

import re

from sklearn_rnn.export._fitted import directions
from sklearn_rnn.export._gates import from_library, to_library

RECURRENT = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
IN_A_STACK = re.compile(rf"^({'|'.join(RECURRENT)})_l(\d+)(_reverse)?$")
# (our name, name in PyTorch) of what lies around the recurrent layers. PyTorch stores
# matrices transposed.
AROUND = [
    ("embedding.E", "embedding.weight"),
    ("pooling.W", "attention.hidden.weight"),
    ("pooling.b", "attention.hidden.bias"),
    ("pooling.v", "attention.score.weight"),
    ("output.W", "output.weight"),
    ("output.b", "output.bias"),
]


def names_of_layers(layers):
    """Pairs (names of four arrays, our weights), one for each layer and direction.

    The names are those of a stack of layers in one module of PyTorch.
    """
    for number, layer in layers.items():
        for suffix, own in zip(("", "_reverse"), directions(layer), strict=False):
            yield [f"{kind}_l{number}{suffix}" for kind in RECURRENT], own


def in_network(name):
    """The name in `RecurrentNetwork`, in which each layer is a module of its own."""
    return IN_A_STACK.sub(r"recurrent.\2.\1_l0\3", name)


def in_stack(name):
    """The way back, of an array of a recurrent layer."""
    return re.sub(r"^recurrent\.(\d+)\.(\w+)_l0", r"\2_l\1", name)


def around(w):
    """Pairs (name in PyTorch, our array), of those that there are."""
    for own, name in AROUND:
        part, key = own.split(".")
        if key in w.get(part, {}):
            yield name, w[part][key]


def to_state(rnn_type, w):
    """All arrays of a network, as `RecurrentNetwork` names them."""
    state = {name: array.T for name, array in around(w)}
    for names, own in names_of_layers(w["recurrent"]):
        arrays = to_library("torch", rnn_type, own)
        state.update(zip(map(in_network, names), arrays, strict=True))
    return state


def write_state_(rnn_type, w, state):
    """The way back: write all arrays into views of the parameters."""
    for name, array in around(w):
        array[...] = state[name].T
    for names, own in names_of_layers(w["recurrent"]):
        arrays = (state[in_network(name)] for name in names)
        arrays = from_library("torch", rnn_type, *arrays)
        for key, array in arrays.items():
            own[key][...] = array
