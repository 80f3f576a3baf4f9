"""Throw loaded dice from eight seeds: data/studies/loaded_die.npz.

python -m studies.loaded_die    a second
"""

import numpy as np
from exports.loaded_die import HEAVY, throws

from data import STUDIES
from studies import record

TABLE = STUDIES / "loaded_die.npz"


def main() -> None:
    """Throw, count, store."""
    shares = [(throws(np.random.default_rng(seed)) == 5).mean() for seed in range(8)]
    about = {"script": "studies.loaded_die", "seeds": 8, **record.this_machine()}
    record.write(TABLE, {"sixes": np.array(shares), "heavy": np.array(HEAVY)}, about)


if __name__ == "__main__":
    main()
