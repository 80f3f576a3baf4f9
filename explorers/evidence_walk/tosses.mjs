// Tosses of one coin, weighed between two: pure functions of numbers. The tests hold them to Python.
//
// Heads has probability p in truth, q for the rival. A toss adds ln p/q to the evidence for heads and
// ln (1 − p)/(1 − q) for tails: one of the two is in favour of p, the other against it. After n
// tosses the evidence hangs on the number k of those in favour alone, and it grows with k.

import { divergence } from "../shared/measures.mjs";

/** The longest wait that is worked out, in tosses. */
export const LONGEST_WAIT = 2000;
/** Where the axis of tosses may end. */
export const AXIS_ENDS = [10, 20, 40, 60, 100, 200, 400, 600, 1000, LONGEST_WAIT];
/** The axis ends where at most this much lies beyond it, if there is such an end. */
const BEYOND = 0.06;
/** Less than this does not change what is shown. */
const NOTHING = 1e-10;
/** 2,000 tosses drop less than 1e-14 of it. */
const DROPPED = 1e-18;

/** D of two coins, in nats. */
export const coinDivergence = (p, q) => Math.LN2 * divergence([p, 1 - p], [q, 1 - q]);

/** The toss in favour of p: how likely it is in truth, what it adds, and what the other one takes. */
export function steps(p, q) {
  const heads = Math.log(p / q);
  const tails = Math.log((1 - p) / (1 - q));
  return p > q ? { likely: p, gain: heads, loss: -tails } : { likely: 1 - p, gain: tails, loss: -heads };
}

/** The least k of n tosses with which the evidence reaches `level`. A tie has reached it. */
const needed = ({ gain, loss }, level, n) =>
  Math.ceil((level + n * loss) / (gain + loss) - 1e-9);

/**
 * How long it takes until the odds for p first reach odds : 1, exactly, toss by toss.
 *
 * Returns { stops, rest, mean, reached, low, high, late, end }: stops[n], the chance to stop at toss
 * n; rest, of those that take longer than it is long; the mean number of tosses, and of the evidence
 * then, in nats; the tosses by which 10 % and 90 % have stopped (Infinity: later than was worked
 * out); how many take more than twice the mean (NaN: not known); where the axis ends.
 */
export function firstPassage(p, q, odds) {
  const level = Math.log(odds);
  const none = { stops: new Float64Array(1), rest: 1, mean: Infinity, reached: NaN, low: Infinity };
  if (p === q) return { ...none, high: Infinity, late: NaN, end: LONGEST_WAIT };
  const coin = steps(p, q);
  const { likely, gain, loss } = coin;
  const other = 1 - likely;

  // alive[k]: the chance of k tosses in favour without having stopped, for k from `low` to `high`.
  const alive = new Float64Array(LONGEST_WAIT + 2);
  const stops = new Float64Array(LONGEST_WAIT + 1);
  alive[0] = 1;
  let [low, high, rest, n] = [0, 0, 1, 0];
  let [nats, recent, over] = [0, 0, 0];
  while (n < LONGEST_WAIT && rest > NOTHING) {
    n += 1;
    for (let k = high + 1; k > low; k -= 1) alive[k] = alive[k] * other + alive[k - 1] * likely;
    alive[low] *= other;
    high += 1;
    // What is next to nothing is dropped at both ends: it would cost time, and never matters.
    while (low < high && alive[low] < DROPPED) low += 1;
    while (low < high && alive[high] < DROPPED) alive[high--] = 0;
    if (high < needed(coin, level, n)) continue;
    // A toss in favour brings the walk there, and no other.
    const stop = alive[high];
    alive[high] = 0;
    const evidence = high * gain - (n - high) * loss;
    high -= 1;
    stops[n] = stop;
    rest -= stop;
    nats += stop * evidence;
    // The overshoot of late stops, which hardly hangs on where the walk began.
    recent = recent * 0.998 + stop;
    over = over * 0.998 + stop * (evidence - level);
  }
  rest = Math.max(0, rest);
  // Wald: the mean evidence at the stop is D for each toss, so it tells the mean of the tosses.
  const reached = nats + rest * (level + (recent > 0 ? over / recent : gain / 2));
  const mean = reached / coinDivergence(p, q);
  return { stops: stops.subarray(0, n + 1), rest, mean, reached, ...summed(stops, n, rest, mean) };
}

/** Where the sums of the stops pass 10 %, 90 %, twice the mean, and what the axis may leave out. */
function summed(stops, last, rest, mean) {
  let [sum, low, high, late, end] = [0, Infinity, Infinity, NaN, LONGEST_WAIT];
  let next = 0;
  for (let n = 0; n <= last; n += 1) {
    sum += stops[n];
    if (low === Infinity && sum >= 0.1) low = n;
    if (high === Infinity && sum >= 0.9) high = n;
    if (n <= 2 * mean) late = Math.max(0, 1 - sum);
    if (n === AXIS_ENDS[next]) {
      if (end === LONGEST_WAIT && 1 - sum <= BEYOND) end = n;
      next += 1;
    }
  }
  if (last < LONGEST_WAIT && end === LONGEST_WAIT) end = AXIS_ENDS.find((one) => one >= last) ?? end;
  if (2 * mean >= LONGEST_WAIT + 1 && rest > NOTHING) late = NaN;
  return { low, high, late, end };
}

/** What is beyond toss `end`. */
export function beyond(stops, rest, end) {
  let sum = rest;
  for (let n = end + 1; n < stops.length; n += 1) sum += stops[n];
  return sum;
}

/** A function () → numbers from 0 to 1 (mulberry32, by T. Ettinger), the same for the same seed. */
function generator(seed) {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** For each walk, a number from 0 to 1 a toss: the toss is heads where it is below p. */
export function tossed(seed, walks) {
  return Array.from({ length: walks }, (_, walk) => {
    const next = generator(seed * walks + walk);
    return Float64Array.from({ length: LONGEST_WAIT }, next);
  });
}

/**
 * A walk of the evidence: { points, stop }. points: its height, in nats, after 0, every, 2·every, …
 * tosses, and at the toss where it stops; stop: that toss, or Infinity where it goes on beyond
 * `end`.
 */
export function walk(numbers, p, q, odds, end, every = 1) {
  const coin = steps(p, q);
  const heads = p > q;
  const level = Math.log(odds);
  const points = [0];
  let k = 0;
  for (let n = 1; n <= end; n += 1) {
    if (p !== q && (numbers[n - 1] < p) === heads) k += 1;
    const height = p === q ? 0 : k * coin.gain - (n - k) * coin.loss;
    const there = p !== q && k >= needed(coin, level, n);
    if (there || n % every === 0) points.push(height);
    if (there) return { points, stop: n };
  }
  return { points, stop: Infinity };
}
