"""What every public function of lib and training does with whatever comes in: no name left out.

The sense of each result is tested in the file of its module; here, that all functions take the same
layouts and types of their arguments, refuse the same garbage, and leave no trace.
"""

import contextlib
import inspect
import math
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import numpy as np
import pytest

import lib
import training

NEWS = np.array([[0.5, 0.3, 0.2], [0.3, 0.6, 0.1]])
RNG = np.random.default_rng(0)
COVS = np.array([[[2.0, 0.5], [0.5, 1.0]], [[1.0, 0.2], [0.2, 3.0]]])
CODE = ["0", "10", "11"]


class Kind(NamedTuple):
    """What an argument is: what has no place in it, and what it may be in whole numbers."""

    bad: tuple
    whole: object = None  # a function of the example; None: is whole already, or never


def one_hot(p):
    return np.eye(p.shape[-1])[np.arange(math.prod(p.shape[:-1])) % p.shape[-1]].reshape(p.shape)


NAN, INF = math.nan, math.inf
PMF = Kind((NAN, INF, -INF, -0.25, 2.0), one_hot)
WEIGHTS = Kind((NAN, INF, -INF, -0.25), lambda w: np.ceil(4 * w))
PROBABILITY = Kind((NAN, INF, -INF, -0.25, 1.5), np.rint)
COUNTS = Kind((NAN, INF, -INF, -1, 0.5))
LENGTHS = Kind((NAN, -INF, -1))
REAL = Kind((NAN, INF, -INF), np.rint)
LOGITS = Kind((NAN, INF), np.rint)
STD = Kind((NAN, INF, -INF, 0, -1), np.ceil)
COV = Kind((NAN, INF, -INF, 0, -1), lambda c: np.eye(c.shape[-1]) + 0 * c)
LOG_P = Kind((NAN, INF, -INF), np.rint)
LOG_Q = Kind((NAN, INF), np.rint)
DISCOUNT = Kind((NAN, INF, -INF, -0.5, 1.5), np.rint)
OUTCOMES = Kind((-1, 7))
LABELS = Kind(())
PUSHES = Kind((NAN, INF, -INF, -1, 0.5, 2), np.rint)


class Spec(NamedTuple):
    """How a function is called: with example arrays of these kinds."""

    call: object
    arrays: tuple
    kinds: tuple
    empty: object = None  # the shape of the result where every array is empty; None: an error


def pair(function, **options):
    return Spec(lambda p, q: function(p, q, **options), (NEWS, NEWS[::-1].copy()), (PMF, PMF))


MEANS, STDS = RNG.standard_normal((2, 3)), np.exp(RNG.standard_normal((2, 3)))
LINE = (MEANS[0], STDS[0], MEANS[1], STDS[1])
Z = RNG.standard_normal((2, 3))
ATOMS = np.array([-1.0, 0.5, 2.0])
JOINT = np.array([[0.2, 0.3, 0.1], [0.1, 0.1, 0.2]])

