// What readers write is kept in their browser: for this page, in the tab that opened it first.

const PREFIX = "price-cell";

/**
 * The edits of a page, in a store such as localStorage: a key for each cell.
 *
 * A cell is kept with the book's text that it was made from, so that a later edition of the book can
 * say that its cell is another now.
 */
export class Kept {
  constructor(store, page) {
    this.store = store;
    this.page = page;
  }

  #key(cell) {
    return `${PREFIX}/${this.page}/${cell}`;
  }

  #keys() {
    const begin = this.#key("");
    return Array.from({ length: this.store.length }, (_, n) => this.store.key(n))
      .filter((key) => key.startsWith(begin));
  }

  /** {text, from} of a cell, or null where it is the book's. */
  of(cell) {
    try {
      const found = JSON.parse(this.store.getItem(this.#key(cell)));
      return typeof found?.text === "string" ? found : null;
    } catch {
      return null;
    }
  }

  /** Keep a cell; the book's own text is not kept. Return whether there was room. */
  put(cell, text, book) {
    try {
      if (text === book) this.store.removeItem(this.#key(cell));
      else this.store.setItem(this.#key(cell), JSON.stringify({ text, from: book }));
      return true;
    } catch {
      return false;
    }
  }

  get count() {
    return this.#keys().length;
  }

  /** Begin with what another store has, where this one has nothing. */
  copy(other) {
    if (this.count) return;
    for (const key of other.#keys()) {
      const cell = key.slice(this.#key("").length);
      const { text, from } = other.of(cell) ?? {};
      if (text !== undefined) this.put(cell, text, from);
    }
  }

  throwAway() {
    for (const key of this.#keys()) this.store.removeItem(key);
  }
}

/** A store that ends with the page, for those who block the others. */
export function memory() {
  const map = new Map();
  return {
    get length() {
      return map.size;
    },
    key: (n) => [...map.keys()][n],
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, String(value)),
    removeItem: (key) => void map.delete(key),
  };
}

/** The browser's store of this name, or one that ends with the page. */
function storeOf(name) {
  try {
    const store = globalThis[name];
    store.getItem("");
    return store;
  } catch {
    return memory();
  }
}

/**
 * Return the edits of this tab, and whether it is the first one of the page.
 *
 * The first tab has a lock until it closes, and writes into localStorage. Another one begins with a
 * copy, and writes into its own sessionStorage: it survives a reload, and overwrites nothing. With
 * edits of its own a tab stays another one, also when the first has been closed.
 */
export async function keptHere(page) {
  const shared = new Kept(storeOf("localStorage"), page);
  const own = new Kept(storeOf("sessionStorage"), page);
  if (own.count) return { kept: own, first: false };
  const first = await new Promise((done) => {
    if (!navigator.locks) return done(false); // a page over plain http
    return navigator.locks.request(`${PREFIX}/${page}`, { ifAvailable: true }, (lock) => {
      done(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
  if (first) return { kept: shared, first };
  own.copy(shared);
  return { kept: own, first };
}
