"""Readers' functions against lib: ✓, or the case that failed and the slip it looks like.

Not loaded by `import lib`; write `from lib import check`. A reader's function takes what lib's
function of the same name takes, probabilities as NumPy arrays, and returns bits, or nats where the
input is logits. A new check is a table of cases, a table of slips, and a function that names them.
"""

import math
import reprlib
import string
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, NamedTuple

import numpy as np

from lib import codes, logits, measures, rl

__all__ = [
    "CheckFailed",
    "cross_entropy",
    "cross_entropy_from_logits",
    "cross_entropy_gradient",
    "entropy",
    "huffman_lengths",
    "kl_divergence",
    "kraft_sum",
    "log_softmax",
    "mean_field_stds",
    "moment_match",
    "policy_gradient",
    "ppo_clip_objective",
    "surprisal",
    "text_entropy",
]


class CheckFailed(AssertionError):  # noqa: N818
    """A reader's function gave a wrong result; the message says where and, if known, why."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in IPython; the traceback would lead through this module."""
        return str(self).splitlines()


def surprisal(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from an array of probabilities to the array of their surprisals in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all five cases:

    >>> import numpy as np
    >>> from lib import check
    >>> check.surprisal(lambda p: -np.log2(p))
    ✓ surprisal: 5 cases agree with lib.surprisal
    """
    _check("surprisal", function, _SURPRISAL)


def entropy(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from a pmf p to its entropy in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The usual first attempt is right until a probability is 0:

    >>> import numpy as np
    >>> from lib import check
    >>> check.entropy(lambda p: -np.sum(p * np.log2(p)))
    Traceback (most recent call last):
    lib.check.CheckFailed: ✗ entropy: case 3 of 6, a certain outcome
      input     p = [1.0, 0.0]
      expected  0 bits
      got       nan
      slip      0 · log 0 came out as nan. By convention it is 0: add up only where p > 0.
    """
    _check("entropy", function, _ENTROPY)


def cross_entropy(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from pmfs p (truth) and q (model) to their cross-entropy in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A body that is still to be written is no error:

    >>> from lib import check
    >>> def my_cross_entropy(p, q): ...
    >>> check.cross_entropy(my_cross_entropy)
    not yet: my_cross_entropy returns nothing so far; write its body, with a return, and run again
    """
    _check("cross_entropy", function, _CROSS_ENTROPY)


def kl_divergence(function: Callable[[np.ndarray, np.ndarray], float]) -> None:
    """Check a function from pmfs p (truth) and q (model) to D(p‖q) in bits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all six cases:

    >>> import numpy as np
    >>> from lib import check
    >>> def my_kl(p, q):
    ...     p, q = p[p > 0], q[p > 0]
    ...     return np.sum(p * np.log2(p / q))
    >>> check.kl_divergence(my_kl)
    ✓ kl_divergence: 6 cases agree with lib.kl_divergence
    """
    _check("kl_divergence", function, _KL_DIVERGENCE)


def kraft_sum(function: Callable[[np.ndarray], float]) -> None:
    """Check a function from the lengths of binary code words to what they spend of the budget of 1.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all four cases:

    >>> import numpy as np
    >>> from lib import check
    >>> check.kraft_sum(lambda lengths: np.sum(0.5**lengths))
    ✓ kraft_sum: 4 cases agree with lib.kraft_sum
    """
    _check("kraft_sum", function, _KRAFT_SUM)


def huffman_lengths(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from a pmf to the word lengths of a best binary code, one for each outcome.

    Any lengths are right that fit a prefix code and have the least mean.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    Rounding the surprisals up is a code, but not the best:

    >>> import numpy as np
    >>> from lib import check
    >>> check.huffman_lengths(lambda p: np.ceil(-np.log2(p)))
    Traceback (most recent call last):
    lib.check.CheckFailed: ✗ huffman_lengths: case 1 of 5, the news
      input     p = [0.5, 0.3, 0.2]
      expected  1.5 bits on average
      got       1.7 bits on average, from the lengths [1. 2. 3.]
      slip      these are Shannon's lengths, the surprisals rounded up. A best code is shorter.
    """
    _check("huffman_lengths", function, _HUFFMAN_LENGTHS)


def text_entropy(function: Callable[[str], float]) -> None:
    """Check a function from a text to the entropy of its letters in bits per letter.

    Only a to z count, capital or not, and nothing else of the text does.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    Counting what is not a letter is the usual slip:

    >>> from collections import Counter
    >>> import numpy as np
    >>> from lib import check
    >>> def my_text_entropy(text):
    ...     counts = np.array(list(Counter(text).values()))
    ...     return -np.sum(counts / len(text) * np.log2(counts / len(text)))
    >>> check.text_entropy(my_text_entropy)
    Traceback (most recent call last):
    lib.check.CheckFailed: ✗ text_entropy: case 2 of 6, a text with spaces
      input     text = 'to be or not to be'
      expected  2.411602218 bits
      got       2.594117892
      slip      all characters were counted, also spaces, digits or punctuation. Keep only a to z.
    """
    _check("text_entropy", function, _TEXT_ENTROPY)


def policy_gradient(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from a policy p, a softmax, and pay r to the slope of Σ p·r by the logits.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    What the arms have in common does not count:

    >>> from lib import check
    >>> check.policy_gradient(lambda p, r: p * r)
    Traceback (most recent call last):
    lib.check.CheckFailed: ✗ policy_gradient: case 1 of 4, four even arms
      input     p = [0.25, 0.25, 0.25, 0.25], r = [12.0, 11.0, 9.0, 8.0]
      expected  [ 0.5   0.25 -0.25 -0.5 ]
      got       [3.   2.75 2.25 2.  ]
      slip      the baseline is missing: subtract the policy's mean pay from r.
    """
    _check("policy_gradient", function, _POLICY_GRADIENT)


def ppo_clip_objective(function: Callable[[float, float, float], float]) -> None:
    """Check a function from log ratio, advantage and epsilon to PPO's clipped objective.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all six cases:

    >>> import numpy as np
    >>> from lib import check
    >>> def mine(log_ratio, advantage, epsilon):
    ...     ratio = np.exp(log_ratio)
    ...     clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    ...     return min(ratio * advantage, clipped * advantage)
    >>> check.ppo_clip_objective(mine)
    ✓ ppo_clip_objective: 6 cases agree with lib.ppo_clip_objective
    """
    _check("ppo_clip_objective", function, _PPO_CLIP_OBJECTIVE)


def moment_match(function: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from a mixture of Gaussians to the mean and std of the mixture.

    The arguments are the means, the weights and the stds of its parts, the result is (mean, std).
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The variance within the parts is not the whole variance:

    >>> import numpy as np
    >>> from lib import check
    >>> check.moment_match(lambda m, w, s: np.array([w @ m, np.sqrt(w @ s**2)]))
    Traceback (most recent call last):
    lib.check.CheckFailed: ✗ moment_match: case 2 of 5, two modes
      input     means = [-3.0, 3.0], weights = [0.5, 0.5], stds = [1.0, 1.0]
      expected  [0.     3.1623] (mean, std)
      got       [0. 1.]
      slip      the variance between the modes is missing: add that of their means.
    """
    _check("moment_match", function, _MOMENT_MATCH)


def mean_field_stds(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from a covariance to the stds of the best factorised Gaussian, D(q‖p).

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The marginal stds are the answer to the other direction:

    >>> import numpy as np
    >>> from lib import check
    >>> check.mean_field_stds(lambda cov: np.sqrt(np.diag(cov)))
    Traceback (most recent call last):
    lib.check.CheckFailed: ✗ mean_field_stds: case 1 of 4, different scales
      input     cov = [[4.0, -1.2], [-1.2, 1.0]]
      expected  [1.6 0.8]
      got       [2. 1.]
      slip      these are the marginal stds, the fit that minimises D(p‖q).
    """
    _check("mean_field_stds", function, _MEAN_FIELD_STDS)


def log_softmax(function: Callable[[np.ndarray], np.ndarray]) -> None:
    """Check a function from logits z, a row or rows of them, to the logs of their probabilities.

    The logs are natural, the outcomes lie on the last axis, and a logit may have any size.
    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    The formula as it stands in books is right until a logit is large:

    >>> import numpy as np
    >>> from lib import check
    >>> check.log_softmax(lambda z: z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))
    Traceback (most recent call last):
    lib.check.CheckFailed: ✗ log_softmax: case 3 of 6, the same logits, all 1000 higher
      input     z = [1002.0, 1001.0, 999.0]
      expected  [-0.349 -1.349 -3.349] nats
      got       [-inf -inf -inf]
      slip      exp of a large logit has no room in a float. Subtract the largest logit first.
    """
    _check("log_softmax", function, _LOG_SOFTMAX)


def cross_entropy_from_logits(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from classes (n,) and logits z (n, K) to the n losses, in nats.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    One loss for each sample is asked for, not their mean:

    >>> from lib import check, log_softmax
    >>> def my_loss(classes, z):
    ...     return -log_softmax(z)[range(len(z)), classes].mean()
    >>> check.cross_entropy_from_logits(my_loss)
    Traceback (most recent call last):
    lib.check.CheckFailed: ✗ cross_entropy_from_logits: case 1 of 6, two samples
      input     classes = [0, 2], z = [[2.0, 1.0, -1.0], [0.0, 0.5, 1.0]]
      expected  [0.349  0.6803] nats
      got       0.5146409437
      slip      this is the mean over the samples. Return a loss for each of them.
    """
    _check("cross_entropy_from_logits", function, _LOSS_FROM_LOGITS)


def cross_entropy_gradient(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Check a function from pmfs p (n, K) and logits z (n, K) to the slope of each loss in z.

    Prints ✓ or "not yet"; raises CheckFailed at the first case that is wrong.

    A right answer agrees on all five cases:

    >>> from lib import check, softmax
    >>> check.cross_entropy_gradient(lambda p, z: softmax(z) - p)
    ✓ cross_entropy_gradient: 5 cases agree with lib.cross_entropy_gradient
    """
    _check("cross_entropy_gradient", function, _LOSS_GRADIENT)


class _Case(NamedTuple):
    what: str  # what makes the case telling, as the reader sees it
    args: tuple[Any, ...]  # a list becomes a new array for every call


class _Slip(NamedTuple):
    says: str
    fits: Callable[..., bool]  # (got, expected, *args) -> does the result look like this slip?


class _Table(NamedTuple):
    reference: Callable[..., Any]
    agrees_with: str
    parameters: tuple[str, ...]
    cases: list[_Case]
    slips: list[_Slip]
    unit: str = " bits"
    # What of the reader's result is compared, where many results are right: (got, *args) -> number
    seen: Callable[..., Any] | None = None
    # Tried after the table's own slips; None stands for those of all checks that ask for bits.
    general: list[_Slip] | None = None


def _check(name: str, function: Any, table: _Table) -> None:
    if function is None or function is ...:
        print(f"not yet: check.{name} waits for your function")
        return
    if not callable(function):
        raise CheckFailed(
            f"✗ {name}: got {function!r}, not a function; "
            f"pass the function itself, check.{name}(my_function)"
        )
    for number, case in enumerate(table.cases, start=1):
        args = [_fresh(a) for a in case.args]
        expected = table.reference(*args)
        inputs = ", ".join(f"{n} = {a!r}" for n, a in zip(table.parameters, case.args, strict=True))
        report = [
            f"✗ {name}: case {number} of {len(table.cases)}, {case.what}",
            f"  input     {inputs}",
            f"  expected  {_shown(np.asarray(expected))}{table.unit}",
        ]
        printed = StringIO()
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(printed):
                warnings.simplefilter("ignore")  # only the result counts here
                got = function(*[_fresh(a) for a in case.args])
            unwritten = got is None or got is ... or got is NotImplemented
        except NotImplementedError:
            got, unwritten = None, True
        except Exception as error:
            report.append(f"  got       {type(error).__name__}: {error}")
            report += _own_line(function, error)
            report += _hint(error, args) if table.general is None else []
            raise CheckFailed("\n".join(report)) from error
        print(printed.getvalue(), end="")
        if unwritten and number == 1:
            mine = getattr(function, "__name__", "your function")
            if printed.getvalue():
                print(f"not yet: {mine} prints its result; return it instead")
            else:
                print(
                    f"not yet: {mine} returns nothing so far; "
                    "write its body, with a return, and run again"
                )
            return
        value = _as_number(got)
        raw = ""
        if table.seen and value is not None and value.shape == np.shape(args[0]):
            raw = f"{table.unit}, from the lengths {_shown(value)}"
            value = np.asarray(table.seen(value, *args))
        if value is not None and _same(value, expected):
            continue
        report.append(f"  got       {_shown(got if value is None else value)}{raw}")
        slip = _diagnosis(got, value, expected, args, table)
        if slip:
            report.append(f"  slip      {slip}")
        raise CheckFailed("\n".join(report))
    print(f"✓ {name}: {len(table.cases)} cases agree with {table.agrees_with}")


def _fresh(argument: Any) -> Any:
    return np.array(argument) if isinstance(argument, list) else argument


def _own_line(function: Any, error: Exception) -> list[str]:
    """Quote the last line of the reader's own code that the error passed through."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return [f"  in        {frames[-1].line}"] if frames and frames[-1].line else []


def _hint(error: Exception, args: list[Any]) -> list[str]:
    """Say what an error at a probability of 0 comes from."""
    if _has_zero(args) and isinstance(error, (ValueError, ZeroDivisionError)):
        return ["  slip      a probability is 0 here: log(0) and 1/0 are errors outside NumPy."]
    return []


def _as_number(got: Any) -> np.ndarray | None:
    """Return got as a float array, or None if it is nothing like a number."""
    try:
        array = np.asarray(got)
        return array.astype(float) if array.dtype.kind in "fiu" else None
    except (TypeError, ValueError, RuntimeError):
        return None


def _shown(got: Any) -> str:
    if not isinstance(got, np.ndarray):
        return reprlib.repr(got)
    if got.ndim == 0:
        return f"{got:.10g}"
    return " ".join(np.array2string(got, precision=4, threshold=8).split())  # on one line


def _same(a: Any, b: Any) -> bool:
    """Are a and b the same to within rounding, single precision or an epsilon of 1e-12?"""
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-6, atol=1e-9)


def _diagnosis(
    got: Any, value: np.ndarray | None, expected: float, args: list[Any], table: _Table
) -> str:
    if value is None:
        wanted = "an array" if np.ndim(expected) else "a number"
        return f"your function returned {type(got).__name__}; expected {wanted}"
    with np.errstate(all="ignore"):
        general = _SLIPS_OF_ALL if table.general is None else table.general
        for slip in [*table.slips, *general]:
            if slip.fits(value, expected, *args):
                return slip.says
        for slip in table.slips if table.general is None else []:
            if slip.fits(value / _LN2, expected, *args):
                return f"{slip.says} Also, it is in nats; for bits use log2."
    return ""


def _has_zero(args: Iterable[Any]) -> bool:
    return any(isinstance(a, np.ndarray) and 0 in a for a in args)


def _gives(result: Callable[..., Any]) -> Callable[..., bool]:
    """Recognise a slip by the result it has on the case."""
    return lambda got, expected, *args: _same(got, result(*args))


def _scaled(factor: float) -> Callable[..., bool]:
    """Recognise a slip that multiplies the right result."""
    return lambda got, expected, *args: _same(got, factor * expected)


def _surprise(q: Any) -> Any:
    return measures.surprisal(q, base=2)


def _log_ratio(p: Any, q: Any) -> Any:
    return _surprise(q) - _surprise(p)


def _weighted(p: Any, costs: Any) -> Any:
    return np.where(p > 0, p * costs, 0.0)


def _over_possible(p: Any, q: Any, costs: Any) -> Any:
    return np.sum(_weighted(p, costs)[q > 0])


def _bits(measure: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: measure(*args, base=2)


_H = _bits(measures.entropy)
_CE = _bits(measures.cross_entropy)
_KL = _bits(measures.kl_divergence)

_LN2, _LOG10_2 = math.log(2), math.log10(2)

# Tried after the slips of the check itself.
_SLIPS_OF_ALL = [
    _Slip(
        "the natural logarithm was used, so this is in nats. For bits use log2, or divide by ln 2.",
        _scaled(_LN2),
    ),
    _Slip("log10 was used. For bits use log2.", _scaled(_LOG10_2)),
    _Slip("the minus sign is missing, or there is one too many.", _scaled(-1)),
    _Slip("the sign is wrong, and the natural logarithm gives nats, not bits.", _scaled(-_LN2)),
    _Slip(
        "0 · log 0 came out as nan. By convention it is 0: add up only where p > 0.",
        lambda got, expected, *args: _has_zero(args) and bool(np.isnan(got).any()),
    ),
    _Slip(
        "an impossible outcome that does happen costs infinitely much. An epsilon, a clip, "
        "nan_to_num or a 0 in its place hides that.",
        lambda got, expected, *args: (
            got.shape == np.shape(expected) and bool((np.isinf(expected) & ~np.isinf(got)).any())
        ),
    ),
    _Slip(
        "close, but off by more than rounding. Is an epsilon added inside the logarithm, or the "
        "result rounded?",
        lambda got, expected, *args: (
            got.shape == () == np.shape(expected) and bool(abs(got - expected) < 1e-3)
        ),
    ),
    _Slip(
        "the number is right but wrapped in an array. Return the number itself, say with .item().",
        lambda got, expected, *args: got.size == 1 and _same(got.item(), expected),
    ),
    _Slip(
        "this is the array of terms. Return their sum.",
        lambda got, expected, *args: got.ndim > 0 and _same(np.nansum(got), expected),
    ),
    _Slip(
        "your function returned an array; expected one number.",
        lambda got, expected, *args: got.ndim > 0 == np.ndim(expected),
    ),
    _Slip(
        "one number is expected for each probability in p.",
        lambda got, expected, *args: got.shape != np.shape(expected),
    ),
]

_SURPRISAL = _Table(
    reference=_surprise,
    agrees_with="lib.surprisal",
    parameters=("p",),
    cases=[
        _Case("the news", ([0.5, 0.3, 0.2],)),
        _Case("a card and its suit", ([1 / 52, 1 / 4],)),
        _Case("a single probability", ([0.3],)),
        _Case("a certain outcome", ([1.0, 0.5],)),
        _Case("an impossible outcome", ([0.5, 0.0, 0.5],)),
    ],
    slips=[
        _Slip(
            "this is p times the surprisal, the outcome's share of the entropy. Leave the weight "
            "p out.",
            _gives(lambda p: p * _surprise(p)),
        ),
        _Slip("this is 1/p. Take its logarithm.", _gives(lambda p: 1 / p)),
        _Slip("this is 1 − p. Surprise is −log2 p.", _gives(lambda p: 1 - p)),
    ],
)

_ENTROPY = _Table(
    reference=_H,
    agrees_with="lib.entropy",
    parameters=("p",),
    cases=[
        _Case("three outcomes", ([0.5, 0.3, 0.2],)),
        _Case("four equally likely outcomes", ([0.25, 0.25, 0.25, 0.25],)),
        _Case("a certain outcome", ([1.0, 0.0],)),
        _Case("an impossible outcome between two others", ([0.8, 0.0, 0.2],)),
        _Case("a single outcome", ([1.0],)),
        _Case("one in a million", ([1 - 1e-6, 1e-6],)),
    ],
    slips=[
        _Slip(
            "the weight p is missing: this is the sum of all surprisals. Each counts p times.",
            _gives(lambda p: np.sum(_surprise(p))),
        ),
        _Slip(
            "the weight p is missing: this is the plain mean of the surprisals. Each counts p "
            "times.",
            _gives(lambda p: np.mean(_surprise(p))),
        ),
        _Slip(
            "this is the mean of the terms. Add them up; p already does the averaging.",
            _gives(lambda p: _H(p) / p.size),
        ),
        _Slip(
            "this is the entropy divided by its largest value, log2 K. Return the entropy itself.",
            _gives(lambda p: _H(p) / np.log2(p.size)),
        ),
        _Slip("this is the perplexity, 2 to the entropy.", _gives(lambda p: 2 ** _H(p))),
    ],
)

_CROSS_ENTROPY = _Table(
    reference=_CE,
    agrees_with="lib.cross_entropy",
    parameters=("p", "q"),
    cases=[
        _Case("the news and a wrong guess", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1])),
        _Case("the right guess", ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])),
        _Case("a one-hot label", ([0.0, 1.0, 0.0], [0.2, 0.7, 0.1])),
        _Case("an outcome impossible for both", ([0.5, 0.5, 0.0], [0.25, 0.75, 0.0])),
        _Case("q excludes what happens", ([0.5, 0.3, 0.2], [0.6, 0.4, 0.0])),
        _Case("two outcomes", ([0.9, 0.1], [0.5, 0.5])),
    ],
    slips=[
        _Slip(
            "p and q are swapped: p, the truth, is the weight; q stands in the logarithm.",
            _gives(lambda p, q: _CE(q, p)),
        ),
        _Slip(
            "this is the KL divergence D(p‖q). Cross-entropy has log q alone, not log(p/q).",
            _gives(_KL),
        ),
        _Slip("this is the entropy of p. In the logarithm stands q.", _gives(lambda p, q: _H(p))),
        _Slip("this is the entropy of q. The weight is p.", _gives(lambda p, q: _H(q))),
        _Slip(
            "the weight p is missing: this is the sum of −log2 q.",
            _gives(lambda p, q: np.sum(_surprise(q))),
        ),
        _Slip(
            "the weight p is missing: this is the plain mean of −log2 q.",
            _gives(lambda p, q: np.mean(_surprise(q))),
        ),
        _Slip(
            "this is the mean of the terms. Add them up; p already does the averaging.",
            _gives(lambda p, q: _CE(p, q) / p.size),
        ),
        _Slip(
            "outcomes with q = 0 were left out. Where p > 0 the cost there is infinite.",
            _gives(lambda p, q: _over_possible(p, q, _surprise(q))),
        ),
    ],
)

