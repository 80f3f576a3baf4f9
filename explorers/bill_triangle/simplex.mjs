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
  const close = far / 4096;
  let near = 0;
  let at = far;
  while (far - near > close) {
    let cost = 0;
    let slope = 0;
    for (let i = 0; i < p.length; i += 1) {
      if (!(p[i] > 0)) continue;
      const ratio = Math.max(0, 1 + (at * way[i]) / p[i]);
      cost -= p[i] * Math.log2(ratio);
      slope -= way[i] / ratio;
    }
    // D is convex: it reaches the level no nearer than its chord from 0, no farther than its tangent.
    if (cost <= bits) near = at;
    else [near, far] = [Math.max(near, (at * bits) / cost), at];
    if (slope < Infinity) far = Math.min(far, at - ((cost - bits) * Math.LN2) / slope);
    at = (near + far) / 2;
  }
  return near;
}
