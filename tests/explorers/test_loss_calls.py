"""A call of PyTorch, rebuilt: its numbers are PyTorch's, its words true, the hand reaches all."""

import itertools
import re

import numpy as np
import pytest
import traitlets

from explorers import LossCalls
from explorers.loss_calls import CALLS, FED, REDUCTIONS, TARGETS
from lib import cross_entropy, kl_divergence, softmax
from tests.explorers.page import NEWS, PHONE, THEMES, Hand, held, lines, pull_bar, rgb, settle

CLERK = [0.3, 0.6, 0.1]
SURE = [0.0, 1.0, 0.0]
SECOND = {"p": [0.2, 0.3, 0.5], "q": [0.4, 0.4, 0.2]}
TWO = {"p": [NEWS, SECOND["p"]], "q": [CLERK, SECOND["q"]]}
HAND = Hand(handles=6, sliders=6, tracks=6, pressed=".letters button[aria-pressed=false]")
CROWDED = {
    "nan": LossCalls([NEWS, SURE], [CLERK, NEWS], target="log-probabilities", reduction="none"),
    "refused": LossCalls(call="cross_entropy", swapped=True, log_target=True),
    "far": LossCalls([[0, 0.5, 0.5]], [[1, 0, 0]], fed="logits", reduction="none"),
}

WAYS = {
    "call": CALLS,
    "swapped": [False, True],
    "fed": FED,
    "target": TARGETS,
    "log_target": [False, True],
    "reduction": REDUCTIONS,
}
EVERY_CALL = [dict(zip(WAYS, values, strict=True)) for values in itertools.product(*WAYS.values())]
# One row and two, plain and random; then zeros in P, in Q, in both, one-hot rows, next to nothing.
PLAIN = [
    ([NEWS], [CLERK]),
    (TWO["p"], TWO["q"]),
    tuple(np.random.default_rng(20261128).dirichlet([0.5] * 3, (2, 2)).tolist()),
]
WITH_ZEROS = [
    ([[0.6, 0.4, 0.0]], [NEWS]),
    ([NEWS, CLERK], [CLERK, [0.6, 0.4, 0.0]]),
    ([[0.6, 0.4, 0.0]], [[0.5, 0.5, 0.0]]),
    ([SURE], [SURE]),
    ([[1.0, 0.0, 0.0], NEWS], [SURE, CLERK]),
    ([SURE, [1e-300, 0.5, 0.5]], [NEWS, [0.5, 0.5, 1e-300]]),
]
BATCHES = [*PLAIN, *WITH_ZEROS]
STATES = [{"p": p, "q": q, **one} for (p, q), one in itertools.product(BATCHES, EVERY_CALL)]


def refused(state):
    """Whether PyTorch raises: cross_entropy knows neither of two arguments of kl_div."""
    return state["call"] == "cross_entropy" and (
        state["log_target"] or state["reduction"] == "batchmean"
    )


@pytest.fixture(scope="module")
def ours():
    """Return what Python makes of every state: its code, and its value or the error it raises."""
    explorer, found = LossCalls(), []
    for state in STATES:
        explorer.set_state(state)
        try:
            value = explorer.value
        except (TypeError, ValueError) as error:
            value = error
        found.append((explorer.code, value))
    return found


# ---- what it takes -------------------------------------------------------------------------------


def test_the_news_and_the_clerk_are_what_it_starts_with():
    explorer = LossCalls()
    assert (explorer.p, explorer.q) == ([NEWS], [CLERK])
    assert explorer.code == 'F.kl_div(q.log(), p, reduction="batchmean")'
    assert explorer.value == pytest.approx(kl_divergence(NEWS, CLERK), rel=1e-12)


def test_arrays_are_taken_and_floats_kept():
    explorer = LossCalls(np.array([[1, 0, 0], [0, 1, 0]]))
    assert explorer.p == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    assert explorer.q == [[1 / 3] * 3] * 2
    assert {type(one) for row in explorer.p for one in row} == {float}


