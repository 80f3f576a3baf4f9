"""Code lengths, prefix codes and their theorems.

Numbers in parentheses are those of Cover & Thomas, Elements of Information Theory, 2nd ed., 2006.
"""

import itertools
import math
from fractions import Fraction
from functools import reduce

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib import (
    cross_entropy,
    decode_bits,
    encode_symbols,
    entropy,
    huffman_code,
    kl_divergence,
    kraft_sum,
    mean_length,
    normalize,
    prefix_code,
    shannon_lengths,
    surprisal,
)
from tests.lib.strategies import GARBAGE, pmfs

P = np.array([0.5, 0.3, 0.2])  # the news: politics, sports, entertainment
Q = np.array([0.3, 0.6, 0.1])  # what the editor believes
SLACK = 1e-12

WORDS = st.text("01", min_size=1, max_size=5)


@st.composite
def prefix_codes(draw):
    """Draw any prefix-free words, by leaving out those that begin with another or begin one."""
    code = []
    for word in draw(st.lists(WORDS, min_size=1, max_size=12)):
        if not any(word.startswith(other) or other.startswith(word) for other in code):
            code.append(word)
    return code


def lengths_of(code):
    return [math.inf if word is None else len(word) for word in code]


def huffman_mean(p):
    return mean_length(lengths_of(huffman_code(p)), p)


def begins_another(code):
    words = [word for word in code if word is not None]
    return any(b.startswith(a) for a, b in itertools.permutations(words, 2))


def at_most_1(p):
    """Do the floats of p, as the fractions that they are, sum to 1 or less?"""
    return sum(map(Fraction, p.tolist())) <= 1


def news_in_blocks(size):
    return reduce(np.kron, [P] * size)


# --- the numbers of the book ----------------------------------------------------------------------


def test_the_news_in_shannons_and_huffmans_code():
    assert shannon_lengths(P).tolist() == [1, 2, 3]
    assert huffman_code(P) == ["0", "10", "11"]
    assert f"{mean_length([1, 2, 3], P):.4f}" == "1.7000"
    assert f"{mean_length([1, 2, 2], P):.4f}" == "1.5000"


def test_codes_made_for_a_wrong_q():
    # Huffman(Q) beats the ideal lengths for Q, since (¼, ½, ¼) is nearer to P than Q is.
    assert lengths_of(huffman_code(Q)) == [2, 1, 2]
    assert f"{mean_length([2, 1, 2], P):.4f}" == "1.7000"
    assert f"{mean_length(surprisal(Q, base=2), P):.4f}" == "1.7540"
    assert shannon_lengths(Q).tolist() == [2, 1, 4]
    assert f"{mean_length([2, 1, 4], P):.4f}" == "2.1000"
    assert kl_divergence(P, [0.25, 0.5, 0.25]) < kl_divergence(P, Q)
    # Another wrong Q, with the two most frequent in the right order, costs nothing.
    assert huffman_code([0.6, 0.3, 0.1]) == huffman_code(P)


@pytest.mark.parametrize(
    ("size", "printed"),
    [
        (1, "1.5000"),
        (2, "1.5000"),
        (3, "1.4957"),
        (4, "1.4931"),
        (5, "1.4915"),
        (6, "1.4905"),
        (7, "1.4897"),
        (8, "1.4892"),
    ],
)
def test_huffman_codes_for_blocks_of_news(size, printed):
    assert f"{huffman_mean(news_in_blocks(size)) / size:.4f}" == printed


def test_a_block_code_sends_news():
    code = huffman_code(news_in_blocks(8))
    sent = np.random.default_rng(0).choice(3**8, size=1250, p=news_in_blocks(8))
    bits = encode_symbols(sent, code)
    np.testing.assert_array_equal(decode_bits(bits, code), sent)
    assert 1.45 < len(bits) / 10_000 < 1.53


def test_huffmans_own_example():
    # Huffman (1952), table I: 13 messages, mean length 3.42
    p = [0.20, 0.18, 0.10, 0.10, 0.10, 0.06, 0.06, 0.04, 0.04, 0.04, 0.04, 0.03, 0.01]
    assert f"{huffman_mean(p):.2f}" == "3.42"


