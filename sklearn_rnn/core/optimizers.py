"""Rules for one update of the flat parameter vector, in order of complexity.

A rule keeps nothing: what it remembers is an array ``slots`` (n_slots, n_parameters)
that belongs to the caller, starts at zero and is updated in place, as ``theta`` is.
``grad`` is overwritten. Any part of the vectors can be updated without the rest.
"""

import math

import numpy as np


class SGD:
    """Stochastic gradient descent with momentum (Nesterov, 1983; Sutskever, 2013)."""

    n_slots = 1
    decoupled = False  # is L2 a part of the gradient, or does it shrink the weights?

    def __init__(self, momentum=0.9, nesterov=True):
        self.momentum, self.nesterov = momentum, nesterov

    def update(self, theta, grad, slots, rate, n_updates):
        """Update number ``n_updates``, counted from 1, with learning rate ``rate``."""
        velocity = slots[0]
        grad *= rate
        velocity *= self.momentum
        velocity -= grad
        if self.nesterov:
            theta -= grad
            theta += self.momentum * velocity
        else:
            theta += velocity


class RMSProp:
    """Gradient divided by its running root mean square (Tieleman and Hinton, 2012)."""

    n_slots = 1
    decoupled = False

    def __init__(self, rho=0.9, epsilon=1e-8):
        self.rho, self.epsilon = rho, epsilon

    def update(self, theta, grad, slots, rate, n_updates):
        """See SGD."""
        square = slots[0]
        square *= self.rho
        square += (1.0 - self.rho) * grad * grad
        grad *= rate
        grad /= np.sqrt(square) + self.epsilon
        theta -= grad


class Adam:
    """Running mean over running root mean square, unbiased (Kingma and Ba, 2015)."""

    n_slots = 2
    decoupled = False

    def __init__(self, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def update(self, theta, grad, slots, rate, n_updates):
        """See SGD."""
        mean, square = slots
        mean *= self.beta_1
        mean += (1.0 - self.beta_1) * grad
        square *= self.beta_2
        grad *= grad
        grad *= 1.0 - self.beta_2
        square += grad
        np.sqrt(square, out=grad)
        grad /= math.sqrt(1.0 - self.beta_2**n_updates)
        grad += self.epsilon
        np.divide(mean, grad, out=grad)
        grad *= rate / (1.0 - self.beta_1**n_updates)
        theta -= grad


class AdamW(Adam):
    """Adam whose L2 shrinks the weights directly (Loshchilov and Hutter, 2019)."""

    decoupled = True


# The learning rate as a share of the initial one, by the share of the planned updates
# that is done and the number of the epoch, counted from 1. "adaptive" is constant until
# the stopping rule divides it.
SCHEDULES = {
    "constant": lambda done, epoch: 1.0,
    "adaptive": lambda done, epoch: 1.0,
    "invscaling": lambda done, epoch: epoch**-0.5,
    "linear": lambda done, epoch: max(0.0, 1.0 - done),
    "cosine": lambda done, epoch: 0.5 + 0.5 * math.cos(math.pi * min(1.0, done)),
}
