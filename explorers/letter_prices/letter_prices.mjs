// A text to type, the price of each letter over it, and beside the model's bill that of gzip.

import { billCurve } from "../shared/bill_curve.mjs";
import { PLOT, fixed, html, put, shift, short, svg, write } from "../shared/draw.mjs";
import { frame } from "../shared/frame.mjs";
import { middled, named, pricedText, quoted } from "../shared/priced_text.mjs";
import { formula, inBits, keepRoom, ledger, live, over } from "../shared/readout.mjs";
import { keptLetters, openWhereEmpty, typedText } from "../shared/typing.mjs";
import { bytesOf, priced } from "./witten_bell.mjs";

// As in Python.
const MOST = 400;
const ORDERS = [0, 1, 2, 3, 4, 5];
const CONTROL = /(?!\n)[\p{Cc}\p{Cs}]/u;

const HIGHEST = 12; // bits: what a byte may cost that comes as a surprise
const PER_BYTE = 8; // bits of a byte in a file

const EXPECTED = 3;

const hex = (byte) => byte.toString(16).toUpperCase().padStart(2, "0");
/** A byte as it is written: as a letter, where it is one. */
const byteName = (byte) => (byte < 0x80 ? named(String.fromCharCode(byte)) : hex(byte));

/** The last `count` bytes before the letter at `index`, in letters where they are whole. */
function contextOf(letters, index, count) {
  let text = "";
  let missing = count;
  for (let i = index - 1; missing > 0; i -= 1) {
    const bytes = bytesOf(letters[i]);
    const some = bytes.slice(-missing);
    text = (some.length === bytes.length ? named(letters[i]) : some.map(hex).join(" ")) + text;
    missing -= some.length;
  }
  return text;
}

// ---- the running mean ------------------------------------------------------------------------

/** The mean price of the letters so far, as a curve to drag along. */
function running({ now, choose }) {
  const { left, right } = PLOT;
  const number = svg("text", { class: "number", x: 0, ...middled });
  const below = svg("g", {}, number);
  const across = (letter) => left + ((letter - 0.5) / Math.max(1, now().count)) * (right - left);
  const curve = billCurve({
    label: "The mean price of the letters so far, and the slider along it",
    title: "Drag along the curve",
    note: "mean bits a letter, so far",
    levels: [{ kind: "of-plain", x: 190, anchor: "middle" }, { kind: "of-gzip", x: right, anchor: "end" }],
    below,
    slider: {
      label: "Letter on the curve", min: 1, max: () => now().count, step: 1, bigStep: 10, blank: 26,
      value: () => now().letter,
      change: choose,
      at: (x) => ((x - left) / (right - left)) * now().count + 0.5,
    },
  });
  let shown = null;
  return {
    node: curve.node,
    draw({ letters, letter, means, bytes, packed: size }) {
      const count = letters.length;
      const highest = shown === means ? 0 : Math.max(10, ...means);
      curve.draw({
        most: [10, 20, 40].find((one) => one >= highest) ?? 80,
        points: shown === means ? null : means.map((bits, i) => [across(i + 1), bits]),
        levels: [{ name: "plain", bits: (PER_BYTE * bytes) / count }, { name: "gzip", bits: (8 * (size ?? NaN)) / count }],
      });
      shown = means;
      const soFar = means[letter - 1];
      const x = count ? across(letter) : left;
      curve.grip(count ? { x, bits: soFar, text: fixed(soFar, 2) } : null);
      if (!count) return;
      put(below, { transform: shift(Math.min(right - 12, Math.max(left + 6, x)), curve.bottom + 18) });
      write(number, String(letter));
      curve.tell(letter, `letter ${letter}: ${fixed(soFar, 2)} bits a letter so far`);
    },
  };
}

// ---- the readout -----------------------------------------------------------------------------

/** How the price of a letter is made, in one line. */
function makingOf({ bits, chance }) {
  if (bits.length === 1) return `= −log₂ ${short(chance)}`;
  return `= ${bits.map((one) => fixed(one, 2)).join(" + ")}, its bytes`;
}

/** What was expected in the place of a letter, and after what. */
function expectation({ rows, likeliest, context }) {
  const known = rows.findLastIndex(({ seen }) => seen > 0);
  if (known < 0) return "It has read nothing yet and expects all 256 bytes alike.";
  const after = known === 0 ? "Whatever comes before," : `After ${quoted(context(known))}`;
  const list = likeliest.map(([byte, p]) => `${quoted(byteName(byte))} ${short(p)}`);
  return `${after} it expected ${list.join(", ")}.`;
}

