// The triangle of all Q over three outcomes: drag Q, see the bill and both divergences.

import { crossEntropy, divergence, entropy, gap, surprisal } from "../shared/measures.mjs";
import { drawing, figure, fitter, fixed, html, link, put, shift, short } from "../shared/draw.mjs";
import { signed, svg, write } from "../shared/draw.mjs";
import { bill, cutNote, cutOf } from "../shared/bill.mjs";
import { frame, same } from "../shared/frame.mjs";
import { grab, handle, tap } from "../shared/handles.mjs";
import { allButOne, everyNames, mover, outcomes } from "../shared/pmf.mjs";
import { formula, inBits, ledger, live, symbol } from "../shared/readout.mjs";
import { keepRoom, listed } from "../shared/readout.mjs";
import { ontoSimplex, reach } from "./simplex.mjs";

// The corners: all on the first outcome at the top, on the second at the left, on the third.
const CORNERS = [[160, 46], [24, 281.6], [296, 281.6]];
const HEIGHT = CORNERS[1][1] - CORNERS[0][1];
const SIDE = CORNERS[2][0] - CORNERS[1][0];
// D(P‖Q), in bits, that the contours stand for.
const LEVELS = [0.1, 0.25, 0.5, 1, 2];
// The drawing as high as this, and the bill beside it as much higher than usual.
const [TALL, EXTRA] = [326, 72];

const NAMES = { p: "P", q: "Q" };

/** Where a pmf lies in the drawing. */
const place = (pmf) => [0, 1].map((axis) =>
  pmf.reduce((sum, one, i) => sum + one * CORNERS[i][axis], 0));

/** What a step (dx, dy) in the drawing adds to each of the three probabilities. */
function step(dx, dy) {
  const up = -dy / HEIGHT;
  const right = dx / SIDE;
  return [up, -right - up / 2, right - up / 2];
}

/**
 * The contours of D(P‖Q) around P as paths, in tenths of the drawing's unit (whole numbers are soon
 * written), and where the number of each stands, or null.
 */
function contours(p) {
  const [x, y] = place(p);
  // Every five degrees, and closer towards the corners, where the contours bend.
  const angles = Array.from({ length: 72 }, (_, i) => (Math.PI * i) / 36);
  for (const corner of CORNERS) {
    const towards = Math.atan2(corner[1] - y, corner[0] - x);
    for (let i = -6; i <= 6; i += 1) angles.push((towards + i / 80 + 2 * Math.PI) % (2 * Math.PI));
  }
  const rays = angles.sort((a, b) => a - b).map((one) => {
    const [dx, dy] = [Math.cos(one), Math.sin(one)];
    return { dx, dy, way: step(dx, dy) };
  });
  const edge = rays.map(({ way }) => reach(p, way, Infinity));
  const widest = edge.indexOf(Math.max(...edge));
  return LEVELS.map((level) => {
    const far = rays.map(({ way }) => reach(p, way, level));
    const points = rays.map(({ dx, dy }, i) =>
      `${Math.round(10 * (x + far[i] * dx))} ${Math.round(10 * (y + far[i] * dy))}`);
    const { dx, dy } = rays[widest];
    const inside = far[widest] < edge[widest] - 1e-3;
    return {
      d: `M${points.join("L")}z`,
      label: inside ? [x + far[widest] * dx, y + far[widest] * dy] : null,
    };
  });
}

/**
 * The triangle. names: of the outcomes. movable: the roles whose point can be moved. value(role):
 * its pmf now. set(role, pmf), change(role, index, value, typed): called when the hand asks for
 * another.
 *
 * With the mouse and the finger one drags the points themselves, or presses where Q should go. For
 * the keys and for a screen reader every number at a corner is a slider: it moves the point straight
 * to that corner or away.
 * Returns { node, draw(p, q) }.
 */
