// The model's distributions: the names of their outcomes, and one probability that moves.

import { withProbability } from "./measures.mjs";
import { same } from "./frame.mjs";

/** The outcomes' names: the labels where they fit p, else 1, 2, 3, … */
export function outcomes(model) {
  const { length } = model.get("p");
  const labels = model.get("labels");
  return labels.length === length ? labels : Array.from({ length }, (_, i) => String(i + 1));
}

/**
 * A function (index, value, typed) that sets one probability of the trait `name`.
 *
 * One that goes there and back leaves the others where they were: they are always worked out from
 * the pmf that stood before this one was first touched. Those typed one after the other stay as
 * typed, so that any pmf can be typed.
 */
export function mover(model, name) {
  let hold = null;
  let kept = [];
  return (index, value, typed = false) => {
    const now = model.get(name);
    const other = !same(hold?.to, now);
    if (!typed || other) kept = [];
    if (typed || hold?.index !== index || other) hold = { index, from: now };
    hold.to = withProbability(hold.from, index, value, kept);
    // One that had to give way is typed no longer.
    if (typed) kept = [...kept.filter((one) => one !== index && hold.to[one] === now[one]), index];
    model.set(name, hold.to);
    model.save_changes();
  };
}
