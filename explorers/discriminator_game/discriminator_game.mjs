// Data P, a generator's Q and a discriminator D to drag: what D wins, and where it pushes Q.

import { accountant, angleOf, atLogit, humpsOf, logDensity, logitAt, slopeAt } from "./game.mjs";
import { PLOT, drawing, figure, heights, html, keyLine, keyTile, keyTo } from "../shared/draw.mjs";
import { minus, put, rules, shift, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { bellPath } from "../shared/gaussians.mjs";
import { bellGrips, boxedGrip, curveGrip, gripLetter } from "../shared/grips.mjs";
import { tap } from "../shared/handles.mjs";
import { plain } from "../shared/points.mjs";
import { formula, keepRoom, ledger, live, over, symbol } from "../shared/readout.mjs";

// As in Python.
const ENDS = { mean: [-5, 5], sd: [0.5, 2], middle: [-6, 6], slope: [-8, 8] };

const SIZE = 392;
const FLOOR = 160;
const HIGHEST = 0.8;
const CURVE_D = { top: 194, bottom: 274 };
const ROW = { axis: 177, key: 295, boxes: 305, pitch: 28 };
const [FIRST, LAST] = [-8.5, 8.5];
const PER_UNIT = (PLOT.right - PLOT.left) / (LAST - FIRST);
// How the hand turns the logistic curve.
const TURN = { radius: 32, wide: PER_UNIT, high: CURVE_D.bottom - CURVE_D.top };

// V, in nats below 0; and the slopes, of which any size has room.
const NATS = { left: 14, right: 308, most: 3 };
const PER_NAT = (NATS.right - NATS.left) / NATS.most;
const BAR = { tall: 212, axis: 12, top: 20, wall: 34, bar: 42, height: 22, span: 76, name: 92 };
const PUSH = { middle: 161, half: 147, axis: 120, top: 128, rows: [146, 182], arrow: 14, bottom: 206 };

const across = (x) => PLOT.left + (x - FIRST) * PER_UNIT;
const placeOf = (x) => FIRST + (x - PLOT.left) / PER_UNIT;
const upD = (d) => CURVE_D.bottom - d * TURN.high;
const within = ([least, most], value) => Math.max(least, Math.min(most, value));
const twentieths = (value) => Math.round(value * 20) / 20;
const tenth = (value) => Math.round(value * 10) / 10;
/** Where so many nats stand; what is beyond the picture, at its edge. */
const natsAt = (nats) => Math.max(NATS.left, NATS.right + nats * PER_NAT);
/** Where an arrow of a push of this size ends: halfway to the edge for 1. */
const pushAt = (push) => PUSH.middle + (PUSH.half * push) / (1 + Math.abs(push));

/** E with its index: E_Q. */
const mean = (of) => html("span", {}, symbol("E"), html("sub", {}, symbol(of)));

// ---- P, Q and D ------------------------------------------------------------------------------

/** Both densities, and D below them. now(): the state; set(state): what the hand asks for. */
function game({ now, set }) {
  const y = heights(HIGHEST, FLOOR);
  const label = "The densities of P and Q, and D below them; sliders move all three";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const area = ({ top, bottom }) => svg("rect", {
    class: "reach", x: PLOT.left, y: top, width: PLOT.right - PLOT.left, height: bottom - top,
  });
  const [ground, groundOfD] = [area({ top: PLOT.top, bottom: FLOOR }), area(CURVE_D)];
  const curves = { p: svg("path", { class: "area outlined p" }), q: svg("path", { class: "paid q" }) };
  const ofD = { best: svg("path", { class: "d-curve" }), own: svg("path", { class: "d-curve" }) };

  const gaussian = (role) => now()[role.toUpperCase()];
  const grips = (role, row, side) => bellGrips({
    role, root, side, perUnit: PER_UNIT,
    labels: { mean: `Mean of ${role.toUpperCase()}`, sd: `Standard deviation of ${role.toUpperCase()}` },
    marks: { mean: [gripLetter(role.toUpperCase(), { y: -13 })], sd: [] },
    boxes: { mean: [62, ROW.boxes + ROW.pitch * row], sd: [190, ROW.boxes + ROW.pitch * row] },
    ends: ENDS,
    said: { mean: (value) => `mean ${plain(value)}`, sd: (value) => `sd ${plain(value)}` },
    now: () => gaussian(role),
    set: (name, value) => set({ [`${name === "sd" ? "std" : name}_${role}`]: value }),
  });
  const [gripsP, gripsQ] = [grips("p", 0, -1), grips("q", 1, 1)];
  // The nearest hump goes where one presses; Q, where one of P is as near.
  tap(ground, root, (x) => {
    const at = placeOf(x);
    const { P, Q } = now();
    const near = P.humps.reduce((one, other) =>
      (Math.abs(other - at) < Math.abs(one - at) ? other : one));
    const role = Math.abs(near - at) < Math.abs(Q.mean - at) ? "p" : "q";
    const asked = role === "p" ? P.mean + at - near : at;
    set({ [`mean_${role}`]: twentieths(within(ENDS.mean, asked)) });
  });

  const own = (name, change) => ({
    role: "pointer", root, min: ENDS[name][0], max: ENDS[name][1],
    value: () => now().D[name],
    change: (value) => set({ [name]: value, best: false }),
    said: (value) => `${name} ${plain(value)}`,
    ...change,
  });
  const middle = boxedGrip({
    ...own("middle", { step: 0.05, bigStep: 0.5, label: "Middle of the logistic D" }),
    node: curveGrip({ role: "pointer", kind: "middle", radius: 7, reach: 15 }),
    box: [62, ROW.boxes + 2 * ROW.pitch],
    track: groundOfD, at: placeOf,
  });
  const slope = boxedGrip({
    ...own("slope", { step: 0.1, bigStep: 1, label: "Slope of the logistic D" }),
    node: curveGrip({ role: "pointer", kind: "turn", radius: 6, reach: 13 }),
    box: [190, ROW.boxes + 2 * ROW.pitch],
    drag(start, dx, dy) {
      const angle = angleOf(start, TURN);
      const right = Math.max(0, TURN.radius * Math.cos(angle) + dx);
      return slopeAt(Math.atan2(TURN.radius * Math.sin(angle) - dy, right), TURN);
    },
  });

  const keys = { best: svg("text", { class: "name" }), own: svg("text", { class: "name" }) };
  const names = ["p", "q"].map((role, row) => svg("text", {
    class: "name symbol", x: PLOT.left, y: ROW.boxes + ROW.pitch * row + 17,
  }, role.toUpperCase()));
  root.append(
    rules([0, 0.2, 0.4, 0.6], y), rules([0, 0.5, 1], upD),
    svg("g", { class: "rules", "aria-hidden": "true" }, ...[-8, -4, 0, 4, 8].map((x) =>
      svg("text", { x: across(x), y: ROW.axis, "text-anchor": "middle" }, plain(x, 0)))),
    curves.p, ground, groundOfD, curves.q, ofD.best, ofD.own,
    ...keyTo(keyLine("d-curve plays"), PLOT.left, ROW.key, ""),
    ...names, svg("text", { class: "name symbol", x: PLOT.left, y: ROW.boxes + 2 * ROW.pitch + 17 }, "D"),
    ...gripsP.boxes, ...gripsQ.boxes, middle.box, slope.box,
    ...gripsP.nodes, ...gripsQ.nodes, middle.node, slope.node);
  void [keys, keyTile];

  const xs = Array.from({ length: 146 }, (_, i) => FIRST + ((LAST - FIRST) * i) / 145);
  const lefts = xs.map((x) => across(x).toFixed(1));
  const curve = (height) => xs.map((x, i) => `${lefts[i]} ${tenth(height(x))}`).join("L");
  const scales = { across, y, ends: [FIRST, LAST], highest: HIGHEST };
  let shown = { p: null, q: null, own: null };
  /** Whether this has changed since it was drawn. */
  const changed = (name, ...values) => {
    if (same(shown[name], values)) return false;
    shown[name] = values;
    return true;
  };
  return {
    node: figure("Drag P, Q or D", "by its grips; or press a place, or a number", root),
    draw({ P, Q, D, mixtures }) {
      const [ofP, ofQ] = mixtures;
      const newP = changed("p", P.data, P.mean, P.sd);
      const newQ = changed("q", Q.mean, Q.sd);
      if (newP) {
        const line = curve((x) => y(Math.exp(logDensity(ofP, x))));
        put(curves.p, { d: `M${PLOT.left} ${FLOOR}L${line}L${PLOT.right} ${FLOOR}z` });
        gripsP.draw(P, { ...scales, centre: P.humps[0], weight: 1 / P.humps.length });
      }
      if (newQ) {
        put(curves.q, { d: bellPath(Q, scales) });
        gripsQ.draw(Q, scales);
      }
      if (newP || newQ) {
        put(ofD.best, { d: `M${curve((x) => upD(atLogit(logDensity(ofP, x) - logDensity(ofQ, x))))}` });
      }
      if (changed("own", D.middle, D.slope)) {
        put(ofD.own, { d: `M${curve((x) => upD(atLogit(logitAt(ofP, ofQ, { ...D, best: false }, x))))}` });
        middle.draw(D.middle, shift(across(D.middle), upD(0.5)));
        const angle = angleOf(D.slope, TURN);
        slope.draw(D.slope, shift(
          across(D.middle) + TURN.radius * Math.cos(angle), upD(0.5) - TURN.radius * Math.sin(angle)));
      }
      put(ofD.best, { class: D.best ? "d-curve plays" : "d-curve" });
      put(ofD.own, { class: D.best ? "d-curve" : "d-curve plays" });
    },
  };
}

// ---- V and the pushes ------------------------------------------------------------------------

/** An arrow from the middle of the axis to where a push ends. */
function arrowTo(end, y) {
  const way = Math.sign(end - PUSH.middle);
  const back = Math.min(7, Math.abs(end - PUSH.middle));
  const head = `M${tenth(end - way * back)} ${y - 4}L${tenth(end)} ${y}L${tenth(end - way * back)} ${y + 4}`;
  return `M${PUSH.middle} ${y}H${tenth(end)}${back < 1 ? "" : head}`;
}

/** V as a bar before the most that it can be; below it where each loss pushes Q. */
function pushes() {
  const label = "V as a bar, and where each loss pushes Q, as arrows; their numbers follow";
  const root = drawing({ viewBox: `0 0 320 ${BAR.tall}`, role: "img", "aria-label": label });
  const piece = (kind) => svg("rect", { class: kind, y: BAR.bar, height: BAR.height });
  const [value, gap] = [piece("item"), piece("area outlined cost")];
  const wall = svg("line", { class: "wall pointer", y1: BAR.bar - 4, y2: BAR.bar + BAR.height + 4 });
  const wallName = svg("text", { class: "wall-name pointer", y: BAR.wall, "text-anchor": "middle" }, "V of D*");
  const span = svg("path", { class: "span" });
  const spanName = svg("text", { class: "name", y: BAR.name, "text-anchor": "middle" }, "2·JS");
  const blind = NATS.right - 2 * Math.LN2 * PER_NAT;
  const goesOn = svg("path", { class: "goes-on", d: `M${NATS.left + 12} ${BAR.bar + 5}l-6 6l6 6` });
  const mark = (x, text, top, bottom) => svg("g", {},
    svg("line", { x1: x, x2: x, y1: top, y2: bottom }),
    svg("text", { x, y: top - 8, "text-anchor": "middle" }, text));
  const marks = (...all) => svg("g", { class: "rules", "aria-hidden": "true" }, ...all);
  const arrows = PUSH.rows.map((y) => ({ y: y + PUSH.arrow, path: svg("path", { class: "push q" }) }));
  const loss = (x, y, ...words) => svg("text", { class: "name", x, y }, ...words);
  root.append(
    marks(...[0, -1, -2, -3].map((nats) => mark(NATS.right + nats * PER_NAT, minus(nats), BAR.top, BAR.span)),
      mark(blind, "−ln 4", BAR.top, BAR.span)),
    marks(...[0, -4, -1, -0.25, 0.25, 1, 4].map((push) =>
      mark(pushAt(push), push === 0 ? "0" : { 0.25: "¼", 1: "1", 4: "4" }[Math.abs(push)], PUSH.top, PUSH.bottom))),
    value, gap, goesOn, wall, wallName, span, spanName,
    loss(NATS.left, PUSH.rows[0], "minimax"), loss(NATS.left, PUSH.rows[1], "non-saturating"),
    ...arrows.map(({ path }) => path));
  const spread = (rect, from, to) => put(rect, { x: from, width: Math.max(0, to - from) });
  return {
    node: figure("V, and the pushes on Q", "in nats; the arrows go downhill", root),
    draw({ account }) {
      const [top, limit] = [account.value, account.bestValue].map(natsAt);
      spread(value, NATS.left, top);
      spread(gap, top, limit);
      put(wall, { x1: limit, x2: limit });
      put(wallName, { x: Math.min(limit, NATS.right - 18) });
      put(span, { d: `M${tenth(blind)} ${BAR.span - 4}v6H${tenth(limit)}v-6` });
      put(spanName, { x: (blind + limit) / 2 });
      put(goesOn, { visibility: account.value < -NATS.most ? "visible" : "hidden" });
      [account.minimaxSlope, account.nonSaturatingSlope].forEach((slope, i) =>
        put(arrows[i].path, { d: arrowTo(pushAt(-slope), arrows[i].y) }));
    },
  };
}

// ---- the readout -----------------------------------------------------------------------------

const natsText = (value) => plain(value, Math.abs(value) < 100 ? 4 : 2);
const words = ({ best }, { gap, value }) => {
  if (best) return "D* is the best D for this P and Q: V = 2·JS − ln 4.";
  if (value < -2 * Math.LN2 - 5e-5) return `This D is worse than one that says ½ of everything, V = −ln 4. D* would win ${natsText(gap)} nats more.`;
  return `D* would win ${natsText(gap)} nats more.`;
};

/** The numbers, and whose D plays. */
function account({ play }) {
  const numbers = {
    value: live("with-unit"), bestValue: live("with-unit"), gap: live("cost with-unit"),
  };
  const bold = (name) => html("strong", {}, numbers[name]);
  const soft = (...children) => html("p", { class: "soft", translate: "no" }, ...children);
  const [js, divergence] = [live(""), live("")];
  const said = html("span", {});
  const buttons = [true, false].map((best) => {
    const button = html("button", { type: "button" }, best ? "D*, the best" : "Logistic D");
    button.addEventListener("click", () => play(best));
    return button;
  });
  const cells = Array.from({ length: 2 }, () => [live(""), live("q")]);
  const [w1, w1Slope] = [live(""), live("q")];
  const table = ledger({
    heads: { loss: 44, value: 28, slope: 28 },
    names: [html("span", {}, mean("Q"), " ln(1 − D)"), html("span", {}, "−", mean("Q"), " ln D")],
    rows: cells,
    foot: ["W1(P, Q)", w1, w1Slope],
  });
  return {
    nodes: [
      html("div", {},
        formula("", symbol("V"), " = ", bold("value")),
        formula("", "2·JS − ln 4 = ", bold("bestValue")),
        formula("", "gap = ", bold("gap")),
        soft("V = ", mean("P"), " ln D + ", mean("Q"), " ln(1 − D)"),
        soft("JS = ", js, " D(P‖Q) = ", divergence),
        html("div", { class: "letters", role: "group", "aria-label": "Which D plays" }, ...buttons)),
      html("div", {}, table.node, keepRoom(html("p", { class: "note line" }, over(said)),
        words({ best: false }, { gap: 100, value: -100 }))),
    ],
    draw({ D, account: found }) {
      for (const [name, number] of Object.entries(numbers)) write(number, `${natsText(found[name])} nats`);
      write(js, plain(found.js, 4));
      write(divergence, plain(found.divergence, 3));
      buttons.forEach((button, i) => put(button, { "aria-pressed": String((i === 0) === D.best) }));
      const texts = [
        [found.minimaxLoss, found.minimaxSlope], [found.nonSaturatingLoss, found.nonSaturatingSlope],
      ];
      texts.forEach((row, i) => row.forEach((one, j) => write(cells[i][j], plain(one, 4))));
      write(w1, plain(found.w1, 4));
      write(w1Slope, plain(found.w1Slope, 4));
      write(said, words(D, found));
    },
  };
}

function render({ model, el }) {
  const gaussian = (role) => ({ mean: model.get(`mean_${role}`), sd: model.get(`std_${role}`) });
  const now = () => {
    const data = model.get("data");
    const P = { data, ...gaussian("p") };
    const D = { best: model.get("best"), middle: model.get("middle"), slope: model.get("slope") };
    return { P: { ...P, humps: humpsOf(data, P.mean, P.sd).means }, Q: gaussian("q"), D };
  };
  const set = (state) => {
    for (const [name, value] of Object.entries(state)) {
      if (value !== model.get(name)) model.set(name, value);
    }
    model.save_changes();
  };
  const settle = accountant();
  const stateNow = () => {
    const { P, Q, D } = now();
    const mixtures = [humpsOf(P.data, P.mean, P.sd), humpsOf("one hump", Q.mean, Q.sd)];
    return { P, Q, D, mixtures, account: settle(mixtures[0], mixtures[1], D) };
  };

  const parts = [game({ now, set }), pushes(), account({ play: (best) => set({ best }) })];
  const view = frame({
    model,
    el,
    keys: ["data", "mean_p", "std_p", "mean_q", "std_q", "best", "middle", "slope"],
    wide: "tall",
    draw() {
      const state = stateNow();
      for (const part of parts) part.draw(state);
    },
    summary() {
      const { value, bestValue, minimaxSlope, nonSaturatingSlope } = stateNow().account;
      return `V is ${natsText(value)} nats, that of D* ${natsText(bestValue)}; the slopes are ${
        plain(minimaxSlope, 4)} and ${plain(nonSaturatingSlope, 4)}.`;
    },
  });
  view.figures.append(parts[0].node, parts[1].node);
  view.readout.append(...parts[2].nodes);
  return view.stop;
}

export default { render };
