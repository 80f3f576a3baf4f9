// Two distributions on a line, pulled apart, and five numbers that say how far apart they are.

import { cumulativeDifference, distances, ends, meanPlace, movedTo, room } from "./distances.mjs";
import { PLOT, drawing, figure, fitter, fixed, hatching, heights } from "../shared/draw.mjs";
import { html, minus, put, rules, shift, short, svg, write } from "../shared/draw.mjs";
import { FINGER, briefly, standingRoom, topGrip } from "../shared/bars.mjs";
import { frame } from "../shared/frame.mjs";
import { handle, tap } from "../shared/handles.mjs";
import { ruledOut } from "../shared/measures.mjs";
import { mover } from "../shared/pmf.mjs";
import { formula, keepRoom, listed, live, longest, symbol } from "../shared/readout.mjs";

// Bars stand on the axis at `bottom`; below it are the places, the numbers of P and of Q, the lump
// that moves, and the difference of the cumulative functions, 40 high for 1.
const TALL = 376;
const AXIS = { bottom: 178, places: 15, p: 34, q: 52, lump: 73 };
const AREA = { title: 283, zero: 331, perUnit: 40 };
const ROLES = ["p", "q"];
const coordinate = (x) => x.toFixed(1);

/** Where the places of a line with so many stand. */
function lineOf(count) {
  const slot = (PLOT.right - PLOT.left) / count;
  return { slot, width: Math.min(30, slot / 2 - 1), x: (place) => PLOT.left + slot * (place + 0.5) };
}

/** The whole of Q, to drag along the line: { node, draw(first, last, most) }. */
function lumpGrip({ slot, x }) {
  const knob = svg("circle", { class: "grip knob", r: 7 });
  const band = svg("rect", { class: "area outlined", y: -5, height: 10, rx: 5 });
  const arrows = svg("path", { class: "ways" });
  const ring = svg("rect", { class: "ring", y: -10, height: 20, rx: 10 });
  const reach = svg("rect", { class: "reach", y: -13, height: 26 });
  return {
    node: svg("g", { class: "lump q" }, band, arrows, knob, ring, reach),
    draw(first, last, most) {
      const half = ((last - first + 1) * slot) / 2 - 4;
      const centre = (x(first) + x(last)) / 2;
      const wide = Math.max(half, FINGER / 2);
      put(knob, { cx: centre });
      put(band, { x: centre - half, width: 2 * half });
      put(ring, { x: centre - half - 3, width: 2 * half + 6 });
      put(reach, { x: centre - wide, width: 2 * wide });
      const left = first > 0 ? `M${coordinate(centre - half - 4)} -4l-4 4l4 4` : "";
      const right = first < most ? `M${coordinate(centre + half + 4)} -4l4 4l-4 4` : "";
      put(arrows, { d: left + right });
    },
  };
}

/**
 * A place of the line: the room in which a press sets P on the left and Q on the right, its name, and
 * the tops of both bars, with their numbers below the axis.
 */
function placeOf({ place, line: { slot, width, x }, root, now, change }) {
  const { bottom } = AXIS;
  const middle = x(place);
  const share = (at) => (bottom - at) / (bottom - PLOT.top);
  const text = (kind, row, ...children) =>
    svg("text", { class: kind, x: middle, y: bottom + row, "text-anchor": "middle" }, ...children);
  const track = standingRoom({ x: middle, slot: Math.max(slot, FINGER), top: PLOT.top, bottom });
  tap(track, root, (at, up) => {
    const value = Math.max(0, Math.min(1, Math.round(share(up) * 100) / 100));
    change(at < middle ? "p" : "q", place, value);
  });
  const tops = ROLES.map((role, side) => {
    const grip = topGrip(role, middle + (side === 0 ? -width : width) / 2, width);
    const number = text("number", AXIS[role]);
    const amount = svg("g", { class: `amount ${role}` },
      svg("rect", {
        fill: "transparent", x: middle - slot / 2, y: bottom + AXIS[role] - 12, width: slot, height: 17,
      }),
      number);
    const tell = handle(grip, root, {
      label: `${role.toUpperCase()} at place ${place}`,
      value: () => now()[role][place],
      change: (next, typed) => change(role, place, next, typed),
      at: (_, at) => share(at),
      number: amount, blank: Math.min(23, slot - 3.5),
    });
    return { role, grip, number, amount, tell };
  });
  return { track, name: text("name", AXIS.places, String(place)), tops };
}

