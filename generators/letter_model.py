"""Train the language model of the book on the first nine tenths of Genesis: data/letter_model.npz.

    OPENBLAS_NUM_THREADS=1 python -m generators.letter_model    a quarter of an hour

How many steps, how wide, how much dropout was chosen on the ninth tenth, with the first eight to
learn from; the last tenth was priced once, when the choice was made. Another processor's last bits
give another model, so the file keeps this one's, and says where it was made.
"""

import io
import json
from typing import Any

import numpy as np

import data
from generators.data_sets import store
from runner import machine
from training import LanguageModel, train_language_model

CONTEXT, DIM, HIDDEN = 12, 16, (192, 192)
STEPS, BATCH, RATE, DROPOUT = 60_000, 256, 3e-3, (0.05, 0.2, 0.2)
SEED = 1951


def trained(text: str, steps: int = STEPS) -> LanguageModel:
    """Return a model that has learned from the first nine tenths of a text."""
    rng = np.random.default_rng(SEED)
    model = LanguageModel(
        "".join(sorted(set(text))),
        context=CONTEXT,
        dim=DIM,
        hidden=HIDDEN,
        rng=rng,
        dtype=np.float32,
    )
    ids = model.encode(text)[: 9 * len(text) // 10]
    losses = []
    for step, loss in enumerate(
        train_language_model(
            model, ids, steps=steps, rng=rng, rate=RATE, batch=BATCH, dropout=DROPOUT
        ),
        start=1,
    ):
        losses.append(loss)
        if step % 5_000 == 0:
            print(step, round(float(np.mean(losses[-5_000:])), 4), flush=True)
    return model


def main() -> None:
    """Write the arrays in half precision, and what they were made on."""
    arrays = trained(data.load("genesis")).arrays(np.float16)
    found = machine.describe()
    about = {name: found[name] for name in ("processor", "numpy", "kernels", "threads")}
    file = io.BytesIO()
    named: dict[str, Any] = {"about": np.array(json.dumps(about)), **arrays}
    np.savez_compressed(file, **named)
    store({"letter_model.npz": file.getvalue()})


if __name__ == "__main__":
    main()
