"""Train, round and copy the chapter's models over many seeds: language_models.npz.

    OPENBLAS_NUM_THREADS=1 python -m studies.language_models              half an hour
    … python -m studies.language_models --table FILE copies               these parts, elsewhere

All learn from the first nine tenths of Genesis and are judged on the last, a part of the text that
none has seen. Nats unless said. The models of `seeds` and `pieces` have half the units of the
shipped one and a thirtieth of its training.

steps        the checkpoints, 0 … 2,000
seeds        seeds × checkpoints × sorts of characters: what all held-out characters of the sort
             cost together, over the number of all held-out characters
counts       how many held-out characters there are of each sort
rounded      seeds + 1 × widths × grids (one a tensor, one a column) × (loss of the rounded model
             less that of the model, its standard error, D(model ‖ rounded), its standard error,
             share of places where the likeliest character changes); the last row: the shipped model
losses       seeds + 1 × (what these models pay before rounding, what they expect to pay)
own          as rounded, on as much text as is held out that the model itself has written
dropout      (with, without) × seeds × checkpoints `long` × (price of the held-out tenth, of the
             end of what was learned from)
bare         the shipped model's training once without dropout, each 10,000 steps: the same two
bits         the widths, 12 … 2
pieces       seeds × (tokens of the held-out tenth, their bits together) of models over pieces that
             192 merges make, learned from the nine tenths
copies       ways × seeds × (held-out price, D(teacher ‖ student) on the held-out tenth and on the
             teacher's samples, D(student ‖ teacher) on the student's, the teacher's price of the
             student's samples); nats a character
ways         the names of the ways: source of the contexts, direction, temperature
teacher      the teacher's held-out price, and its price of its own samples
small        seeds × as copies: the same students trained by the text alone
rivals       orders 0 … 5 × (counts of the nine tenths alone, counts that go on), bits a character:
             Witten–Bell of book/compression.ipynb over the 65 characters, on the same tenth
digits       40 seeds × widths 8 … 3 × (change of the loss, D(full ‖ rounded)), one grid a tensor:
             a classifier of the digits with 32 units, judged on 360 pictures it has not seen
mixed        that chapter's fixed share (.05) and fiftieth of Bayes' rule over the six, counts and
             weights going on; and the last with counts of the nine tenths alone
"""

import math

import numpy as np

import data
from exports import diffusion
from exports import language_models as chapter
from lib import log_softmax
from studies import record

TABLE = data.STUDIES / "language_models.npz"
SEEDS, COPY_SEEDS = range(20), range(8)
STEPS = (0, 10, 30, 100, 300, 1_000, 2_000)
BITS = (12, 10, 8, 7, 6, 5, 4, 3, 2)
BITS_OF_DIGITS = (8, 7, 6, 5, 4, 3)
GRIDS = (None, 0)
MERGES = 192
HALF = chapter.SHAPE | {"hidden": (96, 96)}
COPY_STEPS = 1_500
LONG = (2_000, 4_000, 6_000)
WAYS = [
    ("text", False, 1),
    ("text", True, 1),
    ("teacher", False, 1),
    ("student", False, 1),
    ("student", True, 1),
    ("text", False, 4),
]

TEXT = data.load("genesis")
CUT = 9 * len(TEXT) // 10


class Judge:
    """The held-out tenth as one model's contexts: what its characters cost."""

    def __init__(self, model: chapter.LanguageModel, ids: np.ndarray, cut: int) -> None:
        self.contexts, self.ids = model.contexts(ids)[cut:], ids[cut:]

    def log_q(self, model: chapter.LanguageModel) -> np.ndarray:
        """Return the log-probabilities of the next character at each place."""
        return model.log_probs(self.contexts)

    def prices(self, log_q: np.ndarray) -> np.ndarray:
        """Return the price of each held-out character."""
        return -log_q[np.arange(len(self.ids)), self.ids]


def new_model(rng: np.random.Generator, shape: dict) -> chapter.LanguageModel:
    """Return an untrained model over the characters of the book, in single precision."""
    return chapter.new_model("".join(sorted(set(TEXT))), shape, rng, np.float32)