/** Where F_P − F_Q is drawn: rules with their numbers, the area, a tick at each place. */
function difference({ count, x, fit }) {
  const scale = (value) => AREA.zero - value * AREA.perUnit;
  const area = svg("path", { class: "area outlined moved" });
  const grid = svg("g", { class: "rules", "aria-hidden": "true" }, ...[0, 1, -1].map((value) =>
    svg("g", {},
      svg("line", { x1: PLOT.left, x2: PLOT.right, y1: scale(value), y2: scale(value) }),
      svg("text", { x: PLOT.left - 7, y: scale(value) + 4, "text-anchor": "end" }, minus(value)))));
  const ticks = Array.from({ length: count }, (_, place) =>
    `M${coordinate(x(place))} ${AREA.zero - 3}v6`);
  return {
    nodes: [
      svg("text", { class: "name", x: PLOT.left, y: AREA.title },
        fit("cumulative P − cumulative Q; grey: W1", PLOT.right - PLOT.left)),
      grid, area, svg("path", { class: "place-ticks", d: ticks.join("") }),
    ],
    draw(p, q) {
      const steps = cumulativeDifference(p, q).map((one, place) =>
        `V${coordinate(scale(one))}H${coordinate(x(place + 1))}`);
      put(area, { d: `M${coordinate(x(0))} ${AREA.zero}${steps.join("")}V${AREA.zero}z` });
    },
  };
}

/** The letter at the left of a row below the axis. */
const rowName = (role, row, letter) => svg("g", { class: `amount ${role}` },
  svg("text", { class: "row-name", x: PLOT.left - 7, y: AXIS.bottom + row, "text-anchor": "end" }, letter));

/**
 * Both distributions as bars side by side, and below them what their cumulative functions differ by.
 *
 * now(): { p, q }. change(role, place, value, typed), moveLump(first): called when the hand asks.
 */
function line({ count, fit, now, change, moveLump }) {
  const { bottom } = AXIS;
  const { slot, width, x } = lineOf(count);
  const y = heights(1, bottom);
  const label = "P and Q on a line: a slider for each place, and one that moves Q as a whole";
  const root = drawing({ viewBox: `0 0 320 ${TALL}`, role: "group", "aria-label": label });
  const bars = ROLES.map((role) => svg("path", { class: `area ${role}` }));
  const hatch = svg("path", { class: "hatch p" });

  const places = Array.from({ length: count }, (_, place) =>
    placeOf({ place, line: { slot, width, x }, root, now, change }));

  const lump = lumpGrip({ slot, x });
  const mostNow = () => room(now().q);
  const tellLump = handle(lump.node, root, {
    label: "First place of Q", way: "horizontal", max: count - 1, step: 1, bigStep: 2,
    value: () => ends(now().q)[0],
    change: moveLump,
    drag: (start, dx) => start + dx / slot,
    // How far it goes hangs on how wide Q is.
    typed: { get max() { return mostNow(); } },
  });

  const below = difference({ count, x, fit });
  root.append(
    rules([0, 0.5, 1], y),
    ...places.map(({ track }) => track),
    svg("g", { class: "pair" }, ...bars, hatch),
    svg("text", { class: "name", x: PLOT.right, y: 14, "text-anchor": "end" }, "hatched: TV"),
    ...places.flatMap(({ name, tops }) => [name, ...tops.map(({ amount }) => amount)]),
    ...ROLES.map((role) => rowName(role, AXIS[role], role)), rowName("q", AXIS.lump + 4, "Q"),
    ...below.nodes);
  // Handles come last, so that no bar covers one; the lump's is the second.
  const [first, ...others] = places.flatMap(({ tops }) => tops.map(({ grip }) => grip));
  root.append(first, lump.node, ...others);
  put(lump.node, { transform: shift(0, bottom + AXIS.lump) });

  const brief = briefly(fit, slot - 2);
  const left = { p: -width, q: 0 };
  const barPath = (role, pmf) => pmf.map((one, place) => {
    const [start, top] = [x(place) + left[role], y(one)].map(coordinate);
    return one === 0 ? "" : `M${start} ${bottom}V${top}h${coordinate(width)}V${bottom}z`;
  }).join("");

  return {
    node: figure("Drag Q, or a bar’s top", "or press a number and type", root),
    draw({ p, q }, { w1 }) {
      bars.forEach((bar, side) => put(bar, { d: barPath(ROLES[side], [p, q][side]) }));
      put(hatch, {
        d: p.map((one, place) => (one <= q[place] ? "" : hatching({
          x: x(place) - width, y: y(one), width, height: y(q[place]) - y(one),
        }, true, 4.5))).join(""),
      });
      places.forEach(({ tops }, place) => {
        for (const { role, grip, number, tell } of tops) {
          const one = (role === "p" ? p : q)[place];
          put(grip, { transform: shift(0, y(one)) });
          write(number, brief(one));
          tell(Math.round(one * 1e4) / 1e4, short(one));
        }
      });
      const [from, to] = ends(q);
      const most = room(q);
      lump.draw(from, to, most);
      tellLump(from, `places ${from} to ${to}, W1 ${inPlaces(w1)} places`);
      put(lump.node, { "aria-valuemax": String(most) });
      below.draw(p, q);
    },
  };
}