SPECS = {
    "check_pmf": Spec(lib.check_pmf, (NEWS,), (PMF,)),
    "normalize": Spec(lib.normalize, (NEWS,), (WEIGHTS,)),
    "empirical_pmf": Spec(lambda x: lib.empirical_pmf(x, 3), (np.array([2, 0, 0]),), (OUTCOMES,)),
    "surprisal": Spec(lib.surprisal, (NEWS,), (PROBABILITY,), (0,)),
    "entropy": Spec(lib.entropy, (NEWS,), (PMF,)),
    "cross_entropy": pair(lib.cross_entropy),
    "kl_divergence": pair(lib.kl_divergence),
    "js_divergence": pair(lib.js_divergence),
    "total_variation": pair(lib.total_variation),
    "renyi_divergence": pair(lib.renyi_divergence, order=2),
    "wasserstein_1d": Spec(lib.wasserstein_1d, (NEWS, NEWS[::-1].copy(), ATOMS), (PMF, PMF, REAL)),
    "conditional_entropy": Spec(lib.conditional_entropy, (JOINT,), (PMF._replace(whole=None),)),
    "mutual_information": Spec(lib.mutual_information, (JOINT,), (PMF._replace(whole=None),)),
    "information_gain": Spec(
        lib.information_gain, (np.array([1, 1, 0, 2]), np.array([1, 2, 2, 1])), (LABELS, LABELS)
    ),
    "log_softmax": Spec(lib.log_softmax, (Z,), (LOGITS,)),
    "softmax": Spec(lib.softmax, (Z,), (LOGITS,)),
    "cross_entropy_from_logits": Spec(lib.cross_entropy_from_logits, (NEWS, Z), (PMF, LOGITS)),
    "cross_entropy_gradient": Spec(lib.cross_entropy_gradient, (NEWS, Z), (PMF, LOGITS)),
    "gaussian_entropy": Spec(lib.gaussian_entropy, (STDS[0],), (STD,), (0,)),
    "gaussian_cross_entropy": Spec(lib.gaussian_cross_entropy, LINE, (REAL, STD, REAL, STD), (0,)),
    "gaussian_kl": Spec(lib.gaussian_kl, LINE, (REAL, STD, REAL, STD), (0,)),
    "gaussian_kl_full": Spec(
        lib.gaussian_kl_full, (MEANS[:, :2], COVS, MEANS[:, 1:], COVS[::-1]), (REAL, COV) * 2
    ),
    "plug_in_entropy": Spec(lib.plug_in_entropy, (np.array([4.0, 0, 2]),), (COUNTS,)),
    "miller_madow_entropy": Spec(lib.miller_madow_entropy, (np.array([4.0, 0, 2]),), (COUNTS,)),
    "kl_estimates": Spec(
        lambda p, q: np.stack(lib.kl_estimates(p, q)), (Z[0], Z[1]), (LOG_P, LOG_Q), (3, 0)
    ),
    "shannon_lengths": Spec(lib.shannon_lengths, (NEWS,), (PMF,)),
    "huffman_code": Spec(lib.huffman_code, (NEWS[0],), (PMF,)),
    "prefix_code": Spec(lib.prefix_code, (np.array([1.0, 2, 2]),), (LENGTHS,)),
    "kraft_sum": Spec(lib.kraft_sum, (np.array([[1.0, 2, 2]]),), (LENGTHS,)),
    "mean_length": Spec(lib.mean_length, (np.array([1.0, 2, 2]), NEWS), (LENGTHS, PMF)),
    "encode_symbols": Spec(
        lambda x: lib.encode_symbols(x, CODE), (np.array([2, 0, 1]),), (OUTCOMES,), ()
    ),
    "decode_bits": Spec(lambda: lib.decode_bits("0101", CODE), (), ()),
    "arithmetic_encode": Spec(
        lambda x, p: lib.arithmetic_encode(x, p), (np.array([2, 0, 1]), NEWS[0]), (OUTCOMES, PMF)
    ),
    "arithmetic_decode": Spec(
        lambda p: lib.arithmetic_decode(b"L", p, 4),
        (np.array([0.5, 0.25, 0.25]),),
        (PMF._replace(whole=None),),
    ),
    "StaticModel": Spec(lambda p: lib.StaticModel(p).interval(1), (NEWS[0],), (PMF,)),
    "AdaptiveModel": Spec(lambda: lib.AdaptiveModel(3).interval(1), (), ()),
    "categorical_projection": Spec(
        lib.categorical_projection,
        (MEANS[0, :2], np.array([0.5, 0.9]), NEWS, ATOMS),
        (REAL, DISCOUNT, PMF, REAL),
    ),
    "ppo_clip_objective": Spec(
        lambda r, a: lib.ppo_clip_objective(r, a, 0.2), (Z[0], Z[1]), (LOG_Q, REAL), (0,)
    ),
    "CartPole": Spec(
        lambda a: training.CartPole(3, rng=np.random.default_rng(0)).step(a).reached,
        (np.array([0.0, 1, 1]),),
        (PUSHES,),
    ),
    "Pendulum": Spec(
        lambda a: training.Pendulum(3, rng=np.random.default_rng(0)).step(a).reached,
        (Z[0],),
        (REAL,),
    ),
}
# tests/training has all about them.
NO_FUNCTIONS_OF_ARRAYS = {"MLP", "Adam", "LanguageModel", "train_language_model"}
CASES = [(name, i) for name, spec in SPECS.items() for i in range(len(spec.arrays))]
EACH_ARGUMENT = pytest.mark.parametrize(("name", "place"), CASES)
EACH = pytest.mark.parametrize("name", [name for name, spec in SPECS.items() if spec.arrays])


def called(name, place=None, array=None):
    """Call with the examples, one of them replaced."""
    spec = SPECS[name]
    arrays = [array if i == place else a for i, a in enumerate(spec.arrays)]
    return spec.call(*arrays)


def same(actual, expected, rtol=1e-12):
    if isinstance(expected, np.ndarray | float):
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=1e-15)
    else:
        assert actual == expected


def test_no_name_is_left_out():
    assert set(SPECS) | NO_FUNCTIONS_OF_ARRAYS == {*lib.__all__, *training.__all__}


