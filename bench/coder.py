"""How many symbols a second the arithmetic coder sends and receives, beside constriction.

constriction is written in Rust. Its range coder works on words of 32 bits and on probabilities of
24; one call codes the whole sequence with a static model. It has no model that learns: there the
caller makes a new one for each symbol.
"""

import time
from collections.abc import Callable

import numpy as np

from bench.timing import Row, optional
from lib import AdaptiveModel, arithmetic_decode, arithmetic_encode, normalize

constriction = optional("constriction")
N = 200_000
RUNS = 5
SPEED = "million symbols/s"
FLOOR = {"static": 1.0, "adaptive": 0.3}
RNG = np.random.default_rng(0)
PMFS = {
    "3 symbols": np.array([0.5, 0.3, 0.2]),
    "256 symbols": normalize(RNG.gamma(0.5, size=256) + 1e-6),
}


def best(call: Callable, runs: int = RUNS) -> tuple[float, object]:
    """Return the least processor time of a call in seconds, and its result."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        result = call()
        times.append(time.process_time() - start)
    return min(times), result


def counted_bits(symbols: np.ndarray, num_symbols: int) -> float:
    """Return −Σ log2 q for counts that start at 1."""
    counts, bits = np.ones(num_symbols), []
    for i, symbol in enumerate(symbols.tolist()):
        bits.append(np.log2((num_symbols + i) / counts[symbol]))
        counts[symbol] += 1
    return np.sum(bits)


def measure_lib(symbols: np.ndarray, model: object) -> tuple[float, float, int]:
    """Return seconds to encode, seconds to decode, and bytes."""
    encoding, data = best(lambda: arithmetic_encode(symbols, model))
    decoding, decoded = best(lambda: arithmetic_decode(data, model, symbols.size))
    assert np.array_equal(decoded, symbols)
    return encoding, decoding, len(data)


def measure_constriction(symbols: np.ndarray, pmf: np.ndarray) -> tuple[float, float, int]:
    """Return the same for constriction's range coder with a static model."""
    symbols = symbols.astype(np.int32)

    def encode() -> np.ndarray:
        encoder = constriction.stream.queue.RangeEncoder()
        encoder.encode(symbols, categorical(pmf))
        return encoder.get_compressed()

    def decode() -> np.ndarray:
        decoder = constriction.stream.queue.RangeDecoder(words)
        return decoder.decode(categorical(pmf), symbols.size)

    encoding, words = best(encode)
    decoding, decoded = best(decode)
    assert np.array_equal(decoded, symbols)
    return encoding, decoding, 4 * words.size


def measure_constriction_adaptive(
    symbols: np.ndarray, num_symbols: int
) -> tuple[float, float, int]:
    """Return the same with counts kept in NumPy, and a new model for each symbol."""

    def encode() -> np.ndarray:
        counts = np.ones(num_symbols)
        encoder = constriction.stream.queue.RangeEncoder()
        for i, symbol in enumerate(symbols.tolist()):
            encoder.encode(symbol, categorical(counts / (num_symbols + i)))
            counts[symbol] += 1
        return encoder.get_compressed()

    def decode() -> list:
        counts, decoded = np.ones(num_symbols), []
        decoder = constriction.stream.queue.RangeDecoder(words)
        for i in range(symbols.size):
            symbol = decoder.decode(categorical(counts / (num_symbols + i)))
            counts[symbol] += 1
            decoded.append(symbol)
        return decoded

    encoding, words = best(encode, runs=2)
    decoding, decoded = best(decode, runs=2)
    assert np.array_equal(decoded, symbols)
    return encoding, decoding, 4 * words.size


def categorical(pmf: np.ndarray) -> object:
    """Return constriction's model of a pmf."""
    return constriction.stream.model.Categorical(pmf, perfect=False)


def compared(
    task: str, kind: str, own: tuple, other: tuple | None, n: tuple[int, int]
) -> list[Row]:
    """Return rows for the two speeds of lib, and beside those of constriction."""
    rows = []
    for which, verb in enumerate(("sends", "reads")):
        name = f"coder {verb}, {task}, {kind}"
        speed = n[0] / own[which] / 1e6
        rows.append(Row(name, "", FLOOR[kind], speed, SPEED))
        if other:
            ratio = speed / (n[1] / other[which] / 1e6)
            rows.append(Row(name, "constriction", None, ratio))
    return rows


def rows() -> list[Row]:
    """Measure every case: speeds, and the bits sent beyond −Σ log2 q of the very sequence."""
    table = []
    for name, pmf in PMFS.items():
        symbols = RNG.choice(pmf.size, size=N, p=pmf)
        few = symbols[: N // 10]  # a model made anew for each symbol takes long
        static, adaptive = measure_lib(symbols, pmf), measure_lib(symbols, AdaptiveModel(pmf.size))
        other = measure_constriction(symbols, pmf) if constriction else None
        slow = measure_constriction_adaptive(few, pmf.size) if constriction else None
        table += compared(name, "static", static, other, (N, N))
        table += compared(name, "adaptive", adaptive, slow, (N, few.size))
        ideal = {
            "static": -np.log2(pmf)[symbols].sum(),
            "adaptive": counted_bits(symbols, pmf.size),
        }
        most = 2 + 1e-6 * N + 7  # 7 at most to fill the last byte
        for kind, size in (("static", static[2]), ("adaptive", adaptive[2])):
            task = f"coder, {name}, {kind}: bits beyond −Σ log₂ q"
            extra = float(8 * size - ideal[kind])
            table.append(Row(task, "", most, extra, "bits", at_most=True))
    return table