def test_the_horse_race():
    # Cover & Thomas (2006), example 1.1.2: entropy 2 bits, and a code of 2 bits
    p = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1 / 64, 1 / 64, 1 / 64]
    assert huffman_code(p) == ["0", "10", "110", "1110", "111100", "111101", "111110", "111111"]
    assert huffman_mean(p) == entropy(p, base=2) == 2


def test_no_plan_of_questions_names_a_card_in_fewer_than_300_52nds_on_average():
    # a plan asks about a part of the cards first; each card left on either side costs 1 question
    questions = {1: 0}
    for n in range(2, 53):
        questions[n] = n + min(questions[part] + questions[n - part] for part in range(1, n))
    assert questions[52] == 20 * 6 * 2 + 12 * 5 == 300
    assert huffman_mean(np.full(52, 1 / 52)) == pytest.approx(300 / 52, rel=1e-12)


def test_cards_of_several_decks_named_together_cost_less_each_though_not_at_every_step():
    means = [huffman_mean(np.full(52**decks, 52.0**-decks)) / decks for decks in (1, 2, 3)]
    # of 2704 pairs of cards 2 × 656 share one of the 2^11 answers and need a question more
    exact = [Fraction(300, 52), Fraction(11 * 1392 + 12 * 1312, 2 * 2704)]
    np.testing.assert_allclose(means[:2], [float(x) for x in exact], rtol=1e-12)
    four = Fraction(22 * 52**4 + 2 * (52**4 - 2**22), 4 * 52**4)
    assert [f"{x:.3f}" for x in (*means, float(four))] == ["5.769", "5.743", "5.712", "5.713"]


def test_the_tie_rule_gives_the_shortest_longest_word():
    # both (1, 2, 3, 3) … and (2, 2, 2, 3, 3) are optimal for the textbook's case of a tie
    p = [0.4, 0.2, 0.2, 0.1, 0.1]
    assert lengths_of(huffman_code(p)) == [2, 2, 2, 3, 3]
    assert mean_length([1, 2, 3, 4, 4], p) == pytest.approx(huffman_mean(p))


# --- theorems -------------------------------------------------------------------------------------


@given(prefix_codes())
def test_kraft_inequality(code):
    # theorem 5.2.1: every prefix code keeps to the budget
    assert not begins_another(code)
    assert kraft_sum(lengths_of(code)) <= 1


@given(st.lists(st.one_of(st.integers(0, 7), st.just(math.inf)), min_size=1, max_size=12))
def test_kraft_inequality_converse(lengths):
    # theorem 5.2.1: whatever keeps to it is a prefix code
    if kraft_sum(lengths) <= 1:
        code = prefix_code(lengths)
        assert lengths_of(code) == lengths
        assert not begins_another(code)
    else:
        with pytest.raises(ValueError, match="Kraft sum"):
            prefix_code(lengths)


def uniquely_decodable(code):
    """Sardinas & Patterson (1953): does no text have two readings?"""
    if len(set(code)) < len(code):
        return False
    seen, dangling = (
        set(),
        {b[len(a) :] for a, b in itertools.permutations(code, 2) if b[: len(a)] == a},
    )
    while dangling - seen:
        if dangling & set(code):
            return False
        seen |= dangling
        dangling = {
            y[len(x) :]
            for a, b in itertools.product(code, dangling)
            for x, y in ((a, b), (b, a))
            if y.startswith(x) and x != y
        }
    return True


@given(st.lists(WORDS, min_size=1, max_size=6) | prefix_codes().map(lambda c: [w[::-1] for w in c]))
def test_mcmillan_inequality(code):
    # theorem 5.5.1: it is enough that texts can be read in one way only
    assume(uniquely_decodable(code))
    assert kraft_sum(lengths_of(code)) <= 1


