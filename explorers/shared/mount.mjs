// On a published page there is no kernel: this brings each explorer to life from its own HTML.

/** A model that lives in the page alone: as much of anywidget's as the explorers use. */
class LocalModel {
  #state;
  #listeners = new Map();

  constructor(state) {
    this.#state = state;
  }

  get(name) {
    return this.#state[name];
  }

  set(name, value) {
    this.#state[name] = value;
    for (const listener of this.#listeners.get(`change:${name}`) ?? []) listener();
  }

  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
  }

  off(event, listener) {
    this.#listeners.get(event)?.delete(listener);
  }

  save_changes() {}
}

// What brings the address and the explorers together comes beside them, not before.
const coming = import("./address.mjs");

async function mount(el) {
  const standIn = [...el.childNodes];
  try {
    const { id, dataset } = el;
    const module = import(`../${dataset.explorer}/${dataset.explorer}.mjs`);
    const [{ default: explorer }, { connect }] = await Promise.all([module, coming]);
    const chapter = JSON.parse(dataset.state);
    const model = new LocalModel({ ...chapter });
    explorer.render({ model, el });
    if (id) connect({ el, model, chapter, rules: JSON.parse(dataset.rules) });
  } catch (error) {
    el.replaceChildren(...standIn);
    reportError(error);
  }
}

const all = [...document.querySelectorAll(".explorer[data-explorer]")].map(mount);
Promise.all(all).then(() => coming).then(({ finish }) => finish());
