// A model of bytes that learns while it reads, and what it asks for a text: pure functions, no page.
// The tests hold them to Python's.

const BYTES = 256;

/** The bytes of a letter, a code point, in UTF-8. */
export function bytesOf(letter) {
  const code = letter.codePointAt(0);
  if (code < 0x80) return [code];
  const tail = (shift) => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x800) return [0xc0 | (code >> 6), tail(0)];
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(6), tail(0)];
  return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)];
}

/** A context that was seen: how often, and what followed, each a context one byte longer. */
const context = () => ({ seen: 0, count: 0, next: new Map() });

/**
 * Interpolated Witten–Bell over bytes, of the contexts of up to `order` bytes. Contexts form a tree:
 * that of "th" is below that of "t", and its `count` says how often "h" followed "t".
 */
function learner(order) {
  const root = context();
  // The contexts of the next byte, shortest first: of none, one, two … of the last bytes.
  let here = [root];
  return {
    /** P_k(byte) of the contexts 0, 1, … that there are. */
    chances(byte) {
      let chance = 1 / BYTES;
      return here.map(({ seen, next }) => {
        const kinds = next.size;
        if (kinds > 0) chance = ((next.get(byte)?.count ?? 0) + kinds * chance) / (seen + kinds);
        return chance;
      });
    },
    /** Of each context: how often it was seen, followed by how many kinds, and by this byte. */
    counts: (byte) => here.map(({ seen, next }) =>
      ({ seen, kinds: next.size, count: next.get(byte)?.count ?? 0 })),
    learn(byte) {
      const longer = here.map((one) => {
        let child = one.next.get(byte);
        if (!child) one.next.set(byte, child = context());
        child.count += 1;
        one.seen += 1;
        return child;
      });
      here = [root, ...longer.slice(0, order)];
    },
  };
}

/** What each letter costs, in bits: the sum of its bytes. */
export function letterPrices(letters, order) {
  const model = learner(order);
  return letters.map((letter) => {
    let bits = 0;
    for (const byte of bytesOf(letter)) {
      bits -= Math.log2(/** @type {number} */ (model.chances(byte).at(-1)));
      model.learn(byte);
    }
    return bits;
  });
}

/**
 * How the price of the letter at `index` comes about: the price of each of its bytes, and of the
 * first of them `rows`, for each context { seen, kinds, count, chance }, shortest first; and what was
 * expected in its place, `likeliest`, at most `most` of [byte, probability], the likeliest first.
 */
export function explained(letters, order, index, most) {
  const model = learner(order);
  for (const letter of letters.slice(0, index)) bytesOf(letter).forEach(model.learn);
  const [first, ...rest] = bytesOf(letters[index]);
  const chances = model.chances(first);
  const rows = model.counts(first).map((counts, k) => ({ ...counts, chance: chances[k] }));
  const likeliest = Array.from({ length: BYTES }, (_, byte) =>
    /** @type {[number, number]} */ ([byte, model.chances(byte).at(-1)]));
  likeliest.sort(([one, p], [other, q]) => q - p || one - other);
  const bits = [-Math.log2(/** @type {number} */ (chances.at(-1)))];
  let last = first;
  for (const byte of rest) {
    model.learn(last);
    bits.push(-Math.log2(/** @type {number} */ (model.chances(byte).at(-1))));
    last = byte;
  }
  return { bits, rows, likeliest: likeliest.slice(0, most) };
}
