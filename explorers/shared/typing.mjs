// A text that a reader types or pastes: what can't be shown of it is left out, and said.

import { html, write } from "./draw.mjs";
import { keepRoom, over } from "./readout.mjs";

/**
 * The letters of a text, each a code point; what can be shown of one that was typed, and what is said
 * of the rest: { text, remark }. most: how many letters at most. allows(letter): whether it is one.
 * odd(letters): what is said of those that are none.
 */
export function keptLetters(typed, { most, allows, odd }) {
  const letters = Array.from(typed);
  const shown = letters.filter(allows);
  const others = letters.filter((letter) => !allows(letter));
  const cut = Math.max(0, shown.length - most);
  const said = [cut && `${cut} at the end are cut off`, others.length > 0 && odd(others)];
  return { text: shown.slice(0, most).join(""), remark: said.filter(Boolean).join(", ") };
}

/**
 * A field for a text, and a line that says how full it is.
 *
 * kept(typed): see keptLetters. most: how many letters it takes. room: the longest remark. more:
 * what stands below. placeOf(before): which letter is looked at, where so many are before the caret.
 * setText(text, letter), setLetter(letter): called with what was typed, and where the caret went.
 * Returns { field, node, draw({ text, letters }) }.
 */
export function typedText({ kept, most, room, more, placeOf, setText, setLetter }) {
  const field = /** @type {HTMLTextAreaElement} */ (html("textarea", {
    class: "typed-text", rows: "3", spellcheck: "false", autocapitalize: "off", autocomplete: "off",
    autocorrect: "off", translate: "no", "aria-label": `Your text, up to ${most} letters`,
  }));
  const remark = html("span", { role: "status" });
  const count = html("span");
  const hint = keepRoom(html("p", { class: "soft line low" }, over(count, remark)), room);

  let composing = false;
  let caret = -1;
  const follow = () => {
    caret = field.selectionEnd;
    return placeOf(Array.from(field.value.slice(0, caret)).length);
  };
  const read = () => {
    const now = kept(field.value);
    // What an input method is still making is left alone.
    if (now.text !== field.value && !composing) {
      const before = kept(field.value.slice(0, field.selectionEnd)).text.length;
      field.value = now.text;
      field.setSelectionRange(before, before);
    }
    write(remark, now.remark);
    setText(now.text, follow());
  };
  field.addEventListener("input", read);
  field.addEventListener("compositionstart", () => { composing = true; });
  field.addEventListener("compositionend", () => {
    composing = false;
    read();
  });
  // The page's own keys, and the explorer's, mean nothing while one types.
  field.addEventListener("keydown", (event) => event.stopPropagation());
  for (const kind of ["keyup", "click"]) {
    field.addEventListener(kind, () => {
      if (!composing && field.selectionEnd !== caret) setLetter(follow());
    });
  }

  return {
    field,
    node: html("div", { class: "letter-entry" }, field, hint, ...more),
    draw({ text, letters }) {
      if (field.value !== text && !composing) {
        field.value = text;
        write(remark, "");
      }
      write(count, remark.textContent ? "" : `${letters.length} of ${most} letters`);
    },
  };
}

/** Whoever presses a chip that asks for an empty field wants to write into it. */
export function openWhereEmpty(el, { model, field, draw }) {
  el.addEventListener("click", (event) => {
    if (!event.target.closest?.(".chip") || model.get("text") !== "") return;
    draw(); // or a quick hand would write behind the text that stands there till the next frame
    field.focus();
  });
}
