// What F.kl_div and F.cross_entropy of PyTorch 2.13 return, and which quantity that is: pure
// functions of a state { p, q, call, swapped, fed, target, log_target, reduction }. The tests hold
// the numbers to PyTorch and the words to lib.

import { crossEntropy, divergence } from "../shared/measures.mjs";

/** The logits are log q plus this; any constant makes logs into logits. As in Python. */
export const LOGIT_SHIFT = 1;

const LOG_OF = { "log-probabilities": ".log()", probabilities: "", logits: `.log() + ${LOGIT_SHIFT}` };

const added = (row) => row.reduce((sum, one) => sum + one, 0);

/** The rows of the target and those of the first argument. */
const inOrder = ({ p, q, swapped }) => (swapped ? [q, p] : [p, q]);

/** The call as one types it. */
export function code({ call, swapped, fed, target, log_target: flag, reduction }) {
  const [truth, model] = swapped ? ["q", "p"] : ["p", "q"];
  const parts = [`${model}${LOG_OF[fed]}`, `${truth}${LOG_OF[target]}`];
  if (flag) parts.push("log_target=True");
  return `F.${call}(${parts.join(", ")}, reduction="${reduction}")`;
}

/** What PyTorch raises, or "". */
export function refusal({ call, log_target: flag, reduction }) {
  if (call !== "cross_entropy") return "";
  if (flag) return "TypeError: cross_entropy() got an unexpected keyword argument 'log_target'";
  return reduction === "batchmean" ? "ValueError: batchmean is not a valid value for reduction" : "";
}

function handedOver(row, as) {
  if (as === "probabilities") return row;
  const logs = row.map((one) => Math.log(one));
  return as === "logits" ? logs.map((one) => one + LOGIT_SHIFT) : logs;
}

function logSoftmax(z) {
  const top = Math.max(...z);
  const rest = Math.log(added(z.map((one) => Math.exp(one - top))));
  return z.map((one) => one - top - rest);
}

const xLogX = (x) => (x === 0 ? 0 : x * Math.log(x));

/** What each outcome of each row adds, before the reduction. */
export function entries(state) {
  const { call, fed, target, log_target: flag } = state;
  const [truths, models] = inOrder(state);
  return truths.map((truth, row) => {
    const x = handedOver(models[row], fed);
    const t = handedOver(truth, target);
    if (call === "cross_entropy") {
      const logs = logSoftmax(x);
      return t.map((one, i) => -one * logs[i]);
    }
    if (flag) return t.map((one, i) => Math.exp(one) * (one - x[i]));
    return t.map((one, i) => xLogX(one) - one * x[i]);
  });
}

/** What the call returns: a number, a number for each row, or rows of them; NaN if it is refused. */
export function returned(state, rows = entries(state)) {
  const { call, reduction } = state;
  if (refusal(state)) return NaN;
  const sums = rows.map(added);
  if (reduction === "none") return call === "kl_div" ? rows : sums;
  const whole = added(sums);
  if (reduction === "sum") return whole;
  return whole / (call === "kl_div" && reduction === "mean" ? rows.length * rows[0].length : rows.length);
}

/** What is wanted, in nats: D(P‖Q) or H(P, Q) of each row, and their mean. */
export function wanted({ p, q, call }) {
  const measure = call === "kl_div" ? divergence : crossEntropy;
  const each = p.map((row, i) => measure(row, q[i]) * Math.LN2);
  return { name: call === "kl_div" ? "D(P‖Q)" : "H(P, Q)", each, mean: added(each) / each.length };
}

// ---- in words ------------------------------------------------------------------------------

