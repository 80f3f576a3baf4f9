// A text to type, the price of each letter over it, and beside the model's bill that of gzip.

import { PLOT, drawing, figure, fixed, html, put, shift, short, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { formula, inBits, keepRoom, ledger, live, over } from "../shared/readout.mjs";
import { bytesOf, priced } from "./witten_bell.mjs";

// As in Python.
const MOST = 400;
const ORDERS = [0, 1, 2, 3, 4, 5];
const CONTROL = /(?!\n)[\p{Cc}\p{Cs}]/gu;

const PICTURE = { width: 320, height: 384 };
// How the letters stand: so many in a row, so high a row, in letters of this size. The first that has
// room for the text is taken.
const GRIDS = [[10, 64, 20], [13, 48, 17], [16, 42.6, 15], [20, 32, 13], [25, 24, 12]]
  .map(([columns, tall, size]) => ({
    columns, tall, size,
    wide: PICTURE.width / columns,
    rows: Math.floor(PICTURE.height / tall),
    line: tall - 0.28 * size, // where letters stand
    base: tall - 1.12 * size - 1, // where bars stand
  }));
const MOST_ROWS = 16;
const HIGHEST = 12; // bits: what a byte may cost that comes as a surprise; more is cut there
const PER_BYTE = 8; // bits of a byte in a file

const CURVE = { height: 180, top: 20, bottom: 146, left: PLOT.left, right: PLOT.right };
const EXPECTED = 3;
const middled = { "text-anchor": "middle" };
const coordinate = (x) => String(Math.round(x * 10) / 10);

// ---- letters -------------------------------------------------------------------------------

/** The letters of a text; what can be shown of one that was typed, and what is said of the rest. */
function kept(typed) {
  const shown = [...typed.replace(CONTROL, "")];
  const odd = [...typed].length - shown.length;
  const cut = Math.max(0, shown.length - MOST);
  const said = [cut && `${cut} at the end are cut off`, odd && `${odd} signs of control left out`];
  return { text: shown.slice(0, MOST).join(""), remark: said.filter(Boolean).join(", ") };
}

/** A letter as it is written where it stands alone. */
function named(letter) {
  if (letter === " ") return "␣";
  if (letter === "\n") return "↵";
  // What has no shape of its own, or joins the one before it.
  if (/[\p{M}]/u.test(letter)) return `◌${letter}`;
  return /[\p{Cf}\p{Z}]/u.test(letter) ? "◌" : letter;
}

/** One that stands at its place in a row of text; others may join, and stand in texts of their own. */
const isSimple = (letter) =>
  /^[!-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u20ac\u3041-\u3096\u30a1-\u9fff\uac00-\ud7a3]$/
    .test(letter) && named(letter) === letter;

// Signs for what is not seen, in units of the letters' size.
const SIGNS = {
  " ": (x, y, size) => `M${coordinate(x - size / 4)} ${coordinate(y - size / 5)}`
    + `v${coordinate(size / 5)}h${coordinate(size / 2)}v${coordinate(-size / 5)}`,
  "\n": (x, y, size) => `M${coordinate(x + size / 3)} ${coordinate(y - size * 0.7)}`
    + `v${coordinate(size * 0.45)}h${coordinate(-size * 0.6)}l3 -3m-3 3l3 3`,
};

const hex = (byte) => byte.toString(16).toUpperCase().padStart(2, "0");
/** A byte as it is written: as a letter, where it is one. */
const byteName = (byte) => (byte < 0x80 ? named(String.fromCharCode(byte)) : hex(byte));
const quoted = (text) => `“${text}”`;

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

// ---- the text, letter by letter --------------------------------------------------------------

/** The letters with a bar over each, and the letter that is looked at: a slider through the text. */
function pricedText({ now, choose }) {
  const label = "The text with the price of each letter as a bar; the slider goes through it";
  const { width, height } = PICTURE;
  const root = drawing({ viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label });
  const area = svg("rect", { class: "reach", width, height });
  const eight = svg("path", { class: "eight-bits" });
  const rows = Array.from({ length: MOST_ROWS }, () => {
    const parts = {
      bars: svg("path", { class: "price-bars q" }),
      cuts: svg("path", { class: "price-cuts" }),
      signs: svg("path", { class: "unseen-signs" }),
      text: svg("text", { class: "letter-row", ...middled }),
    };
    return { ...parts, node: svg("g", {}, ...Object.values(parts)), others: [] };
  });
  const frameOf = svg("rect", { class: "letter-frame", rx: 3 });
  const [reach, ring] = [svg("rect", { class: "reach" }), svg("rect", { class: "ring", rx: 5 })];
  const mark = svg("g", { class: "letter-mark" }, reach, ring, frameOf);

  let grid = GRIDS[0];
  const at = (x, y) => {
    const column = Math.max(0, Math.min(grid.columns - 1, Math.floor(x / grid.wide)));
    const row = Math.max(0, Math.min(grid.rows - 1, Math.floor(y / grid.tall)));
    return Math.min(now().count, row * grid.columns + column + 1);
  };
  const middle = (letter) => {
    const index = letter - 1;
    const column = index % grid.columns;
    return [(column + 0.5) * grid.wide, (Math.floor(index / grid.columns) + 0.5) * grid.tall];
  };
  // In a text, up and down are a row; this listener comes before the slider's own.
  mark.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowUp: -grid.columns, ArrowDown: grid.columns }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const next = now().letter + step;
    if (next >= 1 && next <= now().count) choose(next);
  });
  const tell = handle(mark, root, {
    label: "Letter", way: "horizontal", min: 1, max: () => now().count, step: 1, bigStep: 10,
    value: () => now().letter,
    change: choose,
    track: area,
    at,
    drag: (start, dx, dy) => {
      const [x, y] = middle(start);
      return at(x + dx, y + dy);
    },
  });
  root.append(eight, ...rows.map(({ node }) => node), area, mark);

  /** Lay the picture out anew, for a text of another length. */
  const layOut = (next) => {
    grid = next;
    const { wide, tall, size, line } = grid;
    rows.forEach(({ node, text }, row) => {
      put(node, { transform: shift(0, row * tall), style: `font-size: ${size}px` });
      put(text, { y: line, style: `font-size: ${size}px` });
    });
    const box = (w, h) => ({ x: -w / 2, y: -h / 2, width: w, height: h });
    put(reach, box(Math.max(27, wide), Math.max(27, tall)));
    put(ring, box(wide + 5, tall + 5));
    put(frameOf, box(wide, tall));
  };
  layOut(grid);

  const drawRow = ({ bars, cuts, signs, text, node, others }, letters, prices) => {
    const { wide, size, line, base } = grid;
    const [half, perBit] = [wide * 0.32, (base - 1) / HIGHEST];
    const paths = { bars: "", cuts: "", signs: "" };
    const places = [];
    let plain = "";
    let used = 0;
    letters.forEach((letter, i) => {
      const x = (i + 0.5) * wide;
      const tall = Math.min(HIGHEST, prices[i]) * perBit;
      paths.bars += `M${coordinate(x - half)} ${coordinate(base)}v${coordinate(-tall)}`
        + `h${coordinate(2 * half)}v${coordinate(tall)}z`;
      if (prices[i] > HIGHEST) paths.cuts += `M${coordinate(x - half - 1)} 5l${coordinate(2 * half + 2)} -2.5`;
      if (letter in SIGNS) paths.signs += SIGNS[letter](x, line, size);
      else if (isSimple(letter)) {
        plain += letter;
        places.push(coordinate(x));
      } else {
        if (used === others.length) {
          others.push(svg("text", { class: "letter-row", ...middled }));
          node.append(others[used]);
        }
        put(others[used], { x, y: line, style: `font-size: ${size}px` });
        write(others[used], named(letter));
        used += 1;
      }
    });
    for (const spare of others.slice(used)) write(spare, "");
    put(bars, { d: paths.bars });
    put(cuts, { d: paths.cuts });
    put(signs, { d: paths.signs });
    put(text, { x: places.join(" ") });
    write(text, plain);
  };

  const drawn = rows.map(() => /** @type {[typeof grid, string[], number[]] | null} */ (null));
  let shown = null;
  const drawRows = (letters, prices) => {
    shown = prices;
    const fits = GRIDS.find(({ columns, rows: most }) => columns * most >= letters.length);
    if (fits && fits !== grid) layOut(fits);
    const { columns, tall, base } = grid;
    rows.forEach((row, i) => {
      const [from, to] = [i * columns, (i + 1) * columns];
      const mine = /** @type {[typeof grid, string[], number[]]} */ (
        [grid, letters.slice(from, to), prices.slice(from, to)]);
      if (drawn[i]?.[0] === grid && same(drawn[i].slice(1), mine.slice(1))) return;
      drawn[i] = mine;
      drawRow(row, mine[1], mine[2]);
    });
    const high = base - (PER_BYTE / HIGHEST) * (base - 1);
    put(eight, {
      d: Array.from({ length: Math.ceil(letters.length / columns) }, (_, row) =>
        `M0 ${coordinate(row * tall + high)}H${width}`).join(""),
    });
  };
  return {
    node: figure("Press a letter", "or drag on; bars: bits, dotted: 8", root),
    draw({ letters, prices, letter, says }) {
      // A hand on the slider leaves the text as it is.
      if (shown !== prices) drawRows(letters, prices);
      put(mark, { visibility: letters.length > 0 ? "visible" : "hidden" });
      if (letters.length === 0) return;
      put(mark, { transform: shift(...middle(letter)) });
      tell(letter, says);
    },
  };
}

