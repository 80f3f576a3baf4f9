// A pmf of returns on atoms, its targets r + γz between them, and what the projection makes of these.

import { atomsOf, projectionOf } from "./projecting.mjs";
import { FINGER, briefly, standingRoom, topGrip } from "../shared/bars.mjs";
import { PLOT, drawing, figure, fitter, heights, html, put } from "../shared/draw.mjs";
import { rules, shift, short, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { boxedGrip, curveGrip, gripLetter } from "../shared/grips.mjs";
import { handle, tap } from "../shared/handles.mjs";
import { mover } from "../shared/pmf.mjs";
import { plain } from "../shared/points.mjs";
import { formula, keepRoom, ledger, live, over, symbol } from "../shared/readout.mjs";

const FORMS = ["shares", "floor and ceil"]; // as in Python

// From top to bottom: the bars of p over their atoms, lines from these to the targets, the targets,
// what flows from them to the atoms, the bars of m over the atoms again, means and spreads.
const P = { top: 30, bottom: 96 };
const T = { top: 160, bottom: 206 };
const M = { top: 254, bottom: 320 };
const NAMES = [17, 30]; // below their axis, in two rows
const LINES = P.bottom + 36; // where the lines begin
const SPREADS = { target: 366, result: 380 };
const BOXES = 390;
const SIZE = 418;
const MARGIN = 0.15; // so much of the range lies beyond each end of the atoms
const LEVER = 0.25; // γ is dragged by the target of what lies so much of the range above 0
const FLOW = 13; // how wide all of the mass flows
const OWN_TOP = 22; // a bar with this room is dragged by a top of its own
const STEPS = [0.01, 0.05, 0.1, 0.2, 0.5];
const SCALES = [0.1, 0.2, 0.5, 1]; // the highest probability that a lane of many bars has room for

const middled = { "text-anchor": "middle" };
const coordinate = (x) => x.toFixed(1);
/** What lies beyond the picture stands at its edge. */
const inPicture = (x) => Math.max(PLOT.left, Math.min(PLOT.right, x));
/** A place on the line, as short as two decimals allow: −1.6, −.4, 0, 10. */
const placed = (z) => plain(z).replace(/\.?0+$/, "").replace(/^(−?)0\./, "$1.");

/** The line of an explorer: where its atoms stand, and how wide their bars are. */
function lineOf(low, high, count) {
  const range = high - low;
  const perUnit = (PLOT.right - PLOT.left) / (range * (1 + 2 * MARGIN));
  const first = low - MARGIN * range;
  const slot = (perUnit * range) / (count - 1);
  return {
    low, high, count, perUnit, slot,
    lever: LEVER * range,
    atoms: atomsOf(low, high, count),
    across: (z) => PLOT.left + (z - first) * perUnit,
    at: (x) => first + (x - PLOT.left) / perUnit,
    width: Math.min(18, Math.max(2, slot * 0.64)),
    step: STEPS.find((one) => one >= range / 100) ?? 1,
  };
}

/** The probability at the top of a lane: 1, or less where there are too many bars to share it. */
const scaleOf = (low, high, p) => (lineOf(low, high, p.length).slot >= OWN_TOP ? 1
  : SCALES.find((one) => one >= Math.max(...p)) ?? 1);

/** The names of the atoms below an axis, in one row or two; of many atoms, of some. */
function namesBelow({ atoms, slot, across, count }, axis, rows = NAMES) {
  const widest = Math.max(...atoms.map((z) => placed(z).length)) * 6.8 + 5;
  const fit = (every, inRows) => slot * every * inRows >= widest;
  const every = [1, 2, 5, 10, 25].find((one) => fit(one, rows.length)) ?? count;
  const used = fit(every, 1) ? rows.slice(-1) : rows;
  return atoms.flatMap((z, i) => (i % every ? [] : [svg("text", {
    class: "name", x: across(z), y: axis + used[(i / every) % used.length], ...middled,
  }, placed(z))]));
}

/** Upright rules through the atoms. */
const atomLines = ({ atoms, across }) => svg("path", {
  class: "atom-lines",
  d: atoms.map((z) => coordinate(across(z))).map((x) =>
    `M${x} ${P.top}V${P.bottom + 4}M${x} ${T.top}V${M.bottom + 4}`).join(""),
});

/** The rules of the lanes of p and of m: { node, draw(most) }, most being the probability at the top. */
function grounds() {
  const node = svg("g");
  let shown = 0;
  return {
    node,
    draw(most) {
      if (most === shown) return;
      shown = most;
      node.replaceChildren(...[P, M].map(({ top, bottom }) =>
        rules([0, most / 2, most], heights(most, bottom, top))));
    },
  };
}

/** A letter at the left of a row. */
const letter = (text, y) =>
  svg("text", { class: "symbol", x: PLOT.left - 7, y, "text-anchor": "end" }, text);

/** Bars of these heights over the atoms, as a path; or what stands on top of others. */
const barsOf = ({ atoms, across, width }, { top, bottom }, most, mass, below) => {
  const y = heights(most, bottom, top);
  return mass.map((one, i) => {
    if (one === 0) return "";
    const from = below?.[i] ?? 0;
    const left = coordinate(across(atoms[i]) - width / 2);
    return `M${left} ${coordinate(y(from))}V${coordinate(y(from + one))}h${coordinate(width)}V${
      coordinate(y(from))}z`;
  }).join("");
};

// ---- the bars of p -------------------------------------------------------------------------

/**
 * A top for each bar: { below, above, draw(p) }, what lies below all and above all.
 *
 * now(): p. change(i, value, typed): called when the hand asks for another probability. look(how, i):
 * called when the hand, or the focus, comes to an atom, and with −1 when it goes.
 */
function ownTops({ line, root, fit, now, change, look }) {
  const { atoms, across, slot, width } = line;
  const y = heights(1, P.bottom, P.top);
  const brief = briefly(fit, slot - 2);
  const tops = atoms.map((z, i) => {
    const x = across(z);
    const wide = Math.max(slot, FINGER);
    const number = svg("text", { class: "number", x, y: -11, ...middled });
    const grip = topGrip("p", x, width);
    grip.append(number);
    const track = standingRoom({ x: x - slot / 2 + wide / 2, slot: wide, ...P });
    const tell = handle(grip, root, {
      label: `Probability of ${placed(z)}`,
      value: () => now()[i],
      change: (next, typed) => change(i, next, typed),
      track,
      at: (_, at) => (P.bottom - at) / (P.bottom - P.top),
      blank: Math.min(26, slot - 2),
    });
    for (const node of [track, grip]) {
      node.addEventListener("pointerenter", () => look("hand", i));
      node.addEventListener("pointerleave", () => look("hand", -1));
    }
    grip.addEventListener("focus", () => look("focus", i));
    grip.addEventListener("blur", () => look("focus", -1));
    return { track, grip, number, tell };
  });
  return {
    below: tops.map(({ track }) => track),
    above: tops.map(({ grip }) => grip),
    draw(p) { // of these bars a lane has room for 1
      tops.forEach(({ grip, number, tell }, i) => {
        put(grip, { transform: shift(0, y(p[i])) });
        write(number, brief(p[i]));
        tell(Math.round(p[i] * 1e4) / 1e4, short(p[i]));
      });
    },
  };
}

/**
 * Where the bars are too many for that: one top, and below the axis what brings it to an atom.
 * followed(): the atom where it stands. follow(i): called when the hand asks for another.
 */
function oneTop({ line, root, now, change, follow, followed, most }) {
  const { atoms, across, count, slot, low, high } = line;
  const perHeight = () => most() / (P.bottom - P.top);
  const number = svg("text", { class: "number", y: -11, ...middled });
  const grip = topGrip("p", 0, 12);
  grip.append(number);
  const track = standingRoom({
    x: (across(low) + across(high)) / 2, slot: across(high) - across(low) + FINGER, ...P,
  });
  tap(track, root, (x, at) => {
    const nearest = Math.round((x - across(low)) / slot);
    const share = Math.round((P.bottom - at) * perHeight() * 1000) / 1000;
    change(Math.max(0, Math.min(count - 1, nearest)), Math.max(0, Math.min(1, share)));
  });
  const tell = handle(grip, root, {
    label: "Probability of the chosen atom", step: 0.001, bigStep: 0.01,
    value: () => now()[followed()],
    change: (next, typed) => change(followed(), next, typed),
    drag: (start, _, dy) => start - dy * perHeight(),
  });
  const chooser = svg("g", { class: "point pointer" },
    svg("rect", { class: "reach", x: -13, y: -9, width: 26, height: 26 }),
    svg("circle", { class: "ring", cy: 4, r: 10 }),
    svg("path", { class: "grip", d: "M0 -6L6 4H-6z" }),
    svg("circle", { class: "grip knob", cy: 6, r: 6 }));
  const tellAtom = handle(chooser, root, {
    label: "Chosen atom, counted from 0", way: "horizontal", max: count - 1, step: 1, bigStep: 5,
    value: followed,
    change: follow,
    drag: (start, dx) => start + dx / slot,
  });
  return {
    below: [track],
    above: [grip, chooser],
    draw(p) {
      const i = followed();
      const text = `z = ${placed(atoms[i])}: ${short(p[i])}`;
      const height = heights(most(), P.bottom, P.top)(p[i]);
      put(grip, { transform: shift(across(atoms[i]), height) });
      put(chooser, { transform: shift(across(atoms[i]), P.bottom + 5) });
      write(number, short(p[i]));
      tell(Math.round(p[i] * 1e4) / 1e4, text);
      tellAtom(i, text);
    },
  };
}

// ---- the targets ---------------------------------------------------------------------------

/** The targets' sticks as a path: at one place they stand on one another. */
function sticksOf({ across }, { targets }, most, p) {
  const sums = new Map();
  targets.forEach((one, i) => {
    const x = coordinate(inPicture(across(one)));
    if (p[i] > 0) sums.set(x, (sums.get(x) ?? 0) + p[i]);
  });
  const y = heights(most, T.bottom, T.top);
  return [...sums].map(([x, mass]) => `M${x} ${T.bottom}V${coordinate(y(mass))}`).join("");
}

/** What flows from the target of atom i to the atoms on its two sides, as a path. */
function flowOf({ atoms, across, slot }, { targets, landings }, p, i) {
  const least = slot < OWN_TOP ? 0.6 : 1;
  const { left, right, toLeft, toRight } = landings[i];
  const from = inPicture(across(targets[i]));
  return [[left, toLeft], [right, toRight]].map(([atom, share]) => {
    const mass = p[i] * share;
    if (mass === 0) return "";
    const half = Math.max(least, mass * FLOW) / 2;
    const to = across(atoms[atom]);
    return `M${coordinate(from - half)} ${T.bottom}h${coordinate(2 * half)}L${coordinate(to + half)} ${
      M.top}h${coordinate(-2 * half)}z`;
  }).join("");
}

/** The handles of r and γ, each with its number in a box: { track, boxes, grips, draw(state) }. */
function handlesOf({ line, root, now, set }) {
  const { low, high, across, perUnit, lever, step, at } = line;
  const lane = svg("rect", {
    class: "reach", x: PLOT.left, y: T.top + 14, width: PLOT.right - PLOT.left, height: T.bottom - T.top - 14,
  });
  const sliders = [
    {
      name: "reward", sign: "r", label: "Reward r", min: low, max: high, step, bigStep: 10 * step,
      x: 52, letter: { x: 14, y: 5 },
      track: lane, at, drag: (start, dx) => start + dx / perUnit,
    },
    {
      name: "discount", sign: "γ", label: "Discount γ", min: 0, max: 1,
      step: 0.01, bigStep: 0.1,
      x: 190, letter: { y: -12 },
      drag: (start, dx) => start + dx / (perUnit * lever),
    },
  ].map(({ name, sign, x, letter, ...slider }) => boxedGrip({
    ...slider, root, role: "pointer", box: [x, BOXES],
    node: curveGrip({ role: "pointer", kind: name, radius: 7, reach: 14 }, gripLetter(sign, letter)),
    said: (value) => `${sign} = ${plain(value)}`,
    value: () => now()[name],
    change: (value) => set({ [name]: value }),
  }));
  const guides = svg("path", { class: "guide-lines of-hand" });
  const [ofReward, ofDiscount] = sliders;
  return {
    track: lane,
    guides,
    boxes: sliders.map(({ box }) => box),
    grips: sliders.map(({ node }) => node),
    draw({ reward, discount }) {
      const x = across(reward);
      const far = Math.min(PLOT.right - 6, across(reward + discount * lever)); // with its letter
      put(guides, {
        d: `M${coordinate(across(0))} ${LINES}L${coordinate(x)} ${T.top}V${T.bottom + 4}`
          + `M${coordinate(across(lever))} ${LINES}L${coordinate(far)} ${T.top}`,
      });
      ofReward.draw(reward, shift(x, T.bottom + 11));
      ofDiscount.draw(discount, shift(far, T.top));
    },
  };
}

// ---- the picture ---------------------------------------------------------------------------

/** Mean and spread as a path: a point between whiskers of one standard deviation. */
function spreadOf({ across }, { mean, sd }, y) {
  if (Number.isNaN(mean)) return "";
  const [from, to, middle] = [mean - sd, mean + sd, mean].map((z) =>
    coordinate(inPicture(across(z))));
  return `M${from} ${y - 3}v6M${from} ${y}H${to}M${to} ${y - 3}v6M${middle} ${y - 4}l4 4l-4 4l-4 -4z`;
}

/** Where the mass of one atom goes, in a sentence. */
function fate({ atoms, targets, landings }, p, i) {
  const { beyond, left, right, toLeft, toRight } = landings[i];
  const start = `p(${placed(atoms[i])}) = ${short(p[i])} lands on ${placed(targets[i])}`;
  if (left < right) {
    return `${start}: ${short(toLeft)} of it goes to ${placed(atoms[left])}, ${short(toRight)} to ${
      placed(atoms[right])}.`;
  }
  const where = beyond ? `${start}, is clipped to ${placed(atoms[left])}` : `${start}, an atom`;
  return toLeft === 1 ? `${where}, and all of it goes there.` : `${where}: both weights are 0.`;
}

const LONGEST_FATE = "p(−1.25) = <.001 lands on −12.25: >.999 of it goes to −12.5, <.001 to −11.25.";

/** Chevrons at the edges of the picture beyond which there are targets, as a path. */
const goesOn = ({ across }, { targets }, p) => [PLOT.left, PLOT.right].map((edge, side) => {
  const sign = side === 0 ? -1 : 1;
  const there = targets.some((one, i) => p[i] > 0 && (across(one) - edge) * sign > 0.5);
  return there ? `M${edge - 2 * sign} ${T.top + 18}l${5 * sign} 5l${-5 * sign} 5` : "";
}).join("");

/**
 * The whole picture of atoms and targets: { node, draw(state, found, shown) }.
 *
 * now(): the state. most(): the probability at the top of a lane. set(state): what the hand asks for
 * of r and γ; the rest is for the bars of p, see ownTops and oneTop.
 */
function picture({ line, fit, now, most, set, change, look, follow, followed }) {
  const { atoms, across, slot } = line;
  const label = "Returns on atoms, their targets and the projection: sliders for each probability, r and γ";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const own = slot >= OWN_TOP;
  const tops = (own ? ownTops : oneTop)({
    line, root, fit, most, change, look, follow, followed, now: () => now().p,
  });
  const moves = handlesOf({ line, root, now, set });
  const rulesOfLanes = grounds();
  const path = (kind) => svg("path", { class: `${kind} p` });
  const kindOfBar = own ? "area outlined" : "thin-bars";
  const marks = {
    p: path(kindOfBar), guides: path(`guide-lines ${own ? "" : "of-many"}`.trim()), flows: path("flows"),
    flow: path("flows one"), sticks: path("target-sticks"), beyond: path("goes-on"), m: path(kindOfBar),
    lost: path("ghost"), target: path("mean-and-sd"), result: path("mean-and-sd of-m"),
  };
  const shares = ["end", "start"].map((side) => svg("text", { class: "number", "text-anchor": side }));
  const brief = briefly(fit, slot - 2);
  // Of many bars only the highest has its number.
  const numbers = (own ? atoms : [0]).map(() => svg("text", { class: "number", ...middled }));
  root.append(
    rulesOfLanes.node, atomLines(line),
    svg("line", { class: "target-axis", x1: PLOT.left, x2: PLOT.right, y1: T.bottom, y2: T.bottom }),
    letter("p", P.top - 14), letter("m", M.top - 14),
    ...namesBelow(line, P.bottom, own ? NAMES : NAMES.slice(1)), ...namesBelow(line, M.bottom),
    ...[T.top - 6, SPREADS.target + 4].map((y) => svg("text", { class: "symbol", x: 0, y }, "r + γz")),
    letter("m", SPREADS.result + 4),
    ...tops.below, moves.track,
    svg("g", { class: "see-through" }, ...Object.values(marks), moves.guides),
    ...numbers, ...shares, ...moves.boxes, ...tops.above, ...moves.grips);

  const node = figure("Drag r, γ or a bar’s top", "or press a number and type", root);
  const said = html("span", { translate: "no" });
  node.append(keepRoom(html("p", { class: "soft line low" }, over(said)), LONGEST_FATE));
  return {
    node,
    draw(state, found, shown) {
      const { p } = state;
      const { targets, landings, projected, lostAt } = found;
      const top = most();
      rulesOfLanes.draw(top);
      put(marks.p, { d: barsOf(line, P, top, p) });
      put(marks.guides, {
        d: atoms.map((z, i) => (p[i] === 0 ? "" : `M${coordinate(across(z))} ${LINES}L${
          coordinate(inPicture(across(targets[i])))} ${T.top}V${T.bottom}`)).join(""),
      });
      put(marks.sticks, { d: sticksOf(line, found, top, p) });
      put(marks.beyond, { d: goesOn(line, found, p) });
      put(marks.flows, { d: atoms.map((_, i) => flowOf(line, found, p, i)).join("") });
      put(marks.flow, { d: flowOf(line, found, p, shown) });
      put(marks.m, { d: barsOf(line, M, top, projected) });
      put(marks.lost, { d: barsOf(line, M, top, lostAt, projected) });
      const y = heights(top, M.bottom, M.top);
      const highest = projected.indexOf(Math.max(...projected));
      numbers.forEach((number, k) => {
        const atom = own ? k : highest;
        const mass = projected[atom];
        write(number, mass === 0 ? "" : own ? brief(mass) : short(mass));
        put(number, { transform: shift(across(atoms[atom]), y(mass) - 5) });
      });
      const { left, right, toLeft, toRight } = landings[shown];
      [[left, toLeft, -7], [right, toRight, 7]].forEach(([atom, share, aside], side) => {
        write(shares[side], share === 0 || p[shown] === 0 ? "" : `×${short(share)}`);
        put(shares[side], { transform: shift(across(atoms[atom]) + aside, M.top - 18) });
      });
      put(marks.target, { d: spreadOf(line, found.target, SPREADS.target) });
      put(marks.result, { d: spreadOf(line, found.result, SPREADS.result) });
      write(said, fate(found, p, shown));
      tops.draw(p);
      moves.draw(state);
    },
  };
}

// ---- the readout ---------------------------------------------------------------------------

/** A return: three decimals, or two of a large one; a dash where there is none. */
const inReturns = (value) => (Number.isNaN(value) ? "–" : plain(value, Math.abs(value) < 10 ? 3 : 2));
const change = (value) => {
  const text = inReturns(value);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
};
/** A mass: 1, 0, or three decimals. */
const inMass = (mass) => short(Math.abs(mass) < 1e-9 ? 0 : mass > 1 - 1e-9 ? 1 : mass);

/** What there is to say of the whole: what is clipped, what is lost, what becomes of mean and spread. */
function remark({ projection }, { clipped, lost, landings }, p) {
  const beyond = clipped > 0 ? `Clipped: ${inMass(clipped)} of the mass, beyond an end. ` : "";
  if (lost > 1 - 1e-9) return `${beyond}Lost: all of the mass, since floor = ceil on an atom.`;
  if (lost > 0) {
    return `${beyond}Lost: ${inMass(lost)}, since floor = ceil on an atom. Mean and sd are of the rest.`;
  }
  if (beyond) return `${beyond}That changes the mean.`;
  const onAtoms = landings.every(({ left, right }, i) => p[i] === 0 || left === right);
  if (onAtoms) return "Every target lies on an atom: nothing is split.";
  const kept = "The mean stays, the spread grows.";
  return projection === FORMS[0] ? kept : `${kept} No target lies on an atom: nothing is lost.`;
}
const LONGEST_REMARK = remark({ projection: FORMS[1] }, { clipped: 0.888, lost: 0.888, landings: [] }, []);

/** Means, spreads and masses; the two forms; and what is said of them. */
function account({ setForm, again }) {
  const cells = Array.from({ length: 4 }, () => ["mean", "sd", "mass"].map(() => live("")));
  const [target, kept, result, foot] = cells;
  const table = ledger({
    heads: { return: 40, mean: 22, sd: 20, mass: 18 },
    names: ["r + γz", "clipped", "m"],
    rows: [target, kept, result],
    foot: ["m − (r + γz)", ...foot],
  });
  const w1 = live("in-gaps");
  const forms = FORMS.map((form) => {
    const button = html("button", { type: "button" }, form);
    button.addEventListener("click", () => setForm(form));
    return button;
  });
  const next = html("button", { type: "button" }, "p ← m");
  next.addEventListener("click", again);
  const said = html("span", {});
  return {
    nodes: [
      html("div", { class: "letters", role: "group", "aria-label": "The projection" }, ...forms, next),
      table.node,
      html("div", {},
        formula("", "W1(", symbol("m"), ", ", symbol("r"), " + γ", symbol("z"), ") = ", html("strong", {}, w1)),
        keepRoom(html("p", { class: "note line" }, over(said)), LONGEST_REMARK)),
    ],
    draw(state, found) {
      const rows = [[target, found.target, 1], [kept, found.kept, 1], [result, found.result, 1 - found.lost]];
      for (const [[mean, sd, mass], moments, whole] of rows) {
        write(mean, inReturns(moments.mean));
        write(sd, inReturns(moments.sd));
        write(mass, inMass(whole));
      }
      write(foot[0], change(found.result.mean - found.target.mean));
      write(foot[1], change(found.result.sd - found.target.sd));
      write(foot[2], found.lost > 0 ? `−${inMass(found.lost)}` : "0");
      write(w1, Number.isNaN(found.w1) ? "–" : `${plain(found.w1, 3)} gaps`);
      forms.forEach((button, i) => put(button, { "aria-pressed": String(FORMS[i] === state.projection) }));
      put(next, { "aria-disabled": String(found.lost > 0) });
      write(said, remark(state, found, state.p));
    },
  };
}

function render({ model, el }) {
  const [low, high] = [model.get("low"), model.get("high")];
  const now = () => ({
    p: model.get("p"), reward: model.get("reward"), discount: model.get("discount"),
    projection: model.get("projection"), low, high,
  });
  const set = (state) => {
    for (const [name, value] of Object.entries(state)) {
      if (value !== model.get(name)) model.set(name, value);
    }
    model.save_changes();
  };

  // The atom of which it is said where its mass goes: that where the hand is, or the focus; else the
  // one that the hand set last, until something else sets p; else the heaviest. No link can say it.
  const here = { hand: -1, focus: -1 };
  const none = { atom: -1, p: [0] };
  let touched = none;
  const heaviest = () => now().p.indexOf(Math.max(...now().p));
  const followed = () => (same(touched.p, now().p) ? touched.atom : heaviest());
  const lookedAt = () => [here.hand, here.focus, followed()].find((one) => one >= 0) ?? 0;
  const look = (how, atom) => {
    here[how] = atom;
    if (count === now().p.length) drawAll(); // a bar that goes may say so before all are built anew
  };
  const follow = (atom) => {
    touched = { atom, p: now().p };
    drawAll();
  };
  const move = mover(model, "p");

  let count = 0;
  let most = 1;
  let parts = [];
  const build = (number) => {
    const line = lineOf(low, high, number);
    const drawn = picture({
      line,
      fit: fitter(view.figures),
      now,
      most: () => most,
      set,
      change(atom, value, typed) {
        move(atom, value, typed);
        touched = { atom, p: now().p };
      },
      look,
      follow,
      followed,
    });
    const table = account({
      setForm: (projection) => set({ projection }),
      again() {
        const { lost, projected } = projectionOf(now());
        if (lost === 0) set({ p: projected.map((one) => Number(one.toPrecision(15))) });
      },
    });
    view.figures.replaceChildren(drawn.node);
    view.readout.replaceChildren(...table.nodes);
    parts = [drawn, table];
  };
  const drawAll = () => {
    const state = now();
    // The hand that lifts a bar finds the scale as it was.
    if (!same(touched.p, state.p)) most = scaleOf(low, high, state.p);
    if (count !== state.p.length) {
      build(state.p.length);
      Object.assign(here, { hand: -1, focus: -1 });
      count = state.p.length;
    }
    const found = projectionOf(state);
    const atom = lookedAt();
    const shown = state.p[atom] > 0 ? atom : heaviest();
    for (const part of parts) part.draw(state, found, shown);
  };

  const view = frame({
    model,
    el,
    keys: ["p", "reward", "discount", "projection"],
    wide: "tall",
    draw: drawAll,
    summary() {
      const { target, result, lost, w1 } = projectionOf(now());
      const of = ({ mean, sd }) => `mean ${inReturns(mean)}, sd ${inReturns(sd)}`;
      return lost > 0 ? `The target has ${of(target)}; ${inMass(lost)} of its mass is lost.`
        : `The target has ${of(target)}; the projection ${of(result)}; W1 is ${plain(w1, 3)} gaps.`;
    },
  });
  el.addEventListener("click", ({ target }) => {
    if (!target.closest(".controls")) return;
    touched = none;
    drawAll();
  });
  return view.stop;
}

export default { render };