/** The letter that is looked at, in words and as a table of the orders. */
function lettersAccount() {
  const name = html("span");
  const price = live("whole q");
  const making = html("span");
  const expected = html("span");
  const cells = [-1, ...ORDERS].map(() => Array.from({ length: 5 }, () => live("")));
  const heads = [-1, ...ORDERS].map((order) => html("span", { translate: "no" }, String(order).replace("-", "−")));
  const foot = live("q");
  const table = ledger({
    heads: { k: 11, context: 29, seen: 15, kinds: 15, it: 10, P: 20 },
    names: heads,
    rows: cells,
    foot: ["bits", "", "", "", "", foot],
  });
  const longest = "After “F0 9F 98 80WW” it expected “W” >.999, “W” >.999, “W” >.999.";
  return {
    nodes: [
      html("div", { class: "letter-lines" },
        formula("", name, html("strong", { class: "q" }, price)),
        keepRoom(html("p", { class: "soft line", translate: "no" }, over(making)),
          "= 12.99 + 12.99 + 12.99 + 12.99, its bytes"),
        keepRoom(html("p", { class: "soft line", translate: "no" }, over(expected)), longest)),
      table.node,
    ],
    draw({ letters, letter, known, expected: said }) {
      const there = known !== null;
      write(name, there ? `${quoted(named(letters[letter - 1]))} costs ` : "no letter ");
      write(price, there ? inBits(known.bits.reduce((sum, one) => sum + one, 0)) : "–");
      write(making, there ? makingOf(known) : "");
      write(expected, said);
    },
    drawTable({ order, known }) {
      const there = known !== null;
      cells.forEach((row, i) => {
        const k = i - 1;
        const shown = k <= order;
        if (table.rows[i].hidden === shown) table.rows[i].hidden = !shown;
        if (!shown) return;
        let texts = ["", "", "", "", ""];
        const of = known?.rows[k];
        if (there && k < 0) texts = ["", "", "", "", "1/256"];
        else if (of && of.seen === 0) texts = [known.context(k), "0", "", "", short(of.chance)];
        else if (of) {
          texts = [known.context(k), of.seen, of.kinds, of.count, short(of.chance)].map(String);
        }
        texts.forEach((text, column) => write(row[column], text));
      });
      write(foot, there ? fixed(known.bits[0], 2) : "");
    },
  };
}

const REST = 100; // milliseconds without a change, after which gzip is asked and the table drawn
const GZIP_NOTE = "gzip, with its 18 bytes of header and trailer";
const NO_GZIP = "This browser has no gzip to compare with.";

/** The whole text: a plain file, gzip, the model. */
function totals() {
  const cells = [0, 1].map(() => [live(""), live(""), live("")]);
  const foot = [live("q"), live("q"), live("q")];
  const table = ledger({
    heads: { "all letters": 32, bits: 22, bytes: 19, "bits each": 27 },
    names: ["plain file", "gzip"],
    rows: cells,
    foot: ["this model", ...foot],
  });
  const note = keepRoom(html("p", { class: "soft line" }), GZIP_NOTE, NO_GZIP);
  const node = html("div", { class: "letter-totals" }, table.node, note);
  return {
    nodes: [node],
    draw({ letters, bits, bytes, packed, busy }) {
      const count = letters.length;
      const each = (all) => (count ? fixed(all / count, 2) : "–");
      const rows = [[8 * bytes, bytes], [8 * packed, packed]];
      cells.forEach((row, i) => {
        const [all, size] = rows[i];
        const there = Number.isFinite(all) && (i === 0 || packed !== null);
        const blank = packed === null ? "–" : "…";
        const texts = there ? [String(all), String(size), each(all)] : [blank, blank, blank];
        texts.forEach((text, column) => write(row[column], text));
      });
      [fixed(bits, 2), fixed(bits / 8, 2), each(bits)].forEach((text, i) => write(foot[i], text));
      write(note, packed === null ? NO_GZIP : GZIP_NOTE);
      put(node, { "aria-busy": String(busy) });
    },
  };
}

// ---- gzip ------------------------------------------------------------------------------------

/** How long the browser's gzip makes a text, in bytes; null where it has none. */
async function gzipSize(text) {
  try {
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    return (await new Response(stream).arrayBuffer()).byteLength;
  } catch {
    return null;
  }
}

/**
 * A function of a text: its size by gzip; undefined as long as that is not known, and when it is,
 * come() is called. While one types it is not asked for: that would take as long as all the rest.
 */
function packer(come) {
  const known = new Map();
  let wanted = "";
  let timer;
  const ask = async () => {
    const text = wanted;
    const size = await gzipSize(text);
    if (known.size > 100) known.clear();
    known.set(text, size);
    if (text === wanted) come();
  };
  return (text) => {
    if (!("CompressionStream" in globalThis)) return null;
    if (text !== wanted || timer === undefined) {
      wanted = text;
      clearTimeout(timer);
      if (!known.has(text)) timer = setTimeout(ask, REST);
    }
    return known.get(text);
  };
}

// ---- what is typed ---------------------------------------------------------------------------

const HINT_ROOM = "9999 at the end are cut off, 9 signs of control left out";
const keptText = (typed) => keptLetters(typed, {
  most: MOST,
  allows: (letter) => !CONTROL.test(letter),
  odd: ({ length }) => `${length} signs of control left out`,
});

