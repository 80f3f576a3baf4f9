// A call of PyTorch as chips, its two lists as bars, what it returns and which quantity that is.

import { drawing, figure, fitter, fixed, hatching, html, minus, put } from "../shared/draw.mjs";
import { shift, short, signed, svg, uprights, write } from "../shared/draw.mjs";
import { endGrip } from "../shared/bars.mjs";
import { frame, same } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { mover } from "../shared/pmf.mjs";
import { formula, keepRoom, live, longest, over } from "../shared/readout.mjs";
import { code, entries, meaning, refusal, returned, wanted } from "./losses.mjs";

// The drawings are 320 wide. A row of the batch has a line for its number, and for each outcome the
// bar of P above that of Q, each as high as a finger needs on a small telephone; an entry has one bar, and a row their sum.
const LISTS = { title: 22, foot: 0, least: 53, most: 96, side: 13, high: 18 };
const ENTRIES = { title: 0, foot: 26, least: 26, most: 36, high: 18 };
const TOP = 22;
const NAMES = ["politics", "sports", "entertainment"];
const BAR = { left: 120, right: 270 };
// An entry further from 0 than `most` is cut.
const ENTRY = { zero: 176, perNat: 72, most: 1, number: 319 };

const ROLES = ["p", "q"];
const LETTERS = { p: "P", q: "Q" };
const middled = { "text-anchor": "middle" };

// What a second row begins with: that of the chip with two rows.
const SECOND = { p: [0.2, 0.3, 0.5], q: [0.4, 0.4, 0.2] };
const EVERY_WAY = {
  call: ["kl_div", "cross_entropy"],
  swapped: [false, true],
  fed: ["log-probabilities", "probabilities", "logits"],
  target: ["probabilities", "log-probabilities"],
  log_target: [false, true],
  reduction: ["none", "sum", "mean", "batchmean"],
};
const TITLES = {
  call: "call", swapped: "order", fed: "input", target: "target", log_target: "log_target", reduction: "reduction",
  rows: "rows",
};
const SAID = {
  swapped: ["right", "swapped"],
  fed: ["logs", "probabilities", "logits"],
  target: ["probabilities", "logs"],
  log_target: ["False", "True"],
};

/** All settings there are, each with one row and with two. With zeros all is said that can be. */
function everyCall() {
  const rows = [[0.5, 0.5, 0], [0.5, 0.5, 0]];
  /** @type {any[]} */
  let states = [1, 2].map((count) => ({ p: rows.slice(0, count), q: rows.slice(0, count) }));
  for (const [name, values] of Object.entries(EVERY_WAY)) {
    states = states.flatMap((state) => values.map((value) => ({ ...state, [name]: value })));
  }
  return states;
}

const heightOf = ({ title, foot, least }) => TOP + 2 * (title + NAMES.length * least + foot);

/** Where the outcomes of each row of the batch stand, and a line above them and one below. */
function placesOf(count, { title, foot, least, most }) {
  const pitch = count > 1 ? least : most;
  const above = count > 1 ? title : 0; // one row has no number
  return Array.from({ length: count }, (_, row) => {
    const top = TOP + row * (above + NAMES.length * pitch + foot);
    return {
      title: top + 15,
      middles: NAMES.map((_name, i) => top + above + (i + 0.5) * pitch),
      foot: top + above + NAMES.length * pitch + 13,
    };
  });
}

/** The names of the outcomes in each row, as texts. */
const captions = (places, fit) => places.flatMap(({ middles }) => NAMES.map((name, i) =>
  svg("text", { class: "name", x: 0, y: middles[i] + 4 }, fit(name, 98))));

/**
 * The bars of P and Q.
 *
 * value(role, row, i), change(role, row, i, value, typed): a probability now,
 * and called when the hand asks for another. Returns { node, draw(pair, entries) }.
 */
