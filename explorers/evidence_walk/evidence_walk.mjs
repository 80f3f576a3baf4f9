// The evidence that tosses bring against a rival coin, as walks, and how long a barrier takes.

import { drawing, figure, fixed, html, put, shift, short, svg, write } from "../shared/draw.mjs";
import { frame, same } from "../shared/frame.mjs";
import { endGrip } from "../shared/bars.mjs";
import { handle, tap } from "../shared/handles.mjs";
import { formula, keepRoom, ledger, live, over, symbol } from "../shared/readout.mjs";
import { LONGEST_WAIT, beyond, coinDivergence, firstPassage, tossed, walk } from "./tosses.mjs";

// Two panels over one axis of tosses; the walks' is in nats and numbered in odds.
const PANEL = { tall: 374, left: 50, right: 316, top: 8, bottom: 196, high: 234, base: 322 };
const NATS = [-5, 8.4];
// As in Python.
const ODDS = [2, 1000];
const COIN = [0.01, 0.99];
const WALKS = 5;
const BARS = 100; // at most, and as many steps of a walk
const middled = { "text-anchor": "middle" };

const height = (nats) =>
  PANEL.bottom - ((nats - NATS[0]) / (NATS[1] - NATS[0])) * (PANEL.bottom - PANEL.top);
const PER_NAT = (PANEL.bottom - PANEL.top) / (NATS[1] - NATS[0]);
const coordinate = (x) => x.toFixed(1);
const wholeOdds = (value) => Math.max(ODDS[0], Math.min(ODDS[1], Math.round(value)));

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const power = (value) => {
  const [front, exponent] = value.toExponential(1).split("e");
  return `${front}·10${[...exponent.replace("+", "")].map((sign) => RAISED[sign]).join("")}`;
};
/** A number of tosses, as far as it is known: three digits, more where it has a decimal. */
function inTosses(tosses) {
  if (tosses === Infinity) return "∞";
  if (tosses < 100) return fixed(tosses, 1);
  if (tosses >= 1e6) return power(tosses);
  const digits = String(Math.round(tosses < 1000 ? tosses : Number(tosses.toPrecision(3))));
  return tosses < 1e4 ? digits : digits.replace(/(\d{3})$/, ",$1");
}
/** A number of nats, with three digits or more. */
function inNats(value) {
  if (value > 0 && value < 1e-4) return power(value);
  return fixed(value, value > 0 && value < 0.01 ? 6 : 4);
}
const percent = (share) => (share > 0 && share < 0.0005 ? "<0.1 %" : `${fixed(100 * share, 1)} %`);
/** The toss by which a share has stopped; later than it was worked out for; never. */
const by = (toss, never) => (toss < Infinity ? String(toss) : never ? "∞" : `>${LONGEST_WAIT}`);
const against = (odds) => `${odds}:1`;

