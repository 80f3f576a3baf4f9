// Ways over the simplex of all pmfs: pure functions of numbers. The tests hold them to lib.

/** The point of the simplex nearest to `values`, which sum to 1: Q where the hand leaves it. */
export function ontoSimplex(values) {
  const descending = [...values].sort((a, b) => b - a);
  let sum = 0;
  let excess = 0;
  descending.forEach((value, i) => {
    sum += value;
    if (value > (sum - 1) / (i + 1)) excess = (sum - 1) / (i + 1);
  });
  return values.map((value) => Math.max(0, value - excess));
}

/**
 * How far one can go from p along `way` (which sums to 0) until D(P‖Q) reaches `bits`, or Q the
 * edge of the simplex. D is convex and 0 at p, so it grows along every ray.
 */
export function reach(p, way, bits) {
  // Plain loops: a drag of P asks some thousand times.
  let far = Infinity;
  for (let i = 0; i < p.length; i += 1) if (way[i] < 0) far = Math.min(far, p[i] / -way[i]);
  if (bits === Infinity) return far;
  const cost = (length) => {
    let sum = 0;
    for (let i = 0; i < p.length; i += 1) {
      if (p[i] > 0) sum -= p[i] * Math.log2(Math.max(0, 1 + (length * way[i]) / p[i]));
    }
    return sum;
  };
  if (cost(far) <= bits) return far;
  let near = 0;
  const close = far / 4096;
  while (far - near > close) {
    const middle = (near + far) / 2;
    if (cost(middle) < bits) near = middle;
    else far = middle;
  }
  return near;
}
