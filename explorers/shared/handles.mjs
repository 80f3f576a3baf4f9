// One handle, three hands: mouse and finger (pointer events), keys, and a screen reader (a slider).
// Whoever cannot drag presses: the handle, or its number, and types; or the place where it should go.

import { put, svg } from "./draw.mjs";
import { openField } from "./field.mjs";

const KEYS = {
  ArrowUp: [1, 0], ArrowRight: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [-1, 0],
  PageUp: [0, 1], PageDown: [0, -1],
};
// With these a number begins.
const FIRST_OF_A_NUMBER = /^[\d.,−-]$/;
// A hand that presses moves by a little less than this, in pixels.
const A_PRESS = 3;

/**
 * Let mouse and finger drag `target`, inside the drawing `svgRoot`.
 *
 * start(): what the drag starts from. move(start, dx, dy): called with it and the way the hand has
 * gone since, in the drawing's units. press(): called where the hand has gone nowhere.
 */
export function grab(target, svgRoot, { start, move, press = () => {} }) {
  let grip = null;
  let mouse = false;
  target.classList.add("handle");
  target.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || grip) return;
    mouse = event.pointerType === "mouse";
    // The only time the page is measured: a drag itself reads nothing back.
    const scale = svgRoot.viewBox.baseVal.width / svgRoot.getBoundingClientRect().width;
    const { pointerId: id, clientX: x, clientY: y } = event;
    grip = { id, x, y, scale, start: start(), moved: false };
    target.setPointerCapture(id);
    target.classList.add("dragging");
  });
  // Not every browser heeds touch-action inside an SVG; without it a drag would scroll the page.
  target.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  const follow = (event) => {
    if (event.pointerId !== grip?.id) return;
    const [dx, dy] = [event.clientX - grip.x, event.clientY - grip.y];
    if (!grip.moved && Math.hypot(dx, dy) < A_PRESS) return;
    grip.moved = true;
    move(grip.start, dx * grip.scale, dy * grip.scale);
  };
  target.addEventListener("pointermove", follow);
  // A quick hand may be far away when it lets go, and no move was reported on the way.
  target.addEventListener("pointerup", (event) => {
    follow(event);
    if (event.pointerId === grip?.id && !grip.moved) press();
  });
  target.addEventListener("lostpointercapture", () => {
    grip = null;
    target.classList.remove("dragging");
  });
  // A screen reader clicks and has no pointer; after a mouse's pointer all is done already.
  target.addEventListener("click", () => {
    if (!mouse) press();
    mouse = false;
  });
}

/** Let a press on `area`, in the drawing `svgRoot`, say a place: to(x, y), in the drawing's units. */
export function tap(area, svgRoot, to) {
  area.classList.add("track");
  area.addEventListener("click", (event) => {
    const { left, top, width } = svgRoot.getBoundingClientRect();
    const scale = svgRoot.viewBox.baseVal.width / width;
    to((event.clientX - left) * scale, (event.clientY - top) * scale);
  });
}

/** Put a dotted line of this width under a text, as under what is to be filled in on a form. */
function underline(text, width) {
  const [x, y] = ["x", "y"].map((name) => Number(text.getAttribute(name)));
  const back = { start: 0, middle: width / 2, end: width }[text.getAttribute("text-anchor") ?? "start"];
  text.after(svg("path", { class: "blank", d: `M${x - back} ${y + 4}h${width}` }));
}

/**
 * Make `target`, inside the drawing `svgRoot`, a slider.
 *
 * label: its name. min, max, step, bigStep: numbers, max or a function that gives it; what the hand
 * and the keys ask for becomes a whole number of steps. log: on a scale of logarithms, a step is a
 * part of the value, and the hand's number has three digits. way: "vertical" or "horizontal".
 * value(): the value now.
 * change(value, typed): called with the new one.
 * track, at(x, y): an area, and the value that a press on it at (x, y), in the drawing's units, asks
 * for. drag(start, dx, dy): the value that a drag from `start` by (dx, dy) asks for; it follows from
 * `at` where that is there.
 * number: what shows the value, if it stands outside of `target`; blank: how wide it may become.
 * typed: what differs in a number that is typed: its min, max, value() and change(value).
 * Returns describe(value, text), which tells a screen reader where the handle stands.
 */
export function handle(target, svgRoot, options) {
  const { label, min = 0, max = 1, step = 0.01, bigStep = 0.1, way = "vertical" } = options;
  const { value, change, track, at, number, typed = {}, blank = 26, log = false } = options;
  const { drag = (start, dx, dy) => start + (at(dx, dy) - at(0, 0)) } = options;
  const most = typeof max === "function" ? max : () => max;
  const perUnit = Math.round(1 / step);
  const rounded = (asked) =>
    (log ? Number(asked.toPrecision(3)) : Math.round(asked * perUnit) / perUnit);
  const after = (small, big) => (log
    ? value() * (1 + step) ** small * (1 + bigStep) ** big
    : value() + small * step + big * bigStep);
  const move = (asked) => {
    const next = Math.min(most(), Math.max(min, rounded(asked)));
    if (next !== value()) change(next);
  };
  const text = (number ?? target).querySelector(".number");
  if (text) underline(text, blank);
  const type = (begun = "") => openField(number ?? text ?? target, {
    label, min, max: most(), value, change: (next) => change(next, true), whole: step === 1,
    ...typed, back: target, begun,
  });

  put(target, {
    role: "slider", tabindex: "0", "aria-label": label, "aria-orientation": way,
    "aria-valuemin": String(min),
    "aria-description": "Enter, or a digit: type the value",
  });
  target.classList.add(way);
  grab(target, svgRoot, {
    start: value,
    move: (start, dx, dy) => move(drag(start, dx, dy)),
    press: () => type(),
  });
  if (track) tap(track, svgRoot, (x, y) => move(at(x, y)));
  if (number) {
    number.classList.add("typed");
    number.addEventListener("click", () => type());
  }
  target.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Home") move(min);
    else if (event.key === "End") move(most());
    else if (event.key === "Enter") type();
    else if (FIRST_OF_A_NUMBER.test(event.key)) type(event.key);
    else if (event.key in KEYS) {
      const [small, big] = KEYS[event.key];
      move(event.shiftKey ? after(0, small + big) : after(small, big));
    } else return;
    event.preventDefault();
  });

  return (now, text) => put(target, {
    "aria-valuemax": String(most()), "aria-valuenow": String(now), "aria-valuetext": text,
  });
}