/** Both panels, the barrier, and the press that puts it somewhere. */
function panels({ odds, setOdds }) {
  const { left, right, top, bottom, high, base } = PANEL;
  const label = "Walks of the evidence, and below them how many tosses it takes; the table has the numbers";
  const levels = [0, -2, -1, 1, 2, 3].map((power10) => {
    const y = height(power10 * Math.LN10);
    const text = power10 < 0 ? `1:${10 ** -power10}` : against(10 ** power10);
    return svg("g", {},
      svg("line", { x1: left, x2: right, y1: y, y2: y }),
      svg("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, text));
  });
  const ticks = [0, 1, 2].map((half) => svg("text", {
    x: left + (half * (right - left)) / 2, y: base + 32, "text-anchor": half === 2 ? "end" : "middle",
  }));
  const most = svg("text", { x: left - 6, y: high + 4, "text-anchor": "end" });
  const grid = svg("g", { class: "rules", "aria-hidden": "true" }, ...levels,
    svg("g", {},
      svg("line", { x1: left, x2: right, y1: high, y2: high }),
      svg("line", { x1: left, x2: right, y1: base, y2: base }), most),
    ...ticks);
  const title = svg("text", { class: "of-stops", x: left, y: high - 8 });
  const more = svg("text", { class: "of-stops", x: right, y: high - 8, "text-anchor": "end" });
  const area = svg("rect", {
    class: "reach", x: left, y: top, width: right - left, height: bottom - top,
  });
  const walks = svg("path", { class: "walks p" });
  const stops = svg("path", { class: "walk-ends p" });
  const slope = svg("path", { class: "drift cost" });
  const drop = svg("path", { class: "drift-end cost" });
  const bars = svg("path", { class: "waits p" });
  const span = svg("path", { class: "span" });
  const mean = svg("circle", { class: "mean-wait", r: 5, cy: base + 10 });
  const number = svg("text", { class: "number", x: right - 22, y: -13, ...middled });
  const grip = svg("g", { class: "barrier" },
    svg("rect", { class: "reach", x: left, y: -14, width: right - left, height: 28 }),
    svg("path", { class: "thread", d: `M${left} 0H${right}` }),
    svg("circle", { class: "ring", cx: right - 8, r: 11 }),
    svg("circle", { class: "grip knob", cx: right - 8, r: 7 }),
    number);
  const root = drawing({ viewBox: `0 0 320 ${PANEL.tall}`, role: "group", "aria-label": label });
  const tell = handle(grip, root, {
    label: "Barrier: the odds to reach", min: ODDS[0], max: ODDS[1], step: 1, bigStep: 10, blank: 44,
    value: odds,
    change: setOdds,
    drag: (start, dx, dy) => wholeOdds(start * Math.exp(-dy / PER_NAT)),
  });
  tap(area, root, (_, y) => setOdds(wholeOdds(Math.exp((bottom - y) / PER_NAT + NATS[0]))));
  root.append(area, grid, bars, slope, drop, title, more, walks, stops, span, mean, grip);

  /** The bars: chances to stop, those of several tosses together where they stand too close. */
  const drawBars = ({ stops: chances, end }, x, wide) => {
    const sums = Array.from({ length: end / wide }, (_, bar) => {
      let sum = 0;
      for (let n = bar * wide + 1; n <= (bar + 1) * wide; n += 1) sum += chances[n] ?? 0;
      return sum;
    });
    const highest = Math.max(...sums);
    const width = Math.min(10, 0.8 * (x(wide) - x(0)));
    const d = sums.map((sum, bar) => {
      const tall = (sum / highest) * (base - high);
      if (!(tall >= 0.05)) return "";
      const middle = x(bar * wide + (wide + 1) / 2);
      return `M${coordinate(middle - width / 2)} ${base}v${coordinate(-tall)}h${coordinate(width)}V${base}z`;
    });
    put(bars, { d: d.join("") });
    write(most, highest > 0 ? percent(highest) : "");
    write(title, wide === 1 ? "stop at each toss" : `stop within ${wide} tosses`);
  };

  return {
    node: figure("Drag the barrier", "odds for p, as p is tossed", root),
    draw(state, lines) {
      const { end, drift, level, low, high: late, rest } = state;
      const wide = Math.max(1, end / BARS);
      const x = (n) => left + (n / (end + 0.5)) * (right - left);
      ticks.forEach((tick, half) => write(tick, half === 2 ? `${end} tosses` : String((half * end) / 2)));
      drawBars(state, x, wide);
      write(more, `${percent(beyond(state.stops, rest, end))} beyond ${end}`);

      const inside = (nats) => coordinate(height(Math.max(NATS[0], Math.min(NATS[1], nats))));
      const ends = [];
      put(walks, {
        d: lines.map(({ points, stop }) => {
          const last = points.length - 1;
          const at = points.map((nats, i) =>
            `${coordinate(x(i === last ? Math.min(stop, end) : i * wide))} ${inside(nats)}`);
          if (stop <= end) ends.push(`M${at[last]}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z`);
          return `M${at.join("L")}`;
        }).join(""),
      });
      put(stops, { d: ends.join("") });

      const plain = level / drift;
      const reaches = plain <= end + 0.5;
      const [toX, toY] = reaches ? [x(plain), height(level)] : [right, height(drift * (end + 0.5))];
      put(slope, { d: `M${left} ${coordinate(height(0))}L${coordinate(toX)} ${coordinate(toY)}` });
      put(drop, { d: reaches ? `M${coordinate(toX)} ${coordinate(toY)}V${base + 10}` : "" });
      const from = low <= end ? coordinate(x(low)) : right;
      const opened = low <= end ? `M${from} ${base + 6}v8` : "";
      const closed = late <= end ? `H${coordinate(x(late))}m0 -4v8` : `H${right}m-5 -4l5 4l-5 4`;
      put(span, { d: `${opened}M${from} ${base + 10}${closed}` });
      const seen = state.mean <= end + 0.5;
      put(mean, { visibility: seen ? "visible" : "hidden" });
      if (seen) put(mean, { transform: shift(x(state.mean), 0) });
      put(grip, { transform: shift(0, height(level)) });
      write(number, against(state.odds));
      tell(state.odds, `${against(state.odds)}, ${inTosses(state.mean)} tosses in the mean`);
    },
  };
}

/** The two coins, a bar for each: how often it shows heads. */
function coins({ value, change }) {
  const [left, right] = [26, 276];
  const x = (share) => left + share * (right - left);
  const root = drawing({
    viewBox: "0 0 320 92", role: "group", "aria-label": "The two coins, a slider for each",
  },
    svg("g", { class: "rules", "aria-hidden": "true" }, ...[0, 0.5, 1].map((share) => svg("g", {},
      svg("line", { x1: x(share), x2: x(share), y1: 20, y2: 92 }),
      svg("text", { x: x(share), y: 12, ...middled }, String(share).replace("0.", "."))))));
  const rows = Object.entries({ p: "truth", q: "rival" }).map(([role, part], row) => {
    const y = 40 + 34 * row;
    const area = svg("rect", { class: `area ${role}`, x: left, y: y - 9, height: 18 });
    const letter = svg("text", { class: "symbol", x: left - 13, y: y + 4, ...middled }, role);
    const number = svg("text", { class: "number", x: 11, y: 4 });
    const grip = endGrip(role, number);
    const track = svg("g", {},
      svg("rect", { class: "reach", x: left, y: y - 15, width: right - left, height: 30 }), area);
    const tell = handle(grip, root, {
      label: `Heads of the ${part} ${role}`, way: "horizontal", min: COIN[0], max: COIN[1],
      value: () => value(role),
      change: (next) => change(role, next),
      track,
      at: (at) => (at - left) / (right - left),
    });
    return { role, y, area, letter, number, grip, track, tell };
  });
  root.append(...rows.flatMap(({ track, letter }) => [track, letter]), ...rows.map(({ grip }) => grip));
  return {
    node: figure("Drag the coins", "heads of truth p, rival q", root),
    draw(state) {
      for (const { role, y, area, number, grip, tell } of rows) {
        const share = state[role];
        put(area, { width: x(share) - left });
        put(grip, { transform: shift(x(share), y) });
        write(number, short(share));
        tell(share, `${short(share)}, D(p‖q) ${inNats(state.drift)} nats a toss`);
      }
    },
  };
}

/** Which of the walks have stopped, and when. */
function told(lines, end) {
  const stops = lines.map(({ stop }) => stop).filter((stop) => stop < Infinity).sort((a, b) => a - b);
  const going = lines.length - stops.length;
  const still = going === 0 ? "" : `${stops.length === 0 ? "All" : ` ${going}`} still going at ${end}.`;
  return `${stops.length > 0 ? `These walks stop at ${stops.join(", ")}.` : ""}${still}`;
}

const UNDECIDED = "p = q: no toss speaks for either, the odds stay 1:1, and 100 % never stop.";

/** What the pictures show, as numbers. */
function account() {
  const numbers = { there: live("cost a-toss"), back: live("a-toss") };
  const rows = ["no overshoot", "● mean", "10 % stop by", "90 % stop by"];
  const cells = rows.map((_, i) => [live(i ? "" : "cost"), live(i ? "" : "cost")]);
  const late = live("");
  const table = ledger({
    heads: { "to the barrier": 50, nats: 22, tosses: 28 }, names: rows, rows: cells,
    foot: ["over 2 × mean", "", late],
  });
  const remark = html("span");
  const note = keepRoom(html("p", { class: "note line" }, over(remark)), UNDECIDED,
    "These walks stop at 1999, 1999, 1999, 1999. 1 still going at 2000.");
  const divergenceOf = (one, other) => ["D(", symbol(one), "‖", symbol(other), ")"];
  return {
    nodes: [
      html("div", {},
        formula("", ...divergenceOf("p", "q"), " = ",
          html("strong", { class: "cost" }, numbers.there)),
        formula("", ...divergenceOf("q", "p"), " = ", html("strong", {}, numbers.back))),
      table.node,
      note,
    ],
    draw(state, lines) {
      const { drift, back, level, reached, mean, low, high } = state;
      const never = drift === 0;
      write(numbers.there, `${inNats(drift)} nats a toss`);
      write(numbers.back, `${inNats(back)} nats a toss`);
      const nats = [fixed(level, 2), Number.isNaN(reached) ? "–" : fixed(reached, 2), "", ""];
      const tosses = [inTosses(level / drift), inTosses(mean), by(low, never), by(high, never)];
      cells.forEach(([evidence, wait], i) => {
        write(evidence, nats[i]);
        write(wait, tosses[i]);
      });
      write(late, Number.isNaN(state.late) ? "–" : percent(state.late));
      write(remark, never ? UNDECIDED : told(lines, state.end));
    },
  };
}

function render({ model, el }) {
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  // What was worked out last; the walks' tosses are those of a seed, whatever the coins.
  let given = [];
  let known;
  const stateNow = () => {
    const wanted = ["p", "q", "odds"].map((name) => model.get(name));
    if (same(given, wanted)) return known;
    const [p, q, odds] = (given = wanted);
    known = {
      p, q, odds,
      level: Math.log(odds),
      drift: coinDivergence(p, q),
      back: coinDivergence(q, p),
      ...firstPassage(p, q, odds),
    };
    return known;
  };
  let ofSeed = NaN;
  let numbers = [];
  const numbersNow = () => {
    if (ofSeed !== model.get("seed")) numbers = tossed((ofSeed = model.get("seed")), WALKS);
    return numbers;
  };

  const chips = [10, 100, 1000].map((odds) => {
    const button = html("button", { type: "button" }, against(odds));
    button.addEventListener("click", () => set("odds", odds));
    return { odds, button };
  });
  const again = html("button", { type: "button" }, "Toss again");
  again.addEventListener("click", () => set("seed", (model.get("seed") + 1) % 10000));

  let parts;
  const build = () => {
    const picture = panels({ odds: () => model.get("odds"), setOdds: (odds) => set("odds", odds) });
    const two = coins({ value: (role) => model.get(role), change: set });
    const table = account();
    picture.node.append(html("div", { class: "letters", role: "group", "aria-label": "Barrier and walks" },
      ...chips.map(({ button }) => button), again));
    view.figures.replaceChildren(picture.node, two.node);
    view.readout.replaceChildren(...table.nodes);
    parts = [picture, two, table];
  };

  const view = frame({
    model,
    el,
    keys: ["p", "q", "odds", "seed"],
    wide: "tall",
    draw() {
      if (!parts) build();
      const state = stateNow();
      const { p, q, odds, end } = state;
      const every = Math.max(1, end / BARS);
      const lines = numbersNow().map((one) => walk(one, p, q, odds, end, every));
      for (const part of parts) part.draw(state, lines);
      for (const one of chips) put(one.button, { "aria-pressed": String(one.odds === odds) });
    },
    summary() {
      const { drift, odds, mean, high } = stateNow();
      if (drift === 0) return "p and q are equal: no toss speaks for either.";
      return `D(p‖q) is ${inNats(drift)} nats. To ${against(odds)} it takes ${inTosses(mean)} tosses in the mean`
        + `, and nine of ten stop by ${by(high, false)}.`;
    },
  });
  return view.stop;
}

export default { render };
