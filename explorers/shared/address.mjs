// A link that opens an explorer as a reader has set it: #bill-triangle?q=.2,.5,.3
//
// It names what differs from the chapter's state. What an address says is checked by the rules that
// the traits have in Python (Explorer.rules; on the page data-rules). What breaks one changes nothing,
// and of the address's own words none is ever shown.

import { html, write } from "./draw.mjs";
import { same } from "./frame.mjs";

const ADDRESS = /^#([\w-]+)\?(.*)$/s;
// Characters: ten times what a crowded explorer needs, but for the letters of a text and for pmfs.
const LONGEST = 1000;
const A_LETTER = 12; // characters that one of four bytes takes: %F0%9F%98%80
const A_PROBABILITY = 24; // with all the digits of a double, and a comma
const DIGITS = 6; // of a number that the hand has set

// ---- numbers as an address writes them -----------------------------------------------------

/** The number that a text writes as .25, -2e-4 or 1/3; NaN for any other text. */
function number(text) {
  const fraction = /^(\d+)\/(\d+)$/.exec(text);
  if (fraction) return Number(fraction[1]) / Number(fraction[2]);
  return /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/.test(text) ? Number(text) : NaN;
}

/** A text that `number` reads as exactly x: a short decimal, a fraction, else all the digits. */
function digits(x) {
  const decimal = String(x).replace(/^(-?)0\./, "$1.");
  for (let below = 2; decimal.length > DIGITS + 2 && below < 100; below += 1) {
    const above = Math.round(x * below);
    if (above > 0 && above / below === x) return `${above}/${below}`;
  }
  return decimal;
}

const brief = (x) => Number(x.toPrecision(DIGITS));

/**
 * Every probability is rounded but the largest, which takes what is then missing from 1. In a pmf that
 * was rounded so before, it is the one that took it, though another may be larger now by a last digit:
 * what is copied twice is the same.
 */
function briefPmf(p) {
  const most = Math.max(...p);
  const unrounded = p.flatMap((x, i) => (x === brief(x) ? [] : [i]));
  const tookIt = unrounded.length === 1 && p[unrounded[0]] > most / 2;
  const place = tookIt ? unrounded[0] : p.indexOf(most);
  const rest = p.map((x, i) => (i === place ? 0 : brief(x)));
  const missing = 1 - rest.reduce((sum, x) => sum + x, 0);
  return rest.map((x, i) => (i === place ? Number(missing.toPrecision(12)) : x));
}

/** The rows of a table from its numbers one after the other. */
const inRows = (flat, length) =>
  Array.from({ length: flat.length / length }, (_, i) => flat.slice(i * length, (i + 1) * length));

// ---- the rules -----------------------------------------------------------------------------

const split = (text) => (text === "" ? [] : text.split(","));
const listed = (list) => list.map((one) => (typeof one === "number" ? digits(one) : one)).join(",");
const between = (x, [least, most]) => x >= least && x <= most;
const range = ([least, most]) => (least === most ? `${most}` : `${least} to ${most}`);

/** The preset that gives the outcomes these names. */
const presetNaming = (labels, presets) =>
  presets.find((preset) => preset.labels?.length && same(preset.labels, labels));