_KL_DIVERGENCE = _Table(
    reference=_KL,
    agrees_with="lib.kl_divergence",
    parameters=("p", "q"),
    cases=[
        _Case("the news and a wrong guess", ([0.5, 0.3, 0.2], [0.3, 0.6, 0.1])),
        _Case("the two exchanged", ([0.3, 0.6, 0.1], [0.5, 0.3, 0.2])),
        _Case("the right guess", ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2])),
        _Case("an outcome that never happens", ([0.5, 0.5, 0.0], [0.25, 0.25, 0.5])),
        _Case("an outcome impossible for both", ([0.5, 0.5, 0.0], [0.25, 0.75, 0.0])),
        _Case("q excludes what happens", ([0.5, 0.3, 0.2], [0.6, 0.4, 0.0])),
    ],
    slips=[
        _Slip("p and q are swapped: this is D(q‖p).", _gives(lambda p, q: _KL(q, p))),
        _Slip(
            "the weight is q, but it must be p, the truth.",
            _gives(lambda p, q: -_KL(q, p)),
        ),
        _Slip(
            "this is the cross-entropy. Subtract the entropy of p, or take log(p/q).",
            _gives(_CE),
        ),
        _Slip(
            "this is the cross-entropy with p and q swapped.",
            _gives(lambda p, q: _CE(q, p)),
        ),
        _Slip("this is the entropy of p.", _gives(lambda p, q: _H(p))),
        _Slip("this is the entropy of q.", _gives(lambda p, q: _H(q))),
        _Slip(
            "this is the difference of the two entropies. The cost under q is weighted with p.",
            _gives(lambda p, q: _H(q) - _H(p)),
        ),
        _Slip(
            "this is the cross-entropy plus the entropy of p. Subtract it.",
            _gives(lambda p, q: _CE(p, q) + _H(p)),
        ),
        _Slip(
            "the entropy of q was subtracted from the cross-entropy. Subtract that of p.",
            _gives(lambda p, q: _CE(p, q) - _H(q)),
        ),
        _Slip(
            "the weight p is missing: this is the sum of log2(p/q).",
            _gives(lambda p, q: np.sum(_log_ratio(p, q))),
        ),
        _Slip(
            "the weight p is missing: this is the mean of log2(p/q).",
            _gives(lambda p, q: np.mean(_log_ratio(p, q))),
        ),
        _Slip(
            "this is the mean of the terms. Add them up; p already does the averaging.",
            _gives(lambda p, q: _KL(p, q) / p.size),
        ),
        _Slip(
            "the terms' signs were dropped with abs. Some outcomes save bits; only the sum is ≥ 0.",
            _gives(lambda p, q: np.sum(np.abs(_weighted(p, _log_ratio(p, q))))),
        ),
        _Slip(
            "outcomes with q = 0 were left out. Where p > 0 the cost there is infinite.",
            _gives(lambda p, q: _over_possible(p, q, _log_ratio(p, q))),
        ),
    ],
)


