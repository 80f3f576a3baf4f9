// Points to drag in a plane, and numbers in boxes that are sliders.

import { minus, shift, svg, write } from "./draw.mjs";
import { grab, handle } from "./handles.mjs";

/** A number with fixed decimals and a minus sign as wide as a plus. */
export const plain = (value, decimals = 2) => {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : minus(text);
};

/** A number that is a slider, in a box: { node, draw(value, text) }. */
export function numberBox({ x, y, width, role, root, ...slider }) {
  const number = svg("text", {
    class: "number", x: width / 2, y: 17, "text-anchor": "middle",
  });
  const node = svg("g", { class: `corner ${role}`, transform: shift(x, y) },
    svg("rect", { class: "reach", width, height: 26 }),
    svg("rect", { class: "ring", x: 1, y: 2, width: width - 2, height: 22, rx: 8 }),
    number);
  const describe = handle(node, root, { ...slider, blank: width - 36 });
  return {
    node,
    draw(value, text) {
      write(number, text);
      describe(Math.round(value * 1e4) / 1e4, text);
    },
  };
}

/** A number in a box, that of a handle elsewhere in the drawing: { box, number }. */
export function boxedNumber({ x, y, role, width = 104 }) {
  const number = svg("text", { class: "number", x: width / 2, y: 17, "text-anchor": "middle" });
  const box = svg("g", { class: `corner ${role}`, transform: shift(x, y) },
    svg("rect", { class: "reach", width, height: 26 }), number);
  return { box, number };
}

/** A point with its letter, that a hand moves along a curve or an axis. */
export const letteredGrip = (kind, letter, radius, reach, place) =>
  svg("g", { class: `point ${kind}` },
    svg("circle", { class: "reach", r: reach }),
    svg("circle", { class: "ring", r: radius + 4 }),
    svg("circle", { class: "grip knob", r: radius }),
    svg("text", { class: "symbol grip-letter", "text-anchor": "middle", ...place }, letter));

/** A point to drag: { node, name }. */
export function dragPoint(role, size, letter, root, moves) {
  const name = svg("text", { class: "number symbol", "text-anchor": "middle", y: -15 }, letter);
  const node = svg("g", { class: `point ${role}` },
    svg("circle", { class: "reach", r: role === "q" ? 20 : 15 }),
    svg("circle", { class: "ring", r: size + 5 }),
    svg("circle", { class: "grip knob", r: size }),
    name);
  grab(node, root, moves);
  return { node, name };
}
