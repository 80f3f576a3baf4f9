// A reference, rewards and β, to drag; π* beside the reference, and reward against KL over every β.

import { drawing, figure, fitter, fixed, hatching, html, keyLine, keyTile, keyTo } from "../shared/draw.mjs";
import { minus, put, shift, short, signed, svg, uprights, write } from "../shared/draw.mjs";
import { FINGER, endGrip } from "../shared/bars.mjs";
import { frame, same } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { allButOne, everyNames, mover, outcomes } from "../shared/pmf.mjs";
import { formula, keepRoom, ledger, listed, live, longest, over, symbol } from "../shared/readout.mjs";
import { BETA_ENDS, REWARD_ENDS, frontier, optimum, placeOfBest } from "./tilting.mjs";

// A sentence takes a row: its name above two bars, on the right its reward. `block` is what a row
// needs, in which its parts have these middles.
const ROW = { least: 62, most: 80, top: 40, block: 58, name: 12, reference: 27, policy: 47, reward: 41, high: 18 };
const BAR = { left: 30, right: 170 };
const REWARD = { zero: 268, perUnit: 14.5, number: 246 };
// Below all rows the scale of β.
const SCALE = { left: 30, right: 300, number: 28, line: 50, ticks: 71, tall: 78 };
const NAME_ROOM = 182;
const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const middled = { "text-anchor": "middle" };

const inReward = (r) => REWARD.zero + r * REWARD.perUnit;
const inBar = (p) => BAR.left + p * (BAR.right - BAR.left);
const PER_LOG = (SCALE.right - SCALE.left) / Math.log(BETA_ENDS[1] / BETA_ENDS[0]);
const ofBeta = (beta) => SCALE.left + Math.log(beta / BETA_ENDS[0]) * PER_LOG;

/** A number with so many decimals, or all that were typed up to the fourth. */
function asTyped(value, decimals) {
  const full = Number(value.toFixed(4));
  return Number(value.toFixed(decimals)) === full ? value.toFixed(decimals) : String(full);
}
const rewardText = (r) => (r > 0 ? "+" : "") + minus(asTyped(r, 1));

// ---- the sentences ---------------------------------------------------------------------------

/** A sentence: its two bars and its reward; `top` is where its block begins. */
function row({ name, i, top, root, fit, now, setReference, setReward }) {
  const { reference, policy, reward, high } = ROW;
  const band = (y) => ({ y: top + y - high / 2, height: high });
  const reach = (y, x, width) => svg("rect", { class: "reach", x, y: top + y - 13, width, height: 26 });
  const letters = [["ref", reference], ["π*", policy]].map(([text, y]) =>
    svg("text", { x: BAR.left - 9, y: top + y + 4, "text-anchor": "end" }, text));

  const before = svg("rect", { class: "area outlined p", x: BAR.left, ...band(reference) });
  const number = svg("text", { class: "number", x: 11, y: 4 });
  const grip = endGrip("p", number);
  const track = svg("g", {}, reach(reference, BAR.left, BAR.right - BAR.left), before);
  const tell = handle(grip, root, {
    label: `Reference probability of ${name}`, way: "horizontal",
    value: () => now().reference[i],
    change: (next, typed) => setReference(i, next, typed),
    track,
    at: (x) => (x - BAR.left) / (BAR.right - BAR.left),
  });

  const after = svg("rect", { class: "area outlined q", x: BAR.left, ...band(policy) });
  const share = svg("text", { class: "number", x: 11, y: 4 });
  const shareAt = svg("g", {}, share);

  const amount = svg("text", { class: "number", x: REWARD.number, y: top + 13, ...middled });
  const typed = svg("g", {}, reach(9, REWARD.number - 26, 52), amount);
  const scored = svg("rect", { class: "area outlined tilt-reward", ...band(reward) });
  const truly = svg("path", { class: "tilt-true", d: `M0 ${top + reward - 12}v24` });
  const pull = endGrip("tilt-reward");
  const [least, most] = REWARD_ENDS.map(inReward);
  const room = svg("g", {}, reach(reward, least, most - least), scored);
  const tellReward = handle(pull, root, {
    label: `Reward of ${name}`, way: "horizontal", min: REWARD_ENDS[0], max: REWARD_ENDS[1],
    step: 0.1, bigStep: 0.5, blank: 34,
    value: () => now().rewards[i],
    change: (next) => setReward(i, next),
    number: typed,
    track: room,
    at: (x) => (x - REWARD.zero) / REWARD.perUnit,
  });
  return {
    below: [
      svg("text", { class: "name tilt-name", x: BAR.left + 5, y: top + ROW.name }, fit(name, NAME_ROOM)),
      ...letters, track, after, shareAt, room, truly, typed,
    ],
    grips: [grip, pull],
    draw(state) {
      const [p, r, one] = [state.reference[i], state.rewards[i], state.policy[i]];
      put(before, { width: inBar(p) - BAR.left });
      put(grip, { transform: shift(inBar(p), top + reference) });
      write(number, short(p));
      put(after, { width: inBar(one) - BAR.left });
      put(shareAt, { transform: shift(inBar(one), top + policy) });
      write(share, short(one));
      put(scored, { x: inReward(Math.min(r, 0)), width: Math.abs(r) * REWARD.perUnit });
      put(pull, { transform: shift(inReward(r), top + reward) });
      write(amount, rewardText(r));
      put(truly, {
        transform: shift(inReward(state.truth[i]), 0), visibility: state.flawed ? "visible" : "hidden",
      });
      tell(Math.round(p * 1e4) / 1e4, `${short(p)}, tilted ${short(one)}`);
      tellReward(Math.round(r * 1e4) / 1e4, state.flawed
        ? `${rewardText(r)}, truly ${rewardText(state.truth[i])}` : rewardText(r));
    },
  };
}

