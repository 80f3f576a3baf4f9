// A world of 160 pictures, each as probable as any: what z = αx + σε tells of x, and what steps cost.
// Pure functions of numbers, as in Python; the tests hold them to that, and to closed forms.

import { MEAN_ERRORS, PICTURES } from "./world.mjs";
import { standardNormals } from "../shared/normals.mjs";

const [PIXELS, EACH, CLASSES] = [64, 16, 10];
const GREY = 8; // half of the ink of a black pixel: white is −1, black 1
const COUNT = EACH * CLASSES;
export const ENDS = [-8, 4]; // of λ
const FINE = 10; // levels in a unit of λ
export const LEVELS = Float64Array.from({ length: FINE * (ENDS[1] - ENDS[0]) + 1 }, (_, i) =>
  (FINE * ENDS[0] + i) / FINE);

const pictures = PICTURES.trim().split("\n").map((line) =>
  Float64Array.from(line, (ink) => Number.parseInt(ink, 17) / GREY - 1));
const logErrors = MEAN_ERRORS.trim().split(/\s+/).map((error) => Math.log(Number(error)));

/** Values from −1 to 1 as ink, 0 to 16; what lies beyond is white or black. */
export const inkOf = (values) =>
  values.map((value) => Math.max(0, Math.min(2 * GREY, GREY * (1 + value))));

/** The scales of z = αx + σε at λ, and its signal-to-noise ratio. */
export function scalesAt(level) {
  const signal = 1 / (1 + Math.exp(-level));
  return { alpha: Math.sqrt(signal), sigma: Math.sqrt(1 - signal), snr: Math.exp(level) };
}

/**
 * What is sent: the first picture x of a class, and a noise. And how each picture differs from x: by
 * pixels; by the square of its distance; and along the noise.
 */
export function sending(digit, draw) {
  const index = digit * EACH;
  const x = pictures[index];
  const noise = standardNormals(draw, PIXELS);
  const away = pictures.map((picture) => picture.map((value, k) => value - x[k]));
  return {
    index, x, noise, away,
    square: away.map((one) => one.reduce((sum, value) => sum + value * value, 0)),
    along: away.map((one) => one.reduce((sum, value, k) => sum + value * noise[k], 0)),
  };
}

/** The posterior of the pictures at λ, and x̂ − x. */
export function knownAt({ index, away, square, along }, level) {
  const snr = Math.exp(level);
  const root = Math.sqrt(snr);
  // ln P(picture|z) but for a constant: 0 for x.
  const weights = square.map((one, i) => root * along[i] - (snr * one) / 2);
  const most = Math.max(...weights);
  let [sum, others] = [0, 0];
  for (let i = 0; i < COUNT; i += 1) {
    if (i !== index) others += Math.exp(weights[i]);
    sum += weights[i] = Math.exp(weights[i] - most);
  }
  const off = new Float64Array(PIXELS);
  for (let i = 0; i < COUNT; i += 1) {
    const weight = weights[i] /= sum;
    if (weight < 1e-30) continue;
    const picture = away[i];
    for (let k = 0; k < PIXELS; k += 1) off[k] += weight * picture[k];
  }
  return {
    classes: Array.from({ length: CLASSES }, (_, c) =>
      weights.slice(c * EACH, (c + 1) * EACH).reduce((total, one) => total + one, 0)),
    off,
    error: off.reduce((total, one) => total + one * one, 0),
    left: Math.log1p(others),
  };
}

/** E‖x − x̂‖² at λ, over all pictures and all noise. */
export function meanError(level) {
  const place = Math.max(0, Math.min(LEVELS.length - 1, (level - ENDS[0]) * FINE));
  const i = Math.min(LEVELS.length - 2, Math.floor(place));
  return Math.exp(logErrors[i] + (place - i) * (logErrors[i + 1] - logErrors[i]));
}

/** The price of steps without end, in nats per unit of λ, from the squared error at λ. */
export const density = (level, error) => (Math.exp(level) * error) / 2;

/** What steps without end cost from λ on, on average: the area below their price. */
export function meanLeft(level) {
  let [sum, from, price] = [0, level, density(level, meanError(level))];
  for (const to of LEVELS) {
    if (to <= level) continue;
    const next = density(to, meanError(to));
    sum += ((to - from) * (price + next)) / 2;
    [from, price] = [to, next];
  }
  return sum;
}

/** The price of a step from one level to another, in nats: D(q(z′|z, x)‖q(z′|z, x̂)). */
export const stepPrice = (from, to, error) => ((Math.exp(to) - Math.exp(from)) / 2) * error;

/** Where the next of T steps ends that begins at λ. */
export const nextLevel = (level, steps) => Math.min(level + (ENDS[1] - ENDS[0]) / steps, ENDS[1]);

/** Each of T steps, and what it costs on average: { from, to, price }. */
export function stepsOf(steps) {
  const at = (k) => ENDS[0] + (k * (ENDS[1] - ENDS[0])) / steps;
  return Array.from({ length: steps }, (_, k) => {
    const [from, to] = [at(k), at(k + 1)];
    return { from, to, price: stepPrice(from, to, meanError(from)) };
  });
}

/** What all T steps cost on average, in nats. */
export const meanBill = (steps) => stepsOf(steps).reduce((sum, { price }) => sum + price, 0);

/** All that is shown, and x, z and x̂ as ink. */
export function everything(sent, { level, steps }) {
  const { alpha, sigma, snr } = scalesAt(level);
  const { classes, off, error, left } = knownAt(sent, level);
  const to = nextLevel(level, steps);
  return {
    alpha, sigma, snr, classes, error, left, to,
    nextSnr: Math.exp(to),
    price: stepPrice(level, to, error),
    meanLeft: meanLeft(level),
    noisy: inkOf(sent.noise.map((one, k) => (alpha * sent.x[k] + sigma * one) / (alpha + sigma))),
    guess: inkOf(off.map((one, k) => sent.x[k] + one)),
  };
}
