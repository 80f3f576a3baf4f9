// A text to type under a trained model of letters: prices, what is expected next, the temperature.

import { billCurve } from "../shared/bill_curve.mjs";
import { PLOT, drawing, figure, fixed, html, put, shift, short, svg, write } from "../shared/draw.mjs";
import { frame } from "../shared/frame.mjs";
import { entropy } from "../shared/measures.mjs";
import { coordinate, middled, named, pricedText, quoted } from "../shared/priced_text.mjs";
import { formula, inBits, keepRoom, ledger, listed, live, over } from "../shared/readout.mjs";
import { keptLetters, openWhereEmpty, typedText } from "../shared/typing.mjs";
import { drawer, letterAt, pricesAt, probabilitiesAt, reader, unpackModel } from "./model.mjs";

// As in Python.
const MOST = 200;
const [COLDEST, HOTTEST] = [0.2, 3];

const HIGHEST = 9; // bits of a bar: half as much again as where all letters are alike

const SEED = 1951;

// What is expected: a row for each letter, and one for the rest.
const SHOWN = 10;
const ROW = 17;
const BARS = { top: 4, left: 42, whole: 222, tall: 11, number: 316, height: 4 + 11 * ROW };

// The temperatures for which the curve is drawn, evenly by their logarithm.
const STEPS = 32;
const RANGE = Math.log(HOTTEST / COLDEST);
const TEMPERATURES = Array.from({ length: STEPS + 1 }, (_, i) =>
  COLDEST * Math.exp((i / STEPS) * RANGE));
const TICKS = [0.2, 0.5, 1, 2, 3];
const ALONG = PLOT.right - PLOT.left;
const across = (temperature) => PLOT.left + (Math.log(temperature / COLDEST) / RANGE) * ALONG;
const temperatureAt = (x) => COLDEST * Math.exp(((x - PLOT.left) / ALONG) * RANGE);

const temperatureText = (value) => `T = ${fixed(value, 2)}`;

// ---- what is expected ------------------------------------------------------------------------

/** The likeliest letters with their probabilities, the one that stands there among them. */
function likeliest(p, letters, own) {
  const order = Array.from(p.keys()).sort((one, other) => p[other] - p[one] || one - other);
  const first = order.slice(0, SHOWN);
  if (own >= 0 && !first.includes(own)) first[first.length - 1] = own;
  const shown = first.map((number) => ({ letter: letters[number], p: p[number], own: number === own }));
  const rest = order.filter((number) => !first.includes(number));
  return { shown, rest: rest.reduce((sum, number) => sum + p[number], 0), others: rest.length };
}

/** The likeliest next letters as bars that lie, and all the rest as one. */
function expectedNext() {
  const label = "The likeliest letters at this place as bars; the readout gives the numbers of the one there";
  const root = drawing({ viewBox: `0 0 320 ${BARS.height}`, role: "img", "aria-label": label });
  const quarters = [0, 1, 2, 3, 4].map((quarter) => {
    const x = BARS.left + (quarter / 4) * BARS.whole;
    return svg("g", {}, svg("line", { x1: x, x2: x, y1: BARS.top, y2: BARS.height }));
  });
  const bars = svg("path", { class: "area outlined q" });
  const restBar = svg("path", { class: "item" });
  root.append(svg("g", { class: "rules", "aria-hidden": "true" }, ...quarters), bars, restBar);
  const rows = Array.from({ length: SHOWN + 1 }, (_, i) => {
    const y = BARS.top + i * ROW + 13;
    const name = svg("text", { class: "name", x: BARS.left - 6, y, "text-anchor": "end" });
    const share = svg("text", { class: "name", x: BARS.number, y, "text-anchor": "end" });
    root.append(name, share);
    return { name, share };
  });
  // A browser draws one path sooner than eleven bars.
  const bar = (p, row) => {
    const width = coordinate(p * BARS.whole);
    return `M${BARS.left} ${BARS.top + row * ROW + 3}h${width}v${BARS.tall}h-${width}z`;
  };
  const here = svg("path", { class: "own-letter p", d: "M2 3.5l8 5l-8 5z" });
  root.append(here);
  return {
    node: figure("What it expects here", "rules: quarters; ▸ the letter there", root),
    draw({ expected: { shown, rest, others } }) {
      put(bars, { d: shown.map(({ p }, i) => bar(p, i)).join("") });
      put(restBar, { d: others > 0 ? bar(rest, SHOWN) : "" });
      const texts = shown.map(({ letter, p }) => [named(letter), short(p)]);
      if (others > 0) texts[SHOWN] = ["rest", short(rest)];
      rows.forEach(({ name, share }, i) => {
        const [letter, p] = texts[i] ?? ["", ""];
        write(name, letter);
        write(share, p);
      });
      const place = shown.findIndex(({ own }) => own);
      put(here, { visibility: place < 0 ? "hidden" : "visible", transform: shift(0, BARS.top + Math.max(0, place) * ROW) });
    },
  };
}

