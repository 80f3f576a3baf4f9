// One handle, three hands: mouse and finger (pointer events), keys, and a screen reader (a slider).

import { put } from "./draw.mjs";

const KEYS = {
  ArrowUp: [1, 0], ArrowRight: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [-1, 0],
  PageUp: [0, 1], PageDown: [0, -1],
};

/**
 * Let mouse and finger drag `target`, inside the drawing `svgRoot`.
 *
 * start(): what the drag starts from. move(start, dx, dy): called with it and the way the hand has
 * gone since, in the drawing's units.
 */
export function grab(target, svgRoot, { start, move }) {
  let grip = null;
  target.classList.add("handle");
  target.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || grip) return;
    // The only time the page is measured: a drag itself reads nothing back.
    const scale = svgRoot.viewBox.baseVal.width / svgRoot.getBoundingClientRect().width;
    grip = { id: event.pointerId, x: event.clientX, y: event.clientY, scale, start: start() };
    target.setPointerCapture(event.pointerId);
    target.classList.add("dragging");
  });
  // Not every browser heeds touch-action inside an SVG; without it a drag would scroll the page.
  target.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  target.addEventListener("pointermove", (event) => {
    if (event.pointerId !== grip?.id) return;
    const { x, y, scale } = grip;
    move(grip.start, (event.clientX - x) * scale, (event.clientY - y) * scale);
  });
  target.addEventListener("lostpointercapture", () => {
    grip = null;
    target.classList.remove("dragging");
  });
}

/**
 * Make `target`, inside the drawing `svgRoot`, a slider.
 *
 * label: its name. min, max, step, bigStep: numbers; every value is a whole number of steps.
 * way: "vertical" or "horizontal". value(): the value now. change(value): called with the new one.
 * drag(start, dx, dy): the value that a drag from `start` by (dx, dy), in the drawing's units, asks
 * for. Returns describe(value, text), which tells a screen reader where the handle stands.
 */
export function handle(target, svgRoot, options) {
  const { label, min = 0, max = 1, step = 0.01, bigStep = 0.1, way = "vertical" } = options;
  const { value, change, drag } = options;
  const perUnit = Math.round(1 / step);
  const move = (asked) => {
    const next = Math.min(max, Math.max(min, Math.round(asked * perUnit) / perUnit));
    if (next !== value()) change(next);
  };

  put(target, {
    role: "slider", tabindex: "0", "aria-label": label, "aria-orientation": way,
    "aria-valuemin": String(min), "aria-valuemax": String(max),
  });
  target.classList.add(way);
  grab(target, svgRoot, { start: value, move: (start, dx, dy) => move(drag(start, dx, dy)) });
  target.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Home") move(min);
    else if (event.key === "End") move(max);
    else if (event.key in KEYS) {
      const [small, big] = KEYS[event.key];
      move(value() + (event.shiftKey ? small * bigStep : small * step) + big * bigStep);
    } else return;
    event.preventDefault();
  });

  return (now, text) => put(target, { "aria-valuenow": String(now), "aria-valuetext": text });
}