def trained(seed: int, until: int = STEPS[-1]) -> tuple[chapter.LanguageModel, np.ndarray]:
    """Return a model, and what each sort of character cost at the checkpoints up to `until`."""
    rng = np.random.default_rng(seed)
    model = new_model(rng, HALF)
    ids = model.encode(TEXT)
    judge = Judge(model, ids, CUT)
    sorts = chapter.sorts_of(TEXT)[CUT:]

    def checked() -> np.ndarray:
        return np.bincount(sorts, judge.prices(judge.log_q(model))) / len(sorts)

    found = [checked()]
    for step, _ in enumerate(chapter.learn(model, ids[:CUT], STEPS[-1], rng), start=1):
        if step in STEPS:
            found.append(checked())
        if step == until:
            break
    return model, np.array(found)


class Own(Judge):
    """Text that a model has written, as many characters as are held out: what they cost."""

    def __init__(self, model: chapter.LanguageModel, rng: np.random.Generator) -> None:
        rows = chapter.sampled(model, 256, 89, rng)
        self.contexts = rows[11:88].reshape(-1, model.context)
        self.ids = rows[12:89, :, -1].ravel()


def rounding(model: chapter.LanguageModel, judge: Judge) -> tuple[np.ndarray, np.ndarray]:
    """Return what a text costs and is expected to cost, and what rounding the weights does."""
    log_q = judge.log_q(model)
    rows = []
    for bits in BITS:
        for axis in GRIDS:
            log_r = judge.log_q(chapter.quantised(model, bits, axis))
            more = judge.prices(log_r) - judge.prices(log_q)
            gap = (np.exp(log_q) * (log_q - log_r)).sum(axis=1)
            flips = (log_q.argmax(axis=1) != log_r.argmax(axis=1)).mean()
            error = [x.std() / np.sqrt(len(x)) for x in (more, gap)]
            rows.append([more.mean(), error[0], gap.mean(), error[1], flips])
    shape = len(BITS), len(GRIDS), -1
    expected = -(np.exp(log_q) * log_q).sum(axis=1).mean()
    paid = np.array([judge.prices(log_q).mean(), expected])
    return paid, np.array(rows).reshape(shape)


def seeds() -> dict[str, np.ndarray]:
    """Return how the models learn, and what rounding does to each."""
    curves, losses, rows, own = [], [], [], []
    for seed in (*SEEDS, None):
        if seed is None:
            model = chapter.restored(data.load("letter_model"), np.float32)
        else:
            model, curve = trained(seed)
            curves.append(curve)
            print("seed", seed, np.round(curve.sum(axis=1), 3), flush=True)
        paid, row = rounding(model, Judge(model, model.encode(TEXT), CUT))
        _, control = rounding(model, Own(model, np.random.default_rng(seed or 0)))
        losses.append(paid)
        rows.append(row)
        own.append(control)
        for there in (row, control):
            print("  8 bits", np.round((there[2, :, 0] - there[2, :, 2]) / there[2, :, 1], 2))
    return {
        "steps": np.array(STEPS),
        "seeds": np.array(curves),
        "counts": np.bincount(chapter.sorts_of(TEXT)[CUT:]),
        "losses": np.array(losses),
        "rounded": np.array(rows),
        "own": np.array(own),
        "bits": np.array(BITS),
    }


