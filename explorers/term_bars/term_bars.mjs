// Two distributions as pairs of bars, both divergences term by term, and outcomes to merge.

import { divergence, gap, merged, ruledOut, totalVariation } from "../shared/measures.mjs";
import { drawing, figure, fitter, fixed, hatching, html, link, put } from "../shared/draw.mjs";
import { shift, short, signed, svg, uprights, write } from "../shared/draw.mjs";
import { endGrip } from "../shared/bars.mjs";
import { frame, same } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { everyNames, mover, outcomes } from "../shared/pmf.mjs";
import { formula, keepRoom, ledger, listed, live, longest, symbol } from "../shared/readout.mjs";
import { pinsker, pressed } from "./divergences.mjs";

// The drawings are 320 wide. An outcome takes a row with the bar of P above that of Q, each as high
// as a finger needs on a small telephone; outcomes that are merged take their rows together.
const ROW = { least: 60, most: 84, top: 22, side: 13, high: 18 };
const NAME = { width: 98, inset: 5, line: 15 };
const BAR = { left: 120, right: 276 };
// A term is never below −(log₂ e)/e, −.53 bits; one above `most` is cut.
const TERM = { zero: 156, perBit: 114, most: 1, number: 319 };

const ROLES = ["p", "q"];
const LETTERS = { p: "P", q: "Q" };
const DIVERGENCES = { p: "D(P‖Q)", q: "D(Q‖P)" };
const middled = { "text-anchor": "middle" };

const joined = (names, group) => group.map((i) => names[i]).join(" + ");

/** Where the groups stand: the top, height and middle of each, and the height of all. */
function rowsOf(groups, count, most) {
  const whole = ROW.least * most;
  const pitch = Math.min(ROW.most, whole / count);
  let top = ROW.top;
  const places = groups.map(({ length }) => {
    const place = { top, height: pitch * length, middle: top + (pitch * length) / 2 };
    top += place.height;
    return place;
  });
  return { places, height: ROW.top + whole };
}

/** The names of a group, one below the other around `middle`, as texts. */
const stacked = (names, group, fit, middle, x) => group.map((i, k) => {
  const last = k === group.length - 1;
  const y = middle + 4 + (k - (group.length - 1) / 2) * NAME.line;
  return svg("text", { class: "name", x, y }, fit(`${names[i]}${last ? "" : " +"}`, NAME.width - 2 * NAME.inset));
});

/**
 * The bars of P and Q, and the names, which are pressed to merge.
 *
 * names: of the outcomes. groups, layout: which are merged, and where they stand. value(role, g):
 * the probability of a group now. change(role, g, value, typed): called when the hand asks for
 * another. press(g), letGo(): called when a name is pressed, and by the Escape key.
 * Returns { node, marks, tiles, draw(pair, sums, terms, picked) }; marks: what stands for a group.
 */
