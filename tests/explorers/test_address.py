"""A link opens an explorer as a reader has set it; what it says is held to the traits of Python."""

import json
import math

import numpy as np
import pytest
import traitlets

import explorers
from explorers import BillTriangle, SurpriseBars
from tests.explorers.page import KINDS, SETTLED, box_of, html_of, settle
from theme.pages import name_explorers

each = pytest.mark.parametrize("kind", KINDS, ids=explorers.__all__)
REFUSALS = (ValueError, TypeError, traitlets.TraitError)
GAP = '<p style="height: 1500px">Above it stands a text.</p>'
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}

# What these tests ask of a page: a state as text, the way to an address, what is copied.
TOOLS = (
    f"const SETTLED = {SETTLED};"
    + """
const SEEN = ":is(.figures, .readout) *, .chip";
window.tools = {
    frame: SETTLED,
    explorer: (name) => document.getElementById(name),
    async state(name) {
        await tools.frame();
        // What is seen: hidden marks may have stayed where they were, and where the keys are.
        const seen = [...tools.explorer(name).querySelectorAll(SEEN)]
            .filter((one) => one.checkVisibility({ visibilityProperty: true }));
        return JSON.stringify(seen.map((one) => [
            one.tagName, one.childElementCount ? "" : one.textContent,
            ...one.getAttributeNames().sort()
                .filter((a) => !["tabindex", "visibility"].includes(a) && one.getAttribute(a))
                .map((a) => `${a}=${one.getAttribute(a)}`),
        ]));
    },
    async goTo(fragment) {
        const heard = new Promise((done) => addEventListener("hashchange", done, { once: true }));
        location.hash = fragment;
        await heard;
        await tools.frame();
    },
    async copy(name) {
        tools.explorer(name).querySelector(".link").click();
        await tools.frame();
        return tools.copied.split("#")[1];
    },
    readout: (name) => tools.explorer(name).querySelector(".readout").innerText,
    reset: (name) => tools.explorer(name).querySelector(".reset").click(),
    // Every chip and every slider, as functions that use it.
    ways(name) {
        const all = (selector) => [...tools.explorer(name).querySelectorAll(selector)];
        const press = (index, key) => all("[role=slider]")[index].dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        return [
            ...all(".chip").map((_, i) => () => all(".chip")[i].click()),
            ...all("[role=slider]").map((one, i) => {
                const way = one.ariaValueNow === one.ariaValueMax ? "Down" : "Up";
                return () => { press(i, `Page${way}`); press(i, `Arrow${way}`); };
            }),
        ];
    },
};
navigator.clipboard.writeText = async (text) => { tools.copied = text; };
"""
)
# Each way to set an explorer: copied, reset, opened, copied again. What went wrong, and all links.
THERE_AND_BACK = """async (name) => {
    const bad = [];
    const links = {};
    const chapter = await tools.state(name);
    if (await tools.copy(name) !== name) bad.push("something is said where nothing is set");
    for (const [number, use] of tools.ways(name).entries()) {
        use();
        await tools.frame();
        const link = await tools.copy(name);
        const state = await tools.state(name);
        tools.reset(name);
        if (await tools.state(name) !== chapter) bad.push(`${number} is not reset`);
        if (!link.includes("?")) continue;
        await tools.goTo(link);
        if (await tools.state(name) !== state) bad.push(`${number}: ${link} opens another state`);
        if (await tools.copy(name) !== link) bad.push(`${number}: ${link} is another link now`);
        links[link] = tools.readout(name);
        tools.reset(name);
        await tools.goTo("between");
    }
    return [bad, chapter, Object.entries(links)];
}"""


def id_of(kind, number=1):
    name = kind.module.replace("_", "-")
    return name if number == 1 else f"{name}-{number}"


def rules_of(explorer):
    return json.loads(box_of(explorer)["data-rules"])


