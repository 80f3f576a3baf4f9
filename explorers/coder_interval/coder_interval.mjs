// The interval of an arithmetic coder: choose letters or drag the point, see piece and digits.

import { NARROWEST, decoded, digits, fewestDigits, interval, point, possible } from "./coder.mjs";
import { surprisal } from "../shared/measures.mjs";
import { drawing, figure, fitter, fixed, html, put, shift } from "../shared/draw.mjs";
import { short, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { handle } from "../shared/handles.mjs";
import { outcomes } from "../shared/pmf.mjs";
import { formula, inBits, keepRoom, ledger, live, longest, over } from "../shared/readout.mjs";
import { symbol } from "../shared/readout.mjs";

const LAST = 0.999; // 1 itself is no point of the interval
const MOST_LETTERS = 8;
// What the point decodes where there is no message whose length it could keep.
const LETTERS_READ = 4;
// The drawing of the zoom: rows of pieces between `top` and `bottom`, at most `pitch` apart.
const ZOOM = {
  width: 320, height: 430, top: 42, bottom: 412, left: 8, right: 312, bar: 25, pitch: 84,
};

/** A number of 4 digits, without a 0 before the point: .015, .00001234, 1.2e-12. */
const compact = (value) => String(Number(value.toPrecision(4))).replace(/^0\./, ".");

/** A number of [0, 1), as exactly as a piece of that width needs it. */
function place(value, width) {
  const decimals = Math.min(15, 2 + Math.ceil(-Math.log10(width)));
  return String(Number(value.toFixed(decimals))).replace(/^0\./, ".");
}

const counted = (count) => (count === 1 ? "1 digit" : `${count} digits`);

/** The last digits of a long row of them. */
const tail = (text, most) => (text.length > most ? `…${text.slice(-most)}` : text);

/**
 * The zoom: each row is the piece above it, as wide as the drawing and divided by p again.
 * choose(row, letter): called when a piece is pressed. xNow(): the point. moveTo(x): called when
 * the hand asks for another. Returns { node, draw(message, p, x) }.
 */
function zoom({ names, fit, choose, xNow, moveTo }) {
  const { width, height, top, bottom, left, right, bar } = ZOOM;
  const room = right - left;
  const middled = { "text-anchor": "middle" };
  const across = (part) => left + room * Math.min(1, Math.max(0, part));

  const lines = Array.from({ length: MOST_LETTERS + 1 }, (_, row) => {
    const pieces = names.map((name, letter) => {
      const face = svg("rect", { class: "face", height: bar });
      face.addEventListener("click", () => choose(row, letter));
      const text = svg("text", { class: "inside", y: bar / 2 + 4, ...middled });
      return { face, text, name };
    });
    const ends = [["start", left], ["end", right]].map(([anchor, x]) =>
      svg("text", { class: "number", x, y: bar + 13, "text-anchor": anchor }));
    const fan = svg("path", { class: "fan" });
    const thread = svg("path", { class: "thread" });
    const node = svg("g", {}, fan, ...pieces.map(({ face }) => face), thread,
      ...pieces.map(({ text }) => text), ...ends);
    return { node, pieces, ends, fan, thread };
  });

  const label = "The pieces of the interval, and the point that is sent as a slider";
  const root = drawing({ viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label });
  const number = svg("text", { class: "number", x: 0, y: top - 12, ...middled });
  const beside = svg("g", {}, number);
  const grip = svg("g", { class: "pointer" },
    svg("rect", { class: "reach", x: -18, y: top - 36, width: 36, height: 36 }),
    svg("rect", { class: "ring", x: -13, y: top - 31, width: 26, height: 30, rx: 10 }),
    svg("path", { class: "grip knob", d: `M0 ${top - 1}l-8 -12a9.5 9.5 0 1 1 16 0z` }), beside);
  const strip = svg("rect", { class: "reach", x: left, y: top - 36, width: room, height: 36 });
  const describe = handle(grip, root, {
    label: "The point sent",
    way: "horizontal",
    max: LAST,
    step: 0.001,
    bigStep: 0.05,
    value: xNow,
    change: moveTo,
    track: strip,
    at: (x) => (x - left) / room,
  });
  // A row lies over the fan of the row above.
  root.append(svg("g", { "aria-hidden": "true" }, ...lines.map(({ node }) => node)), strip, grip);

  /** Where the pieces lie in every row: only a new p changes it. */
  let divided = null;
  const divide = (p) => {
    divided = p;
    for (const { pieces } of lines) {
      let x = left;
      pieces.forEach((piece, letter) => {
        const size = p[letter] * room;
        put(piece.face, { x, width: size });
        put(piece.text, { x: x + size / 2 });
        write(piece.text, size > 0 ? fit(piece.name, size - 5) : "");
        Object.assign(piece, { x, size });
        x += size;
      });
    }
  };

  return {
    node: figure("Drag the point", "or type it, or press a piece", root),
    draw(message, p, x) {
      if (!same(divided, p)) divide(p);
      const last = message.length;
      const pitch = Math.min(ZOOM.pitch, (bottom - bar - top) / Math.max(1, last));
      let { low, width: wide } = { low: 0, width: 1 };
      lines.forEach(({ node, pieces, ends, fan, thread }, row) => {
        put(node, { visibility: row <= last ? "visible" : "hidden" });
        if (row > last) return;
        put(node, { transform: shift(0, top + pitch * row) });
        /** @type {{ low: number, width: number } | undefined} */
        let next;
        let before = 0;
        for (const [letter, piece] of pieces.entries()) {
          const chosen = message[row] === letter;
          const kind = chosen ? "chosen" : (p[letter] > 0 ? "free" : "none");
          put(piece.face, { class: `face p ${kind}` });
          if (chosen) {
            next = { low: low + wide * before, width: wide * p[letter] };
            put(fan, {
              d: `M${piece.x.toFixed(2)} ${bar}L${left} ${pitch.toFixed(2)}`
                + `H${right}L${(piece.x + piece.size).toFixed(2)} ${bar}z`,
            });
          }
          before += p[letter];
        }
        put(fan, { visibility: next ? "visible" : "hidden" });
        // Where rows stand close, only the last says where it is.
        const spoken = row === last || pitch > 50;
        write(ends[0], spoken ? place(low, wide) : "");
        write(ends[1], spoken ? place(low + wide, wide) : "");
        const at = across((x - low) / wide).toFixed(2);
        const to = next && across((x - next.low) / next.width).toFixed(2);
        put(thread, { d: `M${at} 0V${bar}${next ? `L${to} ${pitch.toFixed(2)}` : ""}` });
        if (next) ({ low, width: wide } = next);
      });
      put(grip, { transform: shift(across(x), 0) });
      put(beside, { transform: shift(x < 0.5 ? 34 : -34, 0) });
      write(number, place(x, 0.1));
      const text = message.map((letter) => names[letter]).join(", ");
      describe(Math.min(LAST, Number(x.toFixed(3))), `${place(x, 0.1)}, ${text || "no letters"}`);
    },
  };
}

/** The ruler: the last piece, and below it the binary numbers of one digit less, and of all. */
function ruler() {
  const middled = { "text-anchor": "middle" };
  const RULER = { width: 320, left: 48, room: 224, bar: 25 };
  const { width, left, room, bar } = RULER;
  const edges = svg("path", { class: "edges", d: `M${left} ${bar}V136M${left + room} ${bar}V136` });
  const levels = [-1, 0].map((less, row) => {
    const y = 53 + 52 * row;
    // So many, and one cut at each end, lie between the drawing's edges.
    const cells = Array.from({ length: 8 }, () => {
      const face = svg("rect", { class: "face", y, height: bar });
      const text = svg("text", { y: y + 17, ...middled });
      const at = svg("g", {}, text);
      return { node: svg("g", {}, face, at), face, at, text };
    });
    const caption = svg("text", { class: "number", x: width / 2, y: y - 7, ...middled });
    return { less, cells, caption };
  });
  const sentText = svg("text", { class: "number sent", y: 148, ...middled });
  const sentAt = svg("g", {}, sentText);
  const picture = drawing({
    viewBox: `0 0 ${width} 158`, role: "img", "aria-label": "The ruler. Its digits are below.",
  },
    svg("rect", { class: "area outlined p", x: left, y: 1, width: room, height: bar }),
    svg("text", { class: "inside", x: width / 2, y: 18, ...middled }, "the piece"),
    edges,
    ...levels.flatMap(({ cells, caption }) => [...cells.map(({ node }) => node), caption]),
    sentAt);

  return {
    node: figure("The ruler", "the binary numbers at the piece", picture),
    draw({ low, width: wide }, sent) {
      const onRuler = (value) => left + ((value - low) / wide) * room;
      levels.forEach(({ less, cells, caption }) => {
        const count = sent.length + less;
        const size = 2 ** -count;
        const first = Math.max(0, Math.floor((low - (wide * left) / room) / size));
        write(caption, counted(count));
        cells.forEach(({ node, face, at, text }, i) => {
          const from = (first + i) * size;
          const x1 = Math.max(0, onRuler(from));
          const x2 = Math.min(width, onRuler(from + size));
          const shown = from + size <= 1 && x2 - x1 > 4;
          put(node, { visibility: shown ? "visible" : "hidden" });
          if (!shown) return;
          const mine = count === 0 ? "" : (first + i).toString(2).padStart(count, "0");
          const within = from >= low && from + size <= low + wide;
          const chosen = mine === sent;
          put(node, { class: `tick ${chosen ? "chosen" : ""} ${within ? "within" : ""}` });
          put(face, { x: x1, width: x2 - x1 });
          put(at, { transform: shift((x1 + x2) / 2, 0) });
          write(text, x2 - x1 > 50 ? tail(mine, 3) : "");
          if (!chosen) return;
          put(sentAt, { transform: shift(Math.min(width - 48, Math.max(48, (x1 + x2) / 2)), 0) });
        });
      });
      write(sentText, tail(sent, 10));
    },
  };
}

/** The lines of the product: of this width, whose letters have these probabilities. */
const factorsOf = (chances, width) =>
  `${chances.length > 1 ? `${chances.map(short).join(" × ")} = ` : ""}${compact(width)}`;
const pieceOf = (low, width) => `from ${place(low, width)} to ${place(low + width, width)}`;
const enoughOf = (sent, enough) =>
  `${counted(sent)} = ⌈−log₂ w⌉ + 1${enough < sent ? `; here ${enough} would do` : ""}.`;

/** The product written out, a row for each letter. */
function account({ names }) {
  const factors = html("span");
  const product = formula("line low", over(symbol("w"), " = ", factors));
  const range = html("span");
  const piece = formula("line", over(range));
  const surprise = live("whole");
  const code = html("strong", { class: "code" });
  const sentLine = formula("line sending", over("sent ", code));
  const remark = html("span");
  const note = html("p", { class: "soft line" }, over(remark));
  const rows = Array.from({ length: MOST_LETTERS }, () => [live("p"), live("p")]);
  const letters = rows.map(() => html("span", { class: "changing" }));
  const total = live("p");
  const together = live("p");
  const table = ledger({
    heads: { letter: 50, p: 25, "−log₂ p": 25 },
    names: letters,
    rows,
    foot: ["together", together, total],
  });
  let roomFor = null;
  /** Room for what is said of the rarest message. */
  const keepRoomFor = (p) => {
    roomFor = p;
    const rarest = Math.min(...p.filter((one) => one > 0));
    const width = Math.max(NARROWEST, rarest ** MOST_LETTERS);
    const count = Math.ceil(-Math.log2(width)) + 1;
    const chance = p[p.map(short).indexOf(longest(p.map(short)))];
    const chances = Array.from({ length: MOST_LETTERS }, () => chance);
    keepRoom(product, `w = ${factorsOf(chances, 1.2345 * width)}`);
    keepRoom(piece, pieceOf((1 - width) / 3, width));
    keepRoom(sentLine, `sent ${"0".repeat(count)}`);
    keepRoom(note, enoughOf(count, count - 1));
  };

  return {
    nodes: [
      html("div", {},
        product,
        piece,
        formula("",
          "−log₂ ", symbol("w"), " = ", html("strong", { class: "p" }, surprise)),
        sentLine,
        note),
      table.node,
    ],
    draw(message, p, { low, width }, sent) {
      if (!same(roomFor, p)) keepRoomFor(p);
      write(factors, factorsOf(message.map((letter) => p[letter]), width));
      write(range, pieceOf(low, width));
      write(surprise, inBits(surprisal(width)));
      write(code, sent);
      write(remark, enoughOf(sent.length, fewestDigits({ low, width })));
      rows.forEach(([chance, high], i) => {
        const letter = message[i];
        const there = letter !== undefined;
        if (table.rows[i].hidden === there) table.rows[i].hidden = !there;
        write(letters[i], there ? names[letter] : "");
        write(chance, there ? short(p[letter]) : "");
        write(high, there ? fixed(surprisal(p[letter]), 3) : "");
      });
      write(together, compact(width));
      write(total, fixed(surprisal(width), 3));
    },
  };
}

function render({ model, el }) {
  const pNow = () => model.get("p");
  // The model on a page checks nothing: a preset may bring letters that p has no place for.
  const messageNow = () => possible(model.get("message"), pNow());
  const say = (message) => {
    model.set("message", message);
    model.save_changes();
  };
  const canFollow = (message, letter) => message.length < MOST_LETTERS
    && possible([...message, letter], pNow()).length > message.length;
  const choose = (row, letter) => {
    const message = messageNow().slice(0, row);
    if (canFollow(message, letter)) say([...message, letter]);
  };

  // The point stays where the hand leaves it; a message from elsewhere puts it on its own digits.
  let held = null;
  const xNow = () => {
    const message = messageNow();
    if (held && same(held.message, message) && same(held.p, pNow())) return held.x;
    const code = digits(interval(message, pNow()));
    return point(code) + 2 ** -(code.length + 1);
  };
  const moveTo = (x) => {
    const count = messageNow().length || LETTERS_READ;
    const message = possible(decoded(x, count, pNow()), pNow());
    held = { x, message, p: pNow() };
    say(message);
  };

  const undo = html("button", { type: "button", class: "undo" }, "Undo");
  undo.addEventListener("click", () => say(messageNow().slice(0, -1)));
  el.addEventListener("keydown", (event) => {
    if (event.key !== "Backspace" || messageNow().length === 0) return;
    say(messageNow().slice(0, -1));
    event.preventDefault();
  });

  let shape = [];
  let picture;
  let numbers;
  let table;
  let letters;
  const build = (names) => {
    picture = zoom({ names, fit: fitter(view.figures), choose, xNow, moveTo });
    numbers = ruler();
    table = account({ names });
    letters = names.map((name, letter) => {
      const button = html("button", { type: "button", class: "letter" }, `+ ${name}`);
      button.addEventListener("click", () => choose(messageNow().length, letter));
      return button;
    });
    picture.node.append(html("div", {
      class: "letters", role: "group", "aria-label": "Letters of the message",
    }, ...letters, undo));
    view.figures.replaceChildren(picture.node, numbers.node);
    view.readout.replaceChildren(...table.nodes);
  };

  const view = frame({
    model,
    el,
    keys: ["message", "p", "labels"],
    wide: "tall",
    draw() {
      const [p, message] = [pNow(), messageNow()];
      const names = outcomes(model);
      if (!same(shape, names)) build(shape = names);
      const piece = interval(message, p);
      const code = digits(piece);
      picture.draw(message, p, xNow());
      numbers.draw(piece, code);
      table.draw(message, p, piece, code);
      letters.forEach((button, i) => {
        put(button, { "aria-disabled": String(!canFollow(message, i)) });
      });
      put(undo, { "aria-disabled": String(message.length === 0) });
    },
    summary() {
      const piece = interval(messageNow(), pNow());
      const code = digits(piece);
      return `Letters: ${messageNow().length}, ${fixed(surprisal(piece.width), 2)} bits,`
        + ` ${counted(code.length)}: ${code}.`;
    },
  });
  return view.stop;
}

export default { render };