function pairs({ names, groups, layout, fit, value, change, press, letGo }) {
  const { places, height } = layout;
  const x = (p) => BAR.left + p * (BAR.right - BAR.left);
  const label = "The outcomes, a button and two sliders for each";
  const root = drawing({ viewBox: `0 0 320 ${height}`, role: "group", "aria-label": label },
    uprights([0, 0.5, 1], x, ROW.top, height));

  const rows = groups.map((group, g) => {
    const { top, height: high, middle } = places[g];
    const name = joined(names, group);
    const box = { x: 1, y: top + 3, width: NAME.width - 2, height: high - 6 };
    const more = svg("text", { class: "name", x: NAME.inset, y: middle + 4 + NAME.line }, "");
    const tile = svg("g", { role: "button", tabindex: "0" },
      svg("rect", { class: "tile", rx: 5, ...box }),
      ...stacked(names, group, fit, middle, NAME.inset),
      more,
      svg("rect", { class: "ring", rx: 8, x: -2, y: top, width: NAME.width + 4, height: high }));
    tile.addEventListener("click", () => press(g));
    tile.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter" || event.key === " ") press(g);
      else if (event.key === "Escape") letGo();
      else return;
      event.preventDefault();
    });

    const bars = ROLES.map((role, side) => {
      const y = middle + (side === 0 ? -ROW.side : ROW.side);
      const area = svg("rect", {
        class: `area ${role}`, x: BAR.left, y: y - ROW.high / 2, height: ROW.high,
      });
      const parts = svg("path", { class: `divide ${role}` });
      const letter = svg("text", { class: "symbol", x: BAR.left - 13, y: y + 4, ...middled }, role);
      const number = svg("text", { class: "number", x: 11, y: 4 });
      const grip = endGrip(role, number);
      const track = svg("g", {},
        svg("rect", {
          class: "reach", x: BAR.left, y: y - 13, width: BAR.right - BAR.left, height: 26,
        }),
        area, parts);
      const describe = handle(grip, root, {
        label: `${LETTERS[role]} of ${name}`,
        way: "horizontal",
        value: () => value(role, g),
        change: (next, typed) => change(role, g, next, typed),
        drag: (start, dx) => start + dx / (BAR.right - BAR.left),
        track,
        at: (at) => (at - BAR.left) / (BAR.right - BAR.left),
      });
      return { role, y, area, parts, letter, number, grip, track, describe };
    });
    root.append(...bars.flatMap(({ track, letter }) => [track, letter]), tile);
    return { group, name, tile, more, bars };
  });
  // Handles come last, so that no bar covers one.
  root.append(...rows.flatMap(({ bars }) => bars.map(({ grip }) => grip)));

  /** Lines between the parts of a bar that several outcomes make up. */
  const divides = (pmf, group, y) => {
    let sum = 0;
    return group.slice(0, -1).map((i) => {
      sum += pmf[i];
      return `M${x(sum).toFixed(1)} ${y - ROW.high / 2}v${ROW.high}`;
    }).join("");
  };
  const task = (g, picked) => {
    if (g === picked) return "picked; press another to merge the two";
    if (picked >= 0) return `merge with ${rows[picked].name}`;
    return groups[g].length > 1 ? "split" : "merge with another";
  };
  return {
    node: figure("Drag a bar’s end", "or press two names to merge", root),
    marks: rows.map(({ bars }) => bars.flatMap(({ area, grip }) => [area, grip])),
    tiles: rows.map(({ tile }) => tile),
    draw(pair, sums, terms, picked) {
      rows.forEach(({ group, name, tile, more, bars }, g) => {
        put(tile, {
          class: `outcome ${g === picked ? "picked" : ""}`,
          "aria-pressed": String(g === picked || group.length > 1),
          "aria-label": `${name}: ${task(g, picked)}`,
        });
        write(more, g === picked ? "+ …" : "");
        bars.forEach(({ role, y, area, parts, number, grip, describe }) => {
          const one = sums[role][g];
          put(area, { width: one * (BAR.right - BAR.left) });
          if (group.length > 1) put(parts, { d: divides(pair[role], group, y) });
          put(grip, { transform: shift(x(one), y) });
          write(number, short(one));
          describe(Math.round(one * 1e4) / 1e4,
            `${short(one)}, term of ${DIVERGENCES[role]} ${signed(terms[role][g], 4)} bits`);
        });
      });
    },
  };
}

/**
 * The terms of both divergences as bars, to the right where they add, to the left where they save.
 * All that add are one path, all that save another: a drag changes every term, and the browser then
 * has two elements to look at and not two for each.
 */
