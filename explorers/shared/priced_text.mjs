// A text, letter by letter, with the price of each as a bar over it.

import { drawing, figure, put, shift, svg, write } from "./draw.mjs";
import { same } from "./frame.mjs";
import { handle } from "./handles.mjs";

const PICTURE = { width: 320, height: 384 };
// How the letters stand: so many in a row, so high a row, in letters of this size. The first that has
// room for the text is taken.
const GRIDS = [[10, 64, 20], [13, 48, 17], [16, 42.6, 15], [20, 32, 13], [25, 24, 12]]
  .map(([columns, tall, size]) => ({
    columns, tall, size,
    wide: PICTURE.width / columns,
    rows: Math.floor(PICTURE.height / tall),
    line: tall - 0.28 * size, // where letters stand
    base: tall - 1.12 * size - 1, // where bars stand
  }));
const MOST_ROWS = 16;

export const middled = { "text-anchor": "middle" };
export const coordinate = (x) => String(Math.round(x * 10) / 10);

/** A letter as it is written where it stands alone. */
export function named(letter) {
  if (letter === " ") return "␣";
  if (letter === "\n") return "↵";
  // What has no shape of its own, or joins the one before it.
  if (/[\p{M}]/u.test(letter)) return `◌${letter}`;
  return /[\p{Cf}\p{Z}]/u.test(letter) ? "◌" : letter;
}

export const quoted = (text) => `“${text}”`;

/** One that stands at its place in a row of text; others may join, and stand in texts of their own. */
const isSimple = (letter) =>
  /^[!-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u20ac\u3041-\u3096\u30a1-\u9fff\uac00-\ud7a3]$/
    .test(letter) && named(letter) === letter;

// Signs for what is not seen, in units of the letters' size.
const SIGNS = {
  " ": (x, y, size) => `M${coordinate(x - size / 4)} ${coordinate(y - size / 5)}`
    + `v${coordinate(size / 5)}h${coordinate(size / 2)}v${coordinate(-size / 5)}`,
  "\n": (x, y, size) => `M${coordinate(x + size / 3)} ${coordinate(y - size * 0.7)}`
    + `v${coordinate(size * 0.45)}h${coordinate(-size * 0.6)}l3 -3m-3 3l3 3`,
};

/**
 * The letters with a bar over each, and the letter that is looked at: a slider through the text.
 *
 * now(): { count, letter }, how many places there are and which is looked at, 1 for the first; the
 * place behind the last letter may be one. choose(letter): called when the hand asks for another.
 * highest: the bits of the highest bar; what costs more is cut there. dotted: { bits, name }, where
 * the dotted line lies in each row, and what the caption calls it.
 * Returns { node, draw({ letters, prices, letter, says }) }; as long as `prices` is the same array, a
 * draw moves the frame and leaves the text as it is.
 */
