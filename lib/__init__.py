"""Entropies and divergences as plain functions on NumPy arrays.

p is the truth or the data, q the model. The truth comes before the model: (p, q), (log_p, log_q),
(mean_p, std_p, mean_q, std_q), (targets, z). What is sent or read comes before the code or the
model of it: (symbols, code), (bits, code), (symbols, model), (data, model, n). What is averaged or
predicted comes before what it is averaged over or predicted from: (lengths, p), where p is the
truth, and (labels, split). Options are given by name.

The outcomes lie on the last axis unless `axis` says otherwise; results are in nats unless `base=2`
asks for bits. What cannot be a distribution is an error that says where and what to do; nothing is
repaired in silence, no input is changed.
"""

from lib import coder, codes, estimate, gaussian, joint, logits, measures, pmf, rl
from lib.coder import *
from lib.codes import *
from lib.estimate import *
from lib.gaussian import *
from lib.joint import *
from lib.logits import *
from lib.measures import *
from lib.pmf import *
from lib.rl import *

# The modules beside these (checks, blocks, careful, fast) are how these do it.
_PUBLIC = (coder, codes, estimate, gaussian, joint, logits, measures, pmf, rl)
__all__ = sorted(name for module in _PUBLIC for name in module.__all__)