function lists({ count, fit, value, change }) {
  const [places, height] = [placesOf(count, LISTS), heightOf(LISTS)];
  const x = (p) => BAR.left + p * (BAR.right - BAR.left);
  const root = drawing({
    viewBox: `0 0 320 ${height}`, role: "group", "aria-label": "P and Q, a slider for each probability",
  }, uprights([0, 0.5, 1], x, TOP, height), ...captions(places, fit),
    ...(count > 1 ? places : []).map(({ title }, row) =>
      svg("text", { class: "of-row", x: 0, y: title }, `row ${row + 1}`)));
  const every = places.flatMap(({ middles }, row) => middles.flatMap((middle, i) =>
    ROLES.map((role, side) => {
      const y = middle + (side === 0 ? -LISTS.side : LISTS.side);
      const area = svg("rect", {
        class: `area ${role}`, x: BAR.left, y: y - LISTS.high / 2, height: LISTS.high,
      });
      const number = svg("text", { class: "number", x: 11, y: 4 });
      const grip = endGrip(role, number);
      const track = svg("g", {},
        svg("rect", {
          class: "reach", x: BAR.left, y: y - 13, width: BAR.right - BAR.left, height: 26,
        }),
        area);
      const describe = handle(grip, root, {
        label: `${LETTERS[role]} of ${NAMES[i]}${places.length > 1 ? `, row ${row + 1}` : ""}`,
        way: "horizontal",
        value: () => value(role, row, i),
        change: (next, typed) => change(role, row, i, next, typed),
        track,
        at: (at) => (at - BAR.left) / (BAR.right - BAR.left),
      });
      root.append(track,
        svg("text", { class: "symbol", x: BAR.left - 13, y: y + 4, ...middled }, role));
      return { role, row, i, y, area, number, grip, describe };
    })));
  // Handles come last, so that no bar covers one.
  root.append(...every.map(({ grip }) => grip));
  return {
    node: figure("Drag a bar’s end", "p truth, q model", root),
    draw(pair, given) {
      for (const { role, row, i, y, area, number, grip, describe } of every) {
        const one = pair[role][row][i];
        put(area, { width: one * (BAR.right - BAR.left) });
        put(grip, { transform: shift(x(one), y) });
        write(number, short(one));
        describe(Math.round(one * 1e4) / 1e4, `${short(one)}, entry ${asEntry(given[row][i])}`);
      }
    },
  };
}

/** A number as PyTorch has it, in at most seven characters. */
function asReturned(value) {
  if (Number.isNaN(value)) return "nan";
  if (Math.abs(value) === Infinity) return value < 0 ? "−inf" : "inf";
  const text = value.toFixed(Math.abs(value) < 10 ? 4 : Math.abs(value) < 100 ? 3 : 2);
  return Number(text) === 0 ? text.replace("-", "") : minus(text);
}

/** What is added to a sum, with its sign. */
const asEntry = (nats) => {
  const size = Math.abs(nats);
  return Number.isFinite(nats) ? signed(nats, size < 10 ? 4 : size < 100 ? 2 : 1) : asReturned(nats);
};

/**
 * What each outcome adds, to the right of 0 or to the left, and the sum of each row. All that add are
 * one path, all that save another.
 */