def layouts(a):
    yield "list", a.tolist()
    yield "every second", np.repeat(a, 2, axis=-1)[..., ::2]
    yield "backwards", np.ascontiguousarray(a[..., ::-1])[..., ::-1]
    yield "by columns", np.asfortranarray(a)
    yield "other byte order", a.astype(a.dtype.newbyteorder())
    locked = a.copy()
    locked.flags.writeable = False
    yield "read-only", locked


@EACH_ARGUMENT
def test_the_layout_of_an_argument_makes_no_difference(name, place):
    expected = called(name)
    for _, other in layouts(SPECS[name].arrays[place]):
        same(called(name, place, other), expected)


@EACH_ARGUMENT
def test_single_precision_passes_and_is_computed_in_float64(name, place):
    array = SPECS[name].arrays[place]
    if array.dtype != np.float64 or name in ("huffman_code", "prefix_code"):
        return
    result = called(name, place, array.astype(np.float32))
    if isinstance(result, np.ndarray | np.floating):
        assert result.dtype == np.result_type(called(name))
        same(result, called(name), rtol=1e-4)


@EACH_ARGUMENT
def test_whole_numbers_of_any_type_are_taken_as_floats(name, place):
    array, whole = SPECS[name].arrays[place], SPECS[name].kinds[place].whole
    if whole is None:
        return
    floats = whole(array) + 0.0
    if SPECS[name].kinds[place] is PMF and name.startswith("cross_entropy_"):
        with pytest.raises(ValueError, match=r"write targets\.astype"):
            called(name, place, floats.astype(int))  # integers are classes there
        return
    try:
        expected = called(name, place, floats)
    except ValueError:  # atoms or discounts that collide when rounded
        return
    same(called(name, place, floats.astype(np.int8)), expected)
    same(called(name, place, floats.astype(np.int64).tolist()), expected)


@EACH_ARGUMENT
def test_what_has_no_place_in_an_argument_is_a_value_error(name, place):
    spec = SPECS[name]
    for bad in spec.kinds[place].bad:
        for index in (0, -1):
            array = spec.arrays[place].copy()
            if array.dtype.kind == "i" and not float(bad).is_integer():
                continue
            array.flat[index] = bad
            with pytest.raises(ValueError, match=r"\w"):
                called(name, place, array)


@EACH_ARGUMENT
def test_what_is_no_array_of_numbers_is_an_error(name, place):
    array = SPECS[name].arrays[place]
    names = SPECS[name].kinds[place] is LABELS  # these may be of any type but objects
    wrong = [
        array.astype(object),
        np.ma.masked_array(array, mask=array == array),
        np.ma.masked_array(array),
        array + 0j,
        None,
        {"a": 1.0},
        [[1.0], [1.0, 2.0]],
        *([] if names else [array.astype(bool), array.astype(str), array.astype("datetime64[s]")]),
    ]
    for garbage in wrong:
        with pytest.raises((TypeError, ValueError)):
            called(name, place, garbage)


class Recording:
    """Like a tensor that records its gradient: it refuses to become an array, in its own way."""

    def __array__(self, *args, **options):
        raise RuntimeError("call detach() first")


class Sparse:
    """Like a sparse matrix: it has a shape, but neither a length nor entries."""

    shape, ndim, dtype = (2, 3), 2, np.dtype(float)

    def __len__(self):
        raise TypeError("the length of a sparse matrix is ambiguous")