// ---- the temperature -------------------------------------------------------------------------

/** The points of the curve up to `most`, which it comes down from where it is higher at first. */
function belowThe(most, means) {
  const points = means.map((bits, i) => [across(TEMPERATURES[i]), bits]);
  const first = points.findIndex(([, bits]) => bits <= most);
  if (first <= 0) return points;
  const [[x1, high], [x2, low]] = [points[first - 1], points[first]];
  return [[x1 + ((high - most) / (high - low)) * (x2 - x1), most], ...points.slice(first)];
}

/** The bits of a letter at every temperature, and the slider along them. */
function temperatures({ now, set, alike }) {
  const number = svg("text", { class: "number", x: 52, y: 17, ...middled });
  const below = svg("g", { class: "corner q", transform: shift(119, 170) },
    svg("rect", { class: "reach", width: 104, height: 26 }), number);
  const names = TICKS.map((one) =>
    svg("text", { x: across(one), y: 162, ...middled }, String(one).replace(/^0/, "")));
  const trained = svg("line", { class: "as-trained", x1: across(1), x2: across(1), y1: 20, y2: 146 });
  const curve = billCurve({
    label: "The mean price of a letter at every temperature; the slider sets the temperature",
    title: "Drag along the curve",
    note: "mean bits a letter, by the temperature T",
    levels: [{ kind: "of-alike", x: across(1) - 8, anchor: "end" }],
    marks: [svg("g", { class: "rules", "aria-hidden": "true" }, svg("g", {}), ...names), trained],
    taller: 18,
    below,
    slider: {
      label: "Temperature", min: COLDEST, max: HOTTEST, step: 0.01, bigStep: 0.1, blank: 68,
      value: () => now().temperature,
      change: (temperature) => set({ temperature }),
      at: temperatureAt,
      drag: (start, dx) => temperatureAt(across(start) + dx),
    },
  });
  let shown = /** @type {number[] | null} */ (null);
  let most = 10;
  return {
    node: curve.node,
    draw({ means, each, temperature }) {
      if (shown !== means) {
        shown = means;
        const least = Math.min(...means);
        most = [5, 10, 20, 40].find((one) => one >= 1.3 * least) ?? 80;
        curve.draw({
          most,
          points: Number.isNaN(least) ? [] : belowThe(most, means),
          levels: [{ name: "all alike", bits: alike }],
        });
      }
      const there = Number.isFinite(each);
      curve.grip({
        x: across(temperature), bits: there ? each : 0, text: there ? fixed(each, 2) : "",
        under: there && each > most / 5,
      });
      const said = temperatureText(temperature);
      write(number, said);
      curve.tell(Math.round(temperature * 1e4) / 1e4,
        there ? `${said}: ${fixed(each, 2)} bits a letter` : said);
    },
  };
}

// ---- the readout -----------------------------------------------------------------------------

const WAITING = "Type it, or have the model draw it.";
const hopeOf = (own, bits) => `It ${own === null ? "expects" : "had expected"} to pay ${fixed(bits, 2)} bits here.`;
const SMALL = 0.0005; // what `short` has no digits for
const chanceText = (p) => (p >= SMALL ? short(p) : p < 1e-6 ? "<1/1,000,000"
  : `1/${String(Math.round(1 / p)).replace(/\B(?=(\d{3})+$)/g, ",")}`);

