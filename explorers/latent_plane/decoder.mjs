// A decoder on the page: a small dense network that tilts the histogram of every pixel.

const [PIXELS, GREYS] = [64, 17];
// Gauss–Hermite nodes and weights for N(0, 1), 7 points (computed: tests/explorers/test_latent_plane.py).
const NODES = [
  -3.7504397177257425, -2.366759410734541, -1.1544053947399682, 0,
  1.1544053947399682, 2.366759410734541, 3.7504397177257425,
];
const WEIGHTS = [
  0.000548268855972217, 0.03075712396758652, 0.2401231786050127, 0.45714285714285724,
  0.2401231786050127, 0.03075712396758652, 0.000548268855972217,
];

/** Whole numbers of 16 bits, the low byte first, times their scale. */
function numbersOf({ scale, data }) {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const numbers = new Float64Array(bytes.length / 2);
  return numbers.map((_, i) => view.getInt16(2 * i, true) * scale);
}

/** A decoder from the state of the explorer. */
export const unpackDecoder = ({ layers, activation, base, tilts }) => ({
  layers: layers.map(({ shape, weights, bias }) => ({
    shape, weights: numbersOf(weights), bias: numbersOf(bias),
  })),
  rectified: activation === "relu",
  base: numbersOf(base), // 17 rows of 64
  tilts,
});

/** The values of an image, from a character each. */
export const pixelsOf = (text) => Array.from(text, (char) => Number.parseInt(char, GREYS));

/** What a layer makes of `input`. Called some hundred times a drag step. */
function dense({ shape: [rows, columns], weights, bias }, input) {
  const output = bias.slice(); // Float64Array.from would make an object of each number
  for (let i = 0; i < rows; i += 1) {
    const one = input[i];
    const first = i * columns;
    if (one === 0) continue; // as many are that were rectified
    for (let j = 0; j < columns; j += 1) output[j] += one * weights[first + j];
  }
  return output;
}

function outputs({ layers, rectified }, z) {
  let input = Float64Array.from(z);
  layers.forEach((layer, number) => {
    input = dense(layer, input);
    if (number === layers.length - 1) return;
    for (let j = 0; j < input.length; j += 1) {
      input[j] = rectified ? Math.max(0, input[j]) : Math.tanh(input[j]);
    }
  });
  return input;
}

/** The pmfs of all pixels at z: the probability of value v at pixel i stands at 17 i + v. */
export function decodedAt(decoder, z) {
  const { base, tilts } = decoder;
  const strengths = outputs(decoder, z);
  const pmf = new Float64Array(PIXELS * GREYS);
  for (let i = 0; i < PIXELS; i += 1) {
    let most = -Infinity;
    for (let v = 0; v < GREYS; v += 1) {
      let log = base[v * PIXELS + i];
      for (let k = 0; k < tilts.length; k += 1) log += tilts[k][v] * strengths[k * PIXELS + i];
      pmf[i * GREYS + v] = log;
      if (log > most) most = log;
    }
    const [first, end] = [i * GREYS, (i + 1) * GREYS];
    let sum = 0;
    for (let at = first; at < end; at += 1) sum += pmf[at] = Math.exp(pmf[at] - most);
    for (let at = first; at < end; at += 1) pmf[at] /= sum;
  }
  return pmf;
}

/** What an image costs at these prices, in nats. */
export const imagePrice = (pmf, image) =>
  image.reduce((sum, value, i) => sum - Math.log(pmf[i * GREYS + value]), 0);

/** The expected value of each pixel, or its most probable one. */
export function drawn(pmf, show) {
  return Array.from({ length: PIXELS }, (_, i) => {
    let [result, most] = [0, 0];
    for (let v = 0; v < GREYS; v += 1) {
      const p = pmf[i * GREYS + v];
      if (show === "mean") result += v * p;
      else if (p > most) [result, most] = [v, p];
    }
    return result;
  });
}

/** The two parts of −ELBO of an image whose posterior is [mean, mean, std, std], in nats. */
export function twoBills(decoder, image, [m1, m2, s1, s2]) {
  const kl = [[m1, s1], [m2, s2]].reduce(
    (sum, [m, s]) => sum + (m * m + s * s - 1) / 2 - Math.log(s), 0);
  let reconstruction = 0;
  NODES.forEach((one, i) => NODES.forEach((two, j) => {
    const pmf = decodedAt(decoder, [m1 + s1 * one, m2 + s2 * two]);
    reconstruction += WEIGHTS[i] * WEIGHTS[j] * imagePrice(pmf, image);
  }));
  return { reconstruction, kl };
}