LOOP: list = []
LOOP.append(LOOP)
ODD = {
    "huge": 10**400,
    "huge below 0": -(10**400),
    "beyond int64": [2**64, -1],
    "huge among floats": [0.5, 10**400],
    "huge Fraction": Fraction(10**400),
    "Fractions": [Fraction(1, 2), Fraction(1, 2)],
    "Decimals": [Decimal("0.5"), Decimal("0.5")],
    "Decimal": Decimal("1.5"),
    "ragged": [[1.0], [1.0, 2.0]],
    "nested without end": LOOP,
    "64 axes": np.ones((1,) * 64),
    "objects": np.array([0.5, None], dtype=object),
    "structured": np.zeros(3, [("a", float)]),
    "str": "abc",
    "half a surrogate": "\ud800",
    "bytes": b"abc",
    "memoryview": memoryview(b"abc"),
    "None": None,
    "dict": {0: 0.5, 1: 0.5},
    "set": {0, 1},
    "generator": (x for x in (0.5, 0.5)),
    "iterator": iter([0, 1]),
    "complex": 1j,
    "complexes": [1j, 0],
    "bool": True,
    "dates": np.array(["2020-01-01"], "datetime64[D]"),
    "long double beyond float64": np.longdouble("1e4000"),
    "recording": Recording(),
    "sparse": Sparse(),
    "function": len,
    "ellipsis": ...,
}
OTHERS = {  # calls with arguments that are none of the arrays above
    "empirical_pmf": [lambda x: lib.empirical_pmf([0], x)],
    "renyi_divergence": [lambda x: lib.renyi_divergence(NEWS, NEWS, x)],
    "check_pmf": [lambda x: lib.check_pmf(NEWS, name=x)],
    "kraft_sum": [lambda x: lib.kraft_sum([1, 2, 2], x)],
    "encode_symbols": [lambda x: lib.encode_symbols([0], x)],
    "decode_bits": [lambda x: lib.decode_bits(x, CODE), lambda x: lib.decode_bits("0", x)],
    "arithmetic_decode": [
        lambda x: lib.arithmetic_decode(x, NEWS[0], 4),
        lambda x: lib.arithmetic_decode(b"L", NEWS[0], x),
    ],
    "AdaptiveModel": [
        lambda x: lib.AdaptiveModel(x),
        lambda x: lib.AdaptiveModel(3, initial=x),
        lambda x: lib.AdaptiveModel(3, increment=x),
    ],
    "ppo_clip_objective": [lambda x: lib.ppo_clip_objective(Z, Z, x)],
    "CartPole": [lambda x: training.CartPole(3, rng=x)],
    "Pendulum": [lambda x: training.Pendulum(3, rng=x)],
    "MLP": [
        lambda x: training.MLP(x, rng=RNG),
        lambda x: training.MLP((2, x), rng=RNG),
        lambda x: training.MLP((2, 1), rng=x),
        lambda x: training.MLP((2, 1), rng=RNG, activation=x),
        lambda x: training.MLP((2, 1), rng=RNG)(x),
        lambda x: training.MLP((2, 1), rng=RNG).backward(x, [[1.0]]),
        lambda x: training.MLP((2, 1), rng=RNG).backward([np.ones((1, 2)), np.ones((1, 1))], x),
        lambda x: training.MLP((2, 1), rng=RNG).jvp(x, np.ones(3)),
        lambda x: training.MLP((2, 1), rng=RNG).jvp([np.ones((1, 2)), np.ones((1, 1))], x),
    ],
    "Adam": [
        lambda x: training.Adam(x),
        lambda x: training.Adam(np.ones(2), lr=x),
        lambda x: training.Adam(np.ones(2), epsilon=x),
        lambda x: training.Adam(np.ones(2), betas=x),
        lambda x: training.Adam(np.ones(2), betas=(0.9, x)),
        lambda x: training.Adam(np.ones(2)).step(x),
    ],
}


@pytest.mark.parametrize("name", sorted({*SPECS, *NO_FUNCTIONS_OF_ARRAYS}))
def test_odd_arguments_get_an_answer_or_a_type_or_value_error_and_no_warning(name):
    calls = [*OTHERS.get(name, [])]
    if name in SPECS:
        calls += [lambda x, i=i: called(name, i, x) for i in range(len(SPECS[name].arrays))]
    for option, names in (("base", WITH_BASE), ("axis", WITH_AXIS)):
        if name in names:
            function, order = getattr(lib, name), {"order": 2} if name[0] == "r" else {}
            calls.append(
                lambda x, o=option, f=function, r=order: f(*SPECS[name].arrays, **r, **{o: x})
            )
    for call, odd in product(calls, ODD.values()):
        with contextlib.suppress(TypeError, ValueError):
            call(odd)


@EACH
def test_without_an_outcome_there_is_an_error_or_an_empty_result(name):
    spec = SPECS[name]
    for i, array in enumerate(spec.arrays):
        empty = array[..., :0]
        arrays = [empty if j == i or spec.empty else a for j, a in enumerate(spec.arrays)]
        if spec.empty is None and not (name == "arithmetic_encode" and i == 0):
            with pytest.raises(ValueError, match=r"\w"):
                spec.call(*arrays)
        elif spec.empty:
            arrays = [a[:0].reshape(0) if a.ndim == 1 else a[0, :0] for a in spec.arrays]
            assert np.shape(spec.call(*arrays)) == spec.empty
    if name in ("encode_symbols", "arithmetic_encode"):
        assert len(spec.call(np.zeros(0, int), *spec.arrays[1:])) == 0