/** The scale of β, from `top` down. */
function scale({ top, root, now, setBeta }) {
  const line = top + SCALE.line;
  const number = svg("text", { class: "number", x: 0, y: 0, ...middled });
  const shown = svg("g", {}, number);
  const grip = svg("g", { class: "pointer" },
    svg("rect", { class: "reach", x: -FINGER / 2, y: -FINGER / 2, width: FINGER, height: FINGER }),
    svg("circle", { class: "ring", r: 11 }),
    svg("circle", { class: "grip knob", r: 7 }),
    shown);
  const area = svg("rect", {
    class: "reach", x: SCALE.left - 6, y: line - 13, width: SCALE.right - SCALE.left + 12, height: 26,
  });
  const tell = handle(grip, root, {
    label: "β, the price of a nat", way: "horizontal", min: BETA_ENDS[0], max: BETA_ENDS[1],
    log: true, step: 0.02, bigStep: 0.2, blank: 58,
    value: () => now().beta,
    change: setBeta,
    track: area,
    at: (x) => BETA_ENDS[0] * Math.exp((x - SCALE.left) / PER_LOG),
    drag: (start, dx) => start * Math.exp(dx / PER_LOG),
  });
  return {
    below: [
      svg("path", {
        class: "tilt-scale",
        d: `M${SCALE.left} ${line}H${SCALE.right}${TICKS.map((beta) =>
          `M${ofBeta(beta).toFixed(1)} ${line - 4}v8`).join("")}`,
      }),
      ...TICKS.map((beta) => svg("text", { x: ofBeta(beta), y: top + SCALE.ticks, ...middled },
        String(beta).replace(/^0/, ""))),
      area,
    ],
    grip,
    draw({ beta, nats }) {
      const x = ofBeta(beta);
      put(grip, { transform: shift(x, line) });
      put(shown, { transform: shift(Math.max(36, Math.min(284, x)) - x, SCALE.number - SCALE.line) });
      const text = `β = ${asTyped(beta, 2)}`;
      write(number, text);
      tell(Math.round(beta * 1e4) / 1e4, `${text}, ${fixed(nats, 4)} nats from the reference`);
    },
  };
}

/** The sentences and β. `most`: how many sentences there may be, for which there is room. */
function sentences({ names, most, fit, now, setReference, setReward, setBeta }) {
  const whole = ROW.least * most;
  const pitch = Math.min(ROW.most, whole / names.length);
  const end = ROW.top + whole;
  const label = "The sentences, two sliders for each, and β";
  const root = drawing({ viewBox: `0 0 320 ${end + SCALE.tall}`, role: "group", "aria-label": label });
  const rows = names.map((name, i) =>
    row({
      name, i, top: ROW.top + pitch * i + (pitch - ROW.block) / 2, root, fit, now, setReference, setReward,
    }));
  const below = scale({ top: end, root, now, setBeta });
  const truly = svg("g", {}, ...keyTo(svg("path", { class: "tilt-true", d: "M12 -11v14" }), 262, 12, "truth"));
  root.append(
    uprights([0, 0.5, 1], inBar, ROW.top, end), uprights([0, ...REWARD_ENDS], inReward, ROW.top, end),
    svg("text", { class: "name", x: BAR.left, y: 12 }, "probability"),
    svg("text", { class: "name", x: inReward(REWARD_ENDS[0]) - 4, y: 12 }, "reward"), truly,
    ...rows.flatMap((one) => one.below), ...below.below,
    // Handles come last, so that no bar covers one.
    ...rows.flatMap(({ grips }) => grips), below.grip);
  return {
    node: figure("Drag a bar’s end, or β", "or press a number and type", root),
    draw(state) {
      for (const one of rows) one.draw(state);
      below.draw(state);
      put(truly, { visibility: state.flawed ? "visible" : "hidden" });
    },
  };
}

