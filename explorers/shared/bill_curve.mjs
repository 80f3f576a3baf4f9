// The bits of a letter, in the mean, as a curve along which a hand goes.

import { PLOT, drawing, figure, fixed, put, shift, svg, write } from "./draw.mjs";
import { handle } from "./handles.mjs";
import { coordinate } from "./priced_text.mjs";

const CURVE = { height: 180, top: 20, bottom: 146, left: PLOT.left, right: PLOT.right };

/**
 * The curve with its grip, and dashed levels.
 *
 * label: of the drawing. title, note: over it. levels: where the name of each stands, { kind, x,
 * anchor }. marks: what else is drawn behind the curve. taller: how much more room there is below.
 * below: the number that can be typed, a group with a .number in it. slider: what `handle` takes
 * besides, its `at` among it.
 * Returns { node, bottom, tell, draw({ most, points, levels }), grip({ x, bits, text, under }) }. draw:
 * points are [x, bits], levels are { name, bits }; what is higher than `most` is cut. grip: where it
 * stands and the text beside it, or `under` it; null, and there is none.
 */
export function billCurve(options) {
  const { label, title, note, levels, marks = [], taller = 0, below, slider } = options;
  const { height, top, bottom, left, right } = CURVE;
  const root = drawing({ viewBox: `0 0 320 ${height + taller}`, role: "group", "aria-label": label });
  let highest = 10;
  const y = (bits) => bottom - (Math.min(bits, highest) / highest) * (bottom - top);
  const ticks = [0, 1, 2].map((half) => {
    const at = bottom - (half / 2) * (bottom - top);
    const text = svg("text", { x: left - 6, y: at + 4, "text-anchor": "end" });
    return { half, text, node: svg("g", {}, svg("line", { x1: left, x2: right, y1: at, y2: at }), text) };
  });
  const dashed = levels.map(({ kind, x, anchor }) => {
    const line = svg("line", { x1: left, x2: right });
    const text = svg("text", { x, y: -5, "text-anchor": anchor });
    return { node: svg("g", { class: `level ${kind}` }, line, text), line, text };
  });
  const curve = svg("path", { class: "paid q" });
  const area = svg("rect", {
    class: "reach", x: left, y: top - 6, width: right - left, height: bottom - top + 12,
  });
  const mean = svg("text", { class: "mean-now" });
  const grip = svg("g", { class: "point q" },
    svg("circle", { class: "reach", r: 15 }),
    svg("circle", { class: "ring", r: 11 }),
    svg("circle", { class: "grip knob", r: 6.5 }),
    mean);
  const tell = handle(grip, root, { way: "horizontal", number: below, track: area, ...slider });
  root.append(svg("g", { class: "rules", "aria-hidden": "true" }, ...ticks.map(({ node }) => node)),
    ...marks, ...dashed.map(({ node }) => node), curve, area, below, grip);

  /** A level where it lies; one above the picture is written at its edge. */
  const drawLevel = ({ node, line, text }, { name, bits }) => {
    const there = Number.isFinite(bits);
    put(node, { visibility: there ? "visible" : "hidden" });
    if (!there) return;
    const beyond = bits > highest;
    put(node, { transform: shift(0, beyond ? top - 4 : y(bits)) });
    put(line, { visibility: beyond ? "hidden" : "inherit" });
    write(text, `${name} ${fixed(bits, 2)}${beyond ? " ↑" : ""}`);
  };
  return {
    node: figure(title, note, root),
    bottom,
    tell,
    draw({ most, points, levels: now }) {
      if (points) {
        highest = most;
        for (const { half, text } of ticks) write(text, String((half * most) / 2));
        const path = points.map(([x, bits]) => `${coordinate(x)} ${coordinate(y(bits))}`).join("L");
        // One point is a line that goes nowhere, which would not be drawn.
        put(curve, { d: path && `M${path}${points.length === 1 ? "h.1" : ""}` });
      }
      dashed.forEach((one, i) => drawLevel(one, now[i]));
    },
    grip(place) {
      const visibility = place ? "visible" : "hidden";
      for (const node of [grip, below]) put(node, { visibility });
      if (!place) return;
      const { x, bits, text, under = false } = place;
      put(grip, { transform: shift(x, y(bits)) });
      const side = x < 160 ? { x: 10, y: -9, "text-anchor": "start" } : { x: -10, y: -9, "text-anchor": "end" };
      put(mean, under ? { x: 0, y: 22, "text-anchor": "middle" } : side);
      write(mean, text);
    },
  };
}