_KRAFT_SUM = _Table(
    reference=codes.kraft_sum,
    agrees_with="lib.kraft_sum",
    parameters=("lengths",),
    cases=[
        _Case("Huffman's words for the news", ([1.0, 2.0, 2.0],)),
        _Case("Shannon's words for the news", ([1.0, 2.0, 3.0],)),
        _Case("more than there is", ([1.0, 1.0, 2.0],)),
        _Case("words of different lengths", ([2.0, 3.0, 3.0, 4.0, 6.0],)),
    ],
    slips=[
        _Slip("this is Σ 2^ℓ. A longer word costs less: Σ 2^−ℓ.", _gives(lambda n: (2.0**n).sum())),
        _Slip("this is Σ e^−ℓ. The digits are binary: Σ 2^−ℓ.", _gives(lambda n: np.exp(-n).sum())),
        _Slip("this is Σ 1/ℓ. A word of ℓ digits costs 2^−ℓ.", _gives(lambda n: (1 / n).sum())),
        _Slip("this is what is left. Return what is spent.", lambda g, e, *_: _same(g, 1 - e)),
    ],
    unit="",
)


def _mean_if_code(lengths: np.ndarray, p: np.ndarray) -> Any:
    """Return the mean length, or nan where no prefix code has these lengths."""
    whole = bool((lengths >= 0).all()) and bool((lengths == np.round(lengths)).all())
    return codes.mean_length(lengths, p) if whole and codes.kraft_sum(lengths) <= 1 else np.nan