// ---- reward against KL -----------------------------------------------------------------------

// Up to so many nats, and so much gain.
const FIELD = { left: 58, right: 312, top: 24, zero: 206, bottom: 300, nats: 3, gain: 2.5 };
const STACK = { x: 33, width: 16 };
const SPENT = { y: 211, height: 10 };
const BEST = [2, 4, 8, 16];
const PER_NAT = (FIELD.right - FIELD.left) / FIELD.nats;
const PER_GAIN = (FIELD.zero - FIELD.top) / FIELD.gain;
const xOf = (nats) => FIELD.left + nats * PER_NAT;
const yOf = (gain) => FIELD.zero - gain * PER_GAIN;

/** @typedef {[number, number]} Point */

/** @returns {Point} */
const pointOf = (nats, gain) => [xOf(nats), yOf(gain)];
const isInside = ([x, y]) => x <= FIELD.right && y >= FIELD.top && y <= FIELD.bottom;
const spot = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/**
 * Where the way from a point inside to one outside leaves the picture.
 * @returns {Point}
 */
function edge([x, y], [x2, y2]) {
  const part = (from, to, end) => (to === from ? 1 : (end - from) / (to - from));
  const parts = [part(x, x2, FIELD.right), part(y, y2, y2 < y ? FIELD.top : FIELD.bottom)];
  const share = Math.min(1, ...parts.filter((one) => one >= 0));
  return [x + share * (x2 - x), y + share * (y2 - y)];
}

/**
 * A path through points, as far as they lie in the picture.
 * @param {Point[]} points
 */
function pathOf(points) {
  let d = "";
  let [last, wasInside] = [points[0], false];
  for (const point of points) {
    const inside = isInside(point);
    if (inside && !wasInside) d += `M${spot(point === last ? point : edge(point, last))}`;
    if (inside) {
      const next = `L${spot(point)}`;
      if (!d.endsWith(next)) d += next;
    } else if (wasInside) d += `L${spot(edge(last, point))}`;
    [last, wasInside] = [point, inside];
  }
  return d;
}

/** A box with its lines across it, as one path: a drag has one to draw, not two. */
function hatched(box) {
  const { x, y, width, height } = box;
  return `M${x} ${y.toFixed(2)}h${width}v${height.toFixed(2)}h${-width}z${hatching(box)}`;
}
const PRICE_KEY = { x: 0, y: -9, width: 15, height: 10 };

