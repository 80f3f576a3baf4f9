// What two distributions differ by: pure functions of numbers. The tests hold them to lib.

import { totalVariation } from "../shared/measures.mjs";

/** Pinsker: D(P‖Q) and D(Q‖P) are at least this, in bits. */
export const pinsker = (p, q) => (2 * totalVariation(p, q) ** 2) / Math.LN2;

/**
 * The groups after the outcome or group `one` has been pressed, and what is picked then.
 *
 * The first press picks; a second one, of another, merges the two; of the same, picks it no longer.
 * Where nothing is picked, a press of a group splits it. picked: a number in `groups`, or −1.
 */
export function pressed(groups, picked, one) {
  if (picked === one) return { groups, picked: -1 };
  if (picked >= 0) {
    const both = [...groups[picked], ...groups[one]].sort((a, b) => a - b);
    const others = groups.filter((_, i) => i !== picked && i !== one);
    return { groups: [...others, both].sort(([a], [b]) => a - b), picked: -1 };
  }
  if (groups[one].length === 1) return { groups, picked: one };
  const parts = groups.flatMap((group, i) => (i === one ? group.map((each) => [each]) : [group]));
  return { groups: parts.sort(([a], [b]) => a - b), picked: -1 };
}
