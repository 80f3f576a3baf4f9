// What the readouts are written with: symbols, live numbers, and the table of a sum.

import { fixed, html, put } from "./draw.mjs";

/** What stays as it is where the browser translates the page. */
const FIXED = { translate: "no" };

/** A letter of a formula. */
export const symbol = (text) => html("var", FIXED, text);

/** A number that changes, in the colour of its role: live("p"). */
export const live = (kind) => html("span", { class: `live ${kind}`, ...FIXED });

/** A line of the readout; `kind` is one more class, or "". */
export const formula = (kind, ...children) =>
  html("p", { class: `formula ${kind}`.trim(), ...FIXED }, ...children);

/** Names in a sentence, at most four, so that there can be room for it. */
export const listed = (names) => (names.length < 5 ? names.join(", ")
  : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`);

/** The longest of several texts. */
export const longest = (texts) => texts.reduce((one, other) => (other.length > one.length ? other : one));

/**
 * Keep room in a line for the longest of `texts` (of which every other that it may say leaves out
 * words): what stands below does not move. explorer.css lays that text out, unseen.
 */
export function keepRoom(line, ...texts) {
  put(line, { "data-room": longest(texts) });
  return line;
}

/** The content of a line that changes as a whole: it lies over the room that is kept for it. */
export const over = (...children) => html("span", { class: "over" }, html("span", {}, ...children));

/** A result with its unit, for a box of class "whole"; a dash where there is none. */
export const inBits = (value) => (Number.isNaN(value) ? "–" : `${fixed(value, 4)} bits`);

/**
 * A table with a row for each of `names`.
 *
 * heads: { title of a column: its width in percent }. rows: the cells of each row after its name.
 * foot: the last row, its name first. most: how many rows there may be, for which there is room.
 * Returns { node, rows }.
 */
export function ledger({ heads, names, rows, foot, most = names.length }) {
  const line = (name, cells) => html("tr", {}, html("th", { scope: "row" }, name),
    ...cells.map((cell) => html("td", {}, cell)));
  const lines = names.map((name, i) => line(name, rows[i]));
  const [sum, ...totals] = foot;
  const table = html("table", {},
    html("colgroup", {}, ...Object.values(heads).map((width) =>
      html("col", { style: `width: ${width}%` }))),
    html("thead", {}, html("tr", {}, ...Object.keys(heads).map((head) =>
      html("th", { scope: "col", ...(/^[a-z]{3,}$/.test(head) ? {} : FIXED) }, head)))),
    html("tbody", {}, ...lines),
    html("tfoot", {}, line(sum, totals)));
  const style = `--rows: ${names.length}; --most: ${most}`;
  return { node: html("div", { class: "ledger", style }, table), rows: lines };
}