function entryBars({ count, fit }) {
  const [places, height] = [placesOf(count, ENTRIES), heightOf(ENTRIES)];
  const { zero, perNat, most } = ENTRY;
  const x = (nats) => zero + Math.max(-most, Math.min(most, nats)) * perNat;
  const each = places.flatMap(({ middles }, row) => middles.map((middle, i) => {
    const number = svg("text", {
      class: "number", x: ENTRY.number, y: middle + 4, "text-anchor": "end",
    });
    return { row, i, y: middle, number };
  }));
  const sums = places.map(({ foot }) =>
    svg("text", { class: "number", x: ENTRY.number, y: foot + 4, "text-anchor": "end" }));
  const cuts = svg("path", { class: "cut" });
  const sides = ["adds", "saves"].map((kind) => {
    const [area, lines] = ["area", "hatch"].map((name) => svg("path", { class: name }));
    return { kind, area, lines, node: svg("g", { class: kind }, area, lines) };
  });
  const root = drawing({
    viewBox: `0 0 320 ${height}`, role: "img",
    "aria-label": "What each outcome adds; its sliders say it in numbers",
  },
    uprights([0, -most, most], x, TOP, height), ...captions(places, fit),
    ...places.map(({ foot }) =>
      svg("path", { class: "sum-rule", d: `M${ENTRY.number - 60} ${foot - 10}h60` })),
    ...places.map(({ foot }, row) => svg("text", { class: "of-row", x: 0, y: foot + 4 },
      count > 1 ? `sum of row ${row + 1}` : "sum")),
    ...sides.map(({ node }) => node), cuts, ...each.map(({ number }) => number), ...sums);
  return {
    node: figure("The entries", "before the reduction, in nats", root),
    draw(rows) {
      const marks = [];
      const boxes = each.map(({ row, i, y, number }) => {
        const nats = rows[row][i];
        write(number, asEntry(nats));
        const [left, right] = Number.isNaN(nats) ? [zero, zero] : [x(Math.min(nats, 0)), x(Math.max(nats, 0))];
        if (Math.abs(nats) > most) {
          const at = nats > 0 ? right - 8 : left + 8;
          marks.push(`M${at - 5} ${y - 11}l6 22m5 0l-6 -22`);
        }
        return { adds: nats > 0, x: left, y: y - ENTRIES.high / 2, width: right - left, height: ENTRIES.high };
      });
      sides.forEach(({ area, lines }, side) => {
        const mine = boxes.filter(({ adds, width }) => width > 0 && adds === (side === 0));
        put(area, {
          d: mine.map((box) =>
            `M${box.x.toFixed(1)} ${box.y}h${box.width.toFixed(1)}v${box.height}H${box.x.toFixed(1)}z`)
            .join(""),
        });
        put(lines, { d: mine.map((box) => hatching(box, side === 0)).join("") });
      });
      put(cuts, { d: marks.join("") });
      sums.forEach((text, row) =>
        write(text, asEntry(rows[row].reduce((sum, one) => sum + one, 0))));
    },
    /** In the colours of cost and gain, where the entries are terms of a divergence; else grey. */
    colour(isDivergence) {
      const [adds, saves] = isDivergence ? ["cost", "gain"] : ["plain", "plain"];
      put(sides[0].node, { class: adds });
      put(sides[1].node, { class: saves });
    },
  };
}

/**
 * A row of chips for each setting, and one for the number of rows. choose(name, value): called when
 * one is pressed.
 */
function chipRows(choose) {
  const rows = Object.entries({ ...EVERY_WAY, rows: [1, 2] }).map(([name, values]) => {
    const buttons = values.map((value, i) => {
      const button = html("button", { type: "button" }, SAID[name]?.[i] ?? String(value));
      button.addEventListener("click", () => choose(name, value));
      return { name, value, button };
    });
    const node = html("div", {
      class: "letters", role: "group", "aria-label": TITLES[name], translate: "no",
    }, html("span", { class: "of-call", "aria-hidden": "true" }, TITLES[name]),
      ...buttons.map(({ button }) => button));
    return { node, buttons };
  });
  const [flag, reduction, count] = rows.slice(4);
  return {
    node: html("div", { class: "call-rows" }, ...rows.slice(0, 4).map(({ node }) => node),
      html("div", { class: "call-pair" }, flag.node, count.node), reduction.node),
    draw(state) {
      for (const { name, value, button } of rows.flatMap(({ buttons }) => buttons)) {
        const now = name === "rows" ? state.p.length : state[name];
        put(button, { "aria-pressed": String(now === value) });
      }
    },
  };
}

const listOf = (row) => `[${row.map(asReturned).join(", ")}]`;
/** What is returned, as one line for each row of a list, else as one. */
function resultLines(state, value) {
  if (refusal(state)) return ["an error", ""];
  if (!Array.isArray(value)) return [asReturned(value), ""];
  if (!Array.isArray(value[0])) return [listOf(value), ""];
  return value.length === 1 ? [`[${listOf(value[0])}]`, ""] : [`[${listOf(value[0])},`, ` ${listOf(value[1])}]`];
}

/** The sentence of all that is said, as a text. */
const sentence = ({ quantity, before, after, remarks }) =>
  `${before}${quantity}${after}${quantity ? ": " : ""}${remarks}`;

