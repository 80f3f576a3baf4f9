// Gaussians on a line: pure functions of numbers. The tests hold them to SciPy.

export const HALF_LOG_2PI = Math.log(2 * Math.PI) / 2;
/** How high the density of a standard deviation of 1 is. */
export const PEAK = Math.exp(-HALF_LOG_2PI);

/** ln of the density of N(mean, sd²) at x. */
export const logNormal = (x, mean, sd) => -(((x - mean) / sd) ** 2) / 2 - Math.log(sd) - HALF_LOG_2PI;

/** The density of N(mean, sd²) at x. */
export const bell = (x, mean, sd) => Math.exp(logNormal(x, mean, sd));

/** The probability of what lies below z under N(0, 1), by Marsaglia's series (2004). */
export function normalCdf(z) {
  if (Math.abs(z) > 9) return z < 0 ? 0 : 1;
  let [term, sum] = [z, z];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) sum += term *= (z * z) / k;
  return 0.5 + sum * bell(z, 0, 1);
}

// A Gaussian is the same curve wherever it lies: how high it is at mean + t·sd, as a part of its top.
const CURVE = Array.from({ length: 71 }, (_, i) => (i - 35) / 8).map((t) =>
  ({ t, height: Math.exp((-t * t) / 2) }));

/** The curve of a Gaussian from `first` to `last`, a path by the scales across(x) and y(density). */
export function bellPath({ mean, sd }, { across, y, first, last }) {
  let d = "";
  for (const { t, height } of CURVE) {
    const x = mean + t * sd;
    if (x < first || x > last) continue;
    d += `${d ? "L" : "M"}${across(x).toFixed(1)} ${y((PEAK / sd) * height).toFixed(1)}`;
  }
  return d;
}