/** The field, how full it is, and the orders. */
function entry({ setText, setLetter, setOrder }) {
  const orders = ORDERS.map((order) => {
    const button = html("button", { type: "button" }, String(order));
    button.addEventListener("click", () => setOrder(order));
    return button;
  });
  const text = typedText({
    kept: keptText, most: MOST, room: HINT_ROOM, setText, setLetter,
    // The letter before the caret is the one that is looked at.
    placeOf: (before) => Math.min(MOST, Math.max(1, before)),
    more: [html("div", { class: "letters", role: "group", "aria-label": "Order: bytes that it looks back" },
      html("span", { class: "of-order" }, "order"), ...orders)],
  });
  return {
    ...text,
    draw(state) {
      text.draw(state);
      orders.forEach((button, i) => put(button, { "aria-pressed": String(i === state.order) }));
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

  // What the text costs and how the price of the letter is made, worked out once.
  const at = (count) => Math.min(count, model.get("letter"));
  const first = { text: "", order: -1, letters: [""], prices: [NaN], means: [NaN], bits: NaN, bytes: 0 };
  let bill = { ...first, letter: 0, known: priced([], 0, 0, 0).known };
  const billNow = () => {
    const [text, order] = [model.get("text"), model.get("order")];
    if (bill.text !== text || bill.order !== order) {
      const letters = [...text];
      const letter = at(letters.length);
      const { prices, known } = priced(letters, order, letter - 1, EXPECTED);
      let bits = 0;
      let bytes = 0;
      const means = prices.map((price, i) => (bits += price) / (i + 1));
      for (const one of letters) bytes += bytesOf(one).length;
      bill = { text, order, letters, prices, means, bits, bytes, letter, known };
    }
    const letter = at(bill.letters.length);
    if (letter !== bill.letter) {
      const { known } = priced(bill.letters.slice(0, letter), order, letter - 1, EXPECTED);
      bill = { ...bill, letter, known };
    }
    return bill;
  };
  const now = () => {
    const { letters, letter } = billNow();
    return { count: letters.length, letter };
  };
  const explain = ({ letters, letter, known }) => (letter === 0 ? null : {
    ...known,
    chance: known.rows[known.rows.length - 1].chance,
    context: (k) => contextOf(letters, letter - 1, k),
  });

  let packed;
  const sizeOf = packer(() => drawAll());
  // The table of the orders costs a browser as much as all the rest. Behind a letter that is typed, or
  // a hand that goes on, it follows when the hand rests.
  let typed = false;
  let last = 0;
  let restId = 0;
  const stateNow = () => {
    const state = billNow();
    const { letters, letter, prices } = state;
    const known = explain(state);
    const size = sizeOf(state.text);
    // While it is found out, the last one stays.
    if (size !== undefined) packed = size;
    const expected = known ? expectation(known) : "";
    const says = known
      ? `${quoted(named(letters[letter - 1]))}, ${fixed(prices[letter - 1], 2)} bits. ${expected}` : "";
    return { ...state, known, says, expected, packed, busy: size === undefined };
  };

  const typing = entry({
    setText(text, letter) {
      typed = true;
      set({ text, letter });
    },
    setLetter: (letter) => set({ letter }),
    setOrder: (order) => set({ order }),
  });
  const choose = (letter) => set({ letter });
  const picture = pricedText({ now, choose, highest: HIGHEST, dotted: { bits: PER_BYTE, name: "8" } });
  const curve = running({ now, choose });
  const account = lettersAccount();
  const sums = totals();
  const drawTables = () => {
    const state = stateNow();
    account.drawTable(state);
    sums.draw(state);
  };
  const drawAll = () => {
    const [state, time] = [stateNow(), Date.now()];
    const waits = typed || time - last < REST;
    [typed, last] = [false, time];
    if (restId) clearTimeout(restId); // where a card is drawn, there are none
    if (waits) restId = setTimeout(drawTables, REST);
    else account.drawTable(state);
    const drawn = { ...state, busy: state.busy || waits };
    for (const part of [typing, picture, curve, account, sums]) part.draw(drawn);
  };
  const view = frame({
    model,
    el,
    keys: ["text", "order", "letter"],
    wide: "tall",
    draw: drawAll,
    summary() {
      const { letters, bits, packed: size } = stateNow();
      if (letters.length === 0) return "There is no text.";
      const beside = Number.isFinite(size) ? `; gzip takes ${8 * size}` : "";
      return `${letters.length} letters cost ${fixed(bits, 2)} bits, ${fixed(bits / letters.length, 2)} each${beside}.`;
    },
  });
  el.querySelector(".prompt").after(typing.node);
  openWhereEmpty(el, { model, field: typing.field, draw: drawAll });
  view.figures.append(picture.node, curve.node);
  view.readout.append(...account.nodes, ...sums.nodes);
  return () => {
    clearTimeout(restId);
    view.stop();
  };
}

export default { render };
