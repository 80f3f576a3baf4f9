"""What chapters train with: networks with Adam, a language model, and tasks of control."""

from training.control import CartPole, Pendulum
from training.language_model import LanguageModel, train_language_model
from training.network import MLP, Adam

__all__ = ["MLP", "Adam", "CartPole", "LanguageModel", "Pendulum", "train_language_model"]
