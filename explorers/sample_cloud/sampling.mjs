// Log-ratios of draws and what the estimators make of them: pure functions of numbers. The tests hold
// them to lib and SciPy.

/** e^l − 1 − l, without the loss of digits near 0. */
export function excess(l) {
  if (Math.abs(l) > 0.1) return Math.expm1(l) - l;
  let sum = 0;
  for (let k = 12; k > 2; k -= 1) sum = ((1 + sum) * l) / k;
  return ((1 + sum) * l * l) / 2;
}

/** ln q(x)/p(x) at x = mean + z·sd of P, for each of the draws z; 0 where Q is P. */
export function logRatios(P, Q, draws) {
  const [shift, stretch] = [(P.mean - Q.mean) / Q.sd, P.sd / Q.sd];
  const ofScales = Math.log1p((P.sd - Q.sd) / Q.sd);
  return draws.map((z) => {
    const away = shift + (stretch - 1) * z; // how much farther x is from Q's mean, in Q's widths
    return ofScales - (away * (2 * z + away)) / 2;
  });
}

/** What each estimator of D(P‖Q) makes of each log-ratio. */
export const valuesOf = (ratios) => ({
  k1: ratios.map((l) => 0 - l), k2: ratios.map((l) => (l * l) / 2), k3: ratios.map(excess),
});

/** Of some values: their mean, its standard error, and how many are below 0. */
export function account(values) {
  let [sum, below] = [0, 0];
  for (const value of values) {
    sum += value;
    if (value < 0) below += 1;
  }
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, below, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** ln Var k3, where Q is so near to P that the closed form's terms cancel: by the trapezoid rule. */
function logVarianceNear(P, Q, divergence) {
  const nodes = Array.from({ length: 97 }, (_, i) => (i - 48) / 4);
  const squares = logRatios(P, Q, nodes).map((l) => excess(l) ** 2);
  const mean = squares.reduce((sum, one, i) => sum + one * Math.exp(-(nodes[i] ** 2) / 2), 0);
  return Math.log(mean / 4 / Math.sqrt(2 * Math.PI) - divergence ** 2);
}

/**
 * What is true of one sample x from P, in closed form: D(P‖Q); the expectation of each estimator; and
 * the logarithm of its standard deviation, for that may pass what a double holds. Infinity: it is
 * infinite; −Infinity: it is 0.
 *
 * With x = mean + z·sd of P, ln q(x)/p(x) is a quadratic function of the normal z: −D + bz + c(z² − 1).
 * Its cumulants give k1 and k2. k3 needs E e^{2l} = ∫ q²/p besides, which is finite only where q² falls
 * faster than p, 2/sd_q² > 1/sd_p²; and Cov(e^l, l) = D(P‖Q) + D(Q‖P).
 */
export function truth(P, Q) {
  const growth = ((P.sd - Q.sd) * (P.sd + Q.sd)) / Q.sd ** 2; // of the variance, from Q to P
  const ratio = (P.sd / Q.sd) ** 2; // of the variances
  const distance = ((P.mean - Q.mean) / Q.sd) ** 2;
  const ofScales = Math.log1p((P.sd - Q.sd) / Q.sd);
  const divergence = (excess(2 * ofScales) + distance) / 2;
  const [b2, c] = [distance * ratio, -growth / 2];
  const second = b2 + 2 * c * c;
  const third = 6 * b2 * c + 8 * c ** 3;
  const fourth = 48 * c * c * (b2 + c * c);
  const ofSquare = 4 * divergence ** 2 * second - 4 * divergence * third + fourth + 2 * second ** 2;

  const spread = 1 + 2 * growth; // 2/sd_q² − 1/sd_p², but for a positive factor
  const logWeight = 2 * ofScales - Math.log1p(2 * growth) / 2 + distance / spread;
  const both = growth ** 2 / ratio + distance * (1 + 1 / ratio); // 2·(D(P‖Q) + D(Q‖P))
  let logOfThird = Infinity;
  if (spread > 0) {
    if (logWeight > 600) logOfThird = logWeight;
    else if (divergence > 1e-4) logOfThird = Math.log(Math.expm1(logWeight) + second - both);
    else logOfThird = logVarianceNear(P, Q, divergence);
  }
  return {
    divergence,
    expected: { k1: divergence, k2: (divergence ** 2 + second) / 2, k3: divergence },
    logSd: { k1: Math.log(second) / 2, k2: Math.log(ofSquare / 4) / 2, k3: logOfThird / 2 },
  };
}