function termBars({ names, groups, layout, fit }) {
  const { places, height } = layout;
  const { zero, perBit, most } = TERM;
  const x = (bits) => zero + Math.min(bits, most) * perBit;
  const captions = groups.flatMap((group, g) => stacked(names, group, fit, places[g].middle, 0));
  const bars = groups.flatMap((_, g) => ROLES.map((role, side) => {
    const y = places[g].middle + (side === 0 ? -ROW.side : ROW.side);
    // In a column of their own they are read like a table; and a text that moves is laid out anew.
    const number = svg("text", { class: "number", x: TERM.number, y: y + 4, "text-anchor": "end" });
    const cut = svg("g", { class: "cut", transform: shift(x(most) - 9, y) },
      svg("path", { class: "gap", d: "M-5 -11l6 22h5l-6 -22z" }),
      svg("path", { d: "M-5 -11l6 22M0 -11l6 22" }));
    return { role, g, top: y - ROW.high / 2, number, cut };
  }));
  const sides = ["cost", "gain"].map((role) => {
    const [area, lines] = ["area", "hatch"].map((name) => svg("path", { class: name }));
    return { area, lines, node: svg("g", { class: role }, area, lines) };
  });
  const root = drawing({
    viewBox: `0 0 320 ${height}`, role: "img",
    "aria-label": "The terms of both divergences. The table gives their numbers.",
  },
    uprights([0, -0.5, 0.5, 1], x, ROW.top, height),
    ...captions, ...sides.map(({ node }) => node),
    ...bars.flatMap(({ cut, number }) => [cut, number]));

  return {
    node: figure("The terms", "p·log₂(p/q) above q·log₂(q/p), in bits", root),
    draw(terms) {
      const boxes = bars.map(({ role, g, top, number, cut }) => {
        const bits = terms[role][g];
        put(cut, { visibility: bits > most ? "visible" : "hidden" });
        // Five characters fit.
        write(number, signed(bits, [1, 10, 100].filter((end) => Math.abs(bits) < end).length));
        const [left, right] = [x(Math.min(bits, 0)), x(Math.max(bits, 0))];
        return { adds: bits > 0, x: left, y: top, width: right - left, height: ROW.high };
      });
      sides.forEach(({ area, lines }, side) => {
        const mine = boxes.filter(({ adds }) => adds === (side === 0));
        put(area, {
          d: mine.map((box) =>
            `M${box.x.toFixed(1)} ${box.y}h${box.width.toFixed(1)}v${ROW.high}H${box.x.toFixed(1)}z`)
            .join(""),
        });
        put(lines, { d: mine.map((box) => hatching(box, side === 0)).join("") });
      });
    },
  };
}

// Six characters fit on a telephone.
const digitsFor = (value) => (Math.abs(value) < 10 ? 4 : Math.abs(value) < 100 ? 2 : 1);
const inDigits = (value) => fixed(value, digitsFor(value));

const INVITATION = "Press a second name to merge the two.";

/** Which outcomes are to blame where a divergence has no end: those that Q, or P, has none of. */
function blame(q, p) {
  const [ofQ, ofP] = [q, p].map(listed);
  if (q.length > 0 && p.length > 0) return `Both are ∞: Q has none of ${ofQ}, P none of ${ofP}.`;
  if (q.length > 0) return `D(P‖Q) = ∞: Q has none of ${ofQ}.`;
  return p.length > 0 ? `D(Q‖P) = ∞: P has none of ${ofP}.` : "";
}

/** The longest note there may be on outcomes of these names, however its words fall into lines. */
function longNote(names) {
  const long = [...names].sort((a, b) => b.length - a.length);
  const half = Math.ceil(long.length / 2);
  const more = long.length > 4 ? " and 9 more" : "";
  return `${blame(long.slice(0, half), long.slice(half))}${more} … … …`;
}

/** Both divergences, total variation with Pinsker's bound, and a row for each group. */
function account({ names, groups, every }) {
  const letters = (text) => [...text].map((one) => (/[A-Z]/.test(one) ? symbol(one) : one));
  const totals = { p: live("cost"), q: live("cost") };
  const results = { p: live("cost result"), q: live("cost result"), tv: live("") };
  const before = { p: live("before"), q: live("before"), tv: live("before") };
  const bound = live("");
  const note = keepRoom(html("p", { class: "note" }), longest(every.map(longNote)));
  const rows = groups.map(() => ROLES.map(() => live("")));
  const table = ledger({
    heads: { "term of": 54, "D(P‖Q)": 23, "D(Q‖P)": 23 },
    names: groups.map((group) => joined(names, group)),
    rows,
    foot: ["sum", totals.p, totals.q],
    most: Math.max(...every.map(({ length }) => length)),
  });
  return {
    nodes: [
      html("div", {},
        ...ROLES.map((role) => formula("", ...letters(DIVERGENCES[role]), " = ",
          html("strong", { class: "cost" }, results[role]), " ", before[role])),
        formula("", "TV = ", html("strong", {}, results.tv), " ", before.tv),
        html("p", { class: "soft", translate: "no" },
          "Pinsker: both ≥ 2·TV²/ln 2 = ", bound, " bits")),
      table.node,
      note,
    ],
    rows: table.rows,
    draw(pair, sums, terms, picked) {
      const merging = groups.length < names.length;
      const two = (measure) => [measure(sums.p, sums.q), measure(pair.p, pair.q)];
      const measures = { p: divergence, q: (p, q) => divergence(q, p), tv: totalVariation };
      for (const [role, measure] of Object.entries(measures)) {
        const [now, whole] = two(measure).map(inDigits);
        write(results[role], role === "tv" ? now : `${now} bits`);
        write(before[role], merging ? `of ${whole}` : "");
        if (role in totals) write(totals[role], now);
      }
      write(bound, fixed(pinsker(sums.p, sums.q), 4));
      rows.forEach((row, g) => row.forEach((part, side) => {
        const bits = terms[ROLES[side]][g];
        write(part, signed(bits, digitsFor(bits)));
        put(part, { class: `live ${bits === 0 ? "" : bits > 0 ? "cost" : "gain"}` });
      }));
      const without = [ruledOut(pair.p, pair.q), ruledOut(pair.q, pair.p)];
      const [q, p] = without.map((outcome) => outcome.map((i) => names[i]));
      write(note, picked >= 0 ? INVITATION : blame(q, p));
    },
  };
}

