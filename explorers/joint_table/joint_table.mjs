// A table of joint probabilities to drag, its entropies as bars, and I(X; Y) as their overlap.

import { drawing, figure, fixed, hatching, html, keyTile, keyTo, put } from "../shared/draw.mjs";
import { shift, short, signed, svg, uprights, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { mover } from "../shared/pmf.mjs";
import { plain } from "../shared/points.mjs";
import { formula, keepRoom, ledger, live, over } from "../shared/readout.mjs";
import { tableBill } from "./table.mjs";

// The cells, a row for each x and a column for each y, and around them the margins as bars.
const GRID = { left: 22, top: 24, wide: 240, high: 288 };
const [RIGHT, BOTTOM] = [GRID.left + GRID.wide, GRID.top + GRID.high];
const MARGIN = { gap: 6, most: 44, thick: 12 };
const KEYS_AT = [386, 405];
const TALL = 412;
const INSET = { left: 5, right: 5, bottom: 4 }; // of the square that is a whole cell's probability 1
const LINES = { p: 12, point: 27, share: 40 }; // of the numbers in a cell
const middled = { "text-anchor": "middle" };

const coordinate = (x) => String(Math.round(x * 10) / 10);
const squareAt = ({ left, bottom }, side) =>
  `M${coordinate(left)} ${coordinate(bottom)}v${coordinate(-side)}h${coordinate(side)}v${coordinate(side)}z`;

/** A number of bits with its sign, in at most five characters; a dash where there is none. */
function bitsInCell(bits, most) {
  if (Number.isNaN(bits)) return "–";
  const digits = Math.max(0, most - [10, 100, 1000].filter((end) => Math.abs(bits) >= end).length);
  const text = signed(bits, digits);
  return Number(text) === 0 ? "0" : text;
}

const hatchedKey = (role, rising) =>
  svg("g", { class: role }, keyTile("area"),
    svg("path", { class: "hatch", d: hatching({ x: 0, y: -9, width: 15, height: 10 }, rising) }));

/** What stands around the cells: names, rules, key. */
function surroundings(count, wide, high) {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const name = (attributes, text) => svg("text", { class: "name", ...attributes }, text);
  return [
    ...numbers.map((j) => name({ x: GRID.left + (j - 0.5) * wide, y: GRID.top - 8, ...middled }, `y = ${j}`)),
    ...numbers.map((i) => name({
      ...middled, transform: `${shift(14, GRID.top + (i - 0.5) * high)} rotate(-90)`,
    }, `x = ${i}`)),
    name({ x: RIGHT + MARGIN.gap, y: GRID.top - 8 }, "p(x)"),
    svg("text", { class: "name", transform: `${shift(14, BOTTOM + 40)} rotate(-90)` }, "p(y)"),
    ...keyTo(keyTile("area outlined p"), GRID.left, KEYS_AT[0], "p(x, y)"),
    ...keyTo(keyTile("if-apart q"), GRID.left, KEYS_AT[1], "p(x)·p(y)"),
    ...keyTo(hatchedKey("cost", true), 140, KEYS_AT[0], "more than p(x)·p(y)"),
    ...keyTo(hatchedKey("gain", false), 140, KEYS_AT[1], "less than p(x)·p(y)"),
  ];
}

/**
 * The table, with a handle in each of its count × count cells.
 *
 * value(cell): the probability of a cell now. change(cell, value, typed): called when the hand asks for
 * another. focus(cell): called when the handle of a cell has the focus, and with −1 when it loses it.
 * Returns { root, draw(p, bill) }.
 */
function cells(count, { value, change, focus }) {
  const [wide, high] = [GRID.wide / count, GRID.high / count];
  const whole = wide - INSET.left - INSET.right;
  const side = (p) => whole * Math.sqrt(p);
  const probability = (length) => (Math.max(0, length) / whole) ** 2;
  const root = drawing({
    viewBox: `0 0 320 ${TALL}`, role: "group",
    "aria-label": "The table of p(x, y), a slider for each cell, with p(x) and p(y) beside and below it",
  });

  const all = Array.from({ length: count * count }, (_, cell) => {
    const [i, j] = [Math.floor(cell / count), cell % count];
    const [x, y] = [GRID.left + j * wide, GRID.top + i * high];
    const at = { left: x + INSET.left, bottom: y + high - INSET.bottom };
    const line = (at) => svg("text", { class: "number", x: x + wide - 5, y: y + at, "text-anchor": "end" });
    const number = line(LINES.p);
    const moves = svg("g", {},
      svg("rect", { class: "reach", x: -13, y: -13, width: 26, height: 26 }),
      svg("circle", { class: "grip knob", r: 8 - count }));
    const grip = svg("g", { class: "cell-grip p" },
      svg("rect", { class: "ring", x: x + 1, y: y + 1, width: wide - 2, height: high - 2, rx: 4 }), moves, number);
    const box = { x, y, width: wide, height: high };
    const ground = svg("g", {}, svg("rect", { class: "cell-ground", ...box }), svg("rect", { class: "reach", ...box }));
    const numbers = [LINES.point, LINES.share].map(line);
    const tell = handle(grip, root, {
      blank: 31,
      label: `p(x = ${i + 1}, y = ${j + 1})`,
      step: count > 2 ? 0.005 : 0.01,
      bigStep: count > 2 ? 0.05 : 0.1,
      value: () => value(cell),
      change: (next, typed) => change(cell, next, typed),
      track: ground,
      at: (px, py) => probability(Math.max(px - at.left, at.bottom - py)),
      drag: (start, dx, dy) => probability(side(start) + (dx - dy) / 2),
    });
    grip.addEventListener("focus", () => focus(cell));
    grip.addEventListener("blur", () => focus(-1));
    // A finger focuses nothing: the drag keeps the page from what follows on a touch.
    grip.addEventListener("pointerdown", () => grip.focus({ preventScroll: true }));
    return { i, j, at, number, moves, grip, ground, numbers, tell };
  });

  const path = (kind) => svg("path", { class: kind });
  const outer = { cost: path("area"), gain: path("area") };
  const lines = { cost: path("hatch"), gain: path("hatch") };
  const inner = path("area p");
  const edges = path("outline p");
  const apart = path("if-apart q");
  const bars = path("area outlined p");
  const marginNumbers = ["x", "y"].map((name) => Array.from({ length: count }, (_, i) => svg("text", name === "x"
    ? { class: "inside", x: RIGHT + MARGIN.gap, y: GRID.top + (i + 0.5) * high - 10 }
    : { class: "inside", x: GRID.left + (i + 0.5) * wide - 4, y: BOTTOM + MARGIN.gap + 12 })));
  root.append(
    ...all.map(({ ground }) => ground),
    ...surroundings(count, wide, high),
    svg("g", { class: "squares" },
      ...["cost", "gain"].map((role) => svg("g", { class: role }, outer[role], lines[role])),
      inner, edges, apart),
    bars, ...marginNumbers.flat(),
    svg("g", { class: "cell-numbers" }, ...all.flatMap(({ numbers }) => numbers)),
    ...all.map(({ grip }) => grip));

  const drawMargins = ({ x, y }) => {
    const half = MARGIN.thick / 2;
    const ofX = x.map((p, i) => `M${RIGHT + MARGIN.gap} ${GRID.top + (i + 0.5) * high - half + 2}`
      + `h${coordinate(p * MARGIN.most)}v${MARGIN.thick}h${coordinate(-p * MARGIN.most)}z`);
    const ofY = y.map((p, j) => `M${GRID.left + (j + 0.5) * wide - 8} ${BOTTOM + MARGIN.gap}`
      + `v${coordinate(p * MARGIN.most)}h${-MARGIN.thick}v${coordinate(-p * MARGIN.most)}z`);
    put(bars, { d: [...ofX, ...ofY].join("") });
    [x, y].forEach((margin, way) => margin.forEach((p, i) => write(marginNumbers[way][i], short(p))));
  };

  return {
    root,
    draw(p, bill) {
      const d = { cost: "", gain: "", ofCost: "", ofGain: "", inner: "", edges: "", apart: "" };
      for (const { i, j, at, number, moves, numbers, tell } of all) {
        const [own, other] = [side(p[i][j]), side(bill.apart[i][j])];
        const most = Math.max(own, other);
        if (Math.abs(own - other) > 0.05) {
          const box = { x: at.left, y: at.bottom - most, width: most, height: most };
          const adds = own > other;
          d[adds ? "cost" : "gain"] += squareAt(at, most);
          d[adds ? "ofCost" : "ofGain"] += hatching(box, adds);
        }
        d.inner += squareAt(at, Math.min(own, other));
        d.edges += squareAt(at, own);
        d.apart += squareAt(at, other);
        put(moves, { transform: shift(at.left + own, at.bottom - own) });
        const [point, share] = [bill.points[i][j], bill.shares[i][j]];
        const texts = [bitsInCell(point, 2), bitsInCell(Number.isNaN(point) ? NaN : share, 3)];
        write(number, short(p[i][j]));
        texts.forEach((text, line) => write(numbers[line], text));
        const role = /\d/.test(texts[1]) && Number(texts[1].slice(1)) > 0 ? (share > 0 ? " cost" : " gain") : "";
        put(numbers[1], { class: `number${role}` });
        const pmi = Number.isNaN(point) ? "" : `, pmi ${texts[0]} bits`;
        tell(Math.round(p[i][j] * 1e4) / 1e4, `${short(p[i][j])}${pmi}`);
      }
      put(outer.cost, { d: d.cost });
      put(outer.gain, { d: d.gain });
      put(lines.cost, { d: d.ofCost });
      put(lines.gain, { d: d.ofGain });
      put(inner, { d: d.inner });
      put(edges, { d: d.edges });
      put(apart, { d: d.apart });
      drawMargins(bill);
    },
  };
}

// ---- the bars --------------------------------------------------------------------------------

const BITS = { left: 62, right: 310, name: 10, top: 26, first: 32, pitch: 27, high: 20, tall: 118 };
const BARS = ["H(X)", "H(X, Y)", "H(Y)"];

/** H(X) from the left, H(Y) from the right, H(X, Y) between them, on one scale. */
function overlap() {
  const root = drawing({
    viewBox: `0 0 320 ${BITS.tall}`, role: "img",
    "aria-label": "H(X), H(X, Y) and H(Y) as bars; where H(X) and H(Y) overlap is I(X; Y). The numbers follow",
  });
  const scales = svg("g", {});
  const bars = svg("path", { class: "area outlined p" });
  const shared = svg("path", { class: "area outlined" });
  const lines = svg("path", { class: "hatch" });
  const ends = svg("path", { class: "overlap-ends" });
  const tops = BARS.map((_, row) => BITS.first + row * BITS.pitch);
  const names = BARS.map((name, row) => svg("text", { class: "name", x: BITS.name, y: tops[row] + 14 }, name));
  const parts = ["H(X|Y)", "I(X; Y)", "H(Y|X)"].map((name) =>
    svg("text", { class: "inside number", y: tops[1] + 14, ...middled }, name));
  root.append(scales, bars, svg("g", { class: "cost" }, shared, lines), ends, ...names, ...parts);

  let count = 0;
  let scale = (bits) => bits;
  const rescale = (size) => {
    count = size;
    const most = 2 * Math.log2(count);
    scale = (bits) => BITS.left + (bits / most) * (BITS.right - BITS.left);
    const ticks = Array.from({ length: Math.floor(most) + 1 }, (_, bits) => bits);
    scales.replaceChildren(uprights(ticks, scale, BITS.top, tops[2] + BITS.high + 5));
  };
  return {
    node: figure("The overlap", "H(X) from the left, H(Y) from the right, in bits", root),
    draw(p, { both, open, information }) {
      if (p.length !== count) rescale(p.length);
      const [start, end] = [open.x, open.x + information].map(scale);
      const last = scale(both);
      const box = (from, to, row) => ({ x: from, y: tops[row], width: Math.max(0, to - from), height: BITS.high });
      const outline = ({ x, y, width, height }) => `M${coordinate(x)} ${y}h${coordinate(width)}v${height}h${coordinate(-width)}z`;
      const rows = [[scale(0), end], [scale(0), last], [start, last]];
      put(bars, { d: rows.map(([from, to], row) => outline(box(from, to, row))).join("") });
      const inside = rows.map((_, row) => box(start, end, row));
      put(shared, { d: inside.map(outline).join("") });
      put(lines, { d: inside.map((one) => hatching(one)).join("") });
      put(ends, { d: [start, end].map((x) => `M${coordinate(x)} ${tops[0]}V${tops[2] + BITS.high}`).join("") });
      [[scale(0), start], [start, end], [end, last]].forEach(([from, to], part) => {
        put(parts[part], {
          transform: shift((from + to) / 2, 0), visibility: to - from > 46 ? "visible" : "hidden",
        });
      });
    },
  };
}

// ---- the readout -----------------------------------------------------------------------------

const exact = (p) => (p > 0 && p < 1e-4 ? p.toPrecision(2) : fixed(p, 4));

/** The cell that adds most; of several, the most probable. */
function mainCell(p, shares) {
  const most = Math.max(...shares) - 1e-9;
  const all = p.map((_, cell) => cell).filter((cell) => shares[cell] >= most);
  return all.reduce((one, other) => (p[other] > p[one] ? other : one));
}

/** What a cell adds, in a sentence. */
function remark(p, { apart, points, shares }, cell) {
  const [i, j] = [Math.floor(cell / p.length), cell % p.length];
  const place = `x = ${i + 1}, y = ${j + 1}`;
  if (apart[i][j] === 0) return `${place}: one of the two never comes.`;
  if (p[i][j] === 0) return `${place}: they never come together; pmi is −∞, and nothing is added.`;
  return `${place}: pmi = log₂(${exact(p[i][j])}/${exact(apart[i][j])}) = ${signed(points[i][j], 3)}; times ${
    exact(p[i][j])} that is ${signed(shares[i][j], 4)} bits.`;
}
const LONG_REMARK = "x = 4, y = 4: pmi = log₂(0.0000001/0.0000001) = +00.000; times 0.0000001 that is +0.0000 bits.";

/** I(X; Y) as two sums, what each of the two tells of the other, and a cell's part. */
function account() {
  const information = live("cost whole");
  const adds = html("strong", {}, live("cost"));
  const takes = html("strong", {}, live("gain"));
  const sum = live("with-sum");
  const related = live("related");
  const said = html("span");
  const soft = (...children) => html("p", { class: "soft", translate: "no" }, ...children);
  const cellsOf = () => ["x", "y"].map(() => live(""));
  const [alone, open, told] = [cellsOf(), cellsOf(), cellsOf()];
  told.forEach((one) => one.classList.add("cost"));
  const table = ledger({
    heads: { bits: 50, X: 25, Y: 25 },
    names: ["alone", "the other known"],
    rows: [alone, open],
    foot: ["the other tells", ...told],
  });
  return {
    nodes: [
      html("div", {},
        formula("", "I(X; Y) = ", html("strong", {}, information)),
        soft("= D(p(x, y)‖p(x)·p(y)) = ", adds, " − ", takes),
        soft("= H(X) + H(Y) − H(X, Y)"),
        soft("= ", sum),
        html("p", { class: "soft" }, "correlation of x and y: ", related)),
      table.node,
      keepRoom(html("p", { class: "note line" }, over(said)), LONG_REMARK),
    ],
    tell: (p, bill, cell) => write(said, remark(p, bill, cell)),
    draw(bill) {
      write(information, `${fixed(bill.information, 4)} bits`);
      write(adds.firstChild, fixed(bill.adds, 4));
      write(takes.firstChild, fixed(bill.takes, 4));
      write(sum, `${fixed(bill.alone.x, 4)} + ${fixed(bill.alone.y, 4)} − ${fixed(bill.both, 4)}`);
      write(related, Number.isNaN(bill.correlation) ? "–" : plain(bill.correlation, 4));
      ["x", "y"].forEach((name, column) => {
        write(alone[column], fixed(bill.alone[name], 4));
        write(open[column], fixed(bill.open[name], 4));
        write(told[column], fixed(bill.information, 4));
      });
    },
  };
}

function render({ model, el }) {
  const now = () => model.get("p");
  const inRows = (flat) => {
    const count = Math.sqrt(flat.length);
    return Array.from({ length: count }, (_, i) => flat.slice(i * count, (i + 1) * count));
  };
  // The cells one after the other are a pmf.
  const flat = {
    get: () => now().flat(),
    set: (_, next) => model.set("p", inRows(next)),
    save_changes: () => model.save_changes(),
  };
  const move = mover(flat, "p");
  const bars = overlap();
  const readout = account();
  // The note tells of the cell that the hand has set, while it has the focus; else of the one that adds
  // most.
  let focused = -1;
  let held = { cell: -1, p: [] };
  const change = (cell, value, typed) => {
    move(cell, value, typed);
    held = { cell, p: now() };
  };
  const tellOf = (p, bill) => {
    const isHeld = held.cell === focused && same(held.p, p);
    readout.tell(p, bill, isHeld ? focused : mainCell(p.flat(), bill.shares.flat()));
  };
  const focus = (cell) => {
    focused = cell;
    tellOf(now(), tableBill(now()));
  };

  const make = (count) => cells(count, { value: (cell) => now().flat()[cell], change, focus });
  let shown = now().length;
  let table = make(shown);
  const view = frame({
    model,
    el,
    keys: ["p"],
    wide: "tall",
    draw() {
      const p = now();
      if (p.length !== shown) {
        [shown, focused] = [p.length, -1];
        const next = make(shown);
        table.root.replaceWith(next.root);
        table = next;
      }
      const bill = tableBill(p);
      table.draw(p, bill);
      bars.draw(p, bill);
      readout.draw(bill);
      tellOf(p, bill);
    },
    summary() {
      const { information, alone, both } = tableBill(now());
      return `I(X; Y) is ${fixed(information, 4)} bits; H(X) is ${fixed(alone.x, 4)}, H(Y) ${
        fixed(alone.y, 4)}, both together ${fixed(both, 4)}.`;
    },
  });
  const note = "area: p(x,\u00a0y); its numbers: p, pmi, p·pmi";
  view.figures.append(figure("Drag a cell’s corner", note, table.root), bars.node);
  view.readout.append(...readout.nodes);
  return view.stop;
}

export default { render };