export function pricedText({ now, choose, highest, dotted }) {
  const label = "The text with the price of each letter as a bar; the slider goes through it";
  const { width, height } = PICTURE;
  const root = drawing({ viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label });
  const area = svg("rect", { class: "reach", width, height });
  const level = svg("path", { class: "price-level" });
  const rows = Array.from({ length: MOST_ROWS }, () => {
    const parts = {
      signs: svg("path", { class: "unseen-signs" }),
      text: svg("text", { class: "letter-row", ...middled }),
    };
    return { ...parts, node: svg("g", {}, ...Object.values(parts)), others: [], bars: "", cuts: "" };
  });
  // Where a hand goes on that changes all prices, one path costs a browser less than one in each row.
  const bars = svg("path", { class: "price-bars q" });
  const cuts = svg("path", { class: "price-cuts" });
  const awaited = svg("text", { class: "awaited", ...middled });
  const frameOf = svg("rect", { class: "letter-frame", rx: 3 });
  const [reach, ring] = [svg("rect", { class: "reach" }), svg("rect", { class: "ring", rx: 5 })];
  const mark = svg("g", { class: "letter-mark" }, reach, ring, frameOf);

  let grid = GRIDS[0];
  const at = (x, y) => {
    const column = Math.max(0, Math.min(grid.columns - 1, Math.floor(x / grid.wide)));
    const row = Math.max(0, Math.min(grid.rows - 1, Math.floor(y / grid.tall)));
    return Math.min(now().count, row * grid.columns + column + 1);
  };
  const middle = (letter) => {
    const index = letter - 1;
    const column = index % grid.columns;
    return [(column + 0.5) * grid.wide, (Math.floor(index / grid.columns) + 0.5) * grid.tall];
  };
  // In a text, up and down are a row; this listener comes before the slider's own.
  mark.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowUp: -grid.columns, ArrowDown: grid.columns }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const next = now().letter + step;
    if (next >= 1 && next <= now().count) choose(next);
  });
  const tell = handle(mark, root, {
    label: "Letter", way: "horizontal", min: 1, max: () => now().count, step: 1, bigStep: 10,
    value: () => now().letter,
    change: choose,
    track: area,
    at,
    drag: (start, dx, dy) => {
      const [x, y] = middle(start);
      return at(x + dx, y + dy);
    },
  });
  root.append(level, bars, cuts, ...rows.map(({ node }) => node), awaited, area, mark);

  /** Lay the picture out anew, for a text of another length. */
  const layOut = (next) => {
    grid = next;
    const { wide, tall, size, line } = grid;
    rows.forEach(({ node, text }, row) => {
      put(node, { transform: shift(0, row * tall), style: `font-size: ${size}px` });
      put(text, { y: line, style: `font-size: ${size}px` });
    });
    const box = (w, h) => ({ x: -w / 2, y: -h / 2, width: w, height: h });
    put(reach, box(Math.max(27, wide), Math.max(27, tall)));
    put(ring, box(wide + 5, tall + 5));
    put(frameOf, box(wide, tall));
  };
  layOut(grid);

  const barsOf = (prices, from) => {
    const { wide, base } = grid;
    const [half, perBit] = [wide * 0.32, (base - 1) / highest];
    const paths = { bars: "", cuts: "" };
    prices.forEach((price, i) => {
      const x = (i + 0.5) * wide;
      const tall = Math.min(highest, price) * perBit;
      paths.bars += `M${coordinate(x - half)} ${coordinate(from + base)}v${coordinate(-tall)}`
        + `h${coordinate(2 * half)}v${coordinate(tall)}z`;
      if (price > highest) {
        paths.cuts += `M${coordinate(x - half - 1)} ${coordinate(from + 5)}l${coordinate(2 * half + 2)} -2.5`;
      }
    });
    return paths;
  };

  const drawRow = ({ signs, text, node, others }, letters) => {
    const { wide, size, line } = grid;
    let unseen = "";
    const places = [];
    let plain = "";
    let used = 0;
    letters.forEach((letter, i) => {
      const x = (i + 0.5) * wide;
      if (letter in SIGNS) unseen += SIGNS[letter](x, line, size);
      else if (isSimple(letter)) {
        plain += letter;
        places.push(coordinate(x));
      } else {
        if (used === others.length) {
          others.push(svg("text", { class: "letter-row", ...middled }));
          node.append(others[used]);
        }
        put(others[used], { x, y: line, style: `font-size: ${size}px` });
        write(others[used], named(letter));
        used += 1;
      }
    });
    for (const spare of others.slice(used)) write(spare, "");
    put(signs, { d: unseen });
    put(text, { x: places.join(" ") });
    write(text, plain);
  };

  const drawn = rows.map(() => /** @type {{ grid: typeof grid, mine: any[][] } | null} */ (null));
  let shown = null;
  const drawRows = (letters, prices, count) => {
    shown = prices;
    const fits = GRIDS.find(({ columns, rows: most }) => columns * most >= count);
    if (fits && fits !== grid) layOut(fits);
    const { columns, tall, base, size, line } = grid;
    rows.forEach((row, i) => {
      const [from, to] = [i * columns, (i + 1) * columns];
      const mine = [letters.slice(from, to), prices.slice(from, to)];
      const before = drawn[i]?.grid === grid ? drawn[i].mine : [];
      drawn[i] = { grid, mine };
      if (!same(before[1], mine[1])) Object.assign(row, barsOf(mine[1], i * tall));
      if (!same(before[0], mine[0])) drawRow(row, mine[0]);
    });
    put(bars, { d: rows.map((row) => row.bars).join("") });
    put(cuts, { d: rows.map((row) => row.cuts).join("") });
    const high = base - (dotted.bits / highest) * (base - 1);
    put(level, {
      d: Array.from({ length: Math.ceil(letters.length / columns) }, (_, row) =>
        `M0 ${coordinate(row * tall + high)}H${width}`).join(""),
    });
    if (count > letters.length) {
      const [x, y] = middle(count);
      put(awaited, { x, y: y - tall / 2 + line, style: `font-size: ${size}px` });
    }
    write(awaited, count > letters.length ? "?" : "");
  };
  return {
    node: figure("Press a letter", `or drag on; bars: bits, dotted: ${dotted.name}`, root),
    draw({ letters, prices, letter, says }) {
      const { count } = now();
      // A hand on the slider leaves the text as it is.
      if (shown !== prices) drawRows(letters, prices, count);
      put(mark, { visibility: count > 0 ? "visible" : "hidden" });
      if (count === 0) return;
      put(mark, { transform: shift(...middle(letter)) });
      tell(letter, says);
    },
  };
}
