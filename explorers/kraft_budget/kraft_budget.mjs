// A budget of 1, spent on the words of a prefix code: choose words on the tree, see the bill.

import { entropy, meanLength, surprisal } from "../shared/measures.mjs";
import { figure, fitter, fixed, hatching, html, link, put } from "../shared/draw.mjs";
import { short, svg, write } from "../shared/draw.mjs";
import { bill, cutNote, cutOf } from "../shared/bill.mjs";
import { frame, same } from "../shared/frame.mjs";
import { allButOne, everyNames, outcomes } from "../shared/pmf.mjs";
import { formula, inBits, ledger, live } from "../shared/readout.mjs";
import { keepRoom, listed, longest } from "../shared/readout.mjs";
import { assigned, kraftSum, standing } from "./words.mjs";

// The drawing is 320 wide, as all are; a row of 26 is enough for a finger on a small telephone.
const TREE = { width: 320, top: 22, row: 26, bar: 14, left: 22, depth: 4 };
const PRICES = ["1", "½", "¼", "⅛", "1/16", "1/32"];
const SPOKEN_PRICES = [
  "all", "one half", "one quarter", "one eighth", "one sixteenth", "one thirty-second",
];

/** All words of 1 … depth digits; of each length in the order of their numbers. */
function everyWord(depth) {
  const words = [];
  for (let length = 1; length <= depth; length += 1) {
    for (let n = 0; n < 2 ** length; n += 1) words.push(n.toString(2).padStart(length, "0"));
  }
  return words;
}

/**
 * The tree: a column for each length, a cell for each word, as high as what it costs.
 * choose(word): called when a cell is pressed. Returns { node, draw(words) }.
 */
function tree({ depth, choose }) {
  const { width, top, row, bar, left } = TREE;
  const whole = row * 2 ** depth;
  const column = (width - left) / depth;
  const place = (word) => {
    const height = whole / 2 ** word.length;
    const x = left + column * (word.length - 1);
    return { x, y: top + height * parseInt(word, 2), width: column, height };
  };
  const inset = ({ x, y, width: w, height: h }, by) =>
    ({ x: x + by, y: y + by, width: w - 2 * by, height: h - 2 * by });
  const middled = { "text-anchor": "middle" };

  const cells = new Map(everyWord(depth).map((word) => {
    const box = place(word);
    const [x, y] = [box.x + column / 2, box.y + box.height / 2 + 4];
    // What a word blocks: all to the right of it.
    const behind = { ...box, x: box.x + column, width: width - box.x - column };
    const blocked = word.length === depth ? null : svg("g", { class: "blocked" },
      svg("path", { class: "hatch", d: hatching(inset(behind, 1), true, 9) }),
      svg("text", { class: "number", ...middled, y, x: behind.x + behind.width / 2 }, "taken"));
    const spent = svg("rect", { class: "spent", x: 0, y: box.y, width: bar, height: box.height });
    const text = svg("text", { x, y, ...middled });
    const node = svg("g", { role: "button", tabindex: "-1" },
      svg("rect", { class: "reach", ...box }),
      svg("rect", { class: "tile", rx: 3, ...inset(box, 1.5) }),
      text,
      svg("rect", { class: "ring", rx: 4, ...inset(box, 3.5) }));
    return [word, { node, text, blocked, spent, says: "" }];
  }));
  const parts = [...cells.values()];
  const heads = PRICES.slice(0, depth + 1).map((price, length) => {
    const x = length === 0 ? bar / 2 : left + column * (length - 0.5);
    return svg("text", { x, y: 13, ...middled }, price);
  });
  const root = svg("svg", {
    class: "budget", viewBox: `0 0 ${width} ${top + whole + 4}`, role: "group",
    "aria-label": "All words as a tree; up and down go through the words of one length, "
      + "left to the word without the last digit, right to the word with one more",
  },
    svg("g", { "aria-hidden": "true" }, ...heads,
      svg("rect", { class: "purse", x: 0, y: top, width: bar, height: whole }),
      ...parts.map(({ spent }) => spent),
      ...parts.flatMap(({ blocked }) => blocked ?? [])),
    ...parts.map(({ node }) => node));

  // One stop of the Tab key for all cells; the arrow keys go from cell to cell.
  let current = "0";
  const nodeOf = (word) => /** @type {{ node: SVGElement }} */ (cells.get(word)).node;
  const go = (word, focus) => {
    put(nodeOf(current), { tabindex: "-1" });
    current = word;
    put(nodeOf(current), { tabindex: "0" });
    if (focus) nodeOf(current).focus();
  };
  const beside = (word, step) => {
    const next = parseInt(word, 2) + step;
    if (next < 0 || next === 2 ** word.length) return word;
    return next.toString(2).padStart(word.length, "0");
  };
  const NEIGHBOURS = {
    ArrowUp: (word) => beside(word, -1),
    ArrowDown: (word) => beside(word, 1),
    ArrowLeft: (word) => word.slice(0, -1),
    ArrowRight: (word) => `${word}0`,
    Home: (word) => "0".repeat(word.length),
    End: (word) => "1".repeat(word.length),
  };
  go(current, false);
  for (const [word, { node }] of cells) {
    node.addEventListener("click", () => { go(word, false); choose(word); });
    node.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter" || event.key === " ") choose(word);
      else if (event.key in NEIGHBOURS) {
        const next = NEIGHBOURS[event.key](word);
        if (cells.has(next)) go(next, true);
      } else return;
      event.preventDefault();
    });
  }

  const SAYS = {
    word: () => "a code word",
    free: () => "free",
    taken: (by) => `taken: it begins with the word ${by}`,
    passed: (by) => `not free: the word ${by} begins with it`,
  };
  return {
    node: figure("Press a box", "to buy its word; height: its price", root),
    draw(words) {
      for (const [word, part] of cells) {
        const { kind, by } = standing(word, words);
        const says = SAYS[kind](by);
        if (part.says === says) continue;
        part.says = says;
        const { node, text, blocked, spent } = part;
        write(text, kind === "free" ? `+ ${word}` : word);
        put(node, {
          class: `cell q ${kind}`,
          "aria-pressed": String(kind === "word"),
          "aria-disabled": String(kind === "taken" || kind === "passed"),
          "aria-label": `${word}, costs ${SPOKEN_PRICES[word.length]}, ${says}`,
        });
        const visibility = kind === "word" ? "visible" : "hidden";
        put(spent, { visibility });
        if (blocked) put(blocked, { visibility });
      }
    },
  };
}