/** The call, what it returns, what is wanted, and which quantity is returned. */
function account() {
  const every = everyCall();
  const typed = html("code", { class: "code", translate: "no" });
  const line = keepRoom(html("p", { class: "formula line call-line", translate: "no" }, over(typed)),
    longest(every.map(code)));
  const results = [live("call-result"), live("call-result")];
  const [which, remark] = [html("strong", { translate: "no" }), html("span")];
  const note = keepRoom(html("p", { class: "note line call-note" }, over(which, remark)),
    `${longest(every.map((state) => sentence(meaning(state))))} … …`);
  const [right, rows] = [live("cost call-wanted"), live("call-each")];
  return {
    node: html("div", { class: "call-lines" },
      line,
      formula("call-returns", ...results.map((result) => html("strong", {}, result))),
      formula("call-right", "right: ", html("strong", { class: "cost" }, right)),
      html("p", { class: "soft", translate: "no" }, rows),
      note),
    draw(state, value, words) {
      write(typed, code(state));
      resultLines(state, value).forEach((text, i) => write(results[i], text));
      const { quantity, before, after, remarks } = words;
      write(which, quantity ? `${before}${quantity}${after}: ` : "");
      write(remark, remarks);
      const aim = wanted(state);
      write(right, `${aim.name} = ${fixed(aim.mean, 4)} nats`);
      write(rows, aim.each.length > 1
        ? `the mean of ${aim.each.map((one) => fixed(one, 4)).join(" and ")}` : "");
    },
  };
}

/** A row of the batch as a model of its own, whose only trait is a pmf. */
const rowOf = (model, name, row) => ({
  get: () => model.get(name)[row],
  set: (_, pmf) => model.set(name, model.get(name).map((one, i) => (i === row ? pmf : one))),
  save_changes: () => model.save_changes(),
});

function render({ model, el }) {
  const SETTINGS = Object.keys(EVERY_WAY);
  const keys = ["p", "q", ...SETTINGS];
  /** @type {() => any} */
  const stateNow = () => Object.fromEntries(keys.map((key) => [key, model.get(key)]));
  // A kernel may send p and q one after the other.
  const fits = () => model.get("p").length === model.get("q").length;
  const assign = (state) => {
    for (const [name, value] of Object.entries(state)) {
      if (!same(model.get(name), value)) model.set(name, value);
    }
    model.save_changes();
  };

  // The second row that was there last.
  let second = SECOND;
  const setRows = (count) => assign(Object.fromEntries(ROLES.map((role) =>
    [role, [...model.get(role), second[role]].slice(0, count)])));
  const chips = chipRows((name, value) =>
    (name === "rows" ? setRows(value) : assign({ [name]: value })));
  const lines = account();

  let count = 0;
  let parts;
  const build = () => {
    count = model.get("p").length;
    const shared = { count, fit: fitter(view.figures) };
    const move = Object.fromEntries(ROLES.map((role) =>
      [role, [0, 1].map((row) => mover(rowOf(model, role, row), role))]));
    const bars = lists({
      ...shared,
      value: (role, row, i) => model.get(role)[row][i],
      change: (role, row, i, value, typed) => move[role][row](i, value, typed),
    });
    const terms = entryBars(shared);
    // The chips stay where they are: one of them may have the focus.
    if (parts) {
      parts.bars.node.replaceWith(bars.node);
      parts.terms.node.replaceWith(terms.node);
    } else {
      view.figures.replaceChildren(bars.node, chips.node);
      view.readout.replaceChildren(lines.node, terms.node);
    }
    parts = { bars, terms };
  };

  const view = frame({
    model,
    el,
    keys,
    wide: "halves",
    draw() {
      if (!fits()) return;
      const state = stateNow();
      if (state.p.length !== count) build();
      if (count === 2) second = { p: state.p[1], q: state.q[1] };
      const given = entries(state);
      const words = meaning(state, given);
      parts.bars.draw(state, given);
      parts.terms.draw(given);
      parts.terms.colour(words.quantity.startsWith("D(") && state.fed === "log-probabilities");
      lines.draw(state, returned(state, given), words);
      chips.draw(state);
    },
    summary() {
      if (!fits()) return "";
      const state = stateNow();
      const { name, mean } = wanted(state);
      const text = resultLines(state, returned(state)).join(" ").trim();
      return `${state.call} returns ${text}, ${sentence(meaning(state))} ${name} is ${fixed(mean, 4)} nats.`;
    },
  });
  return view.stop;
}

export default { render };