_HUFFMAN_LENGTHS = _Table(
    reference=lambda p: codes.mean_length([len(word or "") for word in codes.huffman_code(p)], p),
    agrees_with="the mean length of lib.huffman_code",
    parameters=("p",),
    cases=[
        _Case("the news", ([0.5, 0.3, 0.2],)),
        _Case("the wrong belief", ([0.3, 0.6, 0.1],)),
        _Case("two outcomes", ([0.9, 0.1],)),
        _Case("five outcomes, where ties are met", ([0.2, 0.2, 0.2, 0.2, 0.2],)),
        _Case("six outcomes", ([0.05, 0.1, 0.3, 0.15, 0.15, 0.25],)),
    ],
    slips=[
        _Slip(
            "no prefix code has these lengths: they are not whole, or spend more than 1.",
            lambda got, *_: got.ndim == 0 and bool(np.isnan(got)),
        ),
        _Slip(
            "these are Shannon's lengths, the surprisals rounded up. A best code is shorter.",
            _gives(lambda p: codes.mean_length(codes.shannon_lengths(p), p)),
        ),
        _Slip(
            "these are words of equal length. Give frequent outcomes shorter ones.",
            _gives(lambda p: np.ceil(np.log2(p.size))),
        ),
        _Slip("one length is expected for each probability in p.", lambda got, *_: got.ndim > 0),
    ],
    unit=" bits on average",
    seen=_mean_if_code,
)


