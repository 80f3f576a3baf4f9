// Explorers and controls whose state Python has too: both sides follow each other.

const BETWEEN = 40; // ms between two messages while a hand drags

const html = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

/** As much of anywidget's model as the explorers use; `send` takes what the reader has set. */
export class Model {
  #state;
  #listeners = new Map();
  #changed = {};
  #send;
  #timer = 0;

  constructor(state, send) {
    this.#state = state;
    this.#send = send;
  }

  get(name) {
    return this.#state[name];
  }

  set(name, value) {
    this.#state[name] = value;
    this.#changed[name] = value;
    this.#tell(name);
  }

  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
  }

  off(event, listener) {
    this.#listeners.get(event)?.delete(listener);
  }

  save_changes() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      const values = this.#changed;
      this.#changed = {};
      this.#send(values);
    }, BETWEEN);
  }

  /** Take what Python has set. */
  take(values) {
    Object.assign(this.#state, values);
    for (const name of Object.keys(values)) this.#tell(name);
  }

  /** Go on alone: of a Python that has ended. */
  part() {
    clearTimeout(this.#timer);
    this.#send = () => {};
  }

  #tell(name) {
    for (const listener of this.#listeners.get(`change:${name}`) ?? []) listener();
  }
}

/** All that is shown, by the name that Python has for it. */
export class Widgets {
  #models = new Map();
  #controls = new Map();
  #python;
  #folder;

  /** `folder` is that of the explorers' modules and styles. */
  constructor(python, folder) {
    this.#python = python;
    this.#folder = folder;
  }

  /** Return a node that becomes the explorer. */
  explorer({ name, html: text }) {
    const holder = document.createElement("template");
    holder.innerHTML = text;
    /** @type {any} */
    const el = holder.content.firstElementChild;
    const kind = el.dataset.explorer;
    if (!this.#models.has(name)) {
      const send = (values) => this.#python.set(name, values);
      this.#models.set(name, new Model(JSON.parse(el.dataset.state), send));
    }
    const model = this.#models.get(name);
    const standIn = [...el.childNodes];
    this.#style(kind);
    import(`${this.#folder}${kind}/${kind}.mjs`)
      .then(({ default: explorer }) => explorer.render({ model, el }))
      .catch((error) => {
        el.replaceChildren(...standIn);
        reportError(error);
      });
    return html("div", { class: "output text_html" }, el);
  }

  #style(kind) {
    for (const name of ["shared/explorer", `${kind}/${kind}`]) {
      /** @type {NodeListOf<HTMLLinkElement>} */
      const links = document.querySelectorAll("link[rel=stylesheet]");
      const there = [...links].some((link) => new URL(link.href).pathname.endsWith(`/explorers/${name}.css`));
      if (there) continue;
      const link = html("link", { rel: "stylesheet", href: `${this.#folder}${name}.css` });
      link.addEventListener("error", () => link.remove()); // not each has one of its own
      document.head.append(link);
    }
  }

  set({ name, values }) {
    this.#models.get(name)?.take(values);
  }

  /** Return the controls of an `interact`, and the place below them. */
  controls({ name, controls }, place) {
    const node = html("div", { class: "live-controls" });
    let busy = false;
    let next = {}; // while the function runs, the last values wait
    const send = (values) => {
      next = { ...next, ...values };
      if (busy) return;
      this.#python.set(name, next);
      busy = true;
      next = {};
    };
    this.#controls.set(name, () => {
      busy = false;
      if (Object.keys(next).length) send({});
    });
    for (const one of controls) node.append(control(one, (value) => send({ [one.name]: value })));
    node.append(place);
    return node;
  }

  drawn({ name }) {
    this.#controls.get(name)?.();
  }

  /** Of a Python that has ended: its explorers still move, and tell nobody. */
  forget() {
    for (const model of this.#models.values()) model.part();
    this.#models.clear();
    this.#controls.clear();
  }
}

function control({ name, form, value, least, most, step, whole, options }, send) {
  const label = html("label", {}, html("span", {}, name));
  if (form === "slider") {
    const decimals = whole ? 0 : Math.max(2, (String(step).split(".")[1] ?? "").length);
    const input = html("input", { type: "range", min: least, max: most, step, value });
    const said = html("output", {}, Number(value).toFixed(decimals));
    input.addEventListener("input", () => {
      said.textContent = Number(input.value).toFixed(decimals);
      send(Number(input.value));
    });
    label.append(input, said);
  } else if (form === "box") {
    const input = html("input", { type: "checkbox" });
    input.checked = value;
    input.addEventListener("change", () => send(input.checked));
    label.append(input);
  } else if (form === "choice") {
    const input = html("select", {}, ...options.map((text) => html("option", {}, text)));
    input.selectedIndex = value;
    input.addEventListener("change", () => send(input.selectedIndex));
    label.append(input);
  } else {
    const input = html("input", { type: "text", value });
    input.addEventListener("input", () => send(input.value));
    label.append(input);
  }
  return label;
}
