"""The arrays of an estimator by the names that they have in PyTorch."""

from sklearn_rnn.export._fitted import directions
from sklearn_rnn.export._gates import from_library, to_library

RECURRENT = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
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


def names_of_layers(w):
    """Pairs (names of four arrays, our weights), one for each layer and direction."""
    for number, layer in w["recurrent"].items():
        for suffix, own in zip(("", "_reverse"), directions(layer), strict=False):
            yield [f"recurrent.{number}.{kind}_l0{suffix}" for kind in RECURRENT], own


def around(w):
    """Pairs (name in PyTorch, our array), of those that there are."""
    for own, name in AROUND:
        part, key = own.split(".")
        if key in w.get(part, {}):
            yield name, w[part][key]


def to_state(rnn_type, w):
    """All arrays of a network, as `RecurrentNetwork` names them."""
    state = {name: array.T for name, array in around(w)}
    for names, own in names_of_layers(w):
        state.update(zip(names, to_library("torch", rnn_type, own), strict=True))
    return state


def write_state_(rnn_type, w, state):
    """The way back: write all arrays into views of the parameters."""
    for name, array in around(w):
        array[...] = state[name].T
    for names, own in names_of_layers(w):
        arrays = from_library("torch", rnn_type, *(state[name] for name in names))
        for key, array in arrays.items():
            own[key][...] = array
