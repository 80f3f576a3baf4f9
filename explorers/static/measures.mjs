// The arithmetic of the explorers: pure functions of numbers, no page. The tests hold them to lib.

/** How each unit takes its logarithm and how that is written. */
export const UNITS = {
  bits: { log: Math.log2, sign: "log₂" },
  nats: { log: Math.log, sign: "ln" },
};

/** −log p; Infinity at p = 0. (0 − log 1 is 0, where −log 1 would be −0.) */
export const surprisal = (p, unit = "bits") => 0 - UNITS[unit].log(p);

/** p·(−log p), one outcome's part of the entropy; 0·log 0 counts as 0. */
export const share = (p, unit = "bits") => (p === 0 ? 0 : p * surprisal(p, unit));

/** H = Σ p·(−log p). */
export const entropy = (p, unit = "bits") => p.reduce((sum, one) => sum + share(one, unit), 0);

/**
 * The pmf with p[index] set to value; the others keep their proportions, or share equally if all
 * are 0. Fifteen digits, so that a reader's next cell shows 0.18 and not 0.18000000000000002.
 */
export function withProbability(p, index, value) {
  const others = p.reduce((sum, one, i) => (i === index ? sum : sum + one), 0);
  const rest = 1 - value;
  return p.map((one, i) => {
    if (i === index) return value;
    return Number((others > 0 ? (one / others) * rest : rest / (p.length - 1)).toPrecision(15));
  });
}