/** The letter that is looked at, in words. */
function letterAccount({ kinds }) {
  const name = html("span");
  const price = live("whole q");
  const making = html("span");
  const hope = html("span");
  return {
    nodes: [html("div", { class: "next-lines" },
      formula("", name, html("strong", { class: "q" }, price)),
      keepRoom(html("p", { class: "soft line", translate: "no" }, over(making)),
        `= −log₂ <1/1,000,000, rank ${kinds} of ${kinds}`, WAITING),
      keepRoom(html("p", { class: "soft line", translate: "no" }, over(hope)), hopeOf("a", 9.999)))],
    draw({ own, chance, cost, rank, hoped }) {
      write(name, own === null ? "no letter yet " : `${quoted(named(own))} costs `);
      write(price, own === null ? "–" : inBits(cost));
      write(making, own === null ? WAITING
        : `= −log₂ ${chanceText(chance)}, rank ${rank} of ${kinds}`);
      write(hope, hopeOf(own, hoped));
    },
  };
}

/** The whole text: all letters alike, the model as it was trained, and at this temperature. */
function totals({ alike }) {
  const cells = [0, 1].map(() => [live(""), live(""), live("")]);
  const foot = [live("q"), live("q"), live("q")];
  const head = html("span", { class: "changing", translate: "no" });
  const table = ledger({
    heads: { "all letters": 26, bits: 24, "bits each": 24, perplexity: 26 },
    names: ["all alike", "as trained"],
    rows: cells,
    foot: [head, ...foot],
  });
  const draw = (row, bits, count) => {
    const each = bits / count;
    const perplexity = 2 ** each;
    const texts = count === 0 ? ["0.0", "–", "–"]
      : [fixed(bits, 1), fixed(each, 2), perplexity < 1e4 ? fixed(perplexity, 2) : ">9,999"];
    texts.forEach((text, i) => write(row[i], text));
  };
  return {
    nodes: [html("div", { class: "letter-totals" }, table.node)],
    draw({ letters, bits, trained, temperature }) {
      draw(cells[0], alike * letters.length, letters.length);
      draw(cells[1], trained, letters.length);
      draw(foot, bits, letters.length);
      write(head, temperatureText(temperature));
    },
  };
}

// ---- what is typed ---------------------------------------------------------------------------

const UNSEEN = /[\p{Cc}\p{Cs}]/u;
/** What is said of letters that the model does not know. */
const unknown = (letters) => {
  const names = new Set(letters.map((one) => (UNSEEN.test(one) ? "◌" : named(one))));
  return `left out as unknown: ${listed([...names])}`;
};
const FULLEST = `9999 at the end are cut off, ${unknown(["漢", "字", ..."WM😀"])}`;

/** The field, how full it is, and what draws from the model. */
function entry({ model, setText, setLetter, append }) {
  const buttons = [1, 10].map((count) => {
    const button = html("button", { type: "button" }, count === 1 ? "Draw the next letter" : `Draw ${count}`);
    button.addEventListener("click", () => append(count));
    return button;
  });
  const text = typedText({
    kept: (typed) => keptLetters(typed, {
      most: MOST, allows: (letter) => model.numbers.has(letter), odd: unknown,
    }),
    most: MOST, room: FULLEST, setText, setLetter,
    // The letter behind the caret is the one that is looked at: the next.
    placeOf: (before) => before + 1,
    more: [html("div", { class: "letters", role: "group", "aria-label": "Draw from the model" }, ...buttons)],
  });
  return {
    ...text,
    draw(state) {
      text.draw(state);
      const full = String(state.letters.length >= MOST);
      for (const button of buttons) put(button, { "aria-disabled": full });
    },
  };
}

// ---- all together ----------------------------------------------------------------------------

