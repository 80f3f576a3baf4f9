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

async function mount(el) {
  const standIn = [...el.childNodes];
  try {
    const name = el.dataset.explorer;
    const { default: explorer } = await import(`../${name}/${name}.mjs`);
    explorer.render({ model: new LocalModel(JSON.parse(el.dataset.state)), el });
  } catch (error) {
    el.replaceChildren(...standIn);
    throw error;
  }
}

document.querySelectorAll(".explorer[data-explorer]").forEach(mount);
