// The bars of a distribution and their surprise: drag a bar, see the bill.

import { UNITS, entropy, share, surprisal } from "../shared/measures.mjs";
import { fitter, fixed, html, link, short, write } from "../shared/draw.mjs";
import { bars } from "../shared/bars.mjs";
import { bill, cutNote, cutOf } from "../shared/bill.mjs";
import { frame, same } from "../shared/frame.mjs";
import { allButOne, everyNames, mover, outcomes } from "../shared/pmf.mjs";
import { formula, keepRoom, ledger, live, symbol } from "../shared/readout.mjs";

const NO_AREA = "With p = 0 there is no area: 0 · ∞ counts as 0.";

/** The sum written out, a row for each outcome: p × surprise = share. */
function sum({ names, unit, every }) {
  const { log, sign } = UNITS[unit];
  const count = names.length;
  const result = live("p");
  const total = live("p");
  const rooms = every.map((one) => `${cutOf(allButOne(one), unit)} ${NO_AREA}`);
  const note = keepRoom(html("p", { class: "note" }), ...rooms);
  const rows = names.map(() => [live("p"), live("p times"), live("p equals")]);
  const table = ledger({
    heads: { outcome: 36.5, p: 14, [`−${sign} p`]: 22.5, share: 27 },
    names,
    rows,
    foot: ["sum", "1", "", total],
    most: Math.max(...every.map(({ length }) => length)),
  });

  return {
    nodes: [
      html("div", {},
        formula("",
          symbol("H"), " = Σ ", symbol("p"), ` · (−${sign} `, symbol("p"), ") = ",
          html("strong", { class: "p" }, result, ` ${unit}`)),
        html("p", { class: "soft" },
          `The limit for ${count} outcomes: ${fixed(log(count), 3)} ${unit}.`)),
      table.node,
      note,
    ],
    rows: table.rows,
    draw(p, [h]) {
      rows.forEach(([chance, surprise, part], i) => {
        const high = surprisal(p[i], unit);
        write(chance, fixed(p[i], 3));
        write(surprise, fixed(high, high < 10 ? 3 : 2)); // four digits fit on a telephone
        write(part, fixed(share(p[i], unit), 4));
      });
      write(result, fixed(h, 4));
      write(total, fixed(h, 4));
      write(note, [
        cutNote(names, p, p.map((one) => surprisal(one, unit)), unit),
        p.includes(0) && NO_AREA,
      ].filter(Boolean).join(" "));
    },
  };
}

function render({ model, el }) {
  const pNow = () => model.get("p");
  const unitNow = () => model.get("unit");
  const change = mover(model, "p");
  const every = everyNames(model);

  let shape = [];
  let parts = [];
  const build = (names, unit) => {
    const shared = { names, unit, fit: fitter(view.figures) };
    const chances = bars({
      ...shared,
      role: "p",
      value: (i) => pNow()[i],
      change,
      spoken: (p) => `${short(p)}, surprise ${fixed(surprisal(p, unit), 3)} ${unit}`,
    });
    const costs = bill({ ...shared, levels: [{ role: "p", symbol: "H" }] });
    const table = sum({ names, unit, every: every() });
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
    wide: "aside",
    draw() {
      const now = [outcomes(model), unitNow()];
      if (!same(shape, now)) build(...(shape = now));
      const h = entropy(pNow(), unitNow());
      parts.forEach((part) => part.draw(pNow(), [h]));
    },
    summary: () => `The bill comes to ${fixed(entropy(pNow(), unitNow()), 4)} ${unitNow()}.`,
  });
  return view.stop;
}

export default { render };