/** The words' prices added up: ½ + ¼ + ⅛, or 3 · ¼ + 2 · ⅛ where there are many. */
function prices(words) {
  const lengths = words.map(({ length }) => length).sort((a, b) => a - b);
  if (lengths.length <= 4) return lengths.map((length) => PRICES[length]).join(" + ") || "nothing";
  return [...new Set(lengths)].map((length) => {
    const count = lengths.filter((one) => one === length).length;
    return count > 1 ? `${count} · ${PRICES[length]}` : PRICES[length];
  }).join(" + ");
}

/** Sums of prices as long as they get: of four words, and of two words of each length but 1. */
const longPrices = (depth) => [
  prices(Array.from({ length: 4 }, () => "0".repeat(depth))),
  prices(Array.from({ length: 2 * depth - 2 }, (_, i) => "0".repeat(2 + (i % (depth - 1))))),
];

const exact = (value) => String(value).replace(/^0\./, ".");

const REFUSALS = {
  taken: (word, by) => `${word} begins with the word ${by}.`,
  passed: (word, by) => `The word ${by} begins with ${word}.`,
};
const withoutWord = (names) => `Without a word: ${listed(names)}.`;
const notNeeded = (words) => `Not needed: ${listed(words)}.`;

/** What the words cost of the budget, and what they cost the news on average. */
function account({ names, depth, every }) {
  const spent = keepRoom(formula("line"), ...longPrices(depth).map((one) => `spent ${one}`));
  const left = formula("line");
  const results = [["mean length", "q"], ["entropy", "p"], ["difference", "cost"]];
  const numbers = results.map(() => live("whole"));
  const total = live("q");
  const long = "0".repeat(depth);
  const spare = notNeeded(Array.from({ length: 2 ** depth - 2 }, () => long));
  const rooms = every.map((one) =>
    `${longest([withoutWord(one), spare])} ${cutOf(allButOne(one))}`);
  const note = keepRoom(html("p", { class: "note line" }), ...rooms);
  const rows = names.map(() => [live("q"), live("q"), live(""), live("p"), live("q")]);
  const table = ledger({
    heads: { outcome: 26, word: 15.5, bits: 10, costs: 13, p: 15, share: 20.5 },
    names,
    rows,
    foot: ["mean", "", "", "", "", total],
    most: Math.max(...every.map(({ length }) => length)),
  });

  return {
    nodes: [
      html("div", {},
        spent,
        left,
        ...results.map(([name, role], i) => formula("",
          `${name} `, html("strong", { class: role }, numbers[i])))),
      table.node,
      note,
    ],
    rows: table.rows,
    draw(p, [length, h], words, given, refusal) {
      const sum = kraftSum(words);
      write(spent, `spent ${prices(words)}`);
      write(left, `= ${exact(sum)} of 1, left ${exact(1 - sum)}`);
      [length, h, length - h].forEach((value, i) => write(numbers[i], inBits(value)));
      write(total, Number.isNaN(length) ? "–" : fixed(length, 4));
      rows.forEach(([word, bits, cost, chance, part], i) => {
        const mine = given[i];
        write(word, mine ?? "–");
        write(bits, mine ? String(mine.length) : "");
        write(cost, mine ? PRICES[mine.length] : "");
        write(chance, short(p[i]));
        write(part, mine ? fixed(p[i] * mine.length, 4) : "");
      });
      const without = names.filter((_, i) => p[i] > 0 && given[i] === undefined);
      const spare = words.filter((word) => !given.includes(word));
      write(note, refusal || [
        words.length === 0 ? "Press a box: it buys the word in it."
          : without.length > 0 && withoutWord(without),
        spare.length > 0 && notNeeded(spare),
        cutNote(names, p, p.map((one) => surprisal(one))),
      ].filter(Boolean).join(" "));
    },
  };
}