@pytest.mark.parametrize("name", ["p", "q"])
@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ([[0.5, 0.3, 0.3]], r"\[0\] sums to 1.1"),
        ([NEWS, [0.5, 0.6, -0.1]], r"\[1\].*neg"),
        (NEWS, r"shape \(3,\); give rows, like \[\[.5, .3, .2\]\]: PyTorch takes the first axis"),
        ([NEWS] * 3, r"shape \(3, 3\); give 1 or 2 rows of 3"),
        ([[0.5, 0.5]], r"\[0\] has shape \(2,\); give one row of 3 probabilities"),
        ([NEWS, [0.5, 0.5]], "give rows of numbers"),
        ("news", "'news'.*; give rows of numbers"),
    ],
)
def test_what_is_no_batch_of_pmfs_is_refused_and_changes_nothing(name, value, complaint):
    explorer = LossCalls()
    with pytest.raises(ValueError, match=rf"^{name}.*{complaint}"):
        setattr(explorer, name, value)
    assert (explorer.p, explorer.q) == ([NEWS], [CLERK])
    with pytest.raises(traitlets.TraitError, match=rf"preset 'odd'.*{complaint}"):
        LossCalls(presets=[{"name": "odd", name: value}])


def test_p_and_q_have_as_many_rows():
    explorer = LossCalls()
    with pytest.raises(traitlets.TraitError, match="number of rows: 2 in q, 1 in p"):
        explorer.q = [CLERK, CLERK]
    with pytest.raises(traitlets.TraitError, match="preset 'odd': another number of rows in q"):
        LossCalls(presets=[{"name": "odd", "q": [CLERK, CLERK]}])
    with pytest.warns(UserWarning, match=r"2 in p now, so q is even; explorer\.q = ") as said:
        explorer.p = TWO["p"]
    assert explorer.q == [[1 / 3] * 3] * 2
    assert {one.filename for one in said} == {__file__}


@pytest.mark.parametrize("order", [*itertools.permutations(["p", "q", "reduction"])])
def test_the_page_may_send_them_in_any_order(order):
    state = {**TWO, "reduction": "sum"}
    explorer = LossCalls()
    explorer.set_state({name: state[name] for name in order})
    assert {name: getattr(explorer, name) for name in state} == state


def test_a_setting_that_is_none_is_refused_with_those_there_are():
    explorer = LossCalls()
    for name, value in (("call", "js"), ("fed", "q"), ("reduction", "avg"), ("swapped", "yes")):
        with pytest.raises(traitlets.TraitError, match=name):
            setattr(explorer, name, value)
    with pytest.raises(traitlets.TraitError, match=r"preset 'odd'.*reduction"):
        LossCalls(presets=[{"name": "odd", "reduction": "avg"}])


def test_what_it_returns_is_read_and_not_set():
    explorer = LossCalls()
    for name in ("value", "code"):
        with pytest.raises(AttributeError):
            setattr(explorer, name, 1)


# ---- the arithmetic ------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
@pytest.mark.parametrize("batch", range(len(BATCHES)))
def test_every_call_returns_and_raises_what_pytorch_does(batch):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: torch==2.13.0")
    p, q = BATCHES[batch]
    both = torch.tensor([p, q], dtype=torch.float64)
    names = {"F": torch.nn.functional, "p": both[0], "q": both[1]}
    kinds = set()
    explorer = LossCalls(p, q)
    for settings in EVERY_CALL:
        explorer.set_state(settings)
        try:
            theirs = eval(explorer.code, names).numpy()
        except (TypeError, ValueError) as error:
            with pytest.raises(type(error), match=f"^{re.escape(str(error))}$"):
                _ = explorer.value
            kinds.add("raises")
            continue
        assert np.shape(explorer.value) == theirs.shape
        message = explorer.code
        np.testing.assert_allclose(explorer.value, theirs, rtol=1e-12, atol=1e-15, err_msg=message)
        kinds.add("finite" if np.isfinite(theirs).all() else "not finite")
    assert kinds == {"raises", "finite", "not finite"}