// ---- the readout ---------------------------------------------------------------------------

// Six characters fit on a telephone.
const digitsFor = (value) => (value < 10 ? 4 : value < 100 ? 3 : 1);
const inDigits = (value) => fixed(value, digitsFor(value));
const inPlaces = inDigits;

const NATS_SHOWN = 4; // as far as the bar of a divergence without a largest value goes

/** The rows: a name, the number's own, its largest value, and that as it is written. */
const rowsOf = (count) => [
  { name: "D(P‖Q)", of: "there", most: Infinity, text: "∞ nats" },
  { name: "D(Q‖P)", of: "back", most: Infinity, text: "∞ nats" },
  { name: "JS", of: "js", most: Math.LN2, text: "ln 2 nats" },
  { name: "√JS", of: "root", most: Math.sqrt(Math.LN2), text: "√ln 2" },
  { name: "TV", of: "tv", most: 1, text: "1" },
  { name: "Hellinger", of: "hellinger", most: 1, text: "1" },
  { name: "W1", of: "w1", most: count - 1, text: `${count - 1} places` },
];

/** A bar against its largest value; where there is none, it is open and has a tick for each nat. */
function gauge(most) {
  const open = most === Infinity;
  const fill = svg("rect", { class: "gauge-fill", y: 1, height: 10, width: 0 });
  const nats = Array.from({ length: NATS_SHOWN - 1 }, (_, i) => `M${(100 * (i + 1)) / NATS_SHOWN} 8v3`);
  const edge = open ? `M100 1H0V11H100${nats.join("")}` : "M0 1H100V11H0z";
  const more = svg("path", { class: "gauge-more", d: "M91 3l5 3l-5 3" }); // it goes on
  const node = svg("svg", {
    class: `gauge ${open ? "cost" : ""}`.trim(), viewBox: "0 0 100 12", preserveAspectRatio: "none",
    "aria-hidden": "true",
  }, fill, svg("path", { class: "gauge-edge", d: edge }), more);
  return {
    node,
    draw(value) {
      const share = value / (open ? NATS_SHOWN : most);
      put(fill, { width: 100 * Math.min(1, share) });
      put(more, { visibility: open && share > 1 ? "visible" : "hidden" });
    },
  };
}

const SHARED = "P and Q share no place: JS, √JS, TV and Hellinger can grow no more.";

/** What there is to say of a state: which places make a divergence infinite, or that none is shared. */
function remark(p, q) {
  const [withoutQ, withoutP] = [ruledOut(p, q), ruledOut(q, p)];
  if (p.every((one, place) => one === 0 || q[place] === 0)) return SHARED;
  const [ofQ, ofP] = [withoutQ, withoutP].map((places) => listed(places.map(String)));
  if (ofQ && ofP) return `Both D are ∞: Q has nothing at ${ofQ}, P nothing at ${ofP}.`;
  if (ofQ) return `D(P‖Q) = ∞: Q has nothing at ${ofQ}.`;
  return ofP ? `D(Q‖P) = ∞: P has nothing at ${ofP}.` : "";
}

