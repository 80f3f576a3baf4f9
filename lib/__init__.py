"""Entropies and divergences as plain functions on NumPy arrays.

p is the truth or the data, q the model, in that order. The outcomes lie on the last axis unless
`axis` says otherwise, results are in nats unless `base=2` is given. What cannot be a distribution
is an error; nothing is repaired.
"""

from lib.coder import AdaptiveModel, StaticModel, arithmetic_decode, arithmetic_encode
from lib.codes import (
    decode_bits,
    encode_symbols,
    huffman_code,
    kraft_sum,
    mean_length,
    prefix_code,
    shannon_lengths,
)
from lib.estimate import kl_estimates, miller_madow_entropy, plug_in_entropy
from lib.gaussian import gaussian_cross_entropy, gaussian_entropy, gaussian_kl, gaussian_kl_full
from lib.joint import conditional_entropy, information_gain, mutual_information
from lib.logits import cross_entropy_from_logits, cross_entropy_gradient, log_softmax, softmax
from lib.measures import (
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    renyi_divergence,
    surprisal,
    total_variation,
    wasserstein_1d,
)
from lib.pmf import check_pmf, empirical_pmf, normalize
from lib.rl import categorical_projection, ppo_clip_objective

__all__ = [
    "AdaptiveModel",
    "StaticModel",
    "arithmetic_decode",
    "arithmetic_encode",
    "categorical_projection",
    "check_pmf",
    "conditional_entropy",
    "cross_entropy",
    "cross_entropy_from_logits",
    "cross_entropy_gradient",
    "decode_bits",
    "empirical_pmf",
    "encode_symbols",
    "entropy",
    "gaussian_cross_entropy",
    "gaussian_entropy",
    "gaussian_kl",
    "gaussian_kl_full",
    "huffman_code",
    "information_gain",
    "js_divergence",
    "kl_divergence",
    "kl_estimates",
    "kraft_sum",
    "log_softmax",
    "mean_length",
    "miller_madow_entropy",
    "mutual_information",
    "normalize",
    "plug_in_entropy",
    "ppo_clip_objective",
    "prefix_code",
    "renyi_divergence",
    "shannon_lengths",
    "softmax",
    "surprisal",
    "total_variation",
    "wasserstein_1d",
]