@pytest.fixture(scope="module")
def told(module_page):
    """Return what losses.mjs makes of every state: code, refusal, value, wanted, meaning."""
    return module_page.evaluate(
        """(states) => import("/explorers/loss_calls/losses.mjs").then((m) =>
            states.map((state) => ({
                code: m.code(state), refusal: m.refusal(state), value: m.returned(state),
                wanted: m.wanted(state), meaning: m.meaning(state),
            })))""",
        STATES,
    )


def test_the_page_returns_what_python_does(told, ours):
    assert len(told) == len(STATES) == 192 * len(BATCHES)
    for state, answer, (code, value) in zip(STATES, told, ours, strict=True):
        assert answer["code"] == code
        assert isinstance(value, Exception) == refused(state)
        if refused(state):
            assert answer["refusal"] == f"{type(value).__name__}: {value}"
            continue
        assert answer["refusal"] == ""
        assert np.shape(answer["value"]) == np.shape(value)
        np.testing.assert_allclose(answer["value"], value, rtol=1e-12, atol=1e-15, err_msg=code)


def test_what_is_wanted_is_libs_divergence_or_cross_entropy_in_nats(told):
    for state, answer in zip(STATES, told, strict=True):
        kl = state["call"] == "kl_div"
        each = (kl_divergence if kl else cross_entropy)(state["p"], state["q"])
        assert answer["wanted"]["name"] == ("D(P‖Q)" if kl else "H(P, Q)")
        np.testing.assert_allclose(answer["wanted"]["each"], each, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(answer["wanted"]["mean"], np.mean(each), rtol=1e-9, atol=1e-15)


# ---- the words -----------------------------------------------------------------------------------

# What a quantity is, for each row, as it is written of A = target and B = model.
QUANTITIES = {
    "D({A}‖{B})": kl_divergence,
    "D({A}‖{B}) − 1": lambda a, b: kl_divergence(a, b) - 1,
    "Σ {a} (log {a} − {b})": lambda a, b: (a * (np.log(a) - b)).sum(-1),
    "Σ exp({a}) ({a} − log {b})": lambda a, b: (np.exp(a) * (a - np.log(b))).sum(-1),
    "Σ exp({a}) ({a} − {b})": lambda a, b: (np.exp(a) * (a - b)).sum(-1),
    "Σ exp({a}) ({a} − log {b} − 1)": lambda a, b: (np.exp(a) * (a - np.log(b) - 1)).sum(-1),
    "H({A}, {B})": cross_entropy,
    "H({A}, softmax of {B})": lambda a, b: cross_entropy(a, softmax(b)),
    "−Σ log {a} · log {b}": lambda a, b: -(np.log(a) * np.log(b)).sum(-1),
    "−Σ log {a} · log softmax({b})": lambda a, b: -(np.log(a) * np.log(softmax(b))).sum(-1),
    "nan": lambda a, b: np.full(len(a), np.nan),
}


def named(state, quantity):
    """Return the quantity that these words name, for each row."""
    pairs = [("p", "q"), ("q", "p")]
    meant = {
        words.format(a=a, b=b, A=a.upper(), B=b.upper()): (rule, a, b)
        for words, rule in QUANTITIES.items()
        for a, b in (pairs if "{" in words else pairs[:1])
    }
    rule, a, b = meant[quantity]
    return rule(np.array(state[a]), np.array(state[b]))


def after_the_words(each, before, after, value):
    """Return what the words around a quantity make of it, and what to hold against it."""
    if before == "the terms of ":
        return each, np.sum(value, axis=-1)
    divided = each / 3 if " / 3" in after else each
    assert (before == "[") == ("]" in after)
    if "sum of both rows" in after:
        return divided.sum(), value
    if "mean over rows" in after:
        return divided.mean(), value
    if after == " of each row":
        return divided, value
    assert after in ("", " / 3", "] / 3", " wherever the target is below 0")
    return divided[0], np.ravel(value)[0]


def test_the_quantity_that_is_named_is_what_the_call_returns(told, ours):
    """By lib and by the formulas themselves, for all that is finite."""
    seen = set()
    for state, answer, (_, value) in zip(STATES, told, ours, strict=True):
        if (state["p"], state["q"]) not in PLAIN or refused(state):
            continue
        words = answer["meaning"]
        seen.add(re.sub("[PQ]", "X", re.sub(r"\b[pq]\b", "x", words["quantity"])))
        if words["quantity"] == "nan":
            assert np.isnan(value).all()
            continue
        each = named(state, words["quantity"])
        said, returned = after_the_words(each, words["before"], words["after"], value)
        np.testing.assert_allclose(said, returned, rtol=1e-9, atol=1e-12, err_msg=answer["code"])
    letters = {"a": "x", "b": "x", "A": "X", "B": "X"}
    assert seen == {words.format(**letters) for words in QUANTITIES}


def test_the_right_call_is_right_and_every_other_says_why_not(told):
    for state, answer in zip(STATES, told, strict=True):
        if (state["p"], state["q"]) not in PLAIN or refused(state):
            continue
        as_asked = answer["meaning"]["remarks"] == "what you asked for."
        close = np.shape(answer["value"]) in ((), (1,)) and np.allclose(
            answer["value"], answer["wanted"]["mean"], rtol=1e-9
        )
        assert as_asked == close, answer["code"]


# Each clause, and when it is true.
CLAUSES = {
    "no divergence": lambda s: s["kl"] and (
        (s["fed"] == "probabilities" and s["fits"]) or (s["log_target"] and not s["logs"])
    ),
    "no cross-entropy": lambda s: not s["kl"] and s["logs"],
    "the order is swapped": lambda s: s["swapped"],
    "probabilities were fed where logs belong": lambda s: s["kl"] and s["fed"] == "probabilities",
    "logits count as logs, unnormalised": lambda s: s["kl"] and s["fed"] == "logits",
    "log_target=True takes the target for logs": (
        lambda s: s["kl"] and s["log_target"] and not s["logs"]
    ),
    "the target is below 0, and without log_target=True its log is taken": (
        lambda s: s["kl"] and s["logs"] and not s["log_target"]
    ),
    "'mean' divides by every entry": lambda s: s["kl"] and s["reduction"] == "mean",
    "cross_entropy takes the softmax of probabilities": (
        lambda s: not s["kl"] and s["fed"] == "probabilities"
    ),
    "the target has to be probabilities": lambda s: not s["kl"] and s["logs"],
    "'none' adds nothing up": lambda s: s["kl"] and s["reduction"] == "none",
    "'none' keeps the rows apart": (
        lambda s: not s["kl"] and s["reduction"] == "none" and s["rows"] > 1
    ),
    "'sum' does not divide by the number of rows": (
        lambda s: s["reduction"] == "sum" and s["rows"] > 1
    ),
}  # fmt: skip


def test_every_slip_is_named_and_no_other(told, ours):
    for state, answer, (_, value) in zip(STATES, told, ours, strict=True):
        if refused(state):
            assert answer["meaning"]["remarks"] == f"PyTorch raises {answer['refusal']}."
            continue
        logs = state["target"] == "log-probabilities"
        facts = {
            **state, "kl": state["call"] == "kl_div", "rows": len(state["p"]), "logs": logs,
            "fits": logs == state["log_target"],
        }  # fmt: skip
        true = {clause for clause, holds in CLAUSES.items() if holds(facts)}
        said = answer["meaning"]["remarks"].removesuffix(".").split("; ")
        assert set(said) & set(CLAUSES) == true, answer["code"]
        other = set(said) - set(CLAUSES)
        assert len(other) <= 1
        if not np.isfinite(value).all() and answer["meaning"]["quantity"] != "nan":
            assert "comes of log 0" in "".join(other), answer["code"]
        else:
            assert other <= {"what you asked for"}, answer["code"]


def test_where_a_log_of_0_is_to_blame_the_number_it_makes_is_named(told, ours):
    seen = set()
    for answer, (_, value) in zip(told, ours, strict=True):
        found = re.search(r"(nan|−?inf) comes of log 0", answer["meaning"]["remarks"])
        if found:
            number = {"nan": np.nan, "inf": np.inf, "−inf": -np.inf}[found[1]]
            assert np.isclose(number, value, equal_nan=True).any()
            seen.add(found[1])
    assert seen == {"nan", "inf", "−inf"}


# ---- what is drawn -------------------------------------------------------------------------------


def chip(page, group, name):
    return page.get_by_role("group", name=group, exact=True).get_by_role(
        "button", name=name, exact=True
    )


def said(page):
    """The code, what is returned, and the sentence."""
    settle(page)
    parts = (".call-line", ".call-returns", ".call-note")
    return [" ".join(page.locator(part).inner_text().split()) for part in parts]


def numbers(page):
    """The entries, and last the sum of each row."""
    settle(page)
    return page.locator("[role=img] .number").all_text_contents()


def test_the_news_divided_by_three_is_written_out(open_page):
    page = open_page(LossCalls(reduction="mean"))
    assert said(page) == [
        'F.kl_div(q.log(), p, reduction="mean")',
        "0.0620",
        "D(P‖Q) / 3: 'mean' divides by every entry.",
    ]
    assert lines(page)[2] == "right: D(P‖Q) = 0.1861 nats"
    assert numbers(page) == ["+.2554", "−.2079", "+.1386", "+.1861"]


# By hand: D(P‖Q) = .5 ln(5/3) + .3 ln(1/2) + .2 ln 2 = .18610; D(Q‖P) = .19333; in the second row
# D = .2 ln(1/2) + .3 ln(3/4) + .5 ln(5/2) = .23321.
# Σ p ln p = −1.02965, Σ p q = .35, so Σ p (ln p − q) = −1.37965, and the softmax of Q costs
# ln(e^.3 + e^.6 + e^.1) − .35 = 1.10329. e^.5 (.5 − ln .3) + e^.3 (.3 − ln .6) + e^.2 (.2 − ln .1)
# = 2.80937 + 1.09451 + 3.05666 = 6.96054.
PRESETS = {
    "as it should be": ("0.1861", "D(P‖Q): what you asked for."),
    "order swapped": ("0.1933", "D(Q‖P): the order is swapped."),
    "probabilities for logs": (
        "−1.3797",
        "Σ p (log p − q): no divergence; probabilities were fed where logs belong.",
    ),
    "log_target forgotten": (
        "nan",
        "nan: the target is below 0, and without log_target=True its log is taken.",
    ),
    "needless log_target": (
        "6.9605",
        "Σ exp(p) (p − log q): no divergence; log_target=True takes the target for logs.",
    ),
    "'mean'": ("0.0620", "D(P‖Q) / 3: 'mean' divides by every entry."),
    "'sum' of two rows": (
        "0.4193",
        "D(P‖Q), sum of both rows: 'sum' does not divide by the number of rows.",
    ),
    "a zero in Q": ("inf", "D(P‖Q): inf comes of log 0."),
    "softmax twice": (
        "1.1033",
        "H(P, softmax of Q): cross_entropy takes the softmax of probabilities.",
    ),
}


def test_the_presets_are_the_slips_and_their_numbers(open_page):
    page = open_page(LossCalls())
    assert page.locator(".chip").all_inner_texts() == list(PRESETS)
    for name, wanted in PRESETS.items():
        page.get_by_role("button", name=name, exact=True).click()
        assert said(page)[1:] == [*wanted], name


def test_every_chip_sets_its_trait(open_lab):
    page = open_lab(LossCalls())
    for group, name, texts in (
        ("call", "call", ["cross_entropy", "kl_div"]),
        ("order", "swapped", ["swapped", "right"]),
        ("input", "fed", ["probabilities", "logits", "logs"]),
        ("target", "target", ["logs", "probabilities"]),
        ("log_target", "log_target", ["True", "False"]),
        ("reduction", "reduction", ["none", "sum", "mean", "batchmean"]),
    ):
        values = {"right": False, "swapped": True, "False": False, "True": True}
        for text in texts:
            chip(page, group, text).click()
            wanted = values.get(text, "log-probabilities" if text == "logs" else text)
            assert held(page, name) == [wanted]
            pressed = page.get_by_role("group", name=group, exact=True).locator(
                "[aria-pressed=true]"
            )
            assert pressed.all_inner_texts() == [text]


def test_all_entries_are_returned_where_nothing_is_reduced(open_page):
    page = open_page(LossCalls(**TWO, reduction="none"))
    assert said(page)[1] == "[[0.2554, −0.2079, 0.1386], [−0.1386, −0.0863, 0.4581]]"
    chip(page, "call", "cross_entropy").click()
    assert said(page)[1] == "[1.2158, 1.2629]"
    assert numbers(page)[-2:] == ["+1.2158", "+1.2629"]


@pytest.mark.parametrize(
    ("settings", "remark"),
    [
        ({"reduction": "batchmean"}, "ValueError: batchmean is not a valid value for reduction"),
        (
            {"log_target": True},
            "TypeError: cross_entropy() got an unexpected keyword argument 'log_target'",
        ),
    ],
)
def test_what_pytorch_refuses_is_said_in_its_words(open_page, settings, remark):
    page = open_page(LossCalls(**{"call": "cross_entropy", "reduction": "mean", **settings}))
    assert said(page)[1:] == ["an error", f"PyTorch raises {remark}."]


def test_a_second_row_comes_and_goes_and_comes_back_as_it_was(open_lab):
    page = open_lab(LossCalls(reduction="sum"))
    chip(page, "rows", "2").click()
    assert held(page, "p", "q") == [TWO["p"], TWO["q"]]
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == "2"
    assert page.get_by_role("slider").count() == 12
    assert page.locator(".soft").inner_text() == "the mean of 0.1861 and 0.2332"
    page.get_by_role("slider", name="Q of sports, row 2").press("PageUp")
    chip(page, "rows", "1").click()
    assert held(page, "p", "q") == [[NEWS], [CLERK]]
    assert page.locator(".soft").inner_text() == ""
    chip(page, "rows", "2").click()
    p, q = held(page, "p", "q")
    assert (p, q[0]) == (TWO["p"], CLERK)
    np.testing.assert_allclose(q[1], [0.4 * 5 / 6, 0.5, 0.2 * 5 / 6], rtol=1e-12)


def paths(page, side):
    """The widths of the bars of the entries, in nats, from top to bottom."""
    path = page.locator(f"[role=img] .{side} .area").get_attribute("d") or ""
    return [float(width) / 72 for width in re.findall(r"h([\d.]+)", path)]


def test_an_entry_is_as_long_as_it_is_large_and_one_below_0_points_left(open_page):
    page = open_page(LossCalls())
    assert paths(page, "cost") == pytest.approx([0.2554, 0.1386], abs=1e-3)
    assert paths(page, "gain") == pytest.approx([0.2079], abs=1e-3)
    chip(page, "input", "probabilities").click()
    settle(page)
    assert page.locator("[role=img] :is(.cost, .gain)").count() == 0
    left = page.locator("[role=img] .plain .area").nth(1).get_attribute("d")
    widths = [float(width) / 72 for width in re.findall(r"h([\d.]+)", left)]
    p = np.array(NEWS)
    assert widths == pytest.approx(-p * (np.log(p) - CLERK), abs=1e-3)


def test_an_entry_too_long_is_cut_with_a_mark_and_its_number_stands(open_page):
    page = open_page(LossCalls([[0.98, 0.01, 0.01]], [[0.01, 0.98, 0.01]]))
    assert page.locator(".cut").get_attribute("d").count("M") == 1
    assert numbers(page) == ["+4.4933", "−.0458", "0.0000", "+4.4474"]


# ---- the hand ------------------------------------------------------------------------------------


def pull(page, label, *changes):
    """Drag the end of a bar by each of these changes of probability; release at the end."""
    pull_bar(page, label, 150, *changes)


def test_a_drag_moves_one_bar_and_its_row_still_sums_to_1(open_lab):
    page = open_lab(LossCalls(**TWO))
    pull(page, "P of politics, row 1", 0.2)
    assert held(page, "p", "q") == [[[0.7, 0.18, 0.12], SECOND["p"]], TWO["q"]]
    pull(page, "Q of sports, row 2", 2, -2, 0)
    assert held(page, "p", "q") == [[[0.7, 0.18, 0.12], SECOND["p"]], TWO["q"]]


def test_what_is_typed_stays_while_there_is_room(open_lab):
    page = open_lab(LossCalls())
    for label, text in (("Q of politics", ".2"), ("Q of sports", ".7")):
        page.get_by_role("slider", name=label, exact=True).focus()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        settle(page)
    assert held(page, "q") == [[pytest.approx([0.2, 0.7, 0.1], abs=1e-14)]]


@pytest.mark.parametrize(
    ("keys", "value"),
    [(["ArrowRight"], 0.51), (["ArrowLeft"], 0.49), (["PageDown"], 0.4), (["End"], 1)],
)
def test_keys_move_a_slider_and_it_says_where_it_stands(open_page, keys, value):
    page = open_page(LossCalls())
    slider = page.get_by_role("slider", name="P of politics")
    assert slider.get_attribute("aria-valuetext") == ".50, entry +.2554"
    slider.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)
    assert slider.get_attribute("aria-valuenow") == f"{value:g}"