@EACH
def test_inputs_stay_as_they_are_and_the_result_is_ones_own(name):
    spec = SPECS[name]
    kept = [a.copy() for a in spec.arrays]
    result = spec.call(*spec.arrays)
    for before, after in zip(kept, spec.arrays, strict=True):
        np.testing.assert_array_equal(before, after)
    if isinstance(result, np.ndarray) and name != "check_pmf":
        assert not any(np.shares_memory(result, a) for a in spec.arrays)
        result[...] = 0


@EACH
def test_no_warning_leaves_and_the_settings_of_numpy_stay(name):
    spec = SPECS[name]
    with np.errstate(all="raise"):
        before = np.geterr()
        spec.call(*spec.arrays)
        for place, kind in enumerate(spec.kinds):
            for bad in kind.bad:
                array = spec.arrays[place].copy()
                if array.dtype.kind == "f":
                    array.flat[0] = bad
                    with pytest.raises(ValueError, match=r"\w"):
                        called(name, place, array)
        assert np.geterr() == before


WITH_BASE = [
    *("surprisal", "entropy", "cross_entropy", "kl_divergence", "js_divergence"),
    *("renyi_divergence", "conditional_entropy", "mutual_information", "information_gain"),
    *("plug_in_entropy", "miller_madow_entropy"),
]


@pytest.mark.parametrize("name", WITH_BASE)
@pytest.mark.parametrize("base", [2, math.e, 10, 256, np.float32(2), np.int8(3)])
def test_a_base_divides_by_its_logarithm(name, base):
    arrays, order = SPECS[name].arrays, {"order": 2} if name.startswith("renyi") else {}
    function = getattr(lib, name)
    same(function(*arrays, **order, base=base), function(*arrays, **order) / math.log(base))


@pytest.mark.parametrize("name", WITH_BASE)
@pytest.mark.parametrize("base", [1, 0, -2, 0.5, NAN, INF, -INF, "2", 2j, [2], np.array([2.0])])
def test_a_bad_base_is_an_error(name, base):
    arrays, order = SPECS[name].arrays, {"order": 2} if name.startswith("renyi") else {}
    with pytest.raises((TypeError, ValueError), match=r"^base "):
        getattr(lib, name)(*arrays, **order, base=base)


WITH_AXIS = [
    *("check_pmf", "normalize", "entropy", "cross_entropy", "kl_divergence", "js_divergence"),
    *("total_variation", "renyi_divergence", "log_softmax", "softmax"),
]


@pytest.mark.parametrize("name", WITH_AXIS)
def test_the_outcomes_may_lie_on_any_axis(name):
    function = getattr(lib, name)
    order = {"order": 2} if name.startswith("renyi") else {}
    count = len(SPECS[name].arrays)
    arrays = [lib.normalize(RNG.random((2, 3, 4))) for _ in range(count)]
    last = function(*arrays, **order)
    for axis in (0, 1, 2, -1, -2, -3):
        moved = function(*(np.moveaxis(a, -1, axis) for a in arrays), **order, axis=axis)
        same(moved if moved.ndim == 2 else np.moveaxis(moved, axis, -1), last)
    for bad, error in ((3, ValueError), (-4, ValueError), (1.0, TypeError), (None, TypeError)):
        with pytest.raises(error):
            function(*arrays, **order, axis=bad)


def test_every_function_with_a_base_or_an_axis_is_among_these():
    things = vars(lib) | vars(training)
    parameters = {name: inspect.signature(things[name]).parameters for name in SPECS}
    for option, names in (("base", WITH_BASE), ("axis", WITH_AXIS)):
        assert {name for name, found in parameters.items() if option in found} == set(names)


BROADCASTING = [
    *("cross_entropy", "kl_divergence", "js_divergence", "total_variation", "renyi_divergence"),
    *("wasserstein_1d", "cross_entropy_from_logits", "cross_entropy_gradient", "mean_length"),
]


@pytest.mark.parametrize("name", BROADCASTING)
def test_batches_broadcast_against_one(name):
    call = SPECS[name].call
    one, *rest = [a if a.ndim == 1 else a[0] for a in SPECS[name].arrays]
    batch = np.broadcast_to(one, (4, 2, one.size)).copy()
    if name == "wasserstein_1d":
        other, tail = rest[0], rest[1:]
    else:
        (other,), tail = rest, []
    expected = call(one, other, *tail)
    others = np.broadcast_to(other, batch.shape).copy()
    for a, b in ((batch, other), (one, others), (batch, others), (batch[:, :1], others[:1])):
        result = call(a, b, *tail)
        assert result.shape[:2] == (4, 2)
        same(result, np.broadcast_to(expected, result.shape))
