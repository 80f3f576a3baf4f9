// The tilted optimum π*(x) = reference(x)·exp(r(x)/β)/Z, what it earns and how far it is: pure
// functions of numbers, in nats. The tests hold them to Python and to lib.

import { divergence } from "../shared/measures.mjs";

// As in Python.
export const REWARD_ENDS = [-3, 3];
export const BETA_ENDS = [0.05, 10];

/** Σ p·value. */
const mean = (p, values) => p.reduce((sum, one, i) => sum + one * values[i], 0);

/** π* and ln Z. */
export function tilted(reference, rewards, beta) {
  // What is never said may score higher.
  let most = -Infinity;
  rewards.forEach((one, i) => { if (reference[i] > 0) most = Math.max(most, one / beta); });
  const weights = reference.map((one, i) => (one === 0 ? 0 : one * Math.exp(rewards[i] / beta - most)));
  const sum = weights.reduce((total, one) => total + one, 0);
  return { policy: weights.map((one) => one / sum), logZ: Math.log(sum) + most };
}

/** What a sentence adds to D(now‖before). */
const term = (now, before) => (now === 0 ? 0 : now * (Math.log(now) - Math.log(before)));

/**
 * All that is shown of one β. reward, trueReward: under π*; before, trueBefore: under the reference.
 * kept: what is left of the gain in reward when its price, β·nats, is paid.
 */
export function optimum({ reference, rewards, truth, beta }) {
  const { policy, logZ } = tilted(reference, rewards, beta);
  const [reward, before] = [policy, reference].map((p) => mean(p, rewards));
  const nats = divergence(policy, reference) * Math.LN2;
  return {
    policy, logZ, reward, before, nats,
    value: beta * logZ,
    gain: reward - before,
    kept: beta * logZ - before,
    trueReward: mean(policy, truth),
    trueBefore: mean(reference, truth),
    terms: policy.map((one, i) => term(one, reference[i])),
  };
}

/** Where a policy stands: its nats from the reference, what it gains there, and what in truth. */
const place = (policy, { reference, rewards, truth }) => ({
  nats: divergence(policy, reference) * Math.LN2,
  gain: mean(policy, rewards) - mean(reference, rewards),
  truly: mean(policy, truth) - mean(reference, truth),
});

const POINTS = 100;
const [HOTTEST, COLDEST] = [100, 0.002];

/** Where π* stands from the reference itself to a β of 0, on which it says the best alone. */
export function frontier(state) {
  const { reference, rewards } = state;
  const best = Math.max(...rewards.filter((_, i) => reference[i] > 0));
  const among = reference.map((one, i) => (rewards[i] === best ? one : 0));
  const sum = among.reduce((total, one) => total + one, 0);
  const betas = Array.from({ length: POINTS }, (_, i) =>
    HOTTEST * (COLDEST / HOTTEST) ** (i / (POINTS - 1)));
  return [
    { nats: 0, gain: 0, truly: 0 },
    ...betas.map((beta) => place(tilted(reference, rewards, beta).policy, state)),
    place(among.map((one) => one / sum), state),
  ];
}

/** The policy that says the best, by its reward, of n sentences of the reference. */
export function bestOf(n, reference, rewards) {
  const sum = (which) => reference.reduce((total, one, i) => (which(rewards[i]) ? total + one : total), 0);
  return reference.map((one, i) => {
    const [upTo, below] = [sum((r) => r <= rewards[i]), sum((r) => r < rewards[i])];
    return one === 0 ? 0 : ((upTo ** n - below ** n) / (upTo - below)) * one;
  });
}

/** Where the best of n stands. */
export const placeOfBest = (n, state) => place(bestOf(n, state.reference, state.rewards), state);