function render({ model, el }) {
  const pNow = () => model.get("p");
  const wordsNow = () => model.get("words");
  const every = everyNames(model);
  let refusal = "";
  const choose = (word) => {
    const words = wordsNow();
    const { kind, by } = standing(word, words);
    if (kind === "taken" || kind === "passed") {
      refusal = REFUSALS[kind](word, by);
      drawAll();
      return;
    }
    model.set("words", kind === "word"
      ? words.filter((one) => one !== word)
      : [...words, word].sort());
    model.save_changes();
  };
  // NaN where an outcome that can happen has no word; one that cannot needs none.
  const lengthsOf = (given) => given.map((word, i) => word?.length ?? (pNow()[i] > 0 ? NaN : 0));

  let depth = TREE.depth;
  let shape = [];
  let cells;
  let costs;
  let table;
  const build = (names) => {
    cells = tree({ depth, choose });
    costs = bill({
      names,
      fit: fitter(view.figures),
      note: "length in bits",
      levels: [{ role: "q", symbol: "mean" }, { role: "p", symbol: "H" }],
    });
    table = account({ names, depth, every: every() });
    names.forEach((_, i) => link(costs.areas[i], table.rows[i]));
    view.figures.replaceChildren(cells.node, costs.node);
    view.readout.replaceChildren(...table.nodes);
  };

  const drawAll = () => {
    const [p, words] = [pNow(), wordsNow()];
    // The tree grows for a long word and stays so: to shrink it would take the focus away.
    depth = Math.max(depth, ...words.map(({ length }) => length));
    const now = [outcomes(model), depth];
    if (!same(shape, now)) build(...(shape = now));
    const given = assigned(words, p);
    const lengths = lengthsOf(given);
    const means = [meanLength(p, lengths), entropy(p)];
    cells.draw(words);
    costs.draw(p, means, lengths);
    table.draw(p, means, words, given, refusal);
  };

  const view = frame({
    model,
    el,
    keys: ["words", "p", "labels"],
    wide: "tall",
    draw() {
      refusal = "";
      drawAll();
    },
    summary() {
      const words = wordsNow();
      const mean = meanLength(pNow(), lengthsOf(assigned(words, pNow())));
      const rest = `${exact(1 - kraftSum(words))} of the budget is left.`;
      return Number.isNaN(mean) ? rest : `${rest} The mean length is ${fixed(mean, 4)} bits.`;
    },
  });
  return view.stop;
}

export default { render };