def test_a_finger_presses_chips_and_none_of_them_is_cut(open_page):
    page = open_page(LossCalls(), viewport=PHONE, has_touch=True, is_mobile=True)
    chip(page, "reduction", "mean").tap()
    assert said(page)[1] == "0.0620"
    for button in page.locator(".letters button").all():
        box = button.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
        assert box["height"] >= 24 and box["width"] >= 24


@pytest.mark.parametrize("theme", THEMES)
def test_a_bar_has_the_colour_of_its_role(open_page, theme):
    page = open_page(LossCalls(), color_scheme=theme)
    for role in ("p", "q"):
        grip = page.locator(f".end-grip.{role} .knob").first
        assert grip.evaluate("grip => getComputedStyle(grip).fill") == rgb(THEMES[theme][role])


def test_the_result_is_spoken_at_rest(open_page):
    page = open_page(LossCalls())
    chip(page, "reduction", "mean").click()
    spoken = page.locator("[aria-live=polite]")
    spoken.get_by_text("nats").wait_for(state="attached")
    assert spoken.text_content() == (
        "kl_div returns 0.0620, D(P‖Q) / 3: 'mean' divides by every entry. D(P‖Q) is 0.1861 nats."
    )


def test_a_link_rebuilds_a_call(open_page):
    page = open_page(LossCalls())
    link = "loss-calls?fed=probabilities&p=.5,.3,.2;.2,.3,.5&q=.3,.6,.1;.4,.4,.2&swapped=true"
    page.evaluate("(link) => { location.hash = link; }", link)
    page.get_by_text("the order is swapped").wait_for()
    before = said(page)
    assert before[0] == 'F.kl_div(p, q, reduction="batchmean")'
    for query, notice in (
        ("p=.5,.5", "p is not 1 to 2 distributions over 3 outcomes"),
        ("p=.5,.3,.2;.2,.3,.5", "q and p do not go together"),
    ):
        page.evaluate("(query) => { location.hash = `loss-calls?${query}`; }", query)
        page.locator(".notice").get_by_text(notice).wait_for()
        assert said(page) == before