def dropout() -> dict[str, np.ndarray]:
    """Return what models pay with and without dropout, as training goes on."""
    found = []
    for dropped in (True, False):
        for seed in COPY_SEEDS:
            rng = np.random.default_rng(seed)
            model = new_model(rng, HALF)
            ids = model.encode(TEXT)
            judge, row = Judge(model, ids, CUT), []
            known = Judge(model, ids[:CUT], 9 * CUT // 10)
            how = {} if dropped else {"rates": ()}
            training = chapter.learn(model, ids[:CUT], LONG[-1], rng, **how)
            for step, _ in enumerate(training, start=1):
                if step in LONG:
                    row.append([one.prices(one.log_q(model)).mean() for one in (judge, known)])
            found.append(row)
            print("dropout", dropped, seed, np.round(row, 3).tolist(), flush=True)
    shape = 2, len(COPY_SEEDS), len(LONG), 2
    return {"dropout": np.array(found).reshape(shape), "long": np.array(LONG)}


def bare() -> dict[str, np.ndarray]:
    """Return what the shipped model would pay had it been trained without dropout: one run."""
    model = new_model(np.random.default_rng(1951), chapter.SHAPE)
    ids, row = model.encode(TEXT), []
    judge, known = Judge(model, ids, CUT), Judge(model, ids[:CUT], 9 * CUT // 10)
    training = chapter.learn(model, ids[:CUT], 60_000, np.random.default_rng(1951), rates=())
    for step, _ in enumerate(training, start=1):
        if step % 10_000 == 0:
            row.append([one.prices(one.log_q(model)).mean() for one in (judge, known)])
            print("bare", step, np.round(row[-1], 3), flush=True)
    return {"bare": np.array(row)}


def merged(text: str) -> tuple[list[np.ndarray], int]:
    """Return the two parts of a text as tokens, and how many kinds there are.

    Pairs are merged, the most frequent of the first part first; the second part is cut alike.
    """
    alphabet = "".join(sorted(set(text)))
    whole = np.array([alphabet.index(letter) for letter in text])
    parts = [whole[:CUT], whole[CUT:]]
    for new in range(len(alphabet), len(alphabet) + MERGES):
        pairs = new * parts[0][:-1] + parts[0][1:]
        best = int(np.bincount(pairs).argmax())
        parts = [merge(part, best // new, best % new, new) for part in parts]
    return parts, len(alphabet) + MERGES


def merge(tokens: np.ndarray, left: int, right: int, new: int) -> np.ndarray:
    """Return the tokens with each pair (left, right) made one, from the left."""
    hits = np.flatnonzero((tokens[:-1] == left) & (tokens[1:] == right))
    if left == right:  # of aaa only the first two
        begins = np.where(np.diff(hits, prepend=-9) > 1, hits, 0)
        hits = hits[(hits - np.maximum.accumulate(begins)) % 2 == 0]
    tokens = np.delete(tokens, hits + 1)
    tokens[hits - np.arange(len(hits))] = new
    return tokens


def pieces() -> dict[str, np.ndarray]:
    """Return what the held-out tenth costs models that guess pieces of words."""
    (first, last), kinds = merged(TEXT)
    ids, alphabet = np.concatenate([first, last]), "".join(map(chr, range(1_000, 1_000 + kinds)))
    rows = []
    for seed in COPY_SEEDS:
        rng = np.random.default_rng(seed)
        model = chapter.new_model(alphabet, HALF, rng, np.float32)
        for _ in chapter.learn(model, first, STEPS[-1], rng):
            pass
        judge = Judge(model, ids, len(first))
        bits = judge.prices(judge.log_q(model)).sum() / np.log(2)
        rows.append([len(last), bits])
        print("pieces", seed, kinds, rows[-1], flush=True)
    return {"pieces": np.array(rows)}


def copies() -> dict[str, np.ndarray]:
    """Return what students learn from the shipped model, whichever way they are taught."""
    teacher = chapter.restored(data.load("letter_model"), np.float32)
    ids = teacher.encode(TEXT)
    judge = Judge(teacher, ids, CUT)
    log_t = judge.log_q(teacher)
    rng = np.random.default_rng(0)
    theirs = chapter.sampled(teacher, 256, 150, rng)[50:].reshape(-1, teacher.context)
    log_own = teacher.log_probs(theirs)
    own = -(np.exp(log_own) * log_own).sum(axis=1).mean()
    found: list[list] = []
    small: list[list] = []
    for source, reverse, T in [("text", False, 0), *WAYS]:
        rows = []
        for seed in COPY_SEEDS:
            rng = np.random.default_rng(seed)
            student = new_model(rng, chapter.SMALL)
            chapter.taught(
                student, teacher, ids[:CUT], COPY_STEPS, rng, source=source, reverse=reverse, T=T
            )
            n = student.context
            log_s = student.log_probs(judge.contexts[:, -n:])
            forward = (np.exp(log_t) * (log_t - log_s)).sum(axis=1).mean()
            log_there = student.log_probs(theirs[:, -n:])
            sequence = (np.exp(log_own) * (log_own - log_there)).sum(axis=1).mean()
            seen = chapter.sampled(student, 256, 150, rng, wide=teacher.context)[50:]
            seen = seen.reshape(-1, teacher.context)
            log_a, log_b = student.log_probs(seen[:, -n:]), teacher.log_probs(seen)
            back = (np.exp(log_a) * (log_a - log_b)).sum(axis=1).mean()
            fluent = -(np.exp(log_a) * log_b).sum(axis=1).mean()
            rows.append([judge.prices(log_s).mean(), forward, sequence, back, fluent])
        print(source, reverse, T, np.round(np.median(rows, axis=0), 4), flush=True)
        (found if T else small).append(rows)
    names = [f"{source} {'reverse' if reverse else 'forward'} {T}" for source, reverse, T in WAYS]
    return {
        "copies": np.array(found),
        "ways": np.array(names),
        "small": np.array(small[0]),
        "teacher": np.array([judge.prices(log_t).mean(), own]),
    }


def witten_bell(symbols: list[int], deepest: int, kinds: int, learn: int) -> np.ndarray:
    """Return the price of each symbol in bits at each order; counting stops after `learn`."""
    after: dict[tuple[int, ...], dict[int, int]] = {}
    rows = []
    for i, x in enumerate(symbols):
        p, row = 1 / kinds, []
        for k in range(deepest + 1):
            if k <= i:
                counts = after.setdefault(tuple(symbols[i - k : i]), {})
                if counts:
                    c, t = sum(counts.values()), len(counts)
                    p = (counts.get(x, 0) + t * p) / (c + t)
                if i < learn:
                    counts[x] = counts.get(x, 0) + 1
            row.append(-math.log2(p))
        rows.append(row)
    return np.array(rows)


def mixture(paid: np.ndarray, keep: float, forget: float) -> np.ndarray:
    """Return the price of each symbol under a mixture whose weights move and are shared out."""
    m = paid.shape[1]
    weights, bits = [1 / m] * m, []
    for row in (2.0**-paid).tolist():
        shares = [w * p for w, p in zip(weights, row, strict=True)]
        together = sum(shares)
        bits.append(-math.log2(together))
        moved = [keep * w + (1 - keep) * s / together for w, s in zip(weights, shares, strict=True)]
        weights = [(1 - forget) * w + forget / m for w in moved]
    return np.array(bits)


def rivals() -> dict[str, np.ndarray]:
    """Return what the models of the chapter on compression pay for the held-out tenth."""
    alphabet = "".join(sorted(set(TEXT)))
    symbols = [alphabet.index(letter) for letter in TEXT]
    going_on, alone = (witten_bell(symbols, 5, 65, n) for n in (len(TEXT), CUT))
    ways = (going_on, 0, 0.05), (going_on, 0.98, 0), (alone, 0.98, 0)
    mixed = [mixture(paid, keep, forget)[CUT:].mean() for paid, keep, forget in ways]
    both = np.stack([alone[CUT:].mean(axis=0), going_on[CUT:].mean(axis=0)], axis=1)
    print("rivals", both.round(3).tolist(), np.round(mixed, 3), flush=True)
    return {"rivals": both, "mixed": np.array(mixed)}


def digits() -> dict[str, np.ndarray]:
    """Return what rounding does to classifiers that are judged on 360 pictures."""
    pictures, labels = data.load("digits")
    x, rows = pictures.reshape(len(pictures), -1) / 16, np.arange(360)
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(x))
        judge, learn = order[:360], order[360:]
        net = diffusion.MLP((64, 32, 10), rng=rng, activation="relu")
        adam = diffusion.Adam(net.theta, lr=3e-3)
        for _ in range(1_500):
            some = learn[rng.integers(len(learn), size=64)]
            logits, tape = net.forward(x[some])
            pull = np.exp(log_softmax(logits))
            pull[np.arange(64), labels[some]] -= 1
            adam.step(net.backward(tape, pull / 64)[0])
        log_q, theta, row = log_softmax(net(x[judge])), net.theta.copy(), []
        for bits in BITS_OF_DIGITS:
            for W, _ in net.weights:
                W[...] = chapter.on_grid(W, bits)
            log_r = log_softmax(net(x[judge]))
            net.theta = theta
            change = (log_q - log_r)[rows, labels[judge]].mean()
            row.append((change, (np.exp(log_q) * (log_q - log_r)).sum(axis=1).mean()))
        found.append(row)
    table = np.array(found)
    falls = (table[:, :, 0] < 0).sum(axis=0)
    print("digits", falls, np.median(table[:, :, 1], axis=0).round(5), flush=True)
    return {"digits": table}


PARTS = {
    "bare": bare,
    "digits": digits,
    "dropout": dropout,
    "rivals": rivals,
    "seeds": seeds,
    "pieces": pieces,
    "copies": copies,
}


def main(arguments: list[str] | None = None) -> None:
    """Make the parts, or these of them anew."""
    named = {"script": "studies.language_models", "seeds": len(SEEDS)}
    record.make(__doc__, TABLE, PARTS, named, arguments)


if __name__ == "__main__":
    main()
