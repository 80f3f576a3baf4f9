"""What book/frameworks.ipynb exports.

Written by generators/exports.py from the cells tagged `export`; change these, then run it again.
"""

from lib import cross_entropy_gradient
from lib import softmax
from training import MLP, Adam


def twice(labels, z):
    q = softmax(z)
    pull = cross_entropy_gradient(labels, q)
    return q * (pull - (q * pull).sum(axis=-1, keepdims=True))


def train(gradient, sizes, x, y, lr, rng, activation="tanh"):
    net = MLP(sizes, rng=rng, activation=activation)
    adam = Adam(net.theta, lr=lr)
    for _ in range(200):
        z, tape = net.forward(x)
        adam.step(net.backward(tape, gradient(y, z) / len(x))[0])
    return net