def in_words(explorer, trait):
    """Return what a link would say of a trait as it is."""
    value = getattr(explorer, trait)
    if trait == "labels":
        return ""
    if isinstance(value, bool):
        return switch_in_words(value)
    if explorer.rules()[trait]["kind"] in ("pmfs", "table"):
        return rows_in_words(value)
    if trait == "groups":
        pairs = ((one, str(g)) for g, group in enumerate(value) for one in group)
        return ",".join(number for _, number in sorted(pairs))
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def switch_in_words(on):
    return str(on).lower() if isinstance(on, bool) else str(on)


def rows_in_words(rows):
    return ";".join(",".join(map(repr, row)) for row in rows)


def two_on_a_page(kind):
    """Return HTML with the example and the crowded state of an explorer, far below the top."""
    return GAP + html_of(kind.example()) + html_of(kind.crowded())


def shown(page, name):
    return page.evaluate("(name) => tools.state(name)", name)


def go_to(page, fragment):
    page.evaluate("(fragment) => tools.goTo(fragment)", fragment)


def here(page):
    return page.url.partition("#")[0]


def come_to(page, address):
    """Open an address as one who clicks on it in a letter: the page comes anew."""
    page.goto("about:blank")
    page.goto(address)
    page.locator(".chip").last.wait_for()
    page.evaluate(TOOLS)


@pytest.fixture
def open_with_tools(open_page):
    """Return a function that opens explorers and has the tools on their page."""

    def open_one(*given, **options):
        page = open_page(*given, **options)
        page.evaluate(TOOLS)
        return page

    return open_one


# ---- there and back ------------------------------------------------------------------------


@each
def test_what_is_copied_opens_as_it_was_seen(open_with_tools, kind):
    page = open_with_tools(html=two_on_a_page(kind))
    names = [id_of(kind), id_of(kind, 2)]
    chapter, links = {}, {}
    rules = kind.crowded().rules().values()
    numbers = max((rule["size"][1] for rule in rules if rule["kind"] == "pmf"), default=0)
    for name in names:
        bad, chapter[name], links[name] = page.evaluate(THERE_AND_BACK, name)
        assert not bad
        assert len(links[name]) > 3
        assert max(len(link) for link, _ in links[name]) < max(250, 150 + 9 * numbers)
    for name, other in (names, names[::-1]):
        link, readout = links[name][-1]
        come_to(page, f"{here(page)}#{link}")
        assert shown(page, name) != chapter[name]
        assert page.evaluate("(name) => tools.copy(name)", name) == link
        assert page.evaluate("(name) => tools.readout(name)", name) == readout
        assert shown(page, other) == chapter[other]
        assert page.locator(f"#{name}").evaluate(
            "(explorer) => explorer === document.activeElement && scrollY > 1000"
            " && explorer.getBoundingClientRect().top < innerHeight / 2"
        )
        page.locator(f"#{name} .reset").click()
        assert shown(page, name) == chapter[name], "Reset leads back to the chapter"


def test_the_button_copies_a_whole_address(open_page):
    page = open_page(BillTriangle(), **CLIPBOARD)
    page.get_by_role("button", name="never entertainment").click()
    page.get_by_role("button", name="Copy a link to this").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{here(page)}#bill-triangle?q=.6,.4,0"


