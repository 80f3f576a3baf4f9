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
 * A function (index, value) that sets one probability of the trait `name`.
 *
 * One that goes there and back leaves the others where they were: they are always worked out from
 * the pmf that stood before this one was first touched.
 */
export function mover(model, name) {
  let hold = null;
  return (index, value) => {
    const now = model.get(name);
    if (hold?.index !== index || !same(hold.to, now)) hold = { index, from: now };
    hold.to = withProbability(hold.from, index, value);
    model.set(name, hold.to);
    model.save_changes();
  };
}
