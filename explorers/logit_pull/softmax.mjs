// Softmax and the loss of a classifier: pure functions of numbers. The tests hold them to lib.

/**
 * log softmax(z), in nats. The terms of all but the largest logit are summed apart, so that the
 * surprise of a class that is all but certain is not lost (see lib.logits).
 */
export function logSoftmax(z) {
  const top = z.indexOf(Math.max(...z));
  const others = z.reduce((sum, one, k) => (k === top ? sum : sum + Math.exp(one - z[top])), 0);
  return z.map((one) => one - z[top] - Math.log1p(others));
}

/** The probabilities that logits stand for. */
export const softmax = (z) => logSoftmax(z).map(Math.exp);

/** H(P, softmax(z)) in nats, the loss of a classifier; a class with p = 0 adds nothing. */
export function lossFromLogits(p, z) {
  const logs = logSoftmax(z);
  return p.reduce((sum, one, k) => (one === 0 ? sum : sum - one * logs[k]), 0);
}