# One state of each kind of trait that the hand, and no preset, brings about.
TRICKY = [
    (SurpriseBars, {"p": [1 / 3, 1 / 3, 1 / 3]}, "p=1/3,1/3,1/3"),  # a preset
    (SurpriseBars, {"p": [1 / 7, 2 / 7, 4 / 7]}, "p=.142857,.285714,.571429"),
    (SurpriseBars, {"p": [0.123456789, 0.3, 0.576543211]}, "p=.123457,.3,.576543"),
    (SurpriseBars, {"p": [2e-9 / 3, 0.5, 0.5 - 2e-9 / 3]}, "p=6.66667e-10,.499999999333,.5"),
    (explorers.LogitPull, {"z": [-4.123456789, 0.0, 1.0]}, "z=-4.12346,0,1"),
    (explorers.CoderInterval, {"message": [2, 2]}, "message=2,2"),
    (explorers.CoderInterval, {"message": []}, "message="),
    (explorers.KraftBudget, {"words": ["00", "010"]}, "words=00,010"),
    (explorers.TermBars, {"groups": [[0, 2], [1]]}, "groups=0,1,0"),
    (explorers.StepSize, {"method": "clip", "step": 2 / 3}, "method=clip&step=.666667"),
    (explorers.SampleCloud, {"mean_q": 1 / 3, "n": 10, "seed": 7}, "mean_q=.333333&n=10&seed=7"),
    (
        explorers.LossCalls,
        {"p": [[1 / 7, 2 / 7, 4 / 7]], "swapped": True, "call": "cross_entropy"},
        "call=cross_entropy&p=.142857,.285714,.571429&swapped=true",
    ),
    (explorers.LetterPrices, {"text": "a + é\n", "order": 0}, "order=0&text=a+%2B+%C3%A9%0A"),
    (explorers.NextLetter, {"text": "a, b", "temperature": 0.5}, "temperature=.5&text=a%2C+b"),
    (explorers.SplitBill, {"feature": 3, "threshold": 5 / 3}, "feature=3&threshold=1.66667"),
    (explorers.JointTable, {"p": [[1 / 7, 2 / 7], [0, 4 / 7]]}, "p=.142857,.285714;0,.571429"),
    (explorers.LatentPlane, {"z": [0.1 + 0.2, -1.0], "chosen": 3}, "z=.3,-1&chosen=3"),
]


def test_a_link_is_short_and_a_rounded_pmf_is_one(in_browser):
    for kind, state, wanted in TRICKY:
        explorer = kind.example()
        chapter, rules = json.loads(box_of(explorer)["data-state"]), rules_of(explorer)
        now = {name: chapter[name] for name in rules} | state
        said = in_browser("shared/address", "said", now, rules, chapter)
        assert said["query"] == wanted
        opened = in_browser("shared/address", "asked", said["query"], rules, chapter)["state"]
        assert opened == said["state"]
        explorer.set_state(opened)
        assert {name: getattr(explorer, name) for name in opened} == opened
        for name in set(state) & {"p", "z", "step"}:
            np.testing.assert_allclose(opened[name], state[name], rtol=1e-5)
        if "p" in opened:
            whole = kind is explorers.JointTable  # as one pmf, where others have one in each row
            for p in [np.ravel(opened["p"])] if whole else np.atleast_2d(opened["p"]):
                assert math.fsum(p) == pytest.approx(1, abs=1e-12)


def tied_pmfs():
    """Yield pmfs whose largest probabilities are equal, or nearly so, among smaller ones."""
    yield from ([0.4567896, 0.4567896, 0.0864208], [3 / 7, 3 / 7, 1 / 7], [1 / 7] * 7)
    yield [0.5, 0.5, 1.23456789e-9]  # off by as much as a pmf may be
    rng = np.random.default_rng(0)
    for size in (*range(2, 11), 16) * 8:
        w = rng.uniform(size=size) ** rng.integers(1, 7)
        w[rng.integers(size)] = w.max() * (1 + rng.choice([0, 1e-6]) * rng.uniform(-1, 1))
        yield (w / w.sum()).tolist()


def test_what_is_copied_twice_is_the_same_whichever_is_the_largest(in_browser):
    rules = {"p": {"kind": "pmf", "size": [2, 16], "within": 1e-8}}
    chapter = {"p": [0.5, 0.5], "presets": []}
    for p in tied_pmfs():
        first = in_browser("shared/address", "said", {"p": p}, rules, chapter)
        np.testing.assert_allclose(first["state"]["p"], p, rtol=1e-5)
        opened = in_browser("shared/address", "asked", first["query"], rules, chapter)["state"]
        assert opened == first["state"]
        assert in_browser("shared/address", "said", opened, rules, chapter) == first