def test_a_code_read_backwards_can_be_decodable_without_being_prefix_free():
    assert uniquely_decodable(["0", "01", "11"])
    assert begins_another(["0", "01", "11"])
    assert not uniquely_decodable(["0", "01", "10"])  # 010


@given(pmfs())
def test_source_coding_bound(p):
    # theorem 5.4.1, and its proof for Shannon's lengths: H ≤ L < H + 1
    H = entropy(p, base=2)
    huffman, shannon = huffman_mean(p), mean_length(shannon_lengths(p), p)
    assert H - SLACK <= huffman < H + 1 + SLACK
    assert H - SLACK <= shannon < H + 1 + SLACK
    if at_most_1(p):
        assert huffman <= shannon + SLACK


@given(pmfs(), st.data())
def test_no_prefix_code_beats_the_entropy(p, data):
    # theorem 5.3.1
    drawn = st.lists(st.integers(0, 12), min_size=p.size, max_size=p.size)
    lengths = np.array(data.draw(drawn))
    while kraft_sum(lengths) > 1:
        lengths += 1
    assert mean_length(lengths, p) >= entropy(p, base=2) - SLACK


@given(pmfs(min_size=2), st.data())
def test_the_wrong_code_costs_the_divergence(p, data):
    # theorem 5.4.3: H(p) + D(p‖q) ≤ L < H(p) + D(p‖q) + 1 with Shannon's lengths for q
    q = data.draw(pmfs(min_size=p.size, max_size=p.size))
    length, ideal = mean_length(shannon_lengths(q), p), cross_entropy(p, q, base=2)
    if ideal == math.inf:
        assert length == math.inf
    else:
        assert ideal - SLACK * (1 + ideal) <= length
        assert length - 1 < ideal  # exact where ideal + 1 would round up to length


@given(
    st.one_of(pmfs(max_size=6), st.lists(st.integers(1, 4), max_size=6, min_size=1).map(normalize))
)
def test_huffman_is_optimal_among_all_prefix_codes(p):
    possible = sorted((x for x in p.tolist() if x > 0), reverse=True)
    size = len(possible)
    # The lengths of a best code grow as probabilities fall, and none is above K − 1.
    rivals = itertools.combinations_with_replacement(range(min(1, size - 1), max(1, size)), size)
    best = min(
        math.fsum(x * length for x, length in zip(possible, rival, strict=True))
        for rival in rivals
        if sum(Fraction(1, 2**length) for length in rival) <= 1
    )
    assert abs(huffman_mean(p) - best) <= SLACK


@given(pmfs(max_size=40))
def test_huffman_codes_are_prefix_free_and_leave_no_budget(p):
    code = huffman_code(p)
    assert not begins_another(code)
    assert [word is None for word in code] == (p == 0).tolist()
    total = sum(Fraction(1, 2 ** len(word)) for word in code if word is not None)
    assert total == 1


@given(pmfs(min_size=2), st.lists(st.integers(0, 7), max_size=50))
def test_what_is_encoded_is_decoded(p, drawn):
    code = huffman_code(p)
    assume("" not in code)
    symbols = [k for k in drawn if k < p.size and p[k] > 0]
    bits = encode_symbols(symbols, code)
    assert len(bits) == sum(len(code[k]) for k in symbols)
    assert decode_bits(bits, code).tolist() == symbols


# --- lengths --------------------------------------------------------------------------------------


def test_shannon_lengths_are_exact_at_and_beside_every_power_of_two():
    powers = np.arange(1, 1022)
    p = np.ldexp(1.0, -powers)
    for x, length in ((p, powers), (np.nextafter(p, 0), powers + 1), (np.nextafter(p, 1), powers)):
        pair = np.stack([x, 1 - x], axis=-1)
        np.testing.assert_array_equal(shannon_lengths(pair)[:, 0], length)
    assert shannon_lengths([5e-324, 1]).tolist() == [1074, 0]


def test_shannon_lengths_of_the_impossible_is_inf():
    lengths = shannon_lengths([0.5, 0.0, 0.5])
    assert lengths.tolist() == [1, math.inf, 1]
    assert kraft_sum(lengths) == 1
    assert mean_length(lengths, [0.5, 0.0, 0.5]) == 1
    assert prefix_code(lengths) == ["0", None, "1"]


