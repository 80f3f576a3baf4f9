"""What chapters train with: networks with Adam, and tasks of control."""

from training.control import CartPole, Pendulum
from training.network import MLP, Adam

__all__ = ["MLP", "Adam", "CartPole", "Pendulum"]