def test_names_that_no_longer_fit_are_forgotten(in_browser):
    explorer = SurpriseBars()
    chapter = json.loads(box_of(explorer)["data-state"])
    opened = in_browser("shared/address", "asked", "p=.5,.5", rules_of(explorer), chapter)
    with pytest.warns(UserWarning, match="the 3 labels .* are dropped"):
        explorer.p = [0.5, 0.5]
    assert opened["state"]["labels"] == explorer.labels == []


def test_back_and_forward_open_what_their_addresses_say(open_with_tools):
    page = open_with_tools(BillTriangle())
    states = []
    for link in ("bill-triangle?q=.2,.5,.3", "bill-triangle?q=1/3,1/3,1/3"):
        go_to(page, link)
        states.append(shown(page, "bill-triangle"))
    first, second = states
    assert first != second
    for way, wanted in (("back", first), ("forward", second)):
        page.evaluate(
            """(way) => new Promise((done) => {
                addEventListener("hashchange", done, { once: true });
                history[way]();
            }).then(tools.frame)""",
            way,
        )
        assert shown(page, "bill-triangle") == wanted
    for plain in ("bill-triangle", "nowhere", ""):
        go_to(page, plain)
        assert shown(page, "bill-triangle") == second, "a plain anchor sets nothing"
        assert page.locator(".lost-link").count() == 0


def test_where_nothing_can_be_copied_the_address_bar_has_the_link(open_page):
    page = open_page(BillTriangle())
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator(".chip").first.click()
    width = page.locator(".link").bounding_box()["width"]
    page.locator(".link").click()
    page.get_by_role("button", name="In the address bar").wait_for()
    assert page.locator(".link").bounding_box()["width"] == pytest.approx(width, abs=2)
    page.locator(".chip").nth(1).click()
    page.locator(".link").click()
    page.wait_for_url(f"{here(page)}#bill-triangle?q=.5,.3,.2")


@each
def test_in_a_notebook_there_is_no_link(open_lab, kind):
    assert open_lab(kind.example()).locator(".link").count() == 0


# ---- what is no state ----------------------------------------------------------------------

HOSTILE = [
    *("nothing=1", "presets=1", "prompt=Send+money", "__proto__=1", "constructor=1", "=", "&x"),
    *("__proto__[a]=1", "hasOwnProperty=1", "p.0=1", "%", "%E0%A4%A=1", "%00=%00", "x" * 5000),
]
BAD_TEXTS = {
    "pmf": [
        *("", ",", "a", "1", ".5,.5,.1", "-.5,.5,1", "NaN,.5,.5", "Infinity,0,0", "1e400,0,0"),
        *("0x1,0,0", "1/0,0,0", "0/0,.5,.5", "1,0,0,", ",1,0", "1;0;0", "[1,0,0]", "1,0,0%0A"),
        *(".33,.33,.33", ".5,.3,.2000001", "1e-999999,.5,.5000001", "1," * 300, "0.5 ,.3,.2"),
        *("<img src=x onerror=hacked=1>", "__proto__", "%3Cscript%3E", "５,０,０"),
    ],
    "pmfs": [
        *("", ";", "1,0,0;", ";1,0,0", "1,0,0;1,0", "1,0,0;.5,.5,.1", "1,0,0;1,0,0;1,0,0"),
        *("1,0", "1;0;0", "NaN,.5,.5", "1,0,0|1,0,0", "__proto__", "<img src=x onerror=hacked=1>"),
    ],
    "table": [
        *("", ";", "1", "1,0", "1,0;", ";1,0", "1,0,0;0,0,0", "1;0", ".5,.5;.5,.5", "0,0;0,0"),
        *("-.5,.5;.5,.5", "NaN,.5;.5,0", "1e400,0;0,0", "1,0|0,0", "__proto__", "1,0;0,0;0,0"),
        *(";".join(["1,0,0,0,0", *["0,0,0,0,0"] * 4]), "<img src=x onerror=hacked=1>"),
    ],
    "reals": ["", "a", "9,9,9", "1", "NaN,0", "1,Infinity,0", "0,0,0,0,0,0,0", "0,,0", "__proto__"],
    "real": ["", "a", "-1e9", "1e9", "NaN", "Infinity", "1,2", "1e", "--1", "0b1", "<b>1</b>"],
    "whole": ["", ".5", "-1", "50000", "1e6", "NaN", "Infinity", "1,2"],
    "choice": ["", "Bits", "__proto__", "constructor", "0", "<img src=x onerror=hacked=1>"],
    "text": [
        *("x" * 401, "%F0%9F%98%80" * 401, "%00", "a%0D%0Ab", "%1B[31m", "a%09b", "%C2%85", "%7F"),
        "%3Cimg src=x onerror=hacked=1%3E" * 20,
    ],
    "labels": ["no preset", "__proto__", "<img src=x onerror=hacked=1>", "a,b,c"],
    "letters": ["9", "-1", "1.5", "a", "__proto__", "0,,1", "0,0,0,0,0,0,0,0,0", "length"],
    "groups": [
        *("", "0", "0,0", "0,0,0,0", "0,2,2", "5,0,0", "1e9,0,0", "-1,0,0", ".5,0,0", "a,b,c"),
        *("0,,1", "__proto__", "length", "NaN,0,0", "<b>0</b>"),
    ],
    "words": ["2", "0,01", "0,0", "000000", "a", "0,", ",", "__proto__", "<b>0</b>"],
}


