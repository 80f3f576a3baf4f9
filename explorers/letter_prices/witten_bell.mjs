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
  // The contexts of the next byte, shortest first: of none, one, two … of the last bytes.
  const here = [context()];
  /** P_k(byte) of the longest of the first `some` contexts. */
  const chance = (byte, some = here.length) => {
    let p = 1 / BYTES;
    for (let k = 0; k < some; k += 1) {
      const { seen, next } = here[k];
      const kinds = next.size;
      if (kinds > 0) p = ((next.get(byte)?.count ?? 0) + kinds * p) / (seen + kinds);
    }
    return p;
  };
  return {
    chance,
    /** Of each context: how often it was seen, with how many kinds after it, this byte, and P_k. */
    rows: (byte) => here.map(({ seen, next }, k) =>
      ({ seen, kinds: next.size, count: next.get(byte)?.count ?? 0, chance: chance(byte, k + 1) })),
    learn(byte) {
      for (let k = here.length - 1; k >= 0; k -= 1) {
        const one = here[k];
        let child = one.next.get(byte);
        if (!child) one.next.set(byte, child = context());
        child.count += 1;
        one.seen += 1;
        if (k < order) here[k + 1] = child;
      }
    },
  };
}

/**
 * What each letter costs, in bits, the sum of its bytes; and how the price of the one at `index` comes
 * about, `known`: the price of each of its bytes, `bits`; of the first of them `rows`, for each context
 * { seen, kinds, count, chance }, shortest first; and what was expected there, `likeliest`: at most
 * `most` of [byte, probability], the likeliest first, of equals the lower byte.
 */
export function priced(letters, order, index, most) {
  const model = learner(order);
  const known = { bits: [0], rows: model.rows(0), likeliest: [[0, 0]] };
  const prices = letters.map((letter, i) => {
    const bytes = bytesOf(letter);
    if (i === index) {
      known.rows = model.rows(bytes[0]);
      known.likeliest = Array.from({ length: BYTES }, (_, byte) => [byte, model.chance(byte)])
        .sort(([one, p], [other, q]) => q - p || one - other).slice(0, most);
    }
    const bits = bytes.map((byte) => {
      const price = 0 - Math.log2(model.chance(byte));
      model.learn(byte);
      return price;
    });
    if (i === index) known.bits = bits;
    return bits.reduce((sum, one) => sum + one, 0);
  });
  return { prices, known };
}