_A_TO_Z = string.ascii_lowercase


def _counts(characters: Iterable[str]) -> np.ndarray:
    return np.array(list(Counter(characters).values()), dtype=float)


def _shares(characters: Iterable[str]) -> np.ndarray:
    counts = _counts(characters)
    return counts / counts.sum()


def _only(letters: str, text: str) -> str:
    return "".join(c for c in text if c in letters)


def _a_to_z(text: str) -> str:
    return _only(_A_TO_Z, text.lower())


def _terms_by_text_length(text: str) -> np.ndarray:
    shares = _shares(_a_to_z(text)) * len(_a_to_z(text)) / len(text)
    return shares * _surprise(shares)


_TEXT_ENTROPY = _Table(
    reference=lambda text: _H(_shares(_a_to_z(text))),
    agrees_with="lib.entropy of the letters' shares",
    parameters=("text",),
    cases=[
        _Case("one word", ("abracadabra",)),
        _Case("a text with spaces", ("to be or not to be",)),
        _Case("capital letters", ("AnnaAndBob",)),
        _Case("digits and punctuation", ("It's 7 o'clock!",)),
        _Case("letters beyond a to z, which do not count", ("naïve café",)),
        _Case("one letter only", ("zzzz",)),
    ],
    slips=[
        _Slip(
            "capital letters were left out. Lower the text first.",
            _gives(lambda text: _H(_shares(_only(_A_TO_Z, text)))),
        ),
        _Slip(
            "a capital letter counts as the small one. Lower the text first.",
            _gives(lambda text: _H(_shares(_only(string.ascii_letters, text)))),
        ),
        _Slip(
            "letters such as é were counted: isalpha() is true for them. Keep only a to z.",
            _gives(lambda text: _H(_shares(filter(str.isalpha, text.lower())))),
        ),
        _Slip(
            "all characters were counted, also spaces, digits or punctuation. Keep only a to z.",
            _gives(lambda text: _H(_shares(text.lower()))),
        ),
        _Slip(
            "digits or punctuation were counted. Keep only a to z.",
            _gives(lambda text: _H(_shares(text.lower().replace(" ", "")))),
        ),
        _Slip(
            "these are counts, not shares. Divide them by the number of letters first.",
            _gives(lambda text: -np.sum(_counts(_a_to_z(text)) * np.log2(_counts(_a_to_z(text))))),
        ),
        _Slip(
            "the counts were divided by the length of the text. Divide by the number of letters.",
            _gives(lambda text: np.sum(_terms_by_text_length(text))),
        ),
        _Slip(
            "this is the plain mean of the surprisals of the letters that occur. Weight each with "
            "its share.",
            _gives(lambda text: np.mean(_surprise(_shares(_a_to_z(text))))),
        ),
        _Slip(
            "this is the sum of the surprisals of the letters that occur. Weight each with its "
            "share.",
            _gives(lambda text: np.sum(_surprise(_shares(_a_to_z(text))))),
        ),
        _Slip(
            "these are the bits of the whole text. Divide by the number of letters.",
            _gives(lambda text: _H(_shares(_a_to_z(text))) * len(_a_to_z(text))),
        ),
    ],
)