# What each of these addresses has changed, and what the explorer says of it.
TRY_ALL = """async ([names, queries]) => {
    const now = async () => JSON.stringify([
        await Promise.all(names.map(tools.state)), document.querySelectorAll("*").length,
        window.hacked, {}.a, Object.keys(Object.prototype),
    ]);
    const before = await now();
    const line = tools.explorer(names[0]).querySelector(".spoken");
    const found = [];
    for (const query of queries) {
        line.textContent = "";
        await tools.goTo(`${names[0]}?${query}`);
        found.push([query, await now() === before, line.checkVisibility(), line.textContent]);
    }
    return found;
}"""


@each
def test_a_hostile_address_changes_nothing_but_a_notice(open_with_tools, kind):
    page = open_with_tools(html=two_on_a_page(kind))
    name = id_of(kind)
    page.locator(f"#{name} .chip").nth(1).click()
    summary = "(name) => tools.explorer(name).querySelector('.spoken').textContent"
    page.wait_for_function(summary, arg=name)
    rules = rules_of(kind.example())
    bad = [f"{trait}={text}" for trait, rule in rules.items() for text in BAD_TEXTS[rule["kind"]]]
    twice = [
        f"{trait}={text}&{trait}={text}"
        for trait, text in ((trait, in_words(kind.example(), trait)) for trait in rules)
    ]
    queries = [*bad, *twice, *HOSTILE]
    for query, unchanged, visible, said in page.evaluate(
        TRY_ALL, [[name, id_of(kind, 2)], queries]
    ):
        assert unchanged and visible, query
        assert said.startswith("This link") and said.endswith("; nothing has changed."), query
        assert not any(word in said for word in ("hacked", "proto", "money", "<")), said
        assert len(said) < 120
    page.locator(f"#{name} .chip").first.click()
    settle(page)
    assert page.locator(f"#{name} .notice").count() == 0, "the notice goes when something is set"


def test_a_link_that_comes_with_no_distribution_shows_the_chapters(open_with_tools):
    page = open_with_tools(BillTriangle())
    before = shown(page, "bill-triangle")
    come_to(page, f"{here(page)}#bill-triangle?q=.5,.5,.5")
    assert shown(page, "bill-triangle") == before
    assert page.locator(".spoken").inner_text() == (
        "This link’s q is no distribution over 3 outcomes; you see the chapter’s state."
    )


