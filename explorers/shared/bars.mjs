// A distribution as bars, with a handle on top of each.

import { PLOT, drawing, figure, heights, put, rules, shift, short, svg, write } from "./draw.mjs";
import { handle } from "./handles.mjs";

/** The edge by which a bar around `x` is dragged; `reach` is how high the hand may be off. */
export function barGrip({ role, x, width, slot, reach = 44 }, number) {
  const left = x - width / 2;
  return svg("g", { class: role },
    svg("rect", { class: "reach", x: x - slot / 2, y: -reach / 2, width: slot, height: reach }),
    svg("rect", { class: "ring", x: left - 4, y: -10, width: width + 8, height: 20, rx: 10 }),
    svg("rect", { class: "grip", x: left, y: -2.5, width, height: 5, rx: 2.5 }),
    svg("circle", { class: "grip knob", cx: x, r: 6.5 }),
    number);
}

/** What a finger needs: 24 px on a small telephone, in the units of a drawing. */
export const FINGER = 25.6;

/**
 * The top by which a bar is dragged that stands close to the next: what is reached for lies to the
 * right, and the next handle covers it, so that each keeps the width of its own bar.
 */
export function topGrip(role, middle, width) {
  const left = middle - width / 2;
  return svg("g", { class: `bar-top ${role}` },
    svg("circle", { class: "grip knob", cx: middle, r: Math.min(6.5, width / 2 - 1) }),
    svg("rect", { class: "grip", x: left, y: -2, width, height: 4, rx: 2 }),
    svg("rect", { class: "ring", x: left - 2, y: -10, width: width + 4, height: 20, rx: 8 }),
    svg("rect", { class: "reach", x: left, y: -15, width: Math.max(FINGER, width), height: 30 }));
}

/**
 * A function p → its text: two decimals where three have no room, by the measure of `fit`. All digits
 * are as wide, so it is measured once.
 */
export function briefly(fit, room) {
  const fits = (text, space = room) => fit(text, space) === text;
  const [three, edge, least] = [fits(".888"), fits("<.001"), fits("<.01", room + 1) ? "<.01" : "0+"];
  return (p) => {
    const text = short(p);
    if (text.length < 4 || (text.length === 4 ? three : edge)) return text;
    if (p < 0.005) return least;
    return p > 0.995 ? ">.99" : p.toFixed(2).replace(/^0/, "");
  };
}

/** The end by which a bar that lies, 18 high, is dragged; its number, where it goes along. */
export function endGrip(role, ...number) {
  return svg("g", { class: `end-grip ${role}` },
    svg("rect", { class: "reach", x: -22, y: -13, width: 44, height: 26 }),
    svg("rect", { class: "ring", x: -10, y: -11, width: 20, height: 22, rx: 10 }),
    svg("rect", { class: "grip", x: -2.5, y: -9, width: 5, height: 18, rx: 2.5 }),
    svg("circle", { class: "grip knob", r: 6.5 }),
    ...number);
}

/** The area in which the top of a bar around `x` can stand, with its marks: a press puts it there. */
export const standingRoom = ({ x, slot, top, bottom }, ...marks) => svg("g", {},
  svg("rect", { class: "reach", x: x - slot / 2, y: top, width: slot, height: bottom - top }),
  ...marks);

/**
 * names: of the outcomes. fit: a `fitter`. role: "p" or "q". value(i): the probability now.
 * change(i, value, typed): called when the hand asks for another.
 * spoken(p): what a screen reader says of a probability.
 * Returns { node, areas, handles, draw(p) }.
 */
export function bars({ names, fit, role, value, change, spoken }) {
  const slot = (PLOT.right - PLOT.left) / names.length;
  const width = Math.min(64, slot * 0.68);
  const y = heights(1);
  const share = (at) => (PLOT.bottom - at) / (PLOT.bottom - PLOT.top);
  const label = "Probabilities, one slider for each outcome";
  const root = drawing({ role: "group", "aria-label": label }, rules([0, 0.5, 1], y),
    svg("text", { class: "symbol", x: PLOT.left - 7, y: 14, "text-anchor": "end" }, role));
  const middled = { "text-anchor": "middle" };

  const brief = briefly(fit, slot - 2);
  const columns = names.map((name, i) => {
    const x = PLOT.left + slot * (i + 0.5);
    const left = x - width / 2;
    const area = svg("rect", { class: `area ${role}`, x: left, width });
    const number = svg("text", { class: "number", x, y: -14, ...middled });
    const caption = svg("text", { class: "name", x, y: PLOT.bottom + 19, ...middled });
    write(caption, fit(name, slot - 4));
    const grip = barGrip({ role, x, width, slot }, number);
    const track = standingRoom({ x, slot, ...PLOT }, area);
    const describe = handle(grip, root, {
      label: `Probability of ${name}`,
      value: () => value(i),
      change: (next, typed) => change(i, next, typed),
      track,
      at: (_, at) => share(at),
    });
    root.append(track, caption);
    return { area, number, grip, describe };
  });
  // Handles come last, so that no bar covers one.
  root.append(...columns.map(({ grip }) => grip));

  return {
    node: figure("Drag a bar's top", "or press a number and type", root),
    areas: columns.map(({ area }) => area),
    handles: columns.map(({ grip }) => grip),
    draw(p) {
      columns.forEach(({ area, number, grip, describe }, i) => {
        const top = y(p[i]);
        put(area, { y: top, height: PLOT.bottom - top });
        put(grip, { transform: shift(0, top) });
        write(number, brief(p[i]));
        describe(Math.round(p[i] * 1e4) / 1e4, spoken(p[i]));
      });
    },
  };
}