function triangle({ names, fit, movable, value, set, change }) {
  const label = "All distributions of three outcomes; the sliders at the corners move Q";
  const root = drawing({ viewBox: `0 0 320 ${TALL}`, role: "group", "aria-label": label });
  const outline = `M${CORNERS.map((corner) => corner.join(" ")).join("L")}z`;
  const rings = LEVELS.map((level) => {
    const path = svg("path", { class: "contour" });
    const text = svg("text", { class: "number level-name", "text-anchor": "middle", y: 4 },
      String(level).replace(/^0/, ""));
    return { path, text };
  });
  const between = svg("path", { class: "between" });
  /** To where (dx, dy) leads from `start`, in whole hundredths: a round pmf can be reached. */
  const moveFrom = (role, start, dx, dy) => {
    const asked = step(dx, dy).map((one, i) => start[i] + one);
    const [first, second] = ontoSimplex(asked).map((one) => Math.round(one * 100));
    const two = Math.min(second, 100 - first);
    const next = [first, two, 100 - first - two].map((one) => one / 100);
    if (!same(next, value(role))) set(role, next);
  };
  const points = Object.fromEntries(["q", "p"].map((role) => {
    const size = role === "q" ? 9 : 5.5;
    const name = svg("text", { class: "number symbol", "text-anchor": "middle" }, NAMES[role]);
    const node = svg("g", { class: `point ${role}` },
      svg("circle", { class: "ring", r: size + 5 }),
      svg("circle", { class: "grip knob", r: size }),
      name);
    if (movable.includes(role)) {
      node.prepend(svg("circle", { class: "reach", r: role === "q" ? 22 : 14 }));
      grab(node, root, {
        start: () => value(role),
        move: (start, dx1, dy1) => moveFrom(role, start, dx1, dy1),
      });
    } else node.classList.add("fixed");
    return [role, { node, name }];
  }));

  const corners = names.map((name, i) => {
    const [x, y] = CORNERS[i];
    const anchor = ["middle", "start", "end"][i];
    const [at, base] = [[160, 1, 319][i], i === 0 ? y - 27 : y + 18];
    const caption = svg("text", { class: "name", x: at, y: base, "text-anchor": anchor },
      fit(name, 150));
    // P's number on the left, Q's on the right of it.
    const left = [160 - 52, 0, 320 - 104][i];
    const numbers = ["p", "q"].map((role, side) => {
      const number = svg("text", { class: "number", x: 26, y: 17, "text-anchor": "middle" });
      const node = svg("g", {
        class: `corner ${role}`, transform: shift(left + 52 * side, base + 1),
      }, number);
      let describe = () => {};
      if (movable.includes(role)) {
        node.prepend(
          svg("rect", { class: "reach", width: 52, height: 26 }),
          svg("rect", { class: "ring", x: 1, y: 2, width: 50, height: 22, rx: 8 }));
        // To drag a number away from the middle is to pull the point to its corner.
        const [ux, uy] = [(x - 160) / SIDE, (y - (46 + (2 / 3) * HEIGHT)) / SIDE];
        describe = handle(node, root, {
          blank: 38,
          label: `${NAMES[role]} of ${name}; the other two keep their proportions`,
          value: () => value(role)[i],
          change: (next, typed) => change(role, i, next, typed),
          drag: (start, dx, dy) => start + (dx * ux + dy * uy) / (SIDE * 0.577),
        });
        node.addEventListener("focus", () => points[role].node.classList.add("active"));
        node.addEventListener("blur", () => points[role].node.classList.remove("active"));
      }
      return { role, number, node, describe };
    });
    return { caption, numbers };
  });

  const ground = svg("path", { class: "simplex", d: outline });
  tap(ground, root, (x, y) => moveFrom("q", [1, 0, 0], x - CORNERS[0][0], y - CORNERS[0][1]));
  root.append(
    ground,
    svg("g", { transform: "scale(.1)" }, ...rings.map(({ path }) => path)),
    svg("path", { class: "simplex edge", d: outline }),
    between,
    ...rings.map(({ text }) => text),
    ...corners.map(({ caption }) => caption),
    ...corners.flatMap(({ numbers }) => numbers.map(({ node }) => node)),
    ...Object.values(points).map(({ node }) => node));

  let around = null;
  return {
    node: figure("Drag Q", "or type a number; lines: D(P‖Q) in bits", root),
    draw(p, q) {
      if (!same(around, p)) {
        around = p;
        contours(p).forEach(({ d, label: at }, i) => {
          put(rings[i].path, { d });
          put(rings[i].text, {
            visibility: at ? "visible" : "hidden", transform: shift(...(at ?? [0, 0])),
          });
        });
      }
      const now = { p, q };
      const [[px, py], [qx, qy]] = [place(p), place(q)];
      put(points.p.node, { transform: shift(px, py) });
      put(points.q.node, { transform: shift(qx, qy) });
      // Their letters stand where the line between them would go on.
      const length = Math.hypot(qx - px, qy - py);
      const [ux, uy] = length > 1 ? [(qx - px) / length, (qy - py) / length] : [0.7, -0.7];
      put(points.q.name, { transform: shift(19 * ux, 19 * uy + 4) });
      put(points.p.name, { transform: shift(-15 * ux, -15 * uy + 4) });
      put(between, {
        d: `M${px.toFixed(2)} ${py.toFixed(2)}L${qx.toFixed(2)} ${qy.toFixed(2)}`,
      });
      corners.forEach(({ numbers }, i) => numbers.forEach(({ role, number, describe }) => {
        const one = now[role][i];
        write(number, `${role} ${short(one)}`);
        const bits = fixed(surprisal(one), 3);
        describe(Math.round(one * 1e4) / 1e4, `${short(one)}, code length ${bits} bits`);
      }));
    },
  };
}