function render({ model, el }) {
  const every = everyNames(model);
  const stateNow = () => {
    const pair = { p: model.get("p"), q: model.get("q") };
    const groups = model.get("groups");
    const sums = { p: merged(pair.p, groups), q: merged(pair.q, groups) };
    const terms = {
      p: sums.p.map((one, g) => gap(one, sums.q[g])),
      q: sums.q.map((one, g) => gap(one, sums.p[g])),
    };
    return { pair, groups, sums, terms };
  };
  // A kernel may send p, q and the groups one after the other.
  const fits = () => [model.get("q"), model.get("groups").flat()]
    .every(({ length }) => length === model.get("p").length);

  let picked = -1;
  // The outcome whose button is to have the focus when the pressed one has been replaced.
  let next = -1;
  let shape = [];
  let parts;
  const press = (g) => {
    const groups = model.get("groups");
    const after = pressed(groups, picked, g);
    if (after.groups === groups) {
      picked = after.picked;
      drawAll();
      return;
    }
    next = groups[g][0];
    model.set("groups", after.groups);
    model.save_changes();
  };
  const letGo = () => {
    picked = -1;
    drawAll();
  };

  const build = (names, groups) => {
    const fit = fitter(view.figures);
    const known = every();
    const layout = rowsOf(groups, names.length, Math.max(...known.map(({ length }) => length)));
    const move = { p: mover(model, "p", groups), q: mover(model, "q", groups) };
    const shared = { names, groups, layout, fit };
    const bars = pairs({
      ...shared,
      value: (role, g) => merged(model.get(role), groups)[g],
      change: (role, g, value, typed) => move[role](g, value, typed),
      press,
      letGo,
    });
    const terms = termBars(shared);
    const table = account({ names, groups, every: known });
    groups.forEach((_, g) => link(...bars.marks[g], table.rows[g]));
    view.figures.replaceChildren(bars.node, terms.node);
    view.readout.replaceChildren(...table.nodes);
    if (next >= 0) bars.tiles[groups.findIndex((group) => group.includes(next))].focus();
    next = -1;
    parts = { bars, terms, table };
  };

  const drawAll = () => {
    const { pair, groups, sums, terms } = stateNow();
    const now = [outcomes(model), groups];
    if (!same(shape, now)) build(...(shape = now));
    parts.bars.draw(pair, sums, terms, picked);
    parts.terms.draw(terms);
    parts.table.draw(pair, sums, terms, picked);
  };

  const view = frame({
    model,
    el,
    keys: ["p", "q", "groups", "labels"],
    draw() {
      if (!fits()) return;
      picked = -1;
      drawAll();
    },
    summary() {
      if (!fits()) return "";
      const { pair, groups, sums } = stateNow();
      const merging = groups.length < pair.p.length;
      const of = (now, whole) => (merging ? `${inDigits(now)} of ${inDigits(whole)}` : inDigits(whole));
      return `D(P‖Q) is ${of(divergence(sums.p, sums.q), divergence(pair.p, pair.q))} bits, D(Q‖P) ${
        of(divergence(sums.q, sums.p), divergence(pair.q, pair.p))} bits.`;
    },
  });
  return view.stop;
}

export default { render };