def test_floats_that_sum_to_a_little_more_than_1_may_break_the_budget_by_as_little():
    lengths = shannon_lengths([1.0, 1e-17])
    assert lengths.tolist() == [0, 57]
    with pytest.raises(ValueError, match=r"^lengths have the Kraft sum 1 and a little more; a"):
        prefix_code(lengths)


@given(pmfs())
def test_shannon_lengths_keep_to_the_budget(p):
    if at_most_1(p):
        assert not begins_another(prefix_code(shannon_lengths(p)))
    ideal = surprisal(p, base=2)
    possible = p > 0
    assert np.all((ideal <= shannon_lengths(p))[possible])
    assert np.all((shannon_lengths(p) < ideal + 1 + SLACK)[possible])


def test_kraft_sum_is_the_nearest_float():
    assert kraft_sum([2, 2, 1]) == 1.0
    assert kraft_sum([1, 2, 3]) == 0.875
    assert kraft_sum([0]) == 1.0
    assert kraft_sum([1, 1, 2]) == 1.25
    assert kraft_sum(np.append(np.arange(1, 54), 53)) == 1.0
    assert kraft_sum(np.arange(1, 54)) == 1 - 2.0**-53
    assert kraft_sum([10**9, math.inf]) == 0.0
    assert kraft_sum([20] * 2**20) == 1.0
    assert kraft_sum([1] + [60] * 1024) == 0.5 + 2.0**-50  # added one by one, they would be lost


@pytest.mark.parametrize("alphabet", [3, 10, 256, np.int64(3), 10**400])
def test_kraft_sum_of_a_full_tree_in_any_alphabet(alphabet):
    words = min(int(alphabet), 300)
    assert kraft_sum([1] * words, alphabet) == pytest.approx(words / alphabet, rel=1e-15)
    assert kraft_sum([0], alphabet) == 1


def test_ideal_lengths_use_just_the_budget():
    assert kraft_sum(surprisal(P, base=2)) == pytest.approx(1, rel=1e-15)
    assert kraft_sum(surprisal(np.array([P, Q]), base=2)) == pytest.approx([1, 1], rel=1e-15)


def test_mean_length_broadcasts():
    lengths = np.array([[1, 2, 2], [2, 1, 2]])
    np.testing.assert_allclose(mean_length(lengths, P), [1.5, 1.7])
    np.testing.assert_allclose(mean_length([1, 2, 2], np.array([P, Q])), [1.5, 1.7])
    np.testing.assert_allclose(
        mean_length(lengths[:, None], np.array([P, Q])), [[1.5, 1.7], [1.7, 1.4]]
    )
    assert mean_length([1, 2, math.inf], [0.5, 0.5, 0]) == 1.5
    assert mean_length([1, 2, math.inf], P) == math.inf


# --- codes ----------------------------------------------------------------------------------------


def test_prefix_code_takes_the_first_free_word_of_each_length():
    assert prefix_code([2, 1, 3]) == ["10", "0", "110"]
    assert prefix_code([3, 3, 3]) == ["000", "001", "010"]
    assert prefix_code([7] * 128) == [f"{k:07b}" for k in range(128)]
    assert prefix_code([0]) == [""]
    assert prefix_code([math.inf, 2.0]) == [None, "00"]
    words = prefix_code(np.append(np.arange(1, 1075), 1074))
    assert words[-1] == "1" * 1074


def test_a_certain_outcome_needs_no_bits_and_an_impossible_one_gets_none():
    assert huffman_code([1.0]) == [""]
    assert huffman_code([0.0, 1.0, 0.0]) == [None, "", None]
    assert huffman_code([0.5, 0.0, 0.5]) == ["0", None, "1"]
    assert encode_symbols([1, 1, 1], huffman_code([0.0, 1.0])) == ""


