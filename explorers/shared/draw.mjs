// Elements, numbers and labels: what every explorer draws with.

function make(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** An HTML element: html("p", { class: "prompt" }, "Guess first"). */
export const html = (tag, attributes = {}, ...children) =>
  make(document.createElement(tag), attributes, children);

/** An SVG element. No drawing is translated: in its texts the translator's <font> is not shown. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  return make(node, tag === "svg" ? { translate: "no", ...attributes } : attributes, children);
}

const asked = new WeakMap();

/**
 * Set attributes, but only those that change: the browser then has less to do. What was asked for
 * last is remembered: to read a long path back takes time too.
 */
export function put(node, attributes) {
  let last = asked.get(node);
  if (!last) asked.set(node, last = {});
  for (const name in attributes) {
    const given = attributes[name];
    const value = typeof given === "number" ? Math.round(given * 100) / 100 : given;
    if (last[name] === value) continue;
    last[name] = value;
    node.setAttribute(name, String(value));
  }
}

/**
 * Set the text of an element that holds text alone, if it changes. A text node that is there keeps
 * its place in the layout; but it is looked for each time, since a browser that translates the page
 * puts others in its place.
 */
export function write(node, text) {
  const only = node.firstChild;
  if (only?.nodeType === Node.TEXT_NODE && only === node.lastChild) {
    if (only.data !== text) only.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/** A transform. Moving a group is cheap; moving a text by its own x and y lays it out anew. */
export const shift = (x, y) => `translate(${x.toFixed(2)} ${y.toFixed(2)})`;

/** A number with fixed decimals; ∞ for what has no end. */
export const fixed = (value, decimals) => (value === Infinity ? "∞" : value.toFixed(decimals));

/** A number, or its text, with a minus sign as wide as a plus. */
export const minus = (value) => String(value).replace("-", "−");

/** A number with its sign, as a difference is written; a rounded 0 has none. */
export function signed(value, decimals) {
  const size = fixed(Math.abs(value), decimals);
  if (Number(size) === 0) return size;
  return `${value < 0 ? "−" : "+"}${size.replace(/^0\./, ".")}`;
}

/** A probability as short as three decimals allow: 1, 0, .50, .125. */
export function short(p) {
  if (p === 0 || p === 1) return String(p);
  if (p < 0.0005) return "<.001";
  if (p >= 0.9995) return ">.999";
  return p.toFixed(3).replace(/^0/, "").replace(/(\.\d\d)0$/, "$1");
}

/** A function (text, room) → the text, or its beginning, or nothing, in the font of `element`. */
export function fitter(element) {
  const pen = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d"));
  // 12px is the size of `svg text` in explorer.css.
  pen.font = `12px ${getComputedStyle(element).fontFamily}`;
  // The whole text, its beginnings from the longest, its first letter. They are measured on demand.
  const beginnings = (text) => {
    const cut = Array.from({ length: Math.max(0, text.length - 3) }, (_, i) =>
      `${text.slice(0, text.length - 1 - i)}…`);
    return [text, ...cut, text[0]].map((part) => ({ part, width: NaN }));
  };
  const known = new Map();
  const fits = (one, room) => {
    if (Number.isNaN(one.width)) one.width = pen.measureText(one.part).width;
    return one.width <= room;
  };
  return (text, room) => {
    if (!known.has(text)) known.set(text, beginnings(text));
    return known.get(text).find((one) => fits(one, room))?.part ?? "";
  };
}

/**
 * Where a plot lies in a drawing. One drawing is about as wide as half the column, and as the whole
 * of a small telephone: the text in it keeps its size.
 */
export const PLOT = { width: 320, height: 250, top: 30, bottom: 218, left: 26, right: 316 };

/** A drawing of that size. */
export const drawing = (attributes, ...children) =>
  svg("svg", { viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, ...attributes }, ...children);

/** A drawing with its title, and what its height and width stand for. */
export const figure = (title, note, picture) =>
  html("figure", {}, html("figcaption", {}, html("strong", {}, title), " ", note), picture);

/** A scale from 0 … most to heights in the plot; what is higher than `most` is cut there. */
export const heights = (most, bottom = PLOT.bottom, top = PLOT.top) => (value) =>
  bottom - (Math.min(value, most) / most) * (bottom - top);

/** The horizontal rules of a plot with their numbers on the left; y is its scale. */
export const rules = (values, y, right = PLOT.right) =>
  svg("g", { class: "rules", "aria-hidden": "true" }, ...values.map((value) =>
    svg("g", {},
      svg("line", { x1: PLOT.left, x2: right, y1: y(value), y2: y(value) }),
      svg("text", { x: PLOT.left - 7, y: y(value) + 4, "text-anchor": "end" },
        String(value).replace(/^0\./, ".")))));

/** Upright rules from `top` to `bottom` with their numbers above; x is their scale. */
export const uprights = (values, x, top, bottom) =>
  svg("g", { class: "rules", "aria-hidden": "true" }, ...values.map((value) =>
    svg("g", {},
      svg("line", { x1: x(value), x2: x(value), y1: top, y2: bottom }),
      svg("text", { x: x(value), y: top - 10, "text-anchor": "middle" },
        minus(value).replace(/^(−?)0\./, "$1.")))));

/** A key to a picture: what a mark, 15 wide, stands for. */
export const keyTo = (mark, x, y, text) =>
  [svg("g", { transform: shift(x, y) }, mark), svg("text", { class: "name", x: x + 20, y }, text)];
export const keyLine = (kind) => svg("path", { class: kind, d: "M0 -4h15" });
export const keyTile = (kind) => svg("rect", { class: kind, y: -9, width: 15, height: 10 });

/**
 * Lines across a box { x, y, width, height }, as a path: rising to the right, or falling.
 * (A <pattern> would need an id, and two widgets in a notebook could choose the same.)
 */
export function hatching({ x, y, width, height }, rising = true, gap = 6) {
  let d = "";
  for (let at = gap; at < width + height; at += gap) {
    const [x1, x2] = [Math.max(0, at - height), Math.min(width, at)];
    if (x2 <= x1) continue;
    const [y1, y2] = rising ? [at - x1, at - x2] : [height - at + x1, height - at + x2];
    d += `M${(x + x1).toFixed(1)} ${(y + y1).toFixed(1)}`;
    d += `L${(x + x2).toFixed(1)} ${(y + y2).toFixed(1)}`;
  }
  return d;
}

/** Elements that stand for the same thing: where one is pointed at or focused, all light up. */
export function link(...nodes) {
  const mark = (on) => () => nodes.forEach((node) => node.classList.toggle("active", on));
  for (const node of nodes) {
    node.addEventListener("pointerenter", mark(true));
    node.addEventListener("pointerleave", mark(false));
    // In SVG, to listen for the focus is to become a stop of the Tab key.
    if (!node.hasAttribute("tabindex")) continue;
    node.addEventListener("focus", mark(true));
    node.addEventListener("blur", mark(false));
  }
}
