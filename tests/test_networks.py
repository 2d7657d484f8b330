"""What a network is made of by the words of the constructors."""

import numpy as np
import pytest
from helpers import packed

from sklearn_rnn.core.networks import encoder


@pytest.mark.parametrize(
    ("options", "drops"),
    [
        (dict(sizes=(4,)), False),
        (dict(sizes=(4, 3)), True),  # between the layers
        (dict(sizes=(4,), embedding_dim=2), True),  # behind the word vectors
    ],
)
def test_dropout_is_between_the_layers_of_an_encoder(options, drops):
    sizes = options.pop("sizes")
    network = encoder(5, sizes, rnn_type="gru", dropout=0.5, **options)
    layout = network.layout()
    w = layout.views(layout.start(np.random.RandomState(0), np.dtype(float)))
    packing = packed([3, 1, 4])
    x = np.random.RandomState(1).normal(size=(packing.n_tokens, 5))
    state = network.stack.start_state(3, x.dtype)
    inference, training = (
        network.forward(w, x, packing, rng, state)[0]
        for rng in (None, np.random.RandomState(2))
    )
    assert (inference != training).any() == drops
