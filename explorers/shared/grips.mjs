// Points of a curve that a hand moves, with their numbers in boxes; a Gaussian's top and flank.

import { put, shift, svg, write } from "./draw.mjs";
import { PEAK } from "./gaussians.mjs";
import { handle } from "./handles.mjs";

/** A point of a curve that a hand moves. */
export const curveGrip = ({ role, kind, radius, reach }, ...marks) =>
  svg("g", { class: `point ${role} ${kind}` },
    svg("circle", { class: "reach", r: reach }),
    svg("circle", { class: "ring", r: radius + 4 }),
    svg("circle", { class: "grip knob", r: radius }),
    ...marks);

/** The letter over a grip. */
export const gripLetter = (letter, at) =>
  svg("text", { class: "symbol grip-letter", "text-anchor": "middle", ...at }, letter);

/**
 * Make `node`, a `curveGrip`, a slider with its number in a box at `box`: { node, box, draw(value,
 * place) }. The rest is what `handle` takes; said(value): the number in words.
 */
export function boxedGrip({ node, role, box: [x, y], root, said, ...slider }) {
  const number = svg("text", { class: "number", x: 52, y: 17, "text-anchor": "middle" });
  const box = svg("g", { class: `corner ${role}`, transform: shift(x, y) },
    svg("rect", { class: "reach", width: 104, height: 26 }), number);
  const tell = handle(node, root, { way: "horizontal", number: box, blank: 68, ...slider });
  return {
    node,
    box,
    draw(value, place) {
      const text = said(value);
      write(number, text);
      put(node, { transform: place });
      tell(Math.round(value * 1e4) / 1e4, text);
    },
  };
}

const FLANK = Math.exp(-0.5); // how high a Gaussian is at mean + sd, as a part of its top
const GRIPS = {
  mean: { kind: "top", radius: 8, reach: 15 },
  sd: { kind: "flank", radius: 6, reach: 13 },
};

/**
 * A Gaussian to drag: its top moves its mean, its flank sets its standard deviation.
 *
 * Of the mean and of the sd, { mean, sd }: labels, letters over the grips (mark), where the boxes are
 * (boxes), what is allowed (ends), and what stands in the box (said). now(): { mean, sd }.
 * set(name, value): what the hand asks for. perUnit: how long a unit of x is. side: 1, and the flank
 * is on the right; −1, on the left. press: the area in which a press says the mean, { track, at(x) }.
 * Returns { nodes, boxes, draw(gaussian, { across, y, highest, centre, weight }) }: by the scales
 * `across` and `y`, up to `highest`; where the hump is, and its weight, if it is one of several.
 */
export function bellGrips({
  role, root, labels, marks, boxes, ends, said, now, set, perUnit, side = 1, press = {},
}) {
  const [mean, sd] = ["mean", "sd"].map((name) => boxedGrip({
    node: curveGrip({ role, ...GRIPS[name] }, ...marks[name]),
    role, root, box: boxes[name], label: labels[name], said: (value) => said[name](value),
    min: ends[name][0], max: ends[name][1], step: 0.05, bigStep: 0.5,
    value: () => now()[name],
    change: (value) => set(name, value),
    ...(name === "mean" && "track" in press ? press : {
      drag: (start, dx) => start + ((name === "mean" ? 1 : side) * dx) / perUnit,
    }),
  }));
  return {
    nodes: [mean.node, sd.node],
    boxes: [mean.box, sd.box],
    draw(gaussian, { across, y, highest, centre = gaussian.mean, weight = 1 }) {
      const peak = (weight * PEAK) / gaussian.sd;
      // Of one that is higher than the picture, the flank is taken hold of where it is seen.
      const flank = FLANK * Math.min(peak, highest);
      const far = gaussian.sd * Math.sqrt(2 * Math.log(peak / flank));
      mean.draw(gaussian.mean, shift(across(centre), y(peak)));
      sd.draw(gaussian.sd, shift(across(centre + side * far), y(flank)));
    },
  };
}
