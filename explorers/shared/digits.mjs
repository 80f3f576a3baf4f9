// A picture of eight by eight pixels.

import { put, shift, svg } from "./draw.mjs";

const SIDE = 8;
const FULL = 16; // the ink of a black pixel

/**
 * A picture with its corner at (x, y), its pixels `size` wide: { node, draw(values) }.
 *
 * draw: the ink of each pixel, 0 … 16, in so many inks. The pixels of one ink are one path: a browser
 * takes less long over these than over 64 elements, and no light shows between two of them.
 */
export function digitPicture(role, x, y, size, inks = 32) {
  const squares = Array.from({ length: SIDE * SIDE }, (_, i) =>
    `M${(i % SIDE) * size} ${Math.floor(i / SIDE) * size}h${size}v${size}h${-size}z`);
  const pixels = Array.from({ length: inks }, (_, i) => svg("path", { "fill-opacity": (i + 1) / inks }));
  const node = svg("g", { class: `digit ${role}`, transform: shift(x, y) },
    svg("rect", { class: "ground", width: SIDE * size, height: SIDE * size }), ...pixels);
  return {
    node,
    draw(values) {
      const paths = Array.from({ length: inks + 1 }, () => "");
      for (let i = 0; i < squares.length; i += 1) {
        paths[Math.round((values[i] / FULL) * inks)] += squares[i];
      }
      pixels.forEach((path, i) => put(path, { d: paths[i + 1] }));
    },
  };
}
