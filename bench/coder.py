"""How many symbols a second the arithmetic coder sends and receives, beside PyPI's constriction.

    python bench/coder.py

Counted is processor time, the best of 5 runs on 200,000 symbols, with all checks of the arguments.
The size is what was sent beyond −Σ log2 q of that very sequence, in bits. Exits 1 where lib is
slower than 1 million symbols a second with a static model or 0.3 million with an adaptive one, or
sends more than 2 bits and 1e-6 bit a symbol too much (and up to 7 to fill the last byte).

constriction (Rust) is compared if it is installed (pip install constriction). Its range coder works
on words of 32 bits and on probabilities of 24; one call codes the whole sequence with a static
model. It has no model that learns: there the caller makes a new one for each symbol.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from lib import AdaptiveModel, arithmetic_decode, arithmetic_encode, normalize

try:
    import constriction
except ImportError:
    constriction = None

N = 200_000
RUNS = 5
FLOOR = {"static": 1.0, "adaptive": 0.3}  # million symbols a second
RNG = np.random.default_rng(0)
PMFS = {
    "news, 3 symbols": np.array([0.5, 0.3, 0.2]),
    "one of 1e-12": normalize([1e-12, 0.3, 0.7]),
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


def show(name: str, measured: tuple[float, float, int], n: int, ideal: float) -> tuple:
    """Print a line of the table; return the two speeds and the bits too many."""
    encoding, decoding, size = measured
    speeds = n / encoding / 1e6, n / decoding / 1e6
    extra = 8 * size - ideal
    print(f"{name:36}{speeds[0]:10.2f}{speeds[1]:10.2f}{8 * size:12,}{extra:+12.2f}")
    return *speeds, extra


def main() -> int:
    """Measure every case and print a line for each."""
    print(
        f"{'million symbols a second':36}{'encode':>10}{'decode':>10}{'bits':>12}{'too many':>12}"
    )
    missed = False
    for name, pmf in PMFS.items():
        symbols = RNG.choice(pmf.size, size=N, p=pmf)
        n_slow = N // 10  # of a model made anew for each symbol
        ideal = {
            "static": -np.log2(pmf)[symbols].sum(),
            "adaptive": counted_bits(symbols, pmf.size),
        }
        models = {"static": pmf, "adaptive": AdaptiveModel(pmf.size)}
        for kind, model in models.items():
            measured = measure_lib(symbols, model)
            *speeds, extra = show(f"{name}, {kind}", measured, N, ideal[kind])
            missed |= min(speeds) < FLOOR[kind] or extra > 2 + 1e-6 * N + 7
        if constriction:
            show("  constriction, static", measure_constriction(symbols, pmf), N, ideal["static"])
            measured = measure_constriction_adaptive(symbols[:n_slow], pmf.size)
            ideal_slow = counted_bits(symbols[:n_slow], pmf.size)
            show(f"  constriction, adaptive, {n_slow:,}", measured, n_slow, ideal_slow)
    if not constriction:
        print("constriction is missing, and so are its lines (pip install constriction)")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