def test_huffman_code_of_a_hundred_thousand_outcomes_and_of_a_very_deep_tree():
    p = normalize(np.random.default_rng(0).random(100_000))
    H = entropy(p, base=2)
    assert H <= huffman_mean(p) < H + 0.05
    deep = normalize(np.ldexp(1.0, -np.arange(1070)))
    assert lengths_of(huffman_code(deep)) == [*range(1, 1070), 1069]


def test_the_same_pmf_always_has_the_same_code():
    p = np.full(6, 1 / 6)
    assert huffman_code(p) == huffman_code(list(p)) == ["100", "101", "110", "111", "00", "01"]


def test_no_symbols_are_no_bits():
    assert encode_symbols([], ["0", "1"]) == ""
    assert decode_bits("", ["0", "1"]).tolist() == []
    assert decode_bits("", ["0", "1"]).dtype == np.int64


def test_a_code_need_not_be_prefix_free_to_be_written():
    assert encode_symbols([0, 2, 1], ["0", "01", "11"]) == "01101"


@pytest.mark.parametrize(
    ("bits", "code", "message"),
    [
        ("0111", ["0", "10", "11"], r"^bits\[3:\] '1' ends inside a code word$"),
        ("010", ["0", "10", "11", "0"], r"^code\[0\] '0' begins code\[3\] '0', so that"),
        ("010", ["01", "1", "0"], r"^code\[2\] '0' begins code\[0\] '01', so that bits could"),
        ("0110", ["010", "1", "01", "00"], r"^code\[2\] '01' begins code\[0\] '010'"),
        ("0" * 90, ["1" + "0" * 50], r"^bits\[0:\] '0{37}\.\.\.' begins no code word$"),
        ("0 1", ["0", "1"], r"^bits\[1\] is ' '; expected 0 or 1"),
        ("01२", ["0", "1"], r"^bits\[2\] is '२'"),
        ("101", ["1", "00"], r"^bits\[1:\] '01' begins no code word$"),
        ("1", [None, None], r"^bits\[0:\] '1' begins no code word$"),
        ("", [""], r"^code\[0\] is empty, so that bits cannot say how often it was sent$"),
        ("", ["0", ""], r"^code\[1\] is empty"),
        ("", [], "^code is empty"),
        ("", ["0", "2"], r"^code\[1\] is '2'; code words are made of 0s and 1s"),
    ],
)
def test_bits_that_cannot_be_read_are_told_where(bits, code, message):
    with pytest.raises(ValueError, match=message):
        decode_bits(bits, code)


@pytest.mark.parametrize(
    ("symbols", "code", "error", "message"),
    [
        ([0, 1, 2], ["0", "1"], ValueError, r"^symbols\[2\] is 2; expected 0 … 1"),
        ([0, -1], ["0", "1"], ValueError, r"^symbols\[1\] is -1"),
        ([0, 1], ["0", None], ValueError, r"^symbols\[1\] is 1, for which the code has no word"),
        ([[0]], ["0", "1"], ValueError, r"^symbols has shape \(1, 1\)"),
        ([0], ["0", "x"], ValueError, r"^code\[1\] is 'x'"),
        ([0], [], ValueError, "^code is empty"),
        ([0.0], ["0", "1"], TypeError, "^symbols has dtype float64; number the outcomes 0 … 1"),
        ([True], ["0", "1"], TypeError, "^symbols has dtype bool"),
        (["0"], ["0", "1"], TypeError, "^symbols has dtype <U1"),
        (np.ma.masked_array([0]), ["0", "1"], TypeError, "^symbols is a masked array"),
        ([0], [0, 1], TypeError, r"^code\[0\] is of type int; expected a string"),
        ([0], "01", TypeError, "^code must be a list of code words, not str"),
        ([0], 7, TypeError, "^code must be a list of code words, not int"),
        # a set has no order of its own, and a dict's keys are not its words
        ([0], {"0", "10"}, TypeError, "^code must be a list of code words, not set"),
        ([0], {"0": 0, "10": 1}, TypeError, "^code must be a list of code words, not dict"),
    ],
)
def test_symbols_that_cannot_be_written_are_an_error(symbols, code, error, message):
    with pytest.raises(error, match=message):
        encode_symbols(symbols, code)


