// As much of a browser as an explorer needs to draw itself once: elements without layout.
// theme/portraits.py runs this in V8, then an explorer's module, then `portrait`.

class Node_ {
  constructor(tag) {
    Object.assign(this, { tag, attributes: new Map(), childNodes: [], style: {} });
    const names = () => (this.getAttribute("class") ?? "").split(" ").filter(Boolean);
    const keep = (list) => this.setAttribute("class", list.join(" "));
    this.classList = {
      add: (...more) => keep([...new Set([...names(), ...more])]),
      remove: (...less) => keep(names().filter((name) => !less.includes(name))),
      contains: (name) => names().includes(name),
      toggle: (name, on = !names().includes(name)) =>
        on ? this.classList.add(name) : this.classList.remove(name),
    };
  }
  getAttribute(name) { return this.attributes.get(name) ?? null; }
  hasAttribute(name) { return this.attributes.has(name); }
  setAttribute(name, value) { this.attributes.set(name, String(value)); }
  append(...more) { this.childNodes.push(...more); }
  prepend(...more) { this.childNodes.unshift(...more); }
  replaceChildren(...more) { this.childNodes = more; }
  querySelector(selector) { return inside(this, (node) => node.is(selector)); }
  is(selector) {
    return selector[0] === "." ? this.classList.contains(selector.slice(1)) : this.tag === selector;
  }
  after() {} // the line below a number that can be typed: a picture has nothing to hold
  get children() { return this.childNodes.filter((child) => child instanceof Node_); }
  get firstChild() { return this.childNodes[0] ?? null; }
  get lastChild() { return this.childNodes.at(-1) ?? null; }
  get textContent() {
    return this.childNodes.map((child) => child.textContent ?? String(child)).join("");
  }
  set textContent(text) { this.childNodes = text === "" ? [] : [text]; }
  get isConnected() { return true; }
  addEventListener() {}
  getContext() { return { measureText: (text) => ({ width: 6.4 * text.length }) }; }
}

/** The first element in a node, not itself, of which something is true; null if there is none. */
function inside(node, holds) {
  for (const child of node.children) {
    const found = holds(child) ? child : inside(child, holds);
    if (found) return found;
  }
  return null;
}

const SIXTY_FOUR = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
function atob_(text) {
  const out = [];
  let [bits, count] = [0, 0];
  for (const sign of text.replace(/=+$/, "")) {
    bits = ((bits << 6) | SIXTY_FOUR.indexOf(sign)) & 0xffff;
    count += 6;
    if (count >= 8) out.push(String.fromCharCode((bits >> (count -= 8)) & 255));
  }
  return out.join("");
}

const waiting = [];
Object.assign(globalThis, {
  document: { createElement: (tag) => new Node_(tag), createElementNS: (_, tag) => new Node_(tag) },
  getComputedStyle: () => ({ fontFamily: "sans-serif" }),
  Node: { TEXT_NODE: 3 },
  performance: { now: () => 0 },
  atob: atob_,
  ResizeObserver: class {
    constructor(callback) { this.callback = callback; }
    observe() { waiting.push(this.callback); }
    disconnect() {}
  },
});

const rounded = (value) => value.replace(/\d+\.\d{3,}/g, (number) => String(+(+number).toFixed(2)));
const escaped = (text) =>
  String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
// What a picture is without: what is there to be held, and what is there to be heard.
const LEFT_OUT = /^(reach|ring)$/;
const UNSEEN = /^(role|tabindex|aria-.*|translate|data-.*)$/;

function written(node) {
  if (!(node instanceof Node_)) return escaped(node);
  const names = (node.getAttribute("class") ?? "").split(" ");
  if (names.some((name) => LEFT_OUT.test(name))) return "";
  if (node.getAttribute("visibility") === "hidden") return "";
  const attributes = [...node.attributes]
    .filter(([name, value]) => !UNSEEN.test(name) && value !== "")
    .map(([name, value]) => ` ${name}="${escaped(rounded(value))}"`).join("");
  const inside = node.childNodes.map(written).join("");
  if (node.tag === "text" && !inside) return "";
  return inside ? `<${node.tag}${attributes}>${inside}</${node.tag}>` : `<${node.tag}${attributes}/>`;
}

/** The first figure of an explorer in a state: { picture: its SVG, title: what stands over it }. */
function portrait(explorer, state) {
  const el = new Node_("div");
  const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {} };
  explorer.render({ model, el });
  while (waiting.length) waiting.shift()();
  const [drawing, ...over] = (el.querySelector(".layers") ?? el.querySelector("figure")).children
    .filter((child) => child.tag === "svg");
  drawing.append(...over.flatMap((layer) => layer.children));
  return { picture: written(drawing), title: el.querySelector("figcaption").textContent };
}
