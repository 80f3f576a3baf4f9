// A trained model of letters: the last few, embedded, into dense layers, out to the next. Pure
// functions of texts and numbers, no page; the tests hold them to Python's.

/** The numbers of 16 bits that a text holds in base64, the low byte first. */
function halves(data) {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 2 }, (_, i) => {
    const bits = view.getUint16(2 * i, true);
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    return bits & 0x8000 ? -size : size;
  });
}

/** Add `input` times the rows of a matrix, one behind the other in `weights`, to `output`. */
function addProduct(output, input, weights, from = 0) {
  const columns = output.length;
  for (let i = 0; i < input.length; i += 1) {
    const one = input[i];
    if (one === 0) continue; // as about half are that were rectified
    const first = from + i * columns;
    for (let j = 0; j < columns; j += 1) output[j] += one * weights[first + j];
  }
}

/**
 * A model from the state of the explorer: { letters, numbers, context, blank, first, bias, layers }.
 *
 * first: what each letter at each place of the context, the oldest first, adds to the first layer,
 * (place · (K + 1) + letter) · width on. It is the same for all texts, so it is worked out once.
 */
export function unpackModel({ alphabet, shapes, weights }) {
  const flat = halves(weights);
  let at = 0;
  const [embedding, ...rest] = shapes.map((shape) => {
    const from = at;
    at += shape.reduce((size, side) => size * side, 1);
    return { shape, numbers: flat.subarray(from, at) };
  });
  const layers = Array.from({ length: rest.length / 2 }, (_, i) =>
    ({ weights: rest[2 * i].numbers, bias: rest[2 * i + 1].numbers }));
  const [kinds, dim] = embedding.shape;
  const context = rest[0].shape[0] / dim;
  const [{ weights: into, bias }, ...others] = layers;
  const width = bias.length;
  const first = new Float64Array(context * kinds * width);
  for (let place = 0; place < context; place += 1) {
    for (let letter = 0; letter < kinds; letter += 1) {
      const start = (place * kinds + letter) * width;
      addProduct(first.subarray(start, start + width),
        embedding.numbers.subarray(letter * dim, (letter + 1) * dim), into, place * dim * width);
    }
  }
  const letters = Array.from(alphabet);
  const numbers = new Map(letters.map((letter, number) => [letter, number]));
  return { letters, numbers, context, blank: letters.length, first, bias, layers: others };
}

/** The logits of the next letter after `before`, the numbers of at most `context` letters. */
function logitsAfter({ context, blank, first, bias, layers }, before) {
  let hidden = bias.slice();
  const missing = context - before.length;
  for (let place = 0; place < context; place += 1) {
    const letter = place < missing ? blank : before[place - missing];
    const start = (place * (blank + 1) + letter) * hidden.length;
    for (let j = 0; j < hidden.length; j += 1) hidden[j] += first[start + j];
  }
  for (const layer of layers) {
    const output = layer.bias.slice();
    for (let i = 0; i < hidden.length; i += 1) hidden[i] = Math.max(0, hidden[i]);
    addProduct(output, hidden, layer.weights);
    hidden = output;
  }
  return hidden;
}

/** The probabilities of logits at a temperature, Q^(1/T)/Z. The highest of them is 0. */
export function probabilitiesAt(logits, temperature) {
  const powers = Array.from(logits, (one) => Math.exp(one / temperature));
  const sum = powers.reduce((total, one) => total + one, 0);
  return powers.map((one) => one / sum);
}

/** −log₂ of the probability that logits give a letter at a temperature. The highest of them is 0. */
function priceAt(logits, number, temperature) {
  let sum = 0;
  for (let i = 0; i < logits.length; i += 1) sum += Math.exp(logits[i] / temperature);
  return (Math.log(sum) - logits[number] / temperature) / Math.LN2;
}

/** What each letter of a text costs in bits, of one that a reader has read. */
export const pricesAt = ({ places, numbers }, temperature) =>
  numbers.map((number, i) => priceAt(places[i].logits, number, temperature));

// Of how many contexts a reader keeps the logits: ten texts of the limit.
const KEPT = 2000;

/**
 * A function that reads a text, a list of letters: { places, numbers, means }.
 *
 * places: of each letter, and of the one behind the last, the `logits`, less the highest of them.
 * numbers: of the letters in the alphabet. means: the price of a letter in bits at each of the
 * `temperatures`, in the mean; NaN of no letters. To read a letter takes long, so what was read is
 * kept, by its context: a letter that is typed at the end is the only one to be read anew.
 */
export function reader(model, temperatures) {
  const known = new Map();
  const placeOf = (letters, i) => {
    const before = letters.slice(Math.max(0, i - model.context), i);
    const key = before.join("");
    if (!known.has(key)) {
      if (known.size >= KEPT) known.clear();
      const logits = logitsAfter(model, before.map((letter) => model.numbers.get(letter)));
      const most = Math.max(...logits);
      known.set(key, { logits: logits.map((one) => one - most), curves: new Map() });
    }
    return known.get(key);
  };
  const curveOf = ({ logits, curves }, number) => {
    if (!curves.has(number)) curves.set(number, temperatures.map((one) => priceAt(logits, number, one)));
    return curves.get(number);
  };
  return (letters) => {
    const places = Array.from({ length: letters.length + 1 }, (_, i) => placeOf(letters, i));
    const numbers = letters.map((letter) => model.numbers.get(letter));
    const sums = temperatures.map(() => 0);
    numbers.forEach((number, i) => {
      curveOf(places[i], number).forEach((price, j) => { sums[j] += price; });
    });
    return { places, numbers, means: sums.map((sum) => sum / letters.length) };
  };
}

/** What the tests hold to Python: of a packed model and a text, prices and what is expected next. */
export function pricedBy(pack, text, temperature) {
  const letters = Array.from(text);
  const reading = reader(unpackModel(pack), [temperature])(letters);
  return {
    prices: pricesAt(reading, temperature),
    expected: probabilitiesAt(reading.places[letters.length].logits, temperature),
    mean: reading.means[0],
  };
}

/** The letter of the pmf p at which a number from 0 to 1 falls, if each is as wide as its share. */
export function letterAt(p, number) {
  let sum = 0;
  const found = p.findIndex((one) => (sum += one) > number);
  return found < 0 ? p.findLastIndex((one) => one > 0) : found;
}

/**
 * A function that draws numbers from 0 to 1, the same ones from the same seed: the multiplicative
 * generator of Park and Miller, with the multiplier that they later took, 48271.
 */
export function drawer(seed) {
  let state = seed;
  return () => (state = (48271 * state) % 2147483647) / 2147483647;
}

/** The first numbers that a drawer draws. */
export function drawnNumbers(seed, count) {
  const draw = drawer(seed);
  return Array.from({ length: count }, draw);
}
