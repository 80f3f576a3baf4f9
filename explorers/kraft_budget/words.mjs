// The words of a prefix code and what they cost: pure functions, no page.

/** What code words cost of a budget of 1: Σ 2^−length. */
export const kraftSum = (words) => words.reduce((sum, { length }) => sum + 2 ** -length, 0);

/**
 * What stands in the way of `word` beside the words of a prefix code: { kind, by }.
 * kind: "word" (it is one), "taken" (it begins with the word `by`), "passed" (the word `by` begins
 * with it), or "free".
 */
export function standing(word, words) {
  if (words.includes(word)) return { kind: "word", by: word };
  const above = words.find((one) => word.startsWith(one));
  if (above !== undefined) return { kind: "taken", by: above };
  const below = words.find((one) => one.startsWith(word));
  return below === undefined ? { kind: "free", by: "" } : { kind: "passed", by: below };
}

/** The words given out, the shortest to the likeliest: for each outcome its word, or undefined. */
export function assigned(words, p) {
  const short = [...words].sort((a, b) => a.length - b.length);
  const likely = p.map((_, i) => i).sort((a, b) => p[b] - p[a]);
  const given = Array.from({ length: p.length });
  likely.forEach((outcome, rank) => { given[outcome] = short[rank]; });
  return given;
}
