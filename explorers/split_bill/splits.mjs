// What a cut through the irises leaves of their bill: pure functions of a feature and a threshold. The
// tests hold them to Python, lib, exact fractions and scikit-learn.

import { divergence, entropy } from "../shared/measures.mjs";
import { FLOWERS } from "./irises.mjs";

// As in Python.
export const FEATURES = ["sepal length", "sepal width", "petal length", "petal width"];
export const SPECIES = ["setosa", "versicolor", "virginica"];

const flowers = FLOWERS.trim().split(/\s+/);
export const COUNT = flowers.length;
const OF_A_KIND = COUNT / SPECIES.length;
const PARENT = SPECIES.map(() => OF_A_KIND);
/** The entropy of the species before a cut, in bits a flower. */
export const BEFORE = entropy(PARENT.map((one) => one / COUNT));

/** Of each feature: its values in cm, from the least, and of each how many flowers of each species. */
export const VALUES = FEATURES.map((_, feature) => {
  /** @type {Map<number, number[]>} */
  const counts = new Map();
  flowers.forEach((digits, flower) => {
    const value = Number(digits.slice(2 * feature, 2 * feature + 2)) / 10;
    let each = counts.get(value);
    if (!each) counts.set(value, each = SPECIES.map(() => 0));
    each[Math.floor(flower / OF_A_KIND)] += 1;
  });
  return [...counts].map(([value, each]) => ({ value, counts: each })).sort((a, b) => a.value - b.value);
});

/** The least and the most of a feature. */
export function endsOf(feature) {
  const values = VALUES[feature];
  return [values[0].value, values[values.length - 1].value];
}
export const middleOf = (feature) => {
  const [least, most] = endsOf(feature);
  return Number(((least + most) / 2).toFixed(2));
};

/**
 * One side of a cut: how many flowers, the shares of the species, H in bits a flower, the bill of all
 * its flowers, and D(side ‖ parent). Where there is no flower, there are no shares, and nothing to pay.
 */
function side(counts) {
  const n = counts.reduce((sum, one) => sum + one, 0);
  if (n === 0) return { n, shares: counts, entropy: NaN, bill: 0, apart: NaN };
  const shares = counts.map((one) => one / n);
  const bits = entropy(shares);
  return { n, shares, entropy: bits, bill: n * bits, apart: divergence(shares, PARENT.map((one) => one / COUNT)) };
}

/** What a side adds to a mean over all flowers. */
export const weighted = ({ n }, value) => (n === 0 ? 0 : (n / COUNT) * value);

export const WHOLE = side(PARENT);

function cutsOf(values) {
  const left = SPECIES.map(() => 0);
  return values.map(({ value, counts }, i) => {
    counts.forEach((one, species) => { left[species] += one; });
    const sides = [side([...left]), side(PARENT.map((one, species) => one - left[species]))];
    const gain = sides.reduce((sum, one) => sum + weighted(one, one.apart), 0);
    return { from: value, to: values[i + 1]?.value ?? value, sides, gain };
  });
}

const known = new Map();
/**
 * All cuts of a feature, in their order: each for the thresholds from a value, `from`, to below the
 * next, `to`. The last one has every flower on its left.
 */
export function cuts(feature) {
  if (!known.has(feature)) known.set(feature, cutsOf(VALUES[feature]));
  return known.get(feature);
}

/** The cut that a threshold makes: a flower goes left if its feature is at most that. */
export const cutAt = (feature, threshold) => cuts(feature).findLast(({ from }) => from <= threshold);

/** The cuts of a feature that save most: several, if they save the same. */
export function best(feature) {
  const all = cuts(feature);
  const most = Math.max(...all.map(({ gain }) => gain));
  return all.filter(({ gain }) => gain > most - 1e-12);
}
