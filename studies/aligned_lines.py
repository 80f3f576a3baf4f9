"""Align a tiny language model in eighteen ways, eight seeds: data/studies/aligned_lines.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.aligned_lines
    … python -m studies.aligned_lines --table FILE "ppo 0.1" "grpo 0"   these runs, elsewhere

First the base is trained on the first nine tenths of Genesis, in small letters and spaces, and
POOL lines are drawn from it. Each seed has 2,000 comparisons of such lines of its own, and a reward
fitted to them, in units of its spread over the pool. A run is a method of the chapter and a β; "ppo
0 taste" is paid by the taste itself, "ppo 0 entropy" has a bonus of .1 for each nat of entropy,
"imitate 16" learns the best of 16 lines of the base by heart. All of them take half an hour.

For each seed and each of STAGES the table has the columns of COLUMNS, from 256 new lines:

reward, spread  mean and standard deviation of the fitted reward
taste           mean of what it was fitted to
kl              D(policy‖base) of a line in nats: the exact KL of each letter, summed along lines
k1, cut         mean of k1, from these lines, and from lines drawn of the 5 likeliest letters
entropy         nats a letter
held            bits a letter on the last tenth of Genesis, every fourth letter
threes, lines   different threes of letters, different lines, as shares of all
back            mean of ln base − ln policy over 512 lines of the base: D(base‖policy), nats a line
chosen, other   DPO: mean of ln policy − ln base of the better and worse lines of 256 of its pairs

"base" and its like are the base's arrays, "rewards" the fitted weights, "best of" reward and taste
of the best of n lines, "tilted" KL, reward, taste and the effective number of lines of the tilted
policy for each of BETAS, by weighting the pool; "lines" are three lines of seed 0 at each stage.

A last bit may change a letter, and from then on the run is another one. So another processor gives
another table; what the chapter claims has to hold in both:
ALIGNED_LINES=FILE pytest tests/chapters/test_rlhf.py.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import data
from data import STUDIES
from exports import rlhf as chapter
from lib import softmax
from studies import record

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

TABLE = STUDIES / "aligned_lines.npz"
SEEDS, POOL, COMPARISONS, PAIRS = 8, 200_000, 2_000, 4_000
STAGES = (0, 5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 100, 125, 150)
COLUMNS = (
    *("reward", "spread", "taste", "kl", "k1", "cut", "entropy"),
    *("held", "threes", "lines", "back", "chosen", "other"),
)
BEST_OF = 2 ** np.arange(13)
BETAS = np.array([3, 2, 1.5, 1, 0.8, 0.6, 0.5, 0.4, 0.3])
RUNS = [
    *(f"{method} {beta}" for method in ("ppo", "grpo") for beta in ("0", "0.1", "0.3")),
    *(f"dpo {beta}" for beta in ("0.03", "0.1", "0.3")),
    *(f"{rule} 0.1" for rule in ("k1 in loss", "k2 in loss", "k3 in loss", "k3 in reward")),
    "own k1 in reward 0.1",
    *("ppo 0 taste", "ppo 0 entropy", "imitate 16"),
]


def letters() -> Ids:
    """Return Genesis in small letters and single spaces, as numbers."""
    text = re.sub("[^a-z]+", " ", data.load("genesis").lower()).strip()
    return np.array([chapter.ALPHABET.index(letter) for letter in text])


def trained_base(steps: int = 30_000, batch: int = 256) -> chapter.LanguageModel:
    """Return the base: trained, and rounded as it is stored."""
    rng, ids = np.random.default_rng(18), letters()
    model, end = chapter.new_model(rng), len(ids) * 9 // 10
    adam, contexts = chapter.Adam(model.theta, lr=3e-3), model.contexts(ids)
    starts = np.maximum.accumulate(np.where(np.r_[0, ids[:-1]] == 0, np.arange(len(ids)), 0))
    since = np.arange(len(ids)) - starts  # the word's letters so far
    places = np.arange(chapter.CONTEXT)
    for number in range(steps):
        adam.lr = 3e-3 * (1 - number / steps) + 1e-5
        at = rng.integers(end, size=batch)
        begins = rng.random(batch) < 0.2  # here a line begins with this word
        blank = begins[:, None] & (places < chapter.CONTEXT - since[at, None])
        logits, tape = model.forward(np.where(blank, chapter.BLANK, contexts[at]))
        down = softmax(logits.astype(float)) - np.eye(27)[ids[at]]
        adam.step(model.backward(tape, (down / batch).astype(np.float32)))
    return chapter.LanguageModel.from_arrays(model.arrays(), dtype=np.float32)


class Setting:
    """What all runs share: the base, its lines, the rewards of the seeds."""

    def __init__(self, base: chapter.LanguageModel, pool: int = POOL) -> None:
        rng, self.base = np.random.default_rng(19), base
        parts = [chapter.draw(base, 2_000, rng) for _ in range(pool // 2_000)]
        self.pool, self.known = np.concatenate(parts), chapter.known_words(data.load("genesis"))
        self.taste = chapter.taste(self.pool, self.known)
        self.rewards = np.array([self.fitted(one) for one in dice(1)], dtype=np.float32)

    def fitted(self, rng: np.random.Generator) -> Floats:
        """Return a reward's weights, from comparisons of its own."""
        pairs = rng.integers(len(self.pool), size=(2, COMPARISONS))
        better, worse = chapter.compared(pairs, self.taste, rng)
        return chapter.fit_reward(self.pool[better], self.pool[worse])

    @cache  # noqa: B019
    def paid(self, seed: int) -> Floats:
        """Return the reward of all lines of the pool before it is centred and scaled."""
        return chapter.reward_of(self.pool, self.rewards[seed].astype(float))

    def reward(self, seed: int, lines: Ids) -> Floats:
        """Return the reward of the lines in units of its spread over the pool."""
        raw, paid = chapter.reward_of(lines, self.rewards[seed].astype(float)), self.paid(seed)
        return (raw - paid.mean()) / paid.std()