/** All numbers, a row with a bar for each; and what the picture shows of them. */
function account(count) {
  const rows = rowsOf(count).map((row) => ({
    ...row, value: live(row.most === Infinity ? "cost" : ""), bar: gauge(row.most),
  }));
  const [tv, w1, apart] = ["", "", "with-sign"].map(live);
  const note = keepRoom(html("p", { class: "note" }), longest([
    SHARED, "Both D are ∞: Q has nothing at 10, 11, 12 and 9 more, P nothing at 10, 11, 12 and 9 more.",
  ]));
  const table = html("table", {},
    html("colgroup", {}, ...[25, 19, 32, 24].map((width) => html("col", { style: `width: ${width}%` }))),
    html("thead", {}, html("tr", {},
      html("th", { scope: "col" }, "how far"), html("th", { scope: "col" }, "now"),
      html("th", { scope: "col", colspan: "2" }, "of at most"))),
    html("tbody", {}, ...rows.map(({ name, value, bar, text }) => html("tr", {},
      html("th", { scope: "row", translate: "no" }, name),
      html("td", {}, value), html("td", {}, bar.node), html("td", { translate: "no" }, text)))));
  return {
    nodes: [
      html("div", {},
        formula("", "TV = ", html("strong", {}, tv), " (hatched)"),
        formula("", "W1 = ", html("strong", {}, w1), " places (grey)"),
        html("p", { class: "soft", translate: "no" },
          "mean of ", symbol("Q"), " − mean of ", symbol("P"), " = ", apart)),
      html("div", { class: "gauges" }, table),
      note,
    ],
    draw({ p, q }, numbers) {
      for (const { of, value, bar } of rows) {
        write(value, inDigits(numbers[of]));
        bar.draw(numbers[of]);
      }
      write(tv, inDigits(numbers.tv));
      write(w1, inPlaces(numbers.w1));
      const between = meanPlace(q) - meanPlace(p);
      const size = inDigits(Math.abs(between));
      write(apart, `${Number(size) === 0 ? "" : between < 0 ? "−" : "+"}${size}`);
      write(note, remark(p, q));
    },
  };
}

function render({ model, el }) {
  const now = () => ({ p: model.get("p"), q: model.get("q") });
  // A kernel may send p and q one after the other.
  const fits = ({ p, q }) => p.length === q.length;

  let count = 0;
  let parts;
  const build = () => {
    const move = { p: mover(model, "p"), q: mover(model, "q") };
    const picture = line({
      count,
      fit: fitter(view.figures),
      now,
      change: (role, place, value, typed) => move[role](place, value, typed),
      moveLump(place) {
        const { q } = now();
        if (Math.min(place, room(q)) === ends(q)[0]) return;
        model.set("q", movedTo(q, place));
        model.save_changes();
      },
    });
    const table = account(count);
    view.figures.replaceChildren(picture.node);
    view.readout.replaceChildren(...table.nodes);
    parts = [picture, table];
  };

  const view = frame({
    model,
    el,
    keys: ROLES,
    wide: "tall",
    draw() {
      const state = now();
      if (!fits(state)) return;
      if (count !== state.p.length) {
        count = state.p.length;
        build();
      }
      const numbers = distances(state.p, state.q);
      for (const part of parts) part.draw(state, numbers);
    },
    summary() {
      const state = now();
      if (!fits(state)) return "";
      const { there, back, js, tv, hellinger: root, w1 } = distances(state.p, state.q);
      return `D(P‖Q) is ${inDigits(there)} nats, D(Q‖P) ${inDigits(back)}, JS ${inDigits(js)};`
        + ` TV ${inDigits(tv)}, Hellinger ${inDigits(root)}; W1 ${inPlaces(w1)} places.`;
    },
  });
  return view.stop;
}

export default { render };