// ---- the running mean ------------------------------------------------------------------------

/** The mean price of the letters so far, as a curve to drag along. */
function running({ now, choose }) {
  const { height, top, bottom, left, right } = CURVE;
  const label = "The mean price of the letters so far, and the slider along it";
  const root = drawing({ viewBox: `0 0 320 ${height}`, role: "group", "aria-label": label });
  const y = (bits, most) => bottom - (bits / most) * (bottom - top);
  const ticks = [0, 1, 2].map((half) => {
    const at = y(half, 2);
    const text = svg("text", { x: left - 6, y: at + 4, "text-anchor": "end" });
    return { half, text, node: svg("g", {}, svg("line", { x1: left, x2: right, y1: at, y2: at }), text) };
  });
  const level = (kind, x, anchor) => {
    const line = svg("line", { x1: left, x2: right });
    const text = svg("text", { x, y: -5, "text-anchor": anchor });
    return { node: svg("g", { class: `level ${kind}` }, line, text), line, text };
  };
  const plain = level("of-plain", 190, "middle");
  const packed = level("of-gzip", right, "end");
  const curve = svg("path", { class: "paid q" });
  const area = svg("rect", { class: "reach", x: left, y: top - 6, width: right - left, height: bottom - top + 12 });
  const number = svg("text", { class: "number", x: 0, ...middled });
  const mean = svg("text", { class: "mean-now" });
  const grip = svg("g", { class: "point q" },
    svg("circle", { class: "reach", r: 15 }),
    svg("circle", { class: "ring", r: 11 }),
    svg("circle", { class: "grip knob", r: 6.5 }),
    mean);
  const below = svg("g", {}, number);
  const across = (letter) => left + ((letter - 0.5) / Math.max(1, now().count)) * (right - left);
  const at = (x) => ((x - left) / (right - left)) * now().count + 0.5;
  const tell = handle(grip, root, {
    label: "Letter on the curve", way: "horizontal",
    min: 1, max: () => now().count, step: 1, bigStep: 10, blank: 26,
    value: () => now().letter,
    change: choose,
    number: below,
    track: area,
    at,
  });
  root.append(svg("g", { class: "rules", "aria-hidden": "true" }, ...ticks.map(({ node }) => node)),
    plain.node, packed.node, curve, area, below, grip);

  /** A level where it lies; one above the picture is written at its edge. */
  const drawLevel = ({ node, line, text }, name, bits, highest) => {
    const there = Number.isFinite(bits);
    put(node, { visibility: there ? "visible" : "hidden" });
    if (!there) return;
    const beyond = bits > highest;
    put(node, { transform: shift(0, beyond ? top - 4 : y(bits, highest)) });
    put(line, { visibility: beyond ? "hidden" : "inherit" });
    write(text, `${name} ${fixed(bits, 2)}${beyond ? " ↑" : ""}`);
  };
  let most = 10;
  let shown = null;
  return {
    node: figure("Drag along the curve", "mean bits a letter, so far", root),
    draw({ letters, letter, means, bytes, packed: size }) {
      const count = letters.length;
      if (shown !== means) {
        shown = means;
        const highest = Math.max(10, ...means);
        most = [10, 20, 40].find((one) => one >= highest) ?? 80;
        for (const { half, text } of ticks) write(text, String((half * most) / 2));
        const points = means.map((bits, i) => `${coordinate(across(i + 1))} ${coordinate(y(bits, most))}`);
        // One letter is a point; a line that goes nowhere would not be drawn.
        put(curve, { d: count ? `M${points.join("L")}${count === 1 ? "h.1" : ""}` : "" });
      }
      drawLevel(plain, "plain", (PER_BYTE * bytes) / count, most);
      drawLevel(packed, "gzip", (8 * (size ?? NaN)) / count, most);
      const visibility = count ? "visible" : "hidden";
      for (const node of [grip, below]) put(node, { visibility });
      if (!count) return;
      const x = across(letter);
      const soFar = means[letter - 1];
      put(grip, { transform: shift(x, y(soFar, most)) });
      put(mean, x < 160 ? { x: 10, y: -9, "text-anchor": "start" } : { x: -10, y: -9, "text-anchor": "end" });
      write(mean, fixed(soFar, 2));
      put(below, { transform: shift(Math.min(right - 12, Math.max(left + 6, x)), bottom + 18) });
      write(number, String(letter));
      tell(letter, `letter ${letter}: ${fixed(soFar, 2)} bits a letter so far`);
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

/** The field, how full it is, and the orders. */
function entry({ setText, setLetter, setOrder }) {
  const field = /** @type {HTMLTextAreaElement} */ (html("textarea", {
    class: "typed-text", rows: "3", spellcheck: "false", autocapitalize: "off", autocomplete: "off",
    autocorrect: "off", translate: "no", "aria-label": `Your text, up to ${MOST} letters`,
  }));
  const remark = html("span", { role: "status" });
  const count = html("span");
  const hint = keepRoom(html("p", { class: "soft line low" }, over(count, remark)), HINT_ROOM);
  const orders = ORDERS.map((order) => {
    const button = html("button", { type: "button" }, String(order));
    button.addEventListener("click", () => setOrder(order));
    return button;
  });

  let composing = false;
  let caret = -1;
  /** The letter before the caret is the one that is looked at. */
  const follow = () => {
    caret = field.selectionEnd;
    return Math.max(1, Array.from(field.value.slice(0, caret)).length);
  };
  const read = () => {
    const now = kept(field.value);
    // What an input method is still making is left alone.
    if (now.text !== field.value && !composing) {
      const before = kept(field.value.slice(0, field.selectionEnd)).text.length;
      field.value = now.text;
      field.setSelectionRange(before, before);
    }
    write(remark, now.remark);
    setText(now.text, Math.min(MOST, follow()));
  };
  field.addEventListener("input", read);
  field.addEventListener("compositionstart", () => { composing = true; });
  field.addEventListener("compositionend", () => {
    composing = false;
    read();
  });
  // The page's own keys, and the explorer's, mean nothing while one types.
  field.addEventListener("keydown", (event) => event.stopPropagation());
  for (const kind of ["keyup", "click"]) {
    field.addEventListener(kind, () => {
      if (!composing && field.selectionEnd !== caret) setLetter(Math.min(MOST, follow()));
    });
  }

  return {
    field,
    node: html("div", { class: "letter-entry" },
      field,
      hint,
      html("div", { class: "letters", role: "group", "aria-label": "Order: bytes that it looks back" },
        html("span", { class: "of-order" }, "order"), ...orders)),
    draw({ text, letters, order }) {
      if (field.value !== text && !composing) {
        field.value = text;
        write(remark, "");
      }
      write(count, remark.textContent ? "" : `${letters.length} of ${MOST} letters`);
      orders.forEach((button, i) => put(button, { "aria-pressed": String(i === order) }));
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
  const picture = pricedText({ now, choose });
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
  // Whoever asks for an empty field wants to write into it.
  el.addEventListener("click", (event) => {
    if (!event.target.closest?.(".chip") || model.get("text") !== "") return;
    drawAll(); // or a quick hand would write behind the text that stands there till the next frame
    typing.field.focus();
  });
  view.figures.append(picture.node, curve.node);
  view.readout.append(...account.nodes, ...sums.nodes);
  return () => {
    clearTimeout(restId);
    view.stop();
  };
}

export default { render };