def test_who_comes_back_to_a_link_finds_the_place_that_was_read(open_with_tools):
    page = open_with_tools(html=GAP + html_of(BillTriangle()) + GAP)
    come_to(page, f"{here(page)}#bill-triangle?q=.2,.5,.3")
    page.wait_for_function("scrollY > 1000")
    page.evaluate("scrollTo(0, 300)")
    page.reload()
    page.locator(".chip").last.wait_for()
    page.evaluate(TOOLS)
    assert "0.3229" in page.evaluate("tools.readout('bill-triangle')")
    assert page.evaluate("scrollY") == 300


@pytest.mark.parametrize("lost", ["nowhere", "bill-triangle-3", "__proto__", "text", "toString"])
def test_a_link_to_an_explorer_that_is_gone_says_so_above_the_text(open_with_tools, lost):
    page = open_with_tools(html=f'<p id="text">A text.</p>{GAP}{html_of(BillTriangle())}')
    before = shown(page, "bill-triangle")
    go_to(page, f"{lost}?q=.2,.5,.3")
    assert shown(page, "bill-triangle") == before
    notice = page.get_by_role("status")
    assert notice.inner_text().endswith("that is not on this page.")
    assert notice.evaluate("(line) => line.getBoundingClientRect().top >= 0")
    go_to(page, "bill-triangle?q=.2,.5,.3")
    assert shown(page, "bill-triangle") != before
    assert notice.count() == 0
    come_to(page, f"{here(page)}#{lost}?q=.2,.5,.3")
    assert notice.inner_text().endswith("that is not on this page.")


# ---- the page and Python ask the same ------------------------------------------------------


def python_of(text, rule):
    """Return what a text means, as Python reads it: a value, or the text where it means none."""
    if rule["kind"] == "choice":  # some among numbers
        return next((one for one in rule["of"] if switch_in_words(one) == text), text)
    if rule["kind"] in ("labels", "text"):
        return text
    if rule["kind"] in ("pmfs", "table"):
        return [python_of(row, {"kind": "pmf"}) for row in text.split(";")]
    parts = text.split(",") if text else []
    if rule["kind"] == "words":
        return parts
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return text
    if rule["kind"] in ("letters", "whole", "groups"):
        numbers = [int(one) if one.is_integer() else one for one in numbers]
    if rule["kind"] == "groups":
        return members(numbers)
    return numbers[0] if rule["kind"] in ("real", "whole") and len(numbers) == 1 else numbers


def members(numbers):
    """Return the outcomes of each group, where each outcome has the number of its group."""
    if not all(0 <= one < len(numbers) for one in numbers):
        return None
    groups = range(max(numbers, default=-1) + 1)
    return [[one for one, given in enumerate(numbers) if given == g] for g in groups]


def tables():
    """Yield squares of numbers, 1 × 1 to 5 × 5, whose sum is 1, or nearly, or not."""
    for n in range(1, 6):
        rows = [[0.0] * n for _ in range(n)]
        for most in (1.0, 1 + 5e-9, 1 + 2e-8):
            yield [[most, *rows[0][1:]], *rows[1:]]
        yield [[1 / n**2] * n] * n
        yield [[1 / n] * n] * n
    yield from ([[1.5, -0.5], [0.0, 0.0]], [[1.0, 0.0]], [[1.0, 0.0], [0.0]], [[math.nan]])


# Texts for kinds whose bounds do not hang on the explorer.
CANDIDATES = {
    "table": ["", "nan", *map(rows_in_words, tables())],
    "words": ["", "0", "0,1", "1,0", "10,1", "0,0", "01111", "011111", "2", "0,10,110"],
}