# Logits: natural logarithms, rows of outcomes, numbers of any size.

_SLIPS_IN_NATS = [
    _Slip("log2 was used, so this is in bits. Use the natural logarithm.", _scaled(1 / _LN2)),
    _Slip("the minus sign is missing, or there is one too many.", _scaled(-1)),
    _Slip(
        "an epsilon or a clip inside the logarithm caps the surprise. Don't go by way of the "
        "probabilities: log p = z − max z − log Σ exp(z − max z).",
        lambda got, expected, *args: (
            got.shape == np.shape(expected)
            and bool(np.isfinite(got).all())
            and bool(((np.abs(expected) > 100) & (np.abs(got) < 100)).any())
        ),
    ),
    _Slip(
        "close, but off by more than rounding. Is an epsilon added inside the logarithm, or the "
        "result clipped or rounded?",
        lambda got, expected, *args: (
            got.shape == np.shape(expected) and bool((np.abs(got - expected) < 1e-3).all())
        ),
    ),
    _Slip(
        "the result has another shape than the one expected.",
        lambda got, expected, *args: got.shape != np.shape(expected),
    ),
]


def _is_wrong_in_far_rows(got: np.ndarray, expected: np.ndarray, *args: Any) -> bool:
    """Are just those rows no numbers from which the largest logit of all is too far away?"""
    z = args[-1]
    if z.ndim < 2 or got.shape != np.shape(expected):
        return False
    far = z.max(axis=-1) < z.max() - 700
    wrong = ~np.isfinite(got)
    wrong = wrong.any(axis=-1) if got.ndim == z.ndim else wrong
    return bool(far.any()) and bool((wrong == far).all())


_ONE_LARGEST = _Slip(
    "the largest of all rows was subtracted; each row has its own: axis=-1, keepdims=True.",
    _is_wrong_in_far_rows,
)
_OVERFLOW = _Slip(
    "exp of a large logit has no room in a float. Subtract the largest logit first.",
    lambda got, expected, *args: np.max(args[-1]) > 700 and not np.isfinite(got).all(),
)
_UNDERFLOW = _Slip(
    "a probability became 0 before its logarithm was taken. Don't go by way of the probabilities: "
    "log p = z − max z − log Σ exp(z − max z).",
    lambda got, expected, *args: not np.isfinite(got).all() and bool(np.isfinite(expected).all()),
)


def _raw_log_softmax(z: np.ndarray, axis: int | None) -> np.ndarray:
    """Return z − log Σ exp(z) with the sum over `axis`, or over everything."""
    largest = z.max(axis=axis, keepdims=True)
    return z - largest - np.log(np.exp(z - largest).sum(axis=axis, keepdims=True))


def _largest(z: np.ndarray) -> np.ndarray:
    return z.max(axis=-1, keepdims=True)