/** Reward against KL: every π*, this one with its tangent, of slope β, and the best of n. */
function field() {
  const { left, right, top, zero, bottom } = FIELD;
  const label = "What π* gains in reward, against its nats from the reference; the numbers follow";
  const tall = bottom + 66;
  const root = drawing({ viewBox: `0 0 320 ${tall}`, role: "img", "aria-label": label });
  const rules = svg("g", { class: "rules" },
    ...[0, -1, 1, 2].map((gain) => svg("g", {},
      svg("line", { x1: STACK.x - 2, x2: right, y1: yOf(gain), y2: yOf(gain) }),
      svg("text", { x: STACK.x - 7, y: yOf(gain) + 4, "text-anchor": "end" }, minus(gain)))),
    ...[0, 1, 2, 3].map((nats) => svg("g", {},
      svg("line", { x1: xOf(nats), x2: xOf(nats), y1: top, y2: bottom }),
      svg("text", { x: xOf(nats), y: bottom + 15, "text-anchor": nats === 3 ? "end" : "middle" },
        nats === 3 ? "3 nats" : String(nats)))));
  const stacked = { x: STACK.x, width: STACK.width };
  const kept = svg("rect", { class: "area outlined q", ...stacked });
  const price = svg("path", { class: "area outlined cost" });
  const spent = svg("rect", { class: "area outlined cost", x: left, ...SPENT });
  const curve = svg("path", { class: "tilt-curve q" });
  const truth = svg("path", { class: "tilt-curve gain" });
  const slope = svg("path", { class: "tilt-slope" });
  const dot = svg("circle", { class: "tilt-dot q", r: 5.5 });
  const trueDot = svg("circle", { class: "tilt-dot gain", r: 4.5 });
  const bests = BEST.map(() => svg("circle", { class: "tilt-best", r: 3.4 }));
  const onTop = svg("path", { class: "goes-on", d: `M${STACK.x + 2} ${top - 3}l6 -6l6 6` });
  const onRight = svg("path", { class: "goes-on", d: `M${right - 8} ${SPENT.y}l5 5l-5 5` });
  const keys = [bottom + 37, bottom + 57];
  const trueKey = svg("g", {}, ...keyTo(keyLine("tilt-curve gain"), 228, keys[1], "true gain"));
  root.append(rules,
    svg("text", { class: "name", x: left + 5, y: 12 }, "gain in E r over the reference"),
    kept, price, spent, onTop, onRight, truth, curve, ...bests,
    slope, trueDot, dot,
    ...keyTo(keyLine("tilt-curve q"), 8, keys[0], "π* of every β"),
    ...keyTo(svg("circle", { class: "tilt-best", cx: 8, cy: -4, r: 3.4 }), 120, keys[0],
      `best of ${BEST.join(", ")}`),
    ...keyTo(keyTile("area outlined cost"), 8, keys[1], "D"),
    ...keyTo(svg("path", { class: "area outlined cost", d: hatched(PRICE_KEY) }), 54, keys[1], "price β·D"),
    ...keyTo(keyTile("area outlined q"), 150, keys[1], "kept"),
    trueKey);
  const toSpot = (node, at) => put(node, {
    transform: shift(...at), visibility: isInside(at) ? "visible" : "hidden",
  });
  return {
    node: figure("Reward against KL", "dotted: as steep as β, down to what is kept", root),
    /** What hangs on the reference and the rewards. */
    drawCurves(state) {
      const places = frontier(state);
      put(curve, { d: pathOf(places.map(({ nats, gain }) => pointOf(nats, gain))) });
      put(truth, { d: state.flawed ? pathOf(places.map(({ nats, truly }) => pointOf(nats, truly))) : "" });
      put(trueKey, { visibility: state.flawed ? "visible" : "hidden" });
      bests.forEach((node, i) => {
        const { nats, gain } = placeOfBest(BEST[i], state);
        toSpot(node, pointOf(nats, gain));
      });
    },
    /** And what hangs on β too. */
    draw({ nats, gain, kept: after, trueReward, trueBefore, flawed }) {
      const [at, foot] = [pointOf(nats, gain), pointOf(0, after)];
      toSpot(dot, at);
      if (flawed) toSpot(trueDot, pointOf(nats, trueReward - trueBefore));
      else put(trueDot, { visibility: "hidden" });
      put(slope, { d: isInside(foot) ? `M${spot(foot)}L${spot(edge(foot, at))}` : "" });
      const [low, high] = [foot[1], at[1]].map((y) => Math.max(top, Math.min(zero, y)));
      put(kept, { y: low, height: zero - low });
      put(price, { d: hatched({ ...stacked, y: high, height: Math.max(0, low - high) }) });
      put(spent, { width: Math.min(at[0], right) - left });
      put(onTop, { visibility: at[1] < top ? "visible" : "hidden" });
      put(onRight, { visibility: at[0] > right ? "visible" : "hidden" });
    },
  };
}

// ---- the readout -----------------------------------------------------------------------------

const four = (value) => minus(fixed(value, 4));
const quoted = (names) => listed(names.map((name) => `“${name}”`));
const neverSaid = (names) => `The reference never says ${quoted(names)}; at no β does π*.`;
const inTruth = (now, before) => `In truth π* earns ${four(now)}, ${
  now < before ? "less" : "more"} than the reference’s ${four(before)}.`;
const tied = (names) => `Among ${quoted(names)} π* chooses as the reference does.`;
const inGeneral = "At π* the curve is as steep as β: a nat more would earn just what it costs.";

const still = "The rewards tell no two sentences apart: π* is the reference.";

/** What is to be seen in this state, in a sentence. */
function remark(names, { reference, rewards, flawed, trueReward, trueBefore }) {
  const unsaid = names.filter((_, i) => reference[i] === 0);
  if (unsaid.length > 0) return neverSaid(unsaid);
  if (flawed) return inTruth(trueReward, trueBefore);
  const best = names.filter((_, i) => rewards[i] === Math.max(...rewards));
  if (best.length === names.length) return still;
  return best.length > 1 ? tied(best) : inGeneral;
}
/** The longest there may be of sentences with these names. */
const longRemark = (names) => longest([
  neverSaid(allButOne(names)), tied(allButOne(names)), inTruth(-1, -1), inGeneral, still,
]);