def dice(number: int) -> list[np.random.Generator]:
    """Return the generators of the seeds: of their rewards (1), of their runs (2)."""
    return np.random.default_rng([2022, number]).spawn(SEEDS)


def policies(
    name: str, seed: int, rng: np.random.Generator, here: Setting
) -> Iterator[tuple[chapter.LanguageModel, Ids | None]]:
    """Yield the policy of this run before the first update and after each, and DPO's pairs."""
    method, _, beta = name.rpartition(" ")
    bonus = 0.0
    if beta in ("taste", "entropy"):
        method, bonus, beta = "ppo", 0.1 * (beta == "entropy"), "0"

    def pay(lines: Ids) -> Floats:
        if name.endswith("taste"):
            return (chapter.taste(lines, here.known) - here.taste.mean()) / here.taste.std()
        return here.reward(seed, lines)

    pairs = None
    if method == "dpo":
        drawn = rng.integers(len(here.pool), size=(2, PAIRS))
        paid = here.reward(seed, here.pool)
        pairs = here.pool[np.array(chapter.compared(drawn, paid, rng))]
    if method == "imitate":
        some = rng.integers(len(here.pool), size=(PAIRS, int(beta)))
        best = np.take_along_axis(some, here.paid(seed)[some].argmax(axis=1)[:, None], axis=1)
        yield from ((model, pairs) for model in imitate(here.base, here.pool[best[:, 0]], rng))
        return
    run = chapter.align(
        here.base, method, float(beta), pay, rng, updates=STAGES[-1], alpha=bonus, pairs=pairs
    )
    yield from ((model, pairs) for model in run)


def imitate(
    base: chapter.LanguageModel, lines: Ids, rng: np.random.Generator, batch: int = 64
) -> Iterator[chapter.LanguageModel]:
    """Yield the base as it learns these lines by heart, two steps at a time."""
    model = chapter.LanguageModel.from_arrays(base.arrays(), dtype=np.float32)
    adam = chapter.Adam(model.theta, lr=1e-3)
    yield model
    while True:
        for _ in range(2):
            some = lines[rng.integers(len(lines), size=batch)]
            chapter.step(model, adam, some, np.ones_like)
        yield model


def columns(
    model: chapter.LanguageModel, seed: int, here: Setting, pairs: Ids | None
) -> list[float]:
    """Return the columns of the table, from lines of the policy."""
    lines, base = chapter.draw(model, 256, np.random.default_rng(seed)), here.base
    log_pi, log_ref = (chapter.log_probs(m, lines) for m in (model, base))
    pi = np.exp(log_pi)
    cut = chapter.draw(_likeliest(model), 256, np.random.default_rng(seed))
    threes = np.lib.stride_tricks.sliding_window_view(lines, 3, axis=1).reshape(-1, 3)
    reward = here.reward(seed, lines)
    chosen = other = np.nan
    if pairs is not None:
        chosen, other = (_ahead(model, base, some[:256]) for some in pairs)
    return [
        reward.mean(),
        reward.std(),
        chapter.taste(lines, here.known).mean(),
        (pi * (log_pi - log_ref)).sum() / len(lines),
        chapter.of_drawn(log_pi - log_ref, lines).sum() / len(lines),
        _ahead(model, base, cut),
        -(pi * log_pi).sum() / lines.size,
        _held(model),
        len(np.unique(threes, axis=0)) / len(threes),
        len(np.unique(lines, axis=0)) / len(lines),
        -_ahead(model, base, here.pool[:512]),
        chosen,
        other,
    ]


