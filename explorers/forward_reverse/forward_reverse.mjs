// One Gaussian Q for a mixture P: drag both, see both divergences and their minima, descend.

import { contourPieces, downhill, forwardCost, forwardOptimum } from "./densities.mjs";
import { mixtureDensities, mixtureEntropy, reverseCost } from "./densities.mjs";
import { reverseGrid, reverseOptima, stepDown } from "./densities.mjs";
import { PLOT, drawing, figure, fixed, heights, html, put, rules } from "../shared/draw.mjs";
import { shift, short, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { PEAK, bell } from "../shared/gaussians.mjs";
import { tap } from "../shared/handles.mjs";
import { mover } from "../shared/pmf.mjs";
import { dragPoint, numberBox, plain } from "../shared/points.mjs";
import { withProbability } from "../shared/measures.mjs";
import { formula, keepRoom, ledger, live, symbol } from "../shared/readout.mjs";

// As in Python.
const ENDS = { modes: [-5, 5], widths: [0.5, 2], mean: [-6, 6], std: [0.3, 6] };
const SIZE = 306;
const FLOOR = { densities: 186, map: 236 };
const HIGHEST = 0.5;
const [FIRST, LAST] = [-6.5, 6.5];
const PER_UNIT = (PLOT.right - PLOT.left) / (LAST - FIRST);
const PER_LOG = (FLOOR.map - PLOT.top) / Math.log(ENDS.std[1] / ENDS.std[0]);
// Contours stand this much above the least cost, in nats.
const ABOVE = [0.02, 0.06, 0.12, 0.18, 0.25, 0.4, 0.7, 1.2, 2.2, 4, 8];
// Minima that the table has rows for.
const MOST_MINIMA = 6;
/** As many as were found among 10,000 mixtures of so many modes: one for each, and between them. */
const minimaOf = (modes) => 2 * modes - 1;
const COSTS = { forward: ["P", "Q"], reverse: ["Q", "P"] };

const across = (x) => PLOT.left + (x - FIRST) * PER_UNIT;
const upwards = (std) => FLOOR.map - Math.log(std / ENDS.std[0]) * PER_LOG;
const within = (name, value) => Math.max(ENDS[name][0], Math.min(ENDS[name][1], value));
const tenth = (value) => Math.round(value * 10) / 10;
const twentieths = (value) => Math.round(value * 20) / 20;
const means = Array.from({ length: 33 }, (_, j) => FIRST + (j * (LAST - FIRST)) / 32);
const stds = Array.from({ length: 25 }, (_, i) =>
  ENDS.std[0] * (ENDS.std[1] / ENDS.std[0]) ** (i / 24));

/** The numbers −6 … 6 under a plot. */
const numbersBelow = (floor) =>
  svg("g", { class: "rules", "aria-hidden": "true" },
    ...[-6, -3, 0, 3, 6].map((x) => svg("text", {
      x: across(x), y: floor + 16, "text-anchor": "middle",
    }, plain(x, 0))));

/**
 * The densities. now(): { P, Q }. setP, setQ: called with what the hand asks for.
 * moveWeight(index, value, typed): the same for a weight by the keys.
 */
function densities({ count, now, setP, setQ, moveWeight }) {
  const floor = FLOOR.densities;
  const y = heights(HIGHEST, floor);
  const perDensity = (floor - PLOT.top) / HIGHEST;
  const label = "The densities of P and Q; the sliders below move the modes of P";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const truth = svg("path", { class: "area outlined p" });
  const parts = Array.from({ length: count }, () => svg("path", { class: "component" }));
  const model = svg("path", { class: "paid q" });
  const replaced = (list, k, value) => list.map((one, i) => (i === k ? value : one));

  const modes = Array.from({ length: count }, (_, k) => dragPoint("p", 6, "", root, {
    start: () => now().P,
    move({ modes: from, weights, widths }, dx, dy) {
      const mode = twentieths(within("modes", from[k] + dx / PER_UNIT));
      const asked = weights[k] - ((dy / perDensity) * widths[k]) / PEAK;
      const weight = Math.round(Math.max(0, Math.min(1, asked)) * 100) / 100;
      setP({
        modes: replaced(from, k, mode),
        weights: count > 1 ? withProbability(weights, k, weight) : weights,
        widths,
      });
    },
  }));
  const knob = dragPoint("q", 8, "Q", root, {
    start: () => now().Q,
    move({ mean, std }, dx, dy) {
      const height = Math.max(0.01, Math.min(HIGHEST, PEAK / std) - dy / perDensity);
      // Sideways alone leaves a width beyond the picture as it is.
      const next = Math.abs(dy) < 1 ? std : twentieths(within("std", PEAK / height));
      setQ({ mean: twentieths(within("mean", mean + dx / PER_UNIT)), std: next });
    },
  });

  const rows = ["mode", "weight", "width"];
  const boxes = Array.from({ length: count }, (_, k) => {
    const place = { x: 58 + 88 * k, width: 76, role: "p", root };
    const which = count > 1 ? ` of mode ${k + 1}` : "";
    return {
      mode: numberBox({
        ...place, y: floor + 36, label: `Place${which}`, way: "horizontal",
        min: ENDS.modes[0], max: ENDS.modes[1], step: 0.05, bigStep: 0.5,
        value: () => now().P.modes[k],
        change: (value) => setP({ ...now().P, modes: replaced(now().P.modes, k, value) }),
        drag: (start, dx) => start + dx / PER_UNIT,
      }),
      weight: numberBox({
        ...place, y: floor + 62, label: `Weight${which}; the others keep their proportions`,
        value: () => now().P.weights[k],
        change: (value, typed) => moveWeight(k, value, typed),
        drag: (start, dx, dy) => start - dy / 100,
      }),
      width: numberBox({
        ...place, y: floor + 88, label: `Width${which}`,
        min: ENDS.widths[0], max: ENDS.widths[1], step: 0.05, bigStep: 0.25,
        value: () => now().P.widths[k],
        change: (value) => setP({ ...now().P, widths: replaced(now().P.widths, k, value) }),
        drag: (start, dx, dy) => start - dy / 60,
      }),
    };
  });
  const captions = rows.filter((row) => row !== "weight" || count > 1).map((row) =>
    svg("text", { class: "name", x: 2, y: floor + 53 + 26 * rows.indexOf(row) }, row));
  root.append(
    rules([0, 0.2, 0.4], y), numbersBelow(floor), truth, ...parts, model, ...captions,
    ...boxes.flatMap(({ mode, weight, width }) =>
      (count > 1 ? [mode, weight, width] : [mode, width]).map(({ node }) => node)),
    ...modes.map(({ node }) => node), knob.node);

  // Close enough that the narrowest bell, .3 wide, is round.
  const xs = Array.from({ length: 111 }, (_, i) => FIRST + ((LAST - FIRST) * i) / 110);
  const lefts = xs.map((x) => across(x).toFixed(1));
  const all = [...xs.keys()];
  const coarse = all.filter((i) => i % 2 === 0);
  const curve = (density, points = all) =>
    points.map((i) => `${lefts[i]} ${tenth(y(density(xs[i], i)))}`).join("L");
  let shown = null;
  return {
    node: figure("Drag P's modes, and Q", "or type a number", root),
    draw({ P, Q }) {
      if (!same(shown, [P.modes, P.weights, P.widths])) {
        shown = [P.modes, P.weights, P.widths];
        const table = mixtureDensities(P, xs);
        const line = curve((_, i) => table[i]);
        put(truth, { d: `M${across(FIRST)} ${floor}L${line}L${across(LAST)} ${floor}z` });
        P.modes.forEach((mode, k) => {
          const [weight, width] = [P.weights[k], P.widths[k]];
          put(parts[k], {
            d: count > 1 ? `M${curve((x) => weight * bell(x, mode, width), coarse)}` : "",
          });
          put(modes[k].node, { transform: shift(across(mode), y((weight * PEAK) / width)) });
          boxes[k].mode.draw(mode, plain(mode));
          boxes[k].weight.draw(weight, short(weight));
          boxes[k].width.draw(width, plain(width));
        });
      }
      put(model, { d: `M${curve((x) => bell(x, Q.mean, Q.std))}` });
      put(knob.node, { transform: shift(across(Q.mean), y(PEAK / Q.std)) });
    },
  };
}

/** The cost of every Q as a map: contours, minima, arrows, and Q as a point. */
function costMap({ now, setQ }) {
  const label = "The cost of every Q; the sliders below move Q";
  const root = drawing({ viewBox: `0 0 320 ${SIZE}`, role: "group", "aria-label": label });
  const ground = svg("rect", {
    class: "simplex", x: PLOT.left, y: PLOT.top, width: PLOT.right - PLOT.left,
    height: FLOOR.map - PLOT.top,
  });
  // All levels are one path, in tenths of the drawing's unit: whole numbers are soon written.
  const contour = svg("path", { class: "contour" });
  const minima = Array.from({ length: MOST_MINIMA }, () =>
    svg("circle", { class: "minimum", r: 5 }));
  const match = svg("path", { class: "minimum", d: "M0 -6.5L6.5 0L0 6.5L-6.5 0z" });
  const trail = svg("path", { class: "trail" });
  const arrows = { forward: svg("path", {}), reverse: svg("path", {}) };
  const moveFrom = ({ mean, std }, dx, dy) => setQ({
    mean: twentieths(within("mean", mean + dx / PER_UNIT)),
    std: twentieths(within("std", std * Math.exp(-dy / PER_LOG))),
  });
  const corner = { mean: FIRST, std: ENDS.std[0] };
  tap(ground, root, (x, y) => moveFrom(corner, x - PLOT.left, y - FLOOR.map));
  const point = dragPoint("q", 8, "Q", root, { start: () => now().Q, move: moveFrom });
  const place = { y: FLOOR.map + 32, role: "q", root, width: 104 };
  const boxes = {
    mean: numberBox({
      ...place, x: 48, label: "Mean of Q", way: "horizontal",
      min: ENDS.mean[0], max: ENDS.mean[1], step: 0.05, bigStep: 0.5,
      value: () => now().Q.mean,
      change: (mean) => setQ({ ...now().Q, mean }),
      drag: (start, dx) => start + dx / PER_UNIT,
    }),
    std: numberBox({
      ...place, x: 184, label: "Width of Q",
      min: ENDS.std[0], max: ENDS.std[1], step: 0.05, bigStep: 0.5,
      value: () => now().Q.std,
      change: (std) => setQ({ ...now().Q, std }),
      drag: (start, dx, dy) => start * Math.exp(-dy / PER_LOG),
    }),
  };
  const levels = svg("g", { class: "rules", "aria-hidden": "true" },
    ...[0.5, 1, 2, 4].map((std) => svg("text", {
      x: PLOT.left - 7, y: upwards(std) + 4, "text-anchor": "end",
    }, String(std).replace(/^0/, ""))));
  root.append(ground, svg("g", { transform: "scale(.1)" }, contour), levels, numbersBelow(FLOOR.map), trail, match, ...minima,
    ...Object.values(arrows), boxes.mean.node, boxes.std.node, point.node);

  const kept = ({ mean, std }) => [across(within("mean", mean)), upwards(within("std", std))];
  /** From Q the way that `gradient` says is down; longer where it is steeper. */
  const arrow = ({ mean, std }, gradient) => {
    const [dm, dl] = downhill({ std }, gradient);
    const [dx, dy] = [dm * PER_UNIT, -dl * PER_LOG];
    const steep = Math.hypot(dx, dy);
    if (steep < 0.4) return "";
    const [ux, uy] = [dx / steep, dy / steep];
    const length = 22 + 26 * (1 - Math.exp(-steep / 40));
    const [x, y] = [across(mean), upwards(std)];
    const [tipX, tipY] = [x + ux * length, y + uy * length];
    const wing = (side) => `${(tipX - 7 * ux - side * 4 * uy).toFixed(1)} ${
      (tipY - 7 * uy + side * 4 * ux).toFixed(1)}`;
    return `M${(x + 10 * ux).toFixed(1)} ${(y + 10 * uy).toFixed(1)}L${tipX.toFixed(1)} ${
      tipY.toFixed(1)}M${wing(1)}L${tipX.toFixed(1)} ${tipY.toFixed(1)}L${wing(-1)}`;
  };
  const gridOf = reverseGrid(means, stds);
  const [toX, toY] = [across(means[1]) - across(means[0]), upwards(stds[1]) - upwards(stds[0])];
  const left = (column) => Math.round(10 * (across(FIRST) + column * toX));
  const top = (row) => Math.round(10 * (FLOOR.map + row * toY));
  const piece = (x1, y1, x2, y2) => `M${left(x1)} ${top(y1)}L${left(x2)} ${top(y2)}`;
  let shown = null;
  return {
    node: figure("Drag Q", "or press a place (mean, width)", root),
    draw({ P, Q, which, own, best, match: matched, costs, path }) {
      const key = [which, P.modes, P.weights, P.widths];
      if (!same(shown, key)) {
        shown = key;
        const rows = which === "reverse" ? gridOf(P) : stds.map((std) =>
          means.map((mean) => forwardCost(P, { mean, std }, own).cost));
        const least = which === "reverse" ? best[0].cost : matched.cost;
        const pieces = contourPieces(rows, ABOVE.map((above) => least + above), piece);
        put(contour, { d: pieces.flat().join("") });
        minima.forEach((mark, i) => {
          put(mark, { visibility: i < best.length ? "visible" : "hidden" });
          if (i < best.length) put(mark, { transform: shift(...kept(best[i])) });
          put(mark, { class: isBest(best, i) ? "minimum best" : "minimum" });
        });
        put(match, { transform: shift(...kept(matched)) });
      }
      for (const name of ["forward", "reverse"]) {
        put(arrows[name], {
          class: name === which ? "arrow cost" : "arrow", d: arrow(Q, costs[name].gradient),
        });
      }
      const way = path.map((q) => kept(q).map((one) => one.toFixed(1)).join(" "));
      put(trail, { d: way.length > 1 ? `M${way.join("L")}` : "" });
      put(point.node, { transform: shift(...kept(Q)) });
      boxes.mean.draw(Q.mean, `mean ${plain(Q.mean)}`);
      boxes.std.draw(Q.std, `width ${plain(Q.std)}`);
    },
  };
}

/** Whether the minimum is the least, or as low as the least. */
const isBest = (best, i) => i < best.length && best[i].cost < best[0].cost + 1e-6;

const divergenceOf = (which) => {
  const [first, second] = COSTS[which];
  return ["D(", symbol(first), "‖", symbol(second), ")"];
};

// "Found": in one random mixture of 500, D(Q‖P) has one more.
const minimaNote = (count) => `Minima found: 1 of D(P‖Q), ${count} of D(Q‖P). `
  + "Arrows: downhill, dashed for the other cost.";
const descendBy = (which) => `Descend D(${COSTS[which].join("‖")})`;

/** Both costs, the buttons, and the minima; mostModes: of all mixtures that there is room for. */
function fitAccount({ show, descend, mostModes }) {
  const numbers = { forward: live("cost whole"), reverse: live("cost whole") };
  const note = keepRoom(html("p", { class: "note" }), minimaNote(2));
  const maps = Object.fromEntries(Object.keys(COSTS).map((which) => {
    const button = html("button", { type: "button" }, "Map of ", ...divergenceOf(which));
    button.addEventListener("click", () => show(which));
    return [which, button];
  }));
  const go = keepRoom(html("button", { type: "button", class: "go" }), descendBy("forward"));
  go.addEventListener("click", descend);
  const cells = Array.from({ length: MOST_MINIMA + 1 }, () => [live(""), live(""), live("cost")]);
  const names = ["◇ of D(P‖Q)", ...Array.from({ length: MOST_MINIMA }, () => "● of D(Q‖P)")];
  const foot = [live("q"), live("q"), ""];
  const table = ledger({
    heads: { minimum: 37, mean: 21, width: 21, nats: 21 }, names, rows: cells, foot: ["Q now", ...foot],
    most: 1 + minimaOf(mostModes),
  });
  return {
    nodes: [
      html("div", {}, ...Object.keys(COSTS).map((which) => formula("",
        ...divergenceOf(which), " = ", html("strong", { class: "cost" }, numbers[which]))),
      html("div", { class: "letters", role: "group", "aria-label": "The map" },
        ...Object.values(maps), go)),
      table.node,
      note,
    ],
    draw({ Q, which, costs, best, match, running }) {
      for (const name of Object.keys(COSTS)) {
        const { cost } = costs[name];
        write(numbers[name], `${fixed(Math.max(0, cost), 4)} nats`);
        put(maps[name], { "aria-pressed": String(name === which) });
      }
      write(go, running ? "Stop" : descendBy(which));
      [match, ...best].forEach(({ mean, std, cost }, i) => {
        const digits = [plain(mean), fixed(std, 2), fixed(Math.max(0, cost), 3)];
        if (cells[i]) digits.forEach((text, column) => write(cells[i][column], text));
      });
      table.rows.forEach((row, i) => {
        row.classList.toggle("none", i > best.length);
        if (i > 0) write(row.firstChild, `${isBest(best, i - 1) ? "●" : "○"} of D(Q‖P)`);
      });
      write(foot[0], plain(Q.mean));
      write(foot[1], fixed(Q.std, 2));
      write(note, minimaNote(best.length));
    },
  };
}

function render({ model, el }) {
  /** @returns {import("./densities.mjs").Mixture} */
  const pNow = () => ({
    modes: model.get("modes"), weights: model.get("weights"), widths: model.get("widths"),
  });
  const qNow = () => ({ mean: model.get("mean"), std: model.get("std") });
  const set = (state) => {
    let changed = false;
    for (const [name, value] of Object.entries(state)) {
      if (same(value, model.get(name))) continue;
      changed = true;
      model.set(name, value);
    }
    if (changed) model.save_changes();
  };
  const slope = (P, Q) => (model.get("cost") === "forward"
    ? forwardCost(P, Q, 0) : reverseCost(P, Q)).gradient;

  // What depends on P alone is worked out once for it.
  let known = { P: null };
  const about = (P) => {
    if (!same(known.P && Object.values(known.P), Object.values(P))) {
      const own = mixtureEntropy(P);
      known = {
        P, own, match: forwardOptimum(P, own),
        best: reverseOptima(P).slice(0, MOST_MINIMA),
      };
    }
    return known;
  };

  let path = [];
  let trailOf = null;
  let runId = 0;
  const halt = () => {
    cancelAnimationFrame(runId);
    runId = 0;
  };
  /** One step down from Q; whether there is more to come. */
  const advance = (P, Q) => {
    const gradient = slope(P, Q);
    const next = stepDown(Q, gradient, 0.2);
    const rounded = {
      mean: Number(within("mean", next.mean).toFixed(5)),
      std: Number(within("std", next.std).toFixed(5)),
    };
    path.push(rounded);
    const done = Math.hypot(...downhill(Q, gradient)) < 2e-5 || path.length > 600;
    return { rounded, done: done || same(Object.values(rounded), Object.values(Q)) };
  };
  const descend = () => {
    if (runId) {
      halt();
      view.redraw();
      return;
    }
    const P = pNow();
    let Q = qNow();
    path = [Q];
    trailOf = Object.values(P);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      let step = { rounded: Q, done: false };
      while (!step.done) step = advance(P, step.rounded);
      set(step.rounded);
      return;
    }
    const tick = () => {
      keepTrail(Object.values(pNow()), qNow());
      if (path.length === 0) return;
      const { rounded, done } = advance(P, Q);
      Q = rounded;
      runId = done ? 0 : requestAnimationFrame(tick);
      set(Q);
      if (done) view.redraw();
    };
    runId = requestAnimationFrame(tick);
    view.redraw();
  };
  /** A hand, a chip or a cell has moved Q or P: the descent is over, its trail is gone. */
  const keepTrail = (P, Q) => {
    const last = path.at(-1);
    const ours = last && same(Object.values(last), Object.values(Q)) && same(trailOf, P);
    if (path.length > 0 && !ours) {
      halt();
      path = [];
    }
  };

  let shape = 0;
  let mostModes = 0;
  let parts;
  const build = (count) => {
    const moveWeight = mover(model, "weights");
    const others = model.get("presets").map(({ modes }) => modes?.length ?? 0);
    mostModes = Math.max(mostModes, count, ...others);
    const now = () => ({ P: pNow(), Q: qNow() });
    const picture = densities({ count, now, setP: set, setQ: set, moveWeight });
    const map = costMap({ now, setQ: set });
    const table = fitAccount({ show: (cost) => set({ cost }), descend, mostModes });
    view.figures.replaceChildren(picture.node, map.node);
    view.readout.replaceChildren(...table.nodes);
    parts = [picture, map, table];
  };
  const fits = ({ modes, weights, widths }) =>
    modes.length === weights.length && modes.length === widths.length;

  const draw = () => {
    const [P, Q] = [pNow(), qNow()];
    // A kernel may send the three lists one after the other.
    if (!fits(P)) return;
    if (shape !== P.modes.length) build((shape = P.modes.length));
    keepTrail(Object.values(P), Q);
    const { own, match, best } = about(P);
    const costs = { forward: forwardCost(P, Q, own), reverse: reverseCost(P, Q) };
    const state = { P, Q, which: model.get("cost"), own, match, best, costs, path, running: runId > 0 };
    for (const part of parts) part.draw(state);
  };
  const view = frame({
    model,
    el,
    keys: ["modes", "weights", "widths", "mean", "std", "cost"],
    draw,
    summary() {
      const P = pNow();
      if (!fits(P)) return "";
      const forward = fixed(Math.max(0, forwardCost(P, qNow()).cost), 4);
      return `D(P‖Q) is ${forward} nats, D(Q‖P) is ${
        fixed(Math.max(0, reverseCost(P, qNow()).cost), 4)} nats.`;
    },
  });
  view.redraw = () => parts && draw();
  return () => {
    halt();
    view.stop();
  };
}

export default { render };
