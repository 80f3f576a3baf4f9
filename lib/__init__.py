"""Entropies and divergences as plain functions on NumPy arrays.

p is the truth or the data, q the model, in that order. The outcomes lie on the last axis unless
`axis` says otherwise, results are in nats unless `base=2` is given. What cannot be a distribution
is an error; nothing is repaired.
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