def _likeliest(model: chapter.LanguageModel, k: int = 5) -> Any:
    def cut(contexts: Ids) -> Floats:
        z = model(contexts)
        return np.where(z >= np.sort(z, axis=1)[:, [-k]], z, -np.inf)

    return cut


def _ahead(model: chapter.LanguageModel, base: chapter.LanguageModel, lines: Ids) -> float:
    """Return the mean of ln policy − ln base of the lines."""
    log_pi, log_ref = (chapter.of_drawn(chapter.log_probs(m, lines), lines) for m in (model, base))
    return float((log_pi - log_ref).sum() / len(lines))


def _held(model: chapter.LanguageModel) -> float:
    ids = letters_held()
    log_q = model.log_probs(model.contexts(ids)[::4], block=1 << 20)
    return float(-log_q[np.arange(len(log_q)), ids[::4]].mean() / np.log(2))


@cache
def letters_held() -> Ids:
    """Return the last tenth of the text."""
    ids = letters()
    return ids[len(ids) * 9 // 10 :]


def log_of(
    name: str, seed: int, rng: np.random.Generator, here: Setting
) -> tuple[Floats, list[list[str]]]:
    """Return the columns of a run with these dice, a row for each of STAGES, and three lines."""
    rows, texts = [], []
    for stage, (model, pairs) in enumerate(policies(name, seed, rng, here)):
        if stage in STAGES:
            rows.append(columns(model, seed, here, pairs))
            lines = chapter.draw(model, 3, np.random.default_rng(2022))
            texts.append(chapter.as_text(lines))
        if stage == STAGES[-1]:
            break
    return np.array(rows), texts


def of_the_pool(here: Setting) -> dict[str, NDArray[Any]]:
    """Return what needs no training: the best of n lines, and the tilted policy."""
    best, tilted = [], []
    for seed in range(SEEDS):
        r = here.reward(seed, here.pool)
        order = np.argsort(r)
        both = np.stack([r, here.taste], axis=1)
        upto = np.arange(len(r) + 1) / len(r)
        best.append([np.diff(upto ** int(n)) @ both[order] for n in BEST_OF])
        rows = []
        for beta in BETAS:
            w = softmax(r / beta)
            kl = (w * np.log(np.maximum(w * len(r), 1e-300))).sum()
            rows.append([kl, *(w @ both), 1 / (w**2).sum()])
        tilted.append(rows)
    return {"best of": np.array(best), "tilted": np.array(tilted)}


def main(arguments: list[str] | None = None) -> None:
    """Run the study and write the table, or these runs of it anew."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="*", help="all, where none is named")
    parser.add_argument("--table", type=Path, default=TABLE, help="where to write it")
    options = parser.parse_args(arguments)
    about = {"script": "studies.aligned_lines", "seeds": SEEDS, **record.this_machine()}
    table: dict[str, NDArray[Any]] = {}
    if options.table.exists() and options.runs:
        table, made = record.read(options.table)
        if made != about:
            sys.exit(f"{options.table} was made on {made}, this is {about}: make all runs anew")
        arrays = {name.removeprefix("base "): table[name] for name in table if "base " in name}
        here = Setting(chapter.LanguageModel.from_arrays(arrays, dtype=np.float32))
    else:
        here = Setting(trained_base())
    table |= {f"base {name}": array for name, array in here.base.arrays().items()}
    table |= {"rewards": here.rewards, **of_the_pool(here)}
    for name in options.runs or RUNS:
        begin = time.process_time()
        runs = [log_of(name, seed, rng, here) for seed, rng in enumerate(dice(2))]
        table[name] = np.array([rows for rows, _ in runs], dtype=np.float32)
        table[f"lines {name}"] = np.array(runs[0][1])
        ends = np.median(table[name][:, -1], axis=0).round(2)
        print(f"{name:17} {time.process_time() - begin:4.0f} s, at the end {ends}", flush=True)
        record.write(options.table, table, about)


if __name__ == "__main__":
    main()