function render({ model, el }) {
  const set = (state) => {
    for (const [name, value] of Object.entries(state)) {
      if (value !== model.get(name)) model.set(name, value);
    }
    model.save_changes();
  };

  const known = unpackModel(model.get("model"));
  const kinds = known.letters.length;
  const alike = Math.log2(kinds);

  // What hangs on the text alone is worked out once a text, the bill once a temperature.
  const read = reader(known, TEMPERATURES);
  const readingOf = (text) => {
    const letters = Array.from(text);
    const all = read(letters);
    return { ...all, text, letters, trained: pricesAt(all, 1).reduce((sum, one) => sum + one, 0) };
  };
  let reading = readingOf("");
  let bill = { reading, temperature: NaN, prices: /** @type {number[]} */ ([]), bits: 0 };
  const billNow = () => {
    const [text, temperature] = [model.get("text"), model.get("temperature")];
    if (reading.text !== text) reading = readingOf(text);
    if (bill.reading !== reading || bill.temperature !== temperature) {
      const prices = pricesAt(reading, temperature);
      bill = { reading, temperature, prices, bits: prices.reduce((sum, one) => sum + one, 0) };
    }
    return bill;
  };
  const now = () => {
    const count = billNow().reading.letters.length + 1;
    return { count, letter: Math.min(count, model.get("place")), temperature: model.get("temperature") };
  };

  const stateNow = () => {
    const { temperature, prices, bits } = billNow();
    const { text, letters, places, numbers, means, trained } = reading;
    const { letter } = now();
    const p = probabilitiesAt(places[letter - 1].logits, temperature);
    const own = letters[letter - 1] ?? null;
    const number = numbers[letter - 1] ?? -1;
    const expected = likeliest(p, known.letters, number);
    const first = expected.shown.slice(0, 3).map((one) => `${quoted(named(one.letter))} ${short(one.p)}`);
    const says = `${own === null ? "the next letter" : `${quoted(named(own))}, ${fixed(prices[letter - 1], 2)} bits`}`
      + `. It expects ${first.join(", ")}.`;
    return {
      text, letters, letter, prices, bits, trained, means, temperature, own, expected, says,
      each: bits / letters.length,
      cost: prices[letter - 1],
      chance: p[number],
      rank: 1 + p.filter((one) => one > p[number]).length,
      hoped: entropy(p),
    };
  };

  const choose = (place) => set({ place });
  const draw = drawer(SEED);
  const append = (count) => {
    let letters = Array.from(model.get("text"));
    for (let i = 0; i < count && letters.length < MOST; i += 1) {
      const p = probabilitiesAt(read(letters).places[letters.length].logits, model.get("temperature"));
      letters = [...letters, known.letters[letterAt(p, draw())]];
    }
    set({ text: letters.join(""), place: letters.length + 1 });
  };
  const typing = entry({
    model: known, append,
    setText: (text, place) => set({ text, place }),
    setLetter: choose,
  });
  const picture = pricedText({
    now, choose, highest: HIGHEST, dotted: { bits: alike, name: `${fixed(alike, 2)}, all alike` },
  });
  const parts = [
    typing, picture, expectedNext(), temperatures({ now, set, alike }),
    letterAccount({ kinds }), totals({ alike }),
  ];
  const drawAll = () => {
    const state = stateNow();
    for (const part of parts) part.draw(state);
  };
  const view = frame({
    model,
    el,
    keys: ["text", "place", "temperature"],
    wide: "tall",
    draw: drawAll,
    summary() {
      const { letters, bits, each, temperature } = stateNow();
      if (letters.length === 0) return "There is no text.";
      return `${letters.length} letters cost ${fixed(bits, 1)} bits, ${fixed(each, 2)} each, at ${
        temperatureText(temperature)}: a perplexity of ${fixed(2 ** each, 2)}.`;
    },
  });
  el.querySelector(".prompt").after(typing.node);
  openWhereEmpty(el, { model, field: typing.field, draw: drawAll });
  view.figures.append(picture.node, parts[2].node, parts[3].node);
  view.readout.append(...parts[4].nodes, ...parts[5].nodes);
  return view.stop;
}

export default { render };