/** The numbers, a row for each sentence, and a remark. */
function account({ names, every }) {
  const numbers = {
    reward: live("q whole"), divergence: live("cost with-unit"), value: live("q whole"),
    before: live("whole"), bits: live("whole"), logZ: live("whole"), parts: live("tilt-parts"),
  };
  const bold = (name) => html("strong", {}, numbers[name]);
  const soft = (...children) => html("p", { class: "soft", translate: "no" }, ...children);
  const reference = ["π", html("sub", { class: "tilt-ref" }, "ref")];
  const rows = names.map(() => [live("p"), live("q"), live(""), live("cost")]);
  const totals = [live("q"), live("cost")];
  const table = ledger({
    heads: { sentence: 28, ref: 15, "π*": 17, "π*·r": 19, "of D": 21 },
    names,
    rows,
    foot: ["sum", "", "", ...totals],
    most: Math.max(...every.map(({ length }) => length)),
  });
  const said = html("span", {});
  return {
    nodes: [
      html("div", {},
        formula("", "E ", symbol("r"), " = ", bold("reward")),
        soft("and under the reference ", numbers.before),
        formula("", "D(π*‖", ...reference, ") = ", bold("divergence")),
        soft("= ", numbers.bits),
        formula("", symbol("β"), " ln ", symbol("Z"), " = ", bold("value")),
        soft("= E r − β·D = ", numbers.parts),
        soft("ln Z = ", numbers.logZ)),
      table.node,
      keepRoom(html("p", { class: "note line" }, over(said)), longest(every.map(longRemark))),
    ],
    draw(state) {
      const { reward, nats, value, before, logZ, beta } = state;
      write(numbers.reward, four(reward));
      write(numbers.divergence, `${fixed(nats, 4)} nats`);
      write(numbers.value, four(value));
      write(numbers.before, four(before));
      write(numbers.bits, `${fixed(nats / Math.LN2, 4)} bits`);
      write(numbers.parts, `${four(reward)} − ${fixed(beta * nats, 4)}`);
      write(numbers.logZ, four(logZ));
      rows.forEach(([first, then, earned, term], i) => {
        write(first, short(state.reference[i]));
        write(then, short(state.policy[i]));
        write(earned, signed(state.policy[i] * state.rewards[i], 3));
        write(term, signed(state.terms[i], 3));
      });
      write(totals[0], signed(reward, 3));
      write(totals[1], signed(nats, 3));
      write(said, remark(names, state));
    },
  };
}

const STATE = ["reference", "rewards", "truth", "beta"];

function render({ model, el }) {
  const every = everyNames(model, "reference");
  const given = () => {
    const [reference, rewards, truth, beta] = STATE.map((name) => model.get(name));
    return { reference, rewards, truth, beta };
  };
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  // A kernel may send the lists one after the other.
  const fits = () => ["rewards", "truth"].every((name) =>
    model.get(name).length === model.get("reference").length);
  const stateNow = () => {
    const state = given();
    return { ...state, flawed: !same(state.rewards, state.truth), ...optimum(state) };
  };

  let shape = [];
  let drawn = [];
  let parts;
  const curves = field();
  const build = (names) => {
    const known = every();
    const most = Math.max(...known.map(({ length }) => length));
    parts = {
      left: sentences({
        names, most, fit: fitter(view.figures),
        now: given,
        setReference: mover(model, "reference"),
        setReward: (i, value) =>
          set("rewards", model.get("rewards").map((one, n) => (n === i ? value : one))),
        setBeta: (beta) => set("beta", beta),
      }),
      table: account({ names, every: known }),
    };
    view.figures.replaceChildren(parts.left.node, curves.node);
    view.readout.replaceChildren(...parts.table.nodes);
  };

  const view = frame({
    model,
    el,
    keys: [...STATE, "labels"],
    draw() {
      if (!fits()) return;
      const names = outcomes(model, "reference");
      if (!same(shape, names)) build(shape = names);
      const state = stateNow();
      const lists = [state.reference, state.rewards, state.truth];
      if (!same(drawn, lists)) {
        curves.drawCurves(state);
        drawn = lists;
      }
      for (const part of [parts.left, curves, parts.table]) part.draw(state);
    },
    summary() {
      if (!fits()) return "";
      const { reward, nats, value } = stateNow();
      return `π* earns ${four(reward)}, ${fixed(nats, 4)} nats from the reference; when these are`
        + ` paid, ${four(value)} is left.`;
    },
  });
  return view.stop;
}

export default { render };