// Of each kind of trait: what a text says, whether a value keeps the rule, how it is written, what is
// wrong with one that breaks the rule; and how it is rounded, where it can need it.
const KINDS = {
  pmf: {
    read: (text) => split(text).map(number),
    fits: (p, { size, within }) => between(p.length, size) && p.every((x) => x >= 0)
      && Math.abs(p.reduce((sum, x) => sum + x, 0) - 1) <= within,
    write: listed,
    fault: ({ size }) => `is no distribution over ${range(size)} outcomes`,
    round: briefPmf,
  },
  // Several of them, as .5,.3,.2;.2,.3,.5
  pmfs: {
    read: (text) => text.split(";").map((row) => split(row).map(number)),
    fits: (rows, { rows: count, size, within }) => between(rows.length, count)
      && rows.every((p) => KINDS.pmf.fits(p, { size: [size, size], within })),
    write: (rows) => rows.map(listed).join(";"),
    fault: ({ rows, size }) => `is not ${range(rows)} distributions over ${size} outcomes`,
    round: (rows) => rows.map(briefPmf),
  },
  // A square of them that sums to 1 as a whole, as .4,.1;.1,.4
  table: {
    read: (text) => KINDS.pmfs.read(text),
    fits: (rows, { size, within }) => between(rows.length, size)
      && rows.every(({ length }) => length === rows.length)
      && KINDS.pmf.fits(rows.flat(), { size: size.map((n) => n * n), within }),
    write: (rows) => KINDS.pmfs.write(rows),
    fault: ({ size: [least, most] }) =>
      `is no table of ${least} × ${least} to ${most} × ${most} probabilities`,
    round: (rows) => inRows(briefPmf(rows.flat()), rows.length),
  },
  reals: {
    read: (text) => split(text).map(number),
    fits: (list, { size, ends }) => between(list.length, size) && list.every((x) => between(x, ends)),
    write: listed,
    fault: ({ size, ends }) => `is not ${range(size)} numbers from ${range(ends)}`,
    round: (list) => list.map(brief),
  },
  real: {
    read: number,
    fits: (x, { ends }) => between(x, ends),
    write: digits,
    fault: ({ ends }) => `is no number from ${range(ends)}`,
    round: brief,
  },
  whole: {
    read: number,
    fits: (x, { ends }) => Number.isInteger(x) && between(x, ends),
    write: digits,
    fault: ({ ends }) => `is no whole number from ${range(ends)}`,
  },
  choice: {
    // Some choose among numbers.
    read: (text, _, { of }) => of.find((one) => String(one) === text),
    fits: (one, { of }) => of.includes(one),
    write: encodeURIComponent,
    fault: ({ of }) => `is none of ${of.join(", ")}`,
  },
  // Names of outcomes are never read from an address: it says which preset has them.
  labels: {
    read: (text, { presets }) => (text === "" ? []
      : presets.find(({ name, labels }) => name === text && labels?.length)?.labels),
    fits: (labels) => labels !== undefined,
    write: (labels, { presets }) =>
      encodeURIComponent(presetNaming(labels, presets)?.name ?? "").replaceAll("%20", "+"),
    fault: () => "are those of no preset here",
  },
  // Letters, and no sign of control but the line break; of an alphabet, if there is one.
  text: {
    read: (text) => text,
    fits: (text, { most, of }) => [...text].length <= most && !/(?!\n)[\p{Cc}\p{Cs}]/u.test(text)
      && (!of || [...text].every((letter) => of.includes(letter))),
    write: (text) => encodeURIComponent(text).replaceAll("%20", "+"),
    fault: ({ most, of }) => `is no text of at most ${most} letters${of ? " that the model knows" : ""}`,
  },
  letters: {
    read: (text) => split(text).map(number),
    fits: (letters, { most, narrowest }, { p }) => letters.length <= most
      && letters.every((letter) => Number.isInteger(letter) && p[letter] > 0)
      && letters.reduce((width, letter) => width * p[letter], 1) >= narrowest,
    write: listed,
    fault: () => "has no piece of the interval",
  },
  // A number for each outcome, that of its group: 0,1,0 merges the first and the third.
  groups: {
    read: (text) => {
      const given = split(text).map(number);
      if (!given.every((one) => Number.isInteger(one) && one >= 0 && one < given.length)) return [];
      const groups = Array.from({ length: Math.max(...given) + 1 }, (_, group) =>
        given.flatMap((one, outcome) => (one === group ? [outcome] : [])));
      return groups.sort(([one], [other]) => one - other);
    },
    fits: (groups, rule, { p }) => groups.every(({ length }) => length > 0)
      && groups.flat().length === p.length,
    write: (groups) => groups.flat().map((_, outcome) =>
      groups.findIndex((group) => group.includes(outcome))).join(","),
    fault: () => "do not put every outcome into one",
  },
  words: {
    read: (text) => split(text).sort(),
    fits: (words, { longest }) => words.every((word, i) => /^[01]+$/.test(word)
      && word.length <= longest && !(words[i + 1] ?? "").startsWith(word)),
    write: listed,
    fault: () => "are no prefix code",
  },
};

/**
 * Whether a list is as long as the one that it goes with; names may also be none. A number that goes
 * with a choice lies between the ends of that choice.
 */
function fitsOther(value, { kind, like, of }, state) {
  if (!like || ["letters", "groups"].includes(kind)) return true;
  if (kind === "real") return between(value, of[state[like]]);
  return value.length === state[like].length || (kind === "labels" && value.length === 0);
}

/**
 * What the part of an address behind the "?" asks for: { state } with all traits that have a rule,
 * or { fault }, what is wrong with it.
 */
export function asked(query, rules, chapter) {
  const longest = Object.values(rules).reduce((sum, { kind, most, size }) =>
    sum + (kind === "text" ? A_LETTER * most : kind === "pmf" ? A_PROBABILITY * size[1] : 0), LONGEST);
  if (query.length > longest) return { fault: "This link is too long" };
  const state = Object.fromEntries(Object.keys(rules).map((name) => [name, chapter[name]]));
  const said = new Set();
  for (const [name, text] of new URLSearchParams(query)) {
    if (!Object.hasOwn(rules, name)) return { fault: "This link sets something that is not here" };
    if (said.has(name)) return { fault: `This link says twice what ${name} is` };
    said.add(name);
    state[name] = KINDS[rules[name].kind].read(text, chapter, rules[name]);
  }
  // As in Python: names that no longer fit, since p has changed its length, are forgotten.
  if (said.has("p") && !said.has("labels") && state.labels?.length !== state.p.length) {
    if ("labels" in rules) state.labels = [];
  }
  for (const [name, rule] of Object.entries(rules)) {
    const kind = KINDS[rule.kind];
    if (!said.has(name) && !said.has(rule.like)) continue;
    if (!kind.fits(state[name], rule, state)) {
      return { fault: `This link’s ${name} ${kind.fault(rule)}` };
    }
    if (!fitsOther(state[name], rule, state)) {
      return { fault: `This link’s ${name} and ${rule.like} do not go together` };
    }
  }
  return { state };
}

