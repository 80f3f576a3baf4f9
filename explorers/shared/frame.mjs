// What stands around every explorer: the guess, the figures, the readout, the presets and reset.

import { html, put, write } from "./draw.mjs";

// The shortest frame of a screen, nearly, in milliseconds.
const A_FRAME = 6;

/** Equal by content: numbers, texts, and arrays of them. */
export const same = (a, b) =>
  Array.isArray(a) ? a.length === b?.length && a.every((one, i) => same(one, b[i])) : a === b;

/**
 * Fill `el` and keep it in step with `model`.
 *
 * keys: the traits that the explorer shows; presets and reset set them.
 * draw(): brings the picture up to date; called once a frame, however often the model changes.
 * summary(): one sentence with the result, spoken when the hand rests.
 * wide: how they stand where there is room: "tall", the first figure beside the second and the
 * readout; "aside", the chips beside a table that is sometimes long; "halves", the figures above one
 * another on the left, the readout on the right.
 * Returns { figures, readout, stop }: two empty elements to fill, and the end.
 */
export function frame({ model, el, keys, draw, summary, wide = "" }) {
  const prompt = html("p", { class: "prompt" });
  const figures = html("div", { class: "figures" });
  const readout = html("div", { class: "readout" });
  const chips = html("div", { class: "chips", role: "group", "aria-label": "Presets" });
  const reset = html("button", { type: "button", class: "reset" }, "Reset");
  const spoken = html("p", { class: "spoken", "aria-live": "polite" });
  el.classList.add("explorer");
  // JupyterLab would otherwise take the arrow keys away from the handles.
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  const controls = html("div", { class: "controls" }, chips, reset);
  const work = html("div", { class: `work ${wide}`.trim() }, figures, readout);
  el.replaceChildren(prompt, work, spoken);
  if (wide === "aside") work.append(controls);
  else work.after(controls);

  // A mouse that goes down in a drawing, on a handle or beside it, would select from there on: in
  // WebKit the captions that it passes. What it should do besides, to move the focus, is done here.
  el.addEventListener("mousedown", (event) => {
    if (event.button !== 0 || !event.target.closest("svg")) return;
    event.preventDefault();
    const focused = event.target.closest("svg [tabindex]");
    if (focused) focused.focus({ preventScroll: true });
    else /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
  });

  const initial = Object.fromEntries(keys.map((key) => [key, model.get(key)]));
  const assign = (state) => {
    for (const key of keys) if (key in state) model.set(key, state[key]);
    model.save_changes();
  };
  reset.addEventListener("click", () => assign(initial));

  let presets = [];
  const drawChips = () => {
    presets = model.get("presets").map((preset) => {
      const chip = html("button", { type: "button", class: "chip" }, preset.name);
      chip.addEventListener("click", () => assign(preset));
      return { preset, chip };
    });
    chips.replaceChildren(...presets.map(({ chip }) => chip));
    update();
  };
  const drawPrompt = () =>
    prompt.replaceChildren(html("strong", {}, "Guess first: "), model.get("prompt"));

  let waiting = false;
  let drawnAt = -Infinity;
  let frameId = 0;
  let restId = 0;
  const update = () => {
    waiting = false;
    draw();
    for (const { preset, chip } of presets) {
      const on = keys.every((key) => !(key in preset) || same(preset[key], model.get(key)));
      put(chip, { "aria-pressed": String(on) });
    }
    drawnAt = performance.now();
  };
  // A browser hands over the moves of a hand once a frame, just before it lays out: what they change
  // is drawn as soon as the listener has returned, for whoever asks for a frame then gets a second one.
  const changed = () => {
    if (!waiting) {
      waiting = true;
      if (performance.now() - drawnAt > A_FRAME) queueMicrotask(() => waiting && update());
      else frameId = requestAnimationFrame(update);
    }
    clearTimeout(restId);
    // While a field is open the live line says what may be typed.
    restId = setTimeout(() => el.querySelector(".field") || write(spoken, summary()), 700);
  };

  const events = [
    ...keys.map((key) => [`change:${key}`, changed]),
    ["change:presets", drawChips],
    ["change:prompt", drawPrompt],
  ];
  // JupyterLab renders before it shows; only on the page has the element a font to measure.
  const onPage = new ResizeObserver(() => {
    if (!el.isConnected) return;
    onPage.disconnect();
    // Until then the page keeps its place and hides the empty frame: book.css.
    el.classList.add("drawn");
    drawPrompt();
    drawChips();
    for (const [name, listener] of events) model.on(name, listener);
  });
  onPage.observe(el);

  return {
    figures,
    readout,
    stop() {
      onPage.disconnect();
      for (const [name, listener] of events) model.off(name, listener);
      waiting = false;
      cancelAnimationFrame(frameId);
      clearTimeout(restId);
    },
  };
}
