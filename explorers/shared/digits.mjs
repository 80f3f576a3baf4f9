// A picture of eight by eight pixels.

import { put, shift, svg } from "./draw.mjs";

const SIDE = 8;
const LEVELS = 32;
const FULL = 16; // the ink of a black pixel

/**
 * A picture with its corner at (x, y), its pixels `size` wide: { node, draw(values) }.
 *
 * draw: the ink of each pixel, 0 … 16, to the 32nd part. The pixels of one ink are one path: a browser
 * takes less long over these than over 64 elements, and no light shows between two of them.
 */
export function digit(role, x, y, size) {
  const squares = Array.from({ length: SIDE * SIDE }, (_, i) =>
    `M${(i % SIDE) * size} ${Math.floor(i / SIDE) * size}h${size}v${size}h${-size}z`);
  const inks = Array.from({ length: LEVELS }, (_, i) =>
    svg("path", { "fill-opacity": (i + 1) / LEVELS }));
  const node = svg("g", { class: `digit ${role}`, transform: shift(x, y) },
    svg("rect", { class: "ground", width: SIDE * size, height: SIDE * size }), ...inks);
  return {
    node,
    draw(values) {
      const paths = Array.from({ length: LEVELS + 1 }, () => "");
      for (let i = 0; i < squares.length; i += 1) {
        paths[Math.round((values[i] / FULL) * LEVELS)] += squares[i];
      }
      inks.forEach((path, i) => put(path, { d: paths[i + 1] }));
    },
  };
}