@pytest.mark.parametrize("bits", [b"01", 1, None, ["0", "1"]])
def test_bits_must_be_a_string(bits):
    with pytest.raises(TypeError, match=r"^bits must be a string of 0s and 1s, not "):
        decode_bits(bits, ["0", "1"])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: shannon_lengths([1, 1]), ValueError, "^p sums to 2"),
        (lambda: huffman_code([0.5, 0.6]), ValueError, r"^p sums to 1\.1"),
        (lambda: huffman_code([P, Q]), ValueError, r"^p has shape \(2, 3\); pass one pmf"),
        (lambda: kraft_sum([1, -1]), ValueError, r"^lengths\[1\] is -1\.0; a length is 0 or more"),
        (lambda: kraft_sum([[1, math.nan]]), ValueError, r"^lengths\[0, 1\] is nan"),
        (lambda: kraft_sum(3), ValueError, r"^lengths has shape \(\); pass the length of every"),
        (lambda: kraft_sum([]), ValueError, r"^lengths has shape \(0,\)"),
        (lambda: kraft_sum(["0", "10"]), TypeError, "^lengths has dtype <U2"),
        (lambda: kraft_sum([1], 1), ValueError, "^alphabet is 1; code words need at least two"),
        (lambda: kraft_sum([1], 2.0), TypeError, "^alphabet must be an integer, not float"),
        (lambda: kraft_sum([1], True), TypeError, "^alphabet must be an integer, not bool"),
        (lambda: mean_length([1, 2], P), ValueError, "^there are 2 lengths and p has 3 outcomes"),
        (lambda: mean_length(P, [1, 2, 2]), ValueError, "^p sums to 5"),
        (
            lambda: mean_length(np.ones((2, 3)), np.tile(P, (4, 1))),
            ValueError,
            r"^lengths has shape \(2, 3\) and p has \(4, 3\)",
        ),
        (
            lambda: prefix_code([1, 1, 2]),
            ValueError,
            r"^lengths have the Kraft sum 1\.25; a prefix",
        ),
        (lambda: prefix_code([0, 0]), ValueError, "^lengths have the Kraft sum 2;"),
        (lambda: prefix_code([1, 1.737]), ValueError, r"^lengths\[1\] is 1\.737; expected a whole"),
        (lambda: prefix_code([1, 10**15]), ValueError, r"expected a whole number up to 10,000"),
        (lambda: prefix_code([[1, 1]]), ValueError, r"^lengths has shape \(1, 2\); pass the len"),
    ],
)
def test_what_has_no_code_is_told_why(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_inputs_are_never_changed():
    p, lengths = np.array([0.5, 0.5, 0.0]), np.array([1.0, 2.0, 3.0])
    p.flags.writeable = lengths.flags.writeable = False
    shannon_lengths(p), huffman_code(p), kraft_sum(lengths), mean_length(lengths, p)
    assert prefix_code(lengths) == ["0", "10", "110"]
    code = ["0", None]
    encode_symbols([0], code), decode_bits("0", code)
    assert code == ["0", None]


# --- fuzz -----------------------------------------------------------------------------------------

WORDS_OR_NONE = st.one_of(st.text("01", max_size=3), st.none(), st.floats())
ANY = st.one_of(GARBAGE, st.text("01x", max_size=4), st.lists(WORDS_OR_NONE, max_size=4))
ONE_ARGUMENT = [shannon_lengths, huffman_code, kraft_sum, prefix_code]
TWO_ARGUMENTS = [kraft_sum, mean_length, encode_symbols, decode_bits]


@given(ANY, ANY)
def test_garbage_gives_a_value_or_a_clear_error(a, b):
    calls = [(function, (a,)) for function in ONE_ARGUMENT]
    calls += [(function, (a, b)) for function in TWO_ARGUMENTS]
    for function, arguments in calls:
        try:
            value = function(*arguments)
        except (ValueError, TypeError):
            continue
        assert value is not None