def candidates(explorer, name, rule):
    """Yield texts around the bounds of a trait, on both sides, each as long as the trait is now."""
    now = getattr(explorer, name)
    kind = rule["kind"]
    yield from CANDIDATES.get(kind, ())
    if kind == "pmf":
        n = len(now)
        others = [0.0] * (n - 1)
        for p in ([1.0, *others], [1 / n] * n, [1 + 5e-9, *others], [1 + 2e-8, *others]):
            yield ",".join(map(repr, p))
        yield from ("", "nan")
        yield ",".join(map(repr, [1.5, -0.5, *others[1:]][: max(n, 2)]))
    elif kind == "pmfs":
        sure, over = [1.0, 0.0, 0.0], [1 + 2e-8, 0.0, 0.0]
        for row in (sure, [1 / 3] * 3, [1 + 5e-9, 0.0, 0.0], over, [1.5, -0.5, 0.0], [0.5, 0.5]):
            yield rows_in_words([row] * len(now))
            yield rows_in_words([*now[1:], row])
        yield from ("", "nan", rows_in_words([sure] * 3))
    elif kind in ("reals", "real", "whole"):
        count = len(now) if kind == "reals" else 1
        least, most = rule["ends"]
        step = 1 if kind == "whole" else 1e-9
        tried = (least, most, least - step, most + step, (least + most) / 2, math.nan, math.inf)
        yield from (",".join([repr(x)] * count) for x in tried)
    elif kind == "choice":
        yield from (*map(switch_in_words, rule["of"]), "other", "")
    elif kind == "text":
        most = rule["most"]
        yield from ("", "x" * most, "x" * (most + 1), "😀" * most, "😀" * (most + 1))
        yield from ("two\nlines", "a\rb", "a\tb", "a\0", "\x7f", "\x85", "\xa0", "\u200d", "<b>")
    elif kind == "letters":
        yield from ("", "0", "0,1", "0,1,0,1,0,1,0,1", "0,1,0,1,0,1,0,1,0", "-1")
        yield str(len(explorer.p))
        yield from (",".join([str(letter)] * 8) for letter in range(len(explorer.p)))
    elif kind == "groups":
        n = len(explorer.p)
        each, zeros = [*range(n)], [0] * n
        for groups in (each, zeros, each[::-1], [*zeros[1:], 1], [*zeros[1:], n], [*zeros[1:], 2]):
            yield ",".join(map(str, groups))
        yield from ("nan", "-1" + ",0" * (n - 1), ".5" + ",0" * (n - 1), "0" + ",0" * n)


@pytest.mark.filterwarnings("ignore:.*(cut before|are dropped|set to 0|its middle):UserWarning")
@each
def test_the_page_takes_what_python_takes(in_browser, kind):
    for explorer in (kind.example(), kind.crowded()):
        rules = rules_of(explorer)
        chapter = json.loads(box_of(explorer)["data-state"])
        for name, rule in rules.items():
            texts = [] if rule["kind"] == "labels" else candidates(explorer, name, rule)
            taken = set()
            for text in texts:
                answer = in_browser("shared/address", "asked", f"{name}={text}", rules, chapter)
                try:
                    setattr(explorer, name, python_of(text, rule))
                except REFUSALS:
                    assert "fault" in answer, f"Python refuses {name}={text}"
                    taken.add(False)
                    continue
                taken.add(True)
                others = [other for other in rules if other not in (name, "labels")]
                if all(getattr(explorer, other) == chapter[other] for other in others):
                    assert answer.get("state", {}).get(name) == getattr(explorer, name), text
                else:  # Python makes another trait fit, a link has to say it
                    assert "do not go together" in answer["fault"] or "has no" in answer["fault"]
                for other in (name, *others, *({"labels"} & set(rules))):
                    setattr(explorer, other, chapter[other])
            assert taken in ({True, False}, set()), name


@each
def test_whatever_a_preset_sets_a_link_can_say(kind):
    explorer = kind.example()
    for preset in explorer.presets:
        assert set(preset) - {"name"} <= set(explorer.rules())


def test_explorers_are_numbered_by_kind():
    html = html_of(BillTriangle()) + html_of(SurpriseBars()) + html_of(BillTriangle())
    assert [part.split('"')[1] for part in name_explorers(html).split("<div")[1:]] == [
        *("bill-triangle", "surprise-bars", "bill-triangle-2"),
    ]
