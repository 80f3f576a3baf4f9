// The bill: each outcome as wide as its probability and as high as its code length.

import { share, surprisal } from "./measures.mjs";
import { PLOT, drawing, figure, heights, rules, shift, svg } from "./draw.mjs";
import { fixed, hatching, put, signed, write } from "./draw.mjs";
import { listed } from "./readout.mjs";

/** The bill shows lengths up to here; a taller rectangle is cut, with a mark. */
export const CEILING = { bits: 5, nats: 3.5 };

// Room on the right for the numbers of the dashed lines.
const MARGIN = { one: 38, more: 54 };
// What a label of such a line takes: its symbol above, its number below.
const LABEL = 31;

/** What the note says of rectangles that are cut: highs are their true heights. */
export function cutNote(names, p, highs, unit = "bits") {
  const tall = names.filter((_, i) => p[i] > 0 && highs[i] > CEILING[unit]);
  return tall.length > 0 && cutOf(tall, unit);
}

/** The same, of all these names. */
export const cutOf = (names, unit = "bits") =>
  `Cut at ${CEILING[unit]} ${unit} in the picture: ${listed(names)}.`;

/**
 * names: of the outcomes. fit: a `fitter`. unit: "bits" or "nats". note: what its height means.
 * levels: its dashed lines, each { role, symbol }. extra: how much higher it is than usual.
 * Returns { node, areas, draw(p, means, lengths) }. means: the heights of the dashed lines.
 * lengths: of the code, where it is another than the ideal one for p; NaN for an outcome without
 * a word.
 */
export function bill(options) {
  const { names, fit, unit = "bits", note = `surprise in ${unit}`, levels, extra = 0 } = options;
  const most = CEILING[unit];
  const right = PLOT.right - (levels.length > 1 ? MARGIN.more : MARGIN.one);
  const bottom = PLOT.bottom + extra;
  const y = heights(most, bottom);
  const whole = Array.from({ length: Math.floor(most) + 1 }, (_, i) => i);
  const middled = { "text-anchor": "middle" };

  const parts = names.map((name) => {
    const area = svg("rect", { class: "area outlined p" });
    const gap = svg("rect", { class: "area" });
    const lines = svg("path", { class: "hatch" });
    const paid = svg("path", { class: "paid q" });
    const cut = svg("g", { class: "cut", transform: shift(0, PLOT.top) },
      svg("path", { class: "gap", d: "M-9 16l18 -7v-5l-18 7z" }),
      svg("path", { d: "M-9 11l18 -7M-9 16l18 -7" }));
    const cost = svg("text", { class: "inside", y: bottom - 8, ...middled });
    const more = svg("text", { class: "inside number", ...middled });
    const caption = svg("text", { class: "name", y: bottom + 19, ...middled });
    return {
      name, area, gap, lines, paid, cut, cost, more, caption,
      difference: svg("g", {}, gap, lines),
      middle: svg("g", {}, cut, cost, more, caption),
    };
  });
  const dashed = levels.map(({ role, symbol }) => {
    const line = svg("line", { x1: PLOT.left, x2: right + 4 });
    const mean = svg("text", { x: right + 8, y: 13 });
    const label = svg("g", {}, svg("text", { class: "symbol", x: right + 8, y: -3 }, symbol), mean);
    return { node: svg("g", { class: `level ${role}` }, line, label), line, label, mean };
  });
  const picture = drawing({
    viewBox: `0 0 ${PLOT.width} ${PLOT.height + extra}`, role: "img",
    "aria-label": "The bill. The table gives its numbers.",
  },
    rules(whole, y, right),
    ...parts.map(({ area }) => area),
    ...parts.flatMap(({ difference, paid }) => [difference, paid]),
    ...parts.map(({ middle }) => middle),
    ...dashed.map(({ node }) => node));

  /** The part between what an outcome would cost and what it does cost. */
  const drawGap = ({ difference, gap, lines, paid, more }, x, width, ideal, length, p) => {
    const dearer = length > ideal;
    const top = y(Math.max(ideal, length));
    const height = y(Math.min(ideal, length)) - top;
    const box = { x, y: top, width, height };
    put(difference, { class: dearer ? "cost" : "gain" });
    put(gap, box);
    put(lines, { d: hatching(box, dearer) });
    put(paid, { d: `M${x.toFixed(2)} ${y(length).toFixed(2)}h${width.toFixed(2)}` });
    put(more, { y: top + height / 2 + 4 });
    write(more, width > 40 && height > 15 ? signed(p * (length - ideal), 2) : "");
  };

  return {
    node: figure("The bill", `height: ${note}, width: p`, picture),
    areas: parts.map(({ area }) => area),
    draw(p, means, lengths) {
      let x = PLOT.left;
      parts.forEach((part, i) => {
        const { name, area, difference, paid, cut, cost, more, middle, caption } = part;
        const width = p[i] * (right - PLOT.left);
        const ideal = p[i] > 0 ? surprisal(p[i], unit) : 0;
        const coded = p[i] > 0 && lengths !== undefined && !Number.isNaN(lengths[i]);
        const length = coded ? lengths[i] : ideal;
        const top = y(Math.min(ideal, length));
        const visibility = coded ? "visible" : "hidden";
        put(area, {
          x, width, y: top, height: bottom - top, visibility: p[i] > 0 ? "visible" : "hidden",
        });
        put(difference, { visibility });
        put(paid, { visibility });
        put(more, { visibility });
        if (coded) drawGap(part, x, width, ideal, length, p[i]);
        put(middle, { transform: shift(x + width / 2, 0) });
        put(cut, { visibility: Math.max(ideal, length) > most ? "visible" : "hidden" });
        const fits = width > 40 && bottom - top > 21;
        write(cost, fits ? fixed(coded ? p[i] * length : share(p[i], unit), 3) : "");
        write(caption, fit(name, width - 4));
        x += width;
      });
      // Two labels never cover each other: they part as far as they need.
      const apart = levels.length > 1 ? LABEL - Math.abs(y(means[0]) - y(means[1])) : 0;
      dashed.forEach(({ node, label, mean }, i) => {
        const shown = !Number.isNaN(means[i]);
        put(node, {
          transform: shift(0, shown ? y(means[i]) : 0), visibility: shown ? "visible" : "hidden",
        });
        const up = means[i] > means[1 - i] || (means[i] === means[1 - i] && i === 0);
        const aside = apart > 0 ? (up ? -apart : apart) / 2 : 0;
        put(label, { transform: shift(0, aside) });
        write(mean, shown ? fixed(means[i], 2) : "");
      });
    },
  };
}