// Six characters fit on a telephone.
const digitsFor = (value) => (Math.abs(value) < 10 ? 4 : 3);

const neverOf = (names) => `Q says never, P says it happens: ${listed(names)}. No code word.`;

/** Both entropies and both divergences, and a row for each outcome. */
function account({ names, every }) {
  const letters = (text) => [...text].map((one) => (/[A-Z]/.test(one) ? symbol(one) : one));
  const results = [["H(P,Q)", "q"], ["H(P)", "p"], ["D(P‖Q)", "cost"], ["D(Q‖P)", ""]];
  const numbers = results.map(() => live("whole"));
  const totals = [live("p"), live("q"), live("cost")];
  const rooms = every.map((one) => `${neverOf(allButOne(one))} ${cutOf(one)}`);
  const note = keepRoom(html("p", { class: "note" }), ...rooms);
  const rows = names.map(() => [live("p"), live("p"), live("q"), live("")]);
  const table = ledger({
    heads: { outcome: 29, p: 13, "−log₂ p": 19, "−log₂ q": 19, more: 20 },
    names,
    rows,
    foot: ["mean", "", ...totals],
  });
  return {
    nodes: [
      html("div", {}, ...results.map(([name, role], i) => formula("",
        ...letters(name), " = ", html("strong", { class: role }, numbers[i])))),
      table.node,
      note,
    ],
    rows: table.rows,
    draw(p, q, values) {
      values.forEach((value, i) => write(numbers[i], inBits(value)));
      const [cross, own, divergent] = values;
      [own, cross, divergent].forEach((value, i) => {
        write(totals[i], fixed(value, digitsFor(value)));
      });
      rows.forEach(([chance, ideal, length, more], i) => {
        const added = gap(p[i], q[i]);
        write(chance, short(p[i]));
        write(ideal, fixed(surprisal(p[i]), 3));
        write(length, fixed(surprisal(q[i]), 3));
        write(more, signed(added, digitsFor(added)));
        const role = added < 0 ? "gain" : "cost";
        put(more, { class: `live ${added === 0 ? "" : role}` });
      });
      const never = names.filter((_, i) => p[i] > 0 && q[i] === 0);
      write(note, [
        never.length > 0 && neverOf(never),
        cutNote(names, p, p.map((one, i) => Math.max(surprisal(one), surprisal(q[i])))),
      ].filter(Boolean).join(" "));
    },
  };
}

function render({ model, el }) {
  const pNow = () => model.get("p");
  const qNow = () => model.get("q");
  const move = { p: mover(model, "p"), q: mover(model, "q") };
  const every = everyNames(model);
  const valuesNow = () => {
    const [p, q] = [pNow(), qNow()];
    return [crossEntropy(p, q), entropy(p), divergence(p, q), divergence(q, p)];
  };

  let shape = [];
  let parts;
  const build = (names, moveP) => {
    const fit = fitter(view.figures);
    const models = triangle({
      names,
      fit,
      movable: moveP ? ["p", "q"] : ["q"],
      value: (role) => model.get(role),
      set(role, pmf) {
        model.set(role, pmf);
        model.save_changes();
      },
      change: (role, index, value, typed) => move[role](index, value, typed),
    });
    const costs = bill({
      names,
      fit,
      note: "code length in bits",
      extra: EXTRA,
      levels: [{ role: "q", symbol: "H(P,Q)" }, { role: "p", symbol: "H(P)" }],
    });
    const table = account({ names, every: every() });
    names.forEach((_, i) => link(costs.areas[i], table.rows[i]));
    view.figures.replaceChildren(models.node, costs.node);
    view.readout.replaceChildren(...table.nodes);
    parts = { models, costs, table };
  };

  const view = frame({
    model,
    el,
    keys: ["p", "q", "labels", "move_p"],
    draw() {
      const now = [outcomes(model), model.get("move_p")];
      if (!same(shape, now)) build(...(shape = now));
      const [p, q, values] = [pNow(), qNow(), valuesNow()];
      parts.models.draw(p, q);
      parts.costs.draw(p, values, q.map((one) => surprisal(one)));
      parts.table.draw(p, q, values);
    },
    summary() {
      const [cross, , forward] = valuesNow().map((value) => fixed(value, 4));
      return `The cross-entropy is ${cross} bits, ${forward} more than the entropy.`;
    },
  });
  return view.stop;
}

export default { render };