/**
 * The state `now` as an address says it, { query, state }: what differs from the chapter's. `state`
 * is what the address will open. Numbers that no preset holds are rounded for it.
 */
export function said(now, rules, chapter) {
  const state = {};
  const parts = [];
  for (const [name, rule] of Object.entries(rules)) {
    const { fits, round, write: written } = KINDS[rule.kind];
    let value = now[name];
    const isPreset = chapter.presets.some((preset) => same(preset[name], value));
    if (round && !same(value, chapter[name]) && !(isPreset && fits(value, rule, chapter))) {
      value = round(value);
    }
    state[name] = value;
    if (!same(value, chapter[name])) parts.push(`${name}=${written(value, chapter)}`);
  }
  return { query: parts.join("&"), state };
}

// ---- on the page ---------------------------------------------------------------------------

/** The explorer that the page's address names, and what it says of it; null if it names none. */
function target() {
  const [, id, query] = ADDRESS.exec(location.hash) ?? [];
  return id === undefined ? null : { id, query };
}

let hasActed = false;
for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
  addEventListener(act, () => { hasActed = true; }, { once: true, passive: true });
}

/** A browser that comes back to a page brings the place that was read. */
const isReturn = () => ["reload", "back_forward"].includes(
  /** @type {PerformanceNavigationTiming} */ (performance.getEntriesByType("navigation")[0])?.type);

/** Open the address in an explorer that has been drawn, and let its reader copy one. */
export function connect({ el, model, rules, chapter }) {
  const spoken = el.querySelector(".spoken");
  const notice = (text) => {
    write(spoken, text);
    spoken.classList.add("notice");
  };
  const assign = (state) => {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
  };
  const open = (otherwise) => {
    const there = target();
    if (!there || there.id !== el.id) return false;
    const { state, fault } = asked(there.query, rules, chapter);
    if (state) assign(state);
    else notice(`${fault}; ${otherwise}.`);
    return true;
  };
  const show = () => {
    // The next Tab goes on from here.
    el.tabIndex = -1;
    el.focus({ preventScroll: true });
    el.scrollIntoView();
  };
  for (const name of Object.keys(rules)) {
    model.on(`change:${name}`, () => spoken.classList.remove("notice"));
  }

  const button = html("button", { type: "button", class: "link" }, "Copy a link to this");
  button.addEventListener("click", async () => {
    const now = Object.fromEntries(Object.keys(rules).map((name) => [name, model.get(name)]));
    const { query, state } = said(now, rules, chapter);
    // What is copied is what is seen, to the last digit.
    if (Object.keys(rules).some((name) => !same(state[name], now[name]))) assign(state);
    const url = new URL(location.href);
    url.search = "";
    url.hash = query ? `${el.id}?${query}` : el.id;
    button.style.minWidth = `${button.offsetWidth}px`;
    let done = "Copied";
    try {
      await navigator.clipboard.writeText(url.href);
    } catch {
      // No clipboard over plain http.
      history.replaceState(null, "", url);
      done = "In the address bar";
    }
    write(button, done);
    write(spoken, done);
    setTimeout(() => write(button, "Copy a link to this"), 2500);
  });
  el.querySelector(".reset").before(button);

  if (open("you see the chapter’s state") && !isReturn()) show();
  addEventListener("hashchange", () => open("nothing has changed") && show());
}

/**
 * When all explorers are there: go again to the one that the address names, since those above it may
 * have moved it, unless the reader has gone on. Say it, at the top of the text, if there is none.
 */
export function finish() {
  const el = document.getElementById(target()?.id ?? "");
  if (el && el === document.activeElement && !hasActed) {
    requestAnimationFrame(() => setTimeout(() => el.scrollIntoView())); // when they are drawn
  }

  const line = html("p", { class: "lost-link", role: "status" });
  const look = (goThere) => {
    const there = target();
    const lost = there && !document.getElementById(there.id)?.matches("[data-explorer]");
    line.remove();
    write(line, "");
    if (!lost) return;
    (document.querySelector("article") ?? document.body).prepend(line);
    write(line, "This link leads to an interactive figure that is not on this page.");
    if (goThere) line.scrollIntoView({ block: "center" });
  };
  look(!isReturn());
  addEventListener("hashchange", () => look(true));
}