/** The quantity of a row, as a formula over letters; "nan" where the settings leave none. */
function quantityOf({ call, swapped, fed, target, log_target: flag }) {
  const [a, b] = swapped ? ["q", "p"] : ["p", "q"];
  const [A, B] = [a.toUpperCase(), b.toUpperCase()];
  if (call === "cross_entropy") {
    const soft = fed === "probabilities";
    if (target === "probabilities") return `H(${A}, ${soft ? `softmax of ${B}` : B})`;
    return `−Σ log ${a} · log ${soft ? `softmax(${b})` : b}`;
  }
  const input = { "log-probabilities": `log ${b}`, probabilities: b, logits: `log ${b} − ${LOGIT_SHIFT}` }[fed];
  if (target === "probabilities" && flag) return `Σ exp(${a}) (${a} − ${input})`;
  if (target === "log-probabilities" && !flag) return "nan";
  if (fed === "probabilities") return `Σ ${a} (log ${a} − ${b})`;
  return `D(${A}‖${B})${fed === "logits" ? ` − ${LOGIT_SHIFT}` : ""}`;
}

/** What the reduction makes of the rows' quantities: [what stands before it, after it]. */
function reduced({ call, reduction, p }, quantity) {
  const several = p.length > 1;
  if (quantity === "nan") return ["", reduction === "none" ? " wherever the target is below 0" : ""];
  if (reduction === "none") {
    if (call === "kl_div") return ["the terms of ", ""];
    return ["", several ? " of each row" : ""];
  }
  if (call === "kl_div" && reduction === "mean") {
    const bare = /^D\(...\)$/.test(quantity);
    return [bare ? "" : "[", `${bare ? "" : "]"} / 3${several ? ", mean over rows" : ""}`];
  }
  if (!several) return ["", ""];
  return ["", reduction === "sum" ? ", sum of both rows" : ", mean over rows"];
}

/** What differs from the call that was meant, a clause for each. */
function slips({ call, swapped, fed, target, log_target: flag, reduction, p }) {
  const kl = call === "kl_div";
  const found = [];
  if (swapped) found.push("the order is swapped");
  if (kl) {
    if (fed === "probabilities") found.push("probabilities were fed where logs belong");
    if (fed === "logits") found.push("logits count as logs, unnormalised");
    if (flag && target === "probabilities") {
      found.push("log_target=True takes the target for logs");
    }
    if (!flag && target === "log-probabilities") {
      found.push("the target is below 0, and without log_target=True its log is taken");
    }
    if (reduction === "mean") found.push("'mean' divides by every entry");
  } else {
    if (fed === "probabilities") found.push("cross_entropy takes the softmax of probabilities");
    if (target === "log-probabilities") found.push("the target has to be probabilities");
  }
  if (reduction === "none" && (kl || p.length > 1)) {
    found.push(kl ? "'none' adds nothing up" : "'none' keeps the rows apart");
  }
  if (reduction === "sum" && p.length > 1) found.push("'sum' does not divide by the number of rows");
  return found;
}

/** Where an infinite number, or nan, comes from; "" where there is none, or the settings say it. */
function infinite(rows, quantity) {
  const all = rows.flat();
  if (quantity === "nan") return "";
  if (all.some(Number.isNaN)) return "nan comes of log 0: 0 · (−∞) is nan";
  if (all.includes(Infinity)) return "inf comes of log 0";
  return all.includes(-Infinity) ? "−inf comes of log 0" : "";
}

/**
 * Which quantity the call returns: { quantity, before, after, remarks }, a formula for a row, what
 * the reduction makes of it, and a sentence.
 */
export function meaning(state, rows = entries(state)) {
  const refused = refusal(state);
  if (refused) {
    return { quantity: "", before: "", after: "", remarks: `PyTorch raises ${refused}.` };
  }
  const quantity = quantityOf(state);
  const [before, after] = reduced(state, quantity);
  const none = quantity.includes("Σ")
    ? [state.call === "kl_div" ? "no divergence" : "no cross-entropy"] : [];
  const clauses = [...none, ...slips(state), infinite(rows, quantity)].filter(Boolean);
  return { quantity, before, after, remarks: `${clauses.join("; ") || "what you asked for"}.` };
}
