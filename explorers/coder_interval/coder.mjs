// An arithmetic coder: pure functions of numbers, no page. The tests hold it to exact fractions.

/** Of narrower pieces the ends, which are doubles, are not known well enough. As in Python. */
export const NARROWEST = 2 ** -44;

/** The longest beginning of a message that has a piece: letters that can happen, not too many. */
export function possible(message, p) {
  let width = 1;
  const stop = message.findIndex((letter) => {
    width *= p[letter] ?? 0;
    return width < NARROWEST;
  });
  return stop < 0 ? message : message.slice(0, stop);
}

/** The piece of [0, 1) that an arithmetic coder narrows down to: { low, width }. */
export function interval(message, p) {
  return message.reduce(({ low, width }, letter) => {
    const before = p.slice(0, letter).reduce((sum, one) => sum + one, 0);
    return { low: low + width * before, width: width * p[letter] };
  }, { low: 0, width: 1 });
}

/**
 * The digits an arithmetic coder sends: of all numbers with ⌈−log₂ width⌉ + 1 binary digits the
 * first in the piece, so that whatever digits follow stay in it.
 */
export function digits({ low, width }) {
  const count = Math.ceil(-Math.log2(width)) + 1;
  return Math.ceil(low * 2 ** count).toString(2).padStart(count, "0");
}

/** The fewest binary digits that do: all numbers that begin with them lie in the piece. */
export function fewestDigits({ low, width }) {
  let count = 0;
  while (Math.ceil(low * 2 ** count) + 1 > (low + width) * 2 ** count) count += 1;
  return count;
}

/** The number that binary digits name: .1011. */
export const point = (text) => (text === "" ? 0 : parseInt(text, 2) / 2 ** text.length);

/** The `count` letters in whose pieces x of [0, 1) lies: decoding. */
export function decoded(x, count, p) {
  const last = p.findLastIndex((one) => one > 0);
  const message = [];
  let rest = x;
  while (message.length < count) {
    let letter = 0;
    // Rounding may leave a rest at the very end; it belongs to the last piece there is.
    while (letter < last && rest >= p[letter]) {
      rest -= p[letter];
      letter += 1;
    }
    message.push(letter);
    rest = rest / p[letter];
  }
  return message;
}
