// The model's distributions: the names of their outcomes, and one probability that moves.

import { merged, unmerged, withProbability } from "./measures.mjs";
import { same } from "./frame.mjs";

const namesOf = ({ length }, labels) =>
  (labels.length === length ? labels : Array.from({ length }, (_, i) => String(i + 1)));

/** The outcomes' names: the labels where they fit p, or the pmf `trait`, else 1, 2, 3, … */
export const outcomes = (model, trait = "p") => namesOf(model.get(trait), model.get("labels"));

/**
 * A function () → the names in every state seen so far, and in those that the chips lead to: there
 * is to be room for each.
 */
export function everyNames(model, trait = "p") {
  const known = new Map();
  return () => {
    const now = { [trait]: model.get(trait), labels: model.get("labels") };
    for (const state of [{}, ...model.get("presets")]) {
      const { [trait]: p, labels } = { ...now, ...state };
      const names = namesOf(p, labels);
      known.set(names.join("\n"), names);
    }
    return [...known.values()];
  };
}

/** All of `names` but the shortest: what is said of outcomes is never true of all. */
export function allButOne(names) {
  const lengths = names.map(({ length }) => length);
  const shortest = lengths.indexOf(Math.min(...lengths));
  return names.filter((_, i) => i !== shortest);
}

/**
 * A function (index, value, typed) that sets one probability of the trait `name`; or, of outcomes
 * that are merged into `groups`, that of one group.
 *
 * One that goes there and back leaves the others where they were: they are always worked out from
 * the pmf that stood before this one was first touched. Those typed one after the other stay as
 * typed, so that any pmf can be typed.
 */
export function mover(model, name, groups = null) {
  let hold = null;
  let kept = [];
  return (index, value, typed = false) => {
    const now = model.get(name);
    const other = !same(hold?.to, now);
    if (!typed || other) kept = [];
    if (typed || hold?.index !== index || other) hold = { index, from: now };
    const parts = groups ?? now.map((_, i) => [i]);
    const sums = merged(hold.from, parts);
    const next = withProbability(sums, index, value, kept);
    hold.to = unmerged(hold.from, parts, next);
    // One that had to give way is typed no longer.
    if (typed) kept = [...kept.filter((one) => one !== index && next[one] === sums[one]), index];
    model.set(name, hold.to);
    model.save_changes();
  };
}
