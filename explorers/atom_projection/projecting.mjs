// Returns on atoms, their targets r + γz, and the projection of these onto the atoms. Pure functions
// of numbers; the tests hold them to Python. As in __init__.py.

const ON_AN_ATOM = 1e-9; // what is nearer to an atom than this share of a gap lies on it

/** Where `count` atoms stand from low to high. */
export const atomsOf = (low, high, count) => Array.from({ length: count }, (_, i) =>
  (i === count - 1 ? high : low + (i * (high - low)) / (count - 1)));

/** Mean and standard deviation of what mass there is; NaN where there is none. */
function meanAndSd(places, mass) {
  const whole = mass.reduce((sum, one) => sum + one, 0);
  if (whole < ON_AN_ATOM) return { mean: NaN, sd: NaN };
  const mean = places.reduce((sum, z, i) => sum + mass[i] * z, 0) / whole;
  const square = places.reduce((sum, z, i) => sum + mass[i] * (z - mean) ** 2, 0) / whole;
  return { mean, sd: Math.sqrt(square) };
}

/** W1 = ∫ |F − G| of two pmfs, each on places that do not decrease. */
export function transport(places, mass, otherPlaces, otherMass) {
  let [i, j, difference, sum] = [0, 0, 0, 0];
  let at = Math.min(places[0], otherPlaces[0]);
  while (i < places.length || j < otherPlaces.length) {
    const next = Math.min(places[i] ?? Infinity, otherPlaces[j] ?? Infinity);
    sum += Math.abs(difference) * (next - at);
    at = next;
    if (places[i] === next) difference += mass[i++];
    else difference -= otherMass[j++];
  }
  return sum;
}

/**
 * Where a target lands: { beyond, left, right, toLeft, toRight }, the numbers of the atoms on its two
 * sides and the shares of its mass that they get. On an atom both are that one, which the form with
 * floor and ceiling gives nothing.
 */
function landing(target, { low, high, count, projection }) {
  const gap = (high - low) / (count - 1);
  const slack = ON_AN_ATOM * gap;
  const beyond = target < low - slack || target > high + slack;
  let b = (Math.min(high, Math.max(low, target)) - low) / gap;
  if (Math.abs(b - Math.round(b)) < ON_AN_ATOM) b = Math.round(b);
  const [left, right] = [Math.floor(b), Math.ceil(b)];
  if (left < right) return { beyond, left, right, toLeft: right - b, toRight: b - left };
  return { beyond, left, right, toLeft: projection === "shares" ? 1 : 0, toRight: 0 };
}

/** All that is shown of a state { p, reward, discount, projection, low, high }. */
export function projectionOf({ p, reward, discount, projection, low, high }) {
  const count = p.length;
  const atoms = atomsOf(low, high, count);
  const targets = atoms.map((z) => reward + discount * z);
  const landings = targets.map((one) => landing(one, { low, high, count, projection }));
  const projected = p.map(() => 0);
  const lostAt = p.map(() => 0);
  let clipped = 0;
  landings.forEach(({ beyond, left, right, toLeft, toRight }, i) => {
    projected[left] += p[i] * toLeft;
    projected[right] += p[i] * toRight;
    if (toLeft + toRight === 0) lostAt[left] += p[i];
    if (beyond) clipped += p[i];
  });
  const missing = 1 - projected.reduce((sum, one) => sum + one, 0);
  const lost = missing > ON_AN_ATOM ? missing : 0;
  const kept = targets.map((one) => Math.min(high, Math.max(low, one)));
  return {
    atoms, targets, landings, projected, lostAt, lost, clipped,
    target: meanAndSd(targets, p),
    kept: meanAndSd(kept, p),
    result: meanAndSd(atoms, projected),
    w1: lost > 0 ? NaN : (transport(targets, p, atoms, projected) * (count - 1)) / (high - low),
  };
}
