// The bars of a distribution and their surprise: drag a bar, see the bill.

import { UNITS, entropy, share, surprisal, withProbability } from "./measures.mjs";
import { PLOT, drawing, figure, heights, link, rules, shift, svg } from "./draw.mjs";
import { fitter, fixed, html, put, short, write } from "./draw.mjs";
import { bars } from "./bars.mjs";
import { frame, same } from "./frame.mjs";

// The bill shows surprises up to here; a taller rectangle is cut, with a mark.
const CEILING = { bits: 5, nats: 3.5 };
// Right of it stands the number of its dashed line.
const BILL_RIGHT = 278;

/** The bill: each outcome as wide as its probability and as high as its surprise. */
function bill({ names, fit, unit }) {
  const most = CEILING[unit];
  const y = heights(most);
  const whole = Array.from({ length: Math.floor(most) + 1 }, (_, i) => i);
  const middled = { "text-anchor": "middle" };

  const parts = names.map((name) => {
    const area = svg("rect", { class: "area outlined p" });
    const cut = svg("g", { class: "cut", transform: shift(0, PLOT.top) },
      svg("path", { class: "gap", d: "M-9 16l18 -7v-5l-18 7z" }),
      svg("path", { d: "M-9 11l18 -7M-9 16l18 -7" }));
    const cost = svg("text", { class: "inside", y: PLOT.bottom - 8, ...middled });
    const caption = svg("text", { class: "name", y: PLOT.bottom + 19, ...middled });
    return { name, area, cut, cost, caption, middle: svg("g", {}, cut, cost, caption) };
  });
  const beside = BILL_RIGHT + 8;
  const mean = svg("text", { x: beside, y: 13 });
  const level = svg("g", { class: "level p" },
    svg("line", { x1: PLOT.left, x2: BILL_RIGHT + 4 }),
    svg("text", { class: "symbol", x: beside, y: -3 }, "H"),
    mean);
  const picture = drawing({ role: "img", "aria-label": "The bill. The table gives its numbers." },
    rules(whole, y, BILL_RIGHT),
    ...parts.map(({ area }) => area),
    ...parts.map(({ middle }) => middle),
    level);

  return {
    node: figure("The bill", `height: surprise in ${unit}, width: p`, picture),
    areas: parts.map(({ area }) => area),
    draw(p, h) {
      let x = PLOT.left;
      parts.forEach(({ name, area, cut, cost, caption, middle }, i) => {
        const width = p[i] * (BILL_RIGHT - PLOT.left);
        const high = p[i] > 0 ? surprisal(p[i], unit) : 0;
        const top = y(high);
        const height = PLOT.bottom - top;
        put(area, { x, width, y: top, height, visibility: p[i] > 0 ? "visible" : "hidden" });
        put(middle, { transform: shift(x + width / 2, 0) });
        put(cut, { visibility: high > most ? "visible" : "hidden" });
        write(cost, width > 40 && height > 21 ? fixed(share(p[i], unit), 3) : "");
        write(caption, fit(name, width - 4));
        x += width;
      });
      put(level, { transform: shift(0, y(h)) });
      write(mean, fixed(h, 2));
    },
  };
}

/** The sum written out, a row for each outcome: p × surprise = share. */
function sum({ names, unit }) {
  const { log, sign } = UNITS[unit];
  const count = names.length;
  const letter = (text) => html("var", {}, text);
  const number = (kind = "") => html("span", { class: `live p ${kind}` });
  const line = (name, ...cells) => html("tr", {}, html("th", { scope: "row" }, name),
    ...cells.map((cell) => html("td", {}, cell)));

  const result = number();
  const total = number();
  const note = html("p", { class: "note" });
  const rows = names.map((name) => {
    const cells = { chance: number(), surprise: number("times"), part: number("equals") };
    return { ...cells, row: line(name, ...Object.values(cells)) };
  });
  const head = ["outcome", "p", `−${sign} p`, "share"].map((name) =>
    html("th", { scope: "col" }, name));

  return {
    nodes: [
      html("div", {},
        html("p", { class: "formula" },
          letter("H"), " = Σ ", letter("p"), ` · (−${sign} `, letter("p"), ") = ",
          html("strong", { class: "p" }, result, ` ${unit}`)),
        html("p", { class: "soft" },
          `Even: ${sign} ${count} = ${fixed(log(count), 3)} ${unit}, `
          + `the most that ${count} outcomes can have.`)),
      html("table", {},
        html("thead", {}, html("tr", {}, ...head)),
        html("tbody", {}, ...rows.map(({ row }) => row)),
        html("tfoot", {}, line("sum", "1", "", total))),
      note,
    ],
    rows: rows.map(({ row }) => row),
    draw(p, h) {
      rows.forEach(({ chance, surprise, part }, i) => {
        const high = surprisal(p[i], unit);
        write(chance, fixed(p[i], 3));
        write(surprise, fixed(high, high < 10 ? 3 : 2)); // four digits fit on a telephone
        write(part, fixed(share(p[i], unit), 4));
      });
      write(result, fixed(h, 4));
      write(total, fixed(h, 4));
      const most = CEILING[unit];
      const tall = names.filter((_, i) => p[i] > 0 && surprisal(p[i], unit) > most);
      write(note, [
        tall.length > 0 && `Cut at ${most} ${unit} in the picture: ${tall.join(", ")}.`,
        p.includes(0) && "With p = 0 there is no area: 0 · ∞ counts as 0.",
      ].filter(Boolean).join(" "));
    },
  };
}

function render({ model, el }) {
  const pNow = () => model.get("p");
  const unitNow = () => model.get("unit");
  const namesNow = () => {
    const { length } = pNow();
    const labels = model.get("labels");
    return labels.length === length ? labels : Array.from({ length }, (_, i) => String(i + 1));
  };

  // A bar that goes there and back leaves the others where they were: they are always worked out
  // from the pmf that stood before this bar was first touched.
  let hold = null;
  const change = (index, value) => {
    if (hold?.index !== index || !same(hold.to, pNow())) hold = { index, from: pNow() };
    hold.to = withProbability(hold.from, index, value);
    model.set("p", hold.to);
    model.save_changes();
  };

  let shape = [];
  let parts = [];
  const build = (names, unit) => {
    const shared = { names, unit, fit: fitter(view.figures) };
    const chances = bars({
      ...shared,
      title: "The distribution",
      role: "p",
      value: (i) => pNow()[i],
      change,
      spoken: (p) => `${short(p)}, surprise ${fixed(surprisal(p, unit), 3)} ${unit}`,
    });
    const costs = bill(shared);
    const table = sum(shared);
    names.forEach((_, i) => {
      link(chances.handles[i], chances.areas[i], costs.areas[i], table.rows[i]);
    });
    view.figures.replaceChildren(chances.node, costs.node);
    view.readout.replaceChildren(...table.nodes);
    parts = [chances, costs, table];
  };

  const view = frame({
    model,
    el,
    keys: ["p", "labels", "unit"],
    draw() {
      const now = [namesNow(), unitNow()];
      if (!same(shape, now)) build(...(shape = now));
      const h = entropy(pNow(), unitNow());
      parts.forEach((part) => part.draw(pNow(), h));
    },
    summary: () => `The bill comes to ${fixed(entropy(pNow(), unitNow()), 4)} ${unitNow()}.`,
  });
  return view.stop;
}

export default { render };