def _at(table: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return table[np.arange(len(classes)), classes]


_BATCH = [[2.0, 1.0, -1.0], [0.0, 0.5, 1.0]]
_FAR_APART = [[1000.0, 999.0], [0.0, 1.0]]

_LOG_SOFTMAX = _Table(
    reference=logits.log_softmax,
    agrees_with="lib.log_softmax",
    parameters=("z",),
    cases=[
        _Case("three logits", ([2.0, 1.0, -1.0],)),
        _Case("two rows", (_BATCH,)),
        _Case("the same logits, all 1000 higher", ([1002.0, 1001.0, 999.0],)),
        _Case("an outcome that is all but ruled out", ([0.0, -800.0],)),
        _Case("three axes", ([[[1.0, 2.0]], [[3.0, 2.0]]],)),
        _Case("two rows far apart", (_FAR_APART,)),
    ],
    slips=[
        _Slip("these are the probabilities. Return their logarithms.", _gives(logits.softmax)),
        _Slip(
            "the sum runs over everything. Each row has its own: axis=-1, keepdims=True.",
            lambda got, expected, z: z.ndim > 1 and _same(got, _raw_log_softmax(z, None)),
        ),
        _Slip(
            "the sum runs along axis 0. The outcomes lie on the last axis: axis=-1, keepdims=True.",
            lambda got, expected, z: z.ndim > 1 and _same(got, _raw_log_softmax(z, 0)),
        ),
        _Slip(
            "the largest logit was subtracted inside the sum only. It has to come off z too.",
            _gives(lambda z: logits.log_softmax(z) + _largest(z)),
        ),
        _Slip("these are the logits minus their largest. log Σ is missing.",
              _gives(lambda z: z - _largest(z))),
        _ONE_LARGEST,
        _OVERFLOW,
        _UNDERFLOW,
    ],
    unit=" nats",
    general=_SLIPS_IN_NATS,
)  # fmt: skip

_LOSS_FROM_LOGITS = _Table(
    reference=logits.cross_entropy_from_logits,
    agrees_with="lib.cross_entropy_from_logits",
    parameters=("classes", "z"),
    cases=[
        _Case("two samples", ([0, 2], _BATCH)),
        _Case("three samples", ([1, 0, 1], [[1.0, 3.0, 2.0], [0.0, 0.0, 0.0], [2.0, -1.0, 0.5]])),
        _Case("logits of a thousand", ([0, 1], [[1001.0, 1000.0], [1003.0, 1000.0]])),
        _Case("a class that the model all but rules out", ([1], [[0.0, -800.0]])),
        _Case("one sample", ([1], [[-2.0, 3.0]])),
        _Case("two rows far apart", ([1, 0], _FAR_APART)),
    ],
    slips=[
        _Slip(
            "this is the mean over the samples. Return a loss for each of them.",
            lambda got, expected, *args: (
                got.ndim == 0 and expected.size > 1 and _same(got, np.mean(expected))
            ),
        ),
        _Slip(
            "this is the sum over the samples. Return a loss for each of them.",
            lambda got, expected, *args: got.ndim == 0 and _same(got, np.sum(expected)),
        ),
        _Slip(
            "softmax was applied twice: probabilities were taken for logits. Nothing fails then, "
            "and no loss comes near 0.",
            _gives(lambda t, z: logits.cross_entropy_from_logits(t, logits.softmax(z))),
        ),
        _Slip(
            "the logits were taken for probabilities. Take their softmax, in logarithms.",
            _gives(lambda t, z: -np.log(_at(z, t))),
        ),
        _Slip(
            "these are the logits of the classes with a minus sign. log Σ exp(z) is missing.",
            _gives(lambda t, z: -_at(z, t)),
        ),
        _Slip(
            "these are the probabilities of the classes. Take −log.",
            _gives(lambda t, z: _at(logits.softmax(z), t)),
        ),
        _Slip(
            "softmax ran along axis 0, over the samples. The outcomes lie on the last axis.",
            lambda got, expected, t, z: len(z) > 1 and _same(got, -_at(_raw_log_softmax(z, 0), t)),
        ),
        _Slip(
            "softmax ran over everything. Each row has its own sum: axis=-1, keepdims=True.",
            lambda got, expected, t, z: (
                len(z) > 1 and _same(got, -_at(_raw_log_softmax(z, None), t))
            ),
        ),
        _Slip(
            "the classes were counted from 1. Here they count from 0.",
            _gives(lambda t, z: -_at(logits.log_softmax(z), t - 1)),
        ),
        _Slip(
            "[:, classes] takes the columns of all samples in each row. Take one number of each "
            "row: [np.arange(len(classes)), classes].",
            lambda got, expected, t, z: _same(got, -logits.log_softmax(z)[:, t]),
        ),
        _ONE_LARGEST,
        _OVERFLOW,
        _UNDERFLOW,
    ],
    unit=" nats",
    general=_SLIPS_IN_NATS,
)

_LOSS_GRADIENT = _Table(
    reference=logits.cross_entropy_gradient,
    agrees_with="lib.cross_entropy_gradient",
    parameters=("p", "z"),
    cases=[
        _Case("a one-hot label", ([[1.0, 0.0, 0.0]], [[2.0, 1.0, -1.0]])),
        _Case("two soft targets", ([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], _BATCH)),
        _Case("the target is met", ([[0.5, 0.5]], [[3.0, 3.0]])),
        _Case("logits of a thousand", ([[0.0, 1.0]], [[1001.0, 1000.0]])),
        _Case("two rows far apart", ([[0.0, 1.0], [0.5, 0.5]], _FAR_APART)),
    ],
    slips=[
        _Slip(
            "this is target − softmax, the way down. The gradient points up: softmax − target.",
            lambda got, expected, *args: _same(got, -expected) and bool(np.any(expected)),
        ),
        _Slip("these are the probabilities. Subtract the target.",
              _gives(lambda p, z: logits.softmax(z))),
        _Slip(
            "this is the slope in each probability, −p/q. The slope in the logits is asked for.",
            _gives(lambda p, z: -p / logits.softmax(z)),
        ),
        _Slip(
            "this is log softmax − target. The first term is the probability itself.",
            _gives(lambda p, z: logits.log_softmax(z) - p),
        ),
        _Slip(
            "this is the gradient of the mean over the samples. Don't divide by their number.",
            lambda got, expected, p, z: len(z) > 1 and _same(got, expected / len(z)),
        ),
        _Slip(
            "this is divided by the number of outcomes. Their losses are added, not averaged.",
            _gives(lambda p, z: (logits.softmax(z) - p) / z.shape[-1]),
        ),
        _Slip(
            "softmax ran along axis 0, over the samples. The outcomes lie on the last axis.",
            lambda got, expected, p, z: _same(got, logits.softmax(z, axis=0) - p),
        ),
        _Slip(
            "softmax ran over everything. Each row has its own sum: axis=-1, keepdims=True.",
            lambda got, expected, p, z: (
                len(z) > 1 and _same(got, np.exp(_raw_log_softmax(z, None)) - p)
            ),
        ),
        _Slip("this is −target. The slope of log Σ exp(z) is missing: softmax.",
              _gives(lambda p, z: -p)),
        _Slip(
            "this is target · (softmax − 1), each term's slope in its own logit. Through log Σ "
            "exp(z) each term depends on all logits.",
            _gives(lambda p, z: p * (logits.softmax(z) - 1)),
        ),
        _ONE_LARGEST,
        _OVERFLOW,
    ],
    unit=" nats per unit of a logit",
    general=_SLIPS_IN_NATS,
)  # fmt: skip


def _moments(means: Any, weights: Any, stds: Any) -> tuple[Any, Any, Any]:
    """Return the mean of a mixture, the variance within its parts and that between them."""
    mean = weights @ means
    return mean, weights @ stds**2, weights @ (means - mean) ** 2


def _mean_and(std: Callable[[Any, Any], Any]) -> Callable[..., bool]:
    """Recognise a slip in the second of two results: std(within, between)."""

    def fits(got: Any, expected: Any, *args: Any) -> bool:
        mean, within, between = _moments(*args)
        return _same(got, np.array([mean, std(within, between)]))

    return fits


_MOMENT_MATCH = _Table(
    reference=lambda means, weights, stds: np.array(
        [weights @ means, np.sqrt(sum(_moments(means, weights, stds)[1:]))]
    ),
    agrees_with="the moments of the mixture",
    parameters=("means", "weights", "stds"),
    cases=[
        _Case("a single Gaussian", ([1.0], [1.0], [2.0])),
        _Case("two modes", ([-3.0, 3.0], [0.5, 0.5], [1.0, 1.0])),
        _Case("uneven weights", ([-3.0, 5.0], [0.7, 0.3], [1.0, 1.0])),
        _Case("uneven widths", ([0.0, 2.0], [0.25, 0.75], [0.5, 2.0])),
        _Case("three modes", ([-4.0, 0.5, 4.0], [0.3, 0.4, 0.3], [0.7, 0.8, 0.9])),
    ],
    slips=[
        _Slip(
            "the variance between the modes is missing: add that of their means.",
            _mean_and(lambda within, between: np.sqrt(within)),
        ),
        _Slip(
            "the variance within the modes is missing: add the mean of their variances.",
            _mean_and(lambda within, between: np.sqrt(between)),
        ),
        _Slip(
            "the second number is the variance. Take its root.",
            _mean_and(lambda within, between: within + between),
        ),
        _Slip(
            "the second moment still holds the square of the mean. Subtract it.",
            lambda got, expected, m, w, s: _same(
                got, np.array([w @ m, np.sqrt(w @ (s**2 + m**2))])
            ),
        ),
        _Slip(
            "the variance of the means needs the weights too.",
            lambda got, expected, m, w, s: _same(got, [w @ m, np.sqrt(w @ s**2 + m.var())]),
        ),
        _Slip(
            "the stds are not squared: the mean of the variances is needed.",
            lambda got, expected, m, w, s: _same(
                got, [w @ m, np.sqrt(w @ s + w @ (m - w @ m) ** 2)]
            ),
        ),
        _Slip(
            "this is the best single mode, near the reverse fit. Match the moments of all.",
            lambda got, expected, m, w, s: _same(got, [m[w.argmax()], s[w.argmax()]]),
        ),
        _Slip(
            "the order is mean, then std.",
            lambda got, expected, *args: _same(got, expected[::-1]),
        ),
        _Slip(
            "the weights are missing: these are the moments of an even mixture.",
            lambda got, expected, m, w, s: _same(
                got, np.array([m.mean(), np.sqrt((s**2).mean() + m.var())])
            ),
        ),
        _Slip(
            "two numbers are expected, the mean and the std, as one array.",
            lambda got, expected, *args: got.shape != (2,),
        ),
    ],
    unit=" (mean, std)",
)


_MEAN_FIELD_STDS = _Table(
    reference=lambda cov: 1 / np.sqrt(np.diag(np.linalg.inv(cov))),
    agrees_with="the diagonal of the precision matrix",
    parameters=("cov",),
    cases=[
        _Case("different scales", ([[4.0, -1.2], [-1.2, 1.0]],)),
        _Case("correlation .9", ([[1.0, 0.9], [0.9, 1.0]],)),
        _Case("independent coordinates", ([[4.0, 0.0], [0.0, 0.5]],)),
        _Case("three coordinates", ([[2.0, 0.5, 0.3], [0.5, 1.0, -0.4], [0.3, -0.4, 1.5]],)),
    ],
    slips=[
        _Slip(
            "these are the marginal stds, the fit that minimises D(p‖q).",
            lambda got, expected, cov: _same(got, np.sqrt(np.diag(cov))),
        ),
        _Slip("these are variances. Take their roots.", lambda got, e, cov: _same(got, e**2)),
        _Slip("these are precisions. Take 1 over their roots.", lambda g, e, c: _same(g, e**-2)),
        _Slip("these are roots of precisions. Take 1 over them.", lambda g, e, c: _same(g, 1 / e)),
        _Slip(
            "the diagonal was taken first. Invert the whole matrix, then take the diagonal.",
            lambda got, expected, cov: _same(got, 1 / np.sqrt(np.diag(cov))),
        ),
        _Slip(
            "these are stds along the principal axes, not along the coordinates.",
            lambda got, expected, cov: _same(
                np.sort(got, axis=None), np.sqrt(np.linalg.eigvalsh(cov))
            ),
        ),
        _Slip(
            "a Cholesky factor knows, for each coordinate, only those before it.",
            lambda got, expected, cov: _same(got, np.diag(np.linalg.cholesky(cov))),
        ),
        _Slip(
            "one std is expected for each coordinate.",
            lambda got, expected, cov: got.shape != np.shape(expected),
        ),
    ],
    unit="",
)


def _slope_of_pay(p: np.ndarray, r: np.ndarray) -> np.ndarray:
    return p * (r - p @ r)


_POLICY_GRADIENT = _Table(
    reference=_slope_of_pay,
    agrees_with="the slope of the mean pay",
    parameters=("p", "r"),
    cases=[
        _Case("four even arms", ([0.25, 0.25, 0.25, 0.25], [12.0, 11.0, 9.0, 8.0])),
        _Case("an uneven policy", ([0.5, 0.3, 0.2], [3.0, 1.0, 0.0])),
        _Case("an arm that is never pulled", ([0.5, 0.5, 0.0], [1.0, 2.0, 9.0])),
        _Case("all arms pay the same", ([0.7, 0.2, 0.1], [3.0, 3.0, 3.0])),
    ],
    slips=[
        _Slip(
            "the baseline is missing: subtract the policy's mean pay from r.",
            _gives(lambda p, r: p * r),
        ),
        _Slip(
            "the baseline is the plain mean of r. Weight it with the policy.",
            _gives(lambda p, r: p * (r - r.mean())),
        ),
        _Slip(
            "this is the advantage, which is the natural gradient. Weight it with the policy.",
            _gives(lambda p, r: r - p @ r),
        ),
        _Slip("the sign is wrong: this is the way down.", _gives(lambda p, r: p * (p @ r - r))),
        _Slip("this is the mean pay. Return a slope for each logit.", _gives(lambda p, r: p @ r)),
    ],
    unit="",
)


def _clip(log_ratio: float, epsilon: float) -> float:
    return float(np.clip(np.exp(log_ratio), 1 - epsilon, 1 + epsilon))


_PPO_CLIP_OBJECTIVE = _Table(
    reference=rl.ppo_clip_objective,
    agrees_with="lib.ppo_clip_objective",
    parameters=("log_ratio", "advantage", "epsilon"),
    cases=[
        _Case("a little more of a good action", (0.1, 1.0, 0.2)),
        _Case("much more of a good action", (0.7, 1.0, 0.2)),
        _Case("much more of a bad action", (0.7, -1.0, 0.2)),
        _Case("much less of a bad action", (-0.7, -2.0, 0.2)),
        _Case("much less of a good action", (-0.7, 2.0, 0.2)),
        _Case("a wider clip", (0.5, 3.0, 0.5)),
    ],
    slips=[
        _Slip(
            "this is ρA, as without a clip or with the larger of the two. Take the smaller.",
            _gives(lambda x, a, e: np.exp(x) * a),
        ),
        _Slip(
            "the clip applies on both sides. Take the smaller of ρA and the clipped ρ times A.",
            _gives(lambda x, a, e: _clip(x, e) * a),
        ),
        _Slip(
            "the first argument is the logarithm of the ratio. Take its exponential.",
            _gives(lambda x, a, e: min(x * a, float(np.clip(x, 1 - e, 1 + e)) * a)),
        ),
        _Slip(
            "clip the ratio, not its logarithm.",
            _gives(lambda x, a, e: min(np.exp(x) * a, float(np.exp(np.clip(x, -e, e))) * a)),
        ),
    ],
    unit="",
)
