// A number that is typed: a small field over it, for mouse, finger, keys and a screen reader alike.

import { html, minus, put, write } from "./draw.mjs";

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WIDTH = 124;

/** The number that a text stands for: .3, 0,3, −2, 1/3; NaN for what is none. */
export function typedNumber(text) {
  const parts = text.replace("−", "-").replace(",", ".").split("/").map((part) => part.trim());
  if (parts.length > 2 || !parts.every((part) => PLAIN.test(part))) return NaN;
  return Number(parts[0]) / Number(parts[1] ?? 1);
}

/**
 * Open a field over `number`, an element that shows a value. Enter sets it, as does leaving the
 * field; Escape leaves all as it was. What is no number, or none that is allowed, changes nothing:
 * the explorer's live line, and a line under the field, say what is allowed.
 *
 * label: the value's name, up to a semicolon. min, max: what is allowed. whole: only whole numbers
 * are. value(): now. change(value): called with the new one. back: what has the focus afterwards.
 * begun: what is typed already.
 */
export function openField(number, { label, min, max, whole, value, change, back, begun = "" }) {
  const host = /** @type {HTMLElement} */ (number.closest("figure, .readout"));
  const spoken = host.closest(".explorer")?.querySelector(".spoken");
  const [name] = label.split(";");
  const range = [min, max].map((end) => minus(end)).join(" to ");
  const before = String(Number(value().toFixed(4)));
  const hint = html("span", { "aria-hidden": "true" }, range);
  const input = /** @type {HTMLInputElement} */ (html("input", {
    type: "text", "aria-label": `${name}, ${range}`, autocomplete: "off", enterkeyhint: "done",
    // The pad of digits that a telephone then shows has no minus.
    inputmode: min < 0 ? "text" : "decimal",
  }));
  const box = html("span", { class: "field", translate: "no" }, input, hint);
  input.value = begun || before;

  let open = true;
  const away = (event) => {
    if (!box.contains(event.target)) input.blur();
  };
  const close = (focus) => {
    open = false;
    document.removeEventListener("pointerdown", away, true);
    box.remove();
    if (focus) back.focus({ preventScroll: true });
  };
  /** Whether what stands in the field is set; else it says why not. */
  const set = () => {
    const asked = input.value === before ? value() : typedNumber(input.value);
    if (asked >= min && asked <= max && (!whole || Number.isInteger(asked))) {
      change(asked);
      return true;
    }
    const allowed = `give a ${whole ? "whole " : ""}number from ${range}`;
    write(hint, allowed);
    if (spoken) write(spoken, `${name}: ${allowed}.`);
    put(input, { "aria-invalid": "true" });
    return false;
  };
  const leave = () => {
    if (!open) return;
    if (["", before].includes(input.value.trim()) || set()) {
      close(false);
      return;
    }
    // The line with what is allowed stays until the hand does something else.
    open = false;
    input.hidden = true;
    const gone = () => close(false);
    for (const kind of ["pointerdown", "keydown"]) {
      document.addEventListener(kind, gone, { once: true, capture: true });
    }
  };

  input.addEventListener("blur", leave);
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // a page's own keys, and Backspace, mean something else outside
    if (event.isComposing) return;
    if (event.key === "Tab") back.focus({ preventScroll: true }); // and on from there
    if (event.key === "Escape") close(true);
    if (event.key === "Enter") {
      if (input.value.trim() === "" || set()) close(true);
      else input.select();
    }
    if (["Escape", "Enter"].includes(event.key)) event.preventDefault();
  });
  document.addEventListener("pointerdown", away, true);
  if (spoken) write(spoken, "");

  const [at, home] = [number.getBoundingClientRect(), host.getBoundingClientRect()];
  const left = at.left + at.width / 2 - WIDTH / 2 - home.left;
  box.style.width = `${WIDTH}px`;
  box.style.left = `${Math.max(0, Math.min(home.width - WIDTH, left))}px`;
  box.style.top = `${at.top + at.height / 2 - 16 - home.top}px`;
  host.append(box);
  input.focus();
  if (begun) input.setSelectionRange(begun.length, begun.length);
  else input.select();
}
