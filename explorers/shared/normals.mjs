// Standard normal draws of a seed, the same in Python: normals.py.

const MOST_DRAWS = 1000; // of a seed; as in Python

/** Thirty-two well mixed bits for a number: a golden step, then Wellons' hash "lowbias32". */
function mixed(number) {
  let h = Math.imul(number, 0x9e3779b9);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The n standard normal draws of a seed, by Box and Muller; fewer draws are the first of more. */
export function standardNormals(seed, n) {
  const draws = [];
  for (let i = seed * MOST_DRAWS; draws.length < n; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((mixed(i) + 0.5) / 2 ** 32));
    const angle = (2 * Math.PI * (mixed(i + 1) + 0.5)) / 2 ** 32;
    draws.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return draws.slice(0, n);
}
