// "Run on this page" has been pressed: every code cell becomes an editor, and Python comes.

import { editor } from "./editor.mjs";
import { keptHere } from "./keep.mjs";
import { save, withTexts } from "./notebook.mjs";
import { Below, Outputs } from "./outputs.mjs";
import { Python } from "./python.mjs";
import { Widgets } from "./widgets.mjs";

const MB = 1e6;

const button = (text, act, name = text) => {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = text;
  if (name !== text) node.setAttribute("aria-label", name);
  node.addEventListener("click", act);
  return node;
};
const html = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
};

/** One code cell of the page: its editor, its buttons, its outputs. */
class Cell {
  ran = false;
  /** @type {any} */
  outputs;
  /** @type {any} */
  editor;
  note = html("p", "live-note");
  resetButton = button("Reset", () => this.reset());

  constructor({ id, source }, number, page) {
    this.id = id;
    this.book = source;
    this.number = number;
    this.page = page;
    /** @type {HTMLElement | null} */
    this.node = document.querySelector(`[data-cell="${CSS.escape(id)}"]`);
    const kept = page.kept.of(id);
    this.text = kept?.text ?? source;
    if (!this.node) return;
    this.outputs = new Outputs(this.node);
    this.#build(this.node.querySelector(".cell_input"), kept);
  }

  get edited() {
    return this.text !== this.book;
  }

  #build(input, kept) {
    const { number, page } = this;
    this.editor = editor({
      text: this.text,
      name: `Code of cell ${number}`,
      changed: (text) => this.#changed(text),
      run: (goOn) => {
        page.run(this);
        if (goOn) page.after(this)?.focus();
      },
    });
    this.resetButton.setAttribute("aria-label", `Reset cell ${number}: the book’s code and output`);
    const tools = html("div", "live-tools",
      button("Run", () => page.run(this), `Run cell ${number}`),
      button("Run all above", () => page.runAbove(this), `Run all cells above cell ${number}`),
      this.resetButton);
    if (kept && kept.from !== undefined && kept.from !== this.book) {
      this.note.textContent = "The book’s own cell has changed since you wrote this. Reset shows it.";
    }
    for (const old of input.children) old.hidden = true;
    input.append(html("div", "live-editor", this.editor.node), tools, this.note);
    this.resetButton.disabled = !this.edited;
  }

  #changed(text) {
    this.text = text;
    this.resetButton.disabled = !this.edited && !this.ran;
    this.page.keep(this);
  }

  focus() {
    this.node?.closest("details:not([open])")?.setAttribute("open", "");
    this.editor?.focus();
  }

  begin() {
    this.node?.classList.add("runs");
    this.outputs?.begin();
  }

  end(well) {
    this.ran ||= well;
    this.node?.classList.remove("runs");
    this.outputs?.end();
    this.resetButton.disabled = false;
  }

  reset() {
    if (this.editor && this.edited) this.editor.text = this.book;
    this.text = this.book;
    this.note.textContent = "";
    this.outputs?.reset();
    this.page.keep(this);
    this.resetButton.disabled = true;
  }
}

/** The page: its cells, its Python, the bar that says what goes on. */
class Page {
  #below = new Map();

  status = html("p", "live-status");
  #waits = ""; // how many cells wait for Python to come
  #clock = 0;
  stopButton = button("Stop", () => this.python.stop());
  bar = html("div", "live-bar");
  notice = html("p", "live-notice");

  constructor(settings, { kept, first }, cells) {
    this.settings = settings;
    this.kept = kept;
    this.first = first;
    this.cells = cells.map((cell, n) => new Cell(cell, n + 1, this));
    this.byId = new Map(this.cells.map((cell) => [cell.id, cell]));
    this.python = new Python({
      settings: settings.python,
      shared: interruptBuffer(),
      make: () => new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" }),
      on: this.#listeners(),
    });
    this.widgets = new Widgets(this.python, settings.explorers);
    this.#build();
  }

  #build() {
    this.status.setAttribute("role", "status");
    this.notice.setAttribute("role", "status");
    this.stopButton.disabled = true;
    this.bar.append(this.notice, this.status,
      html("div", "live-buttons",
        this.stopButton,
        button("Run all", () => this.runAll()),
        button("Download", () => this.download(), "Download this page as a notebook, with your edits"),
        button("Discard", () => this.throwAway(), "Discard all your edits of this page")));
    this.bar.setAttribute("role", "region");
    this.bar.setAttribute("aria-label", "Python on this page");
    document.body.append(this.bar);
    document.documentElement.classList.add("live");
    if (!this.first) {
      this.notify("This page is open in another tab too. What you write here stays in this tab alone.");
    }
  }

  say(text, ...more) {
    clearInterval(this.#clock);
    this.status.replaceChildren(text, ...more);
  }

  /** Say that a cell runs, and count its seconds: for the eyes alone. */
  #sayThatRuns({ number }, waiting) {
    const seconds = html("span");
    seconds.setAttribute("aria-hidden", "true");
    const more = waiting ? `, ${waiting} more ${waiting > 1 ? "wait" : "waits"}` : "";
    this.say(`Cell ${number} runs${more} …`, seconds);
    const began = Date.now();
    this.#clock = setInterval(() => {
      seconds.textContent = ` ${Math.round((Date.now() - began) / 1000)} s`;
    }, 1000);
  }

  /** These cells wait or run: show which, and how many wait for Python to come. */
  #sayWhatWaits(waiting) {
    for (const { id, node } of this.cells) node?.classList.toggle("waits", waiting.includes(id));
    const count = waiting.length - 1; // but for the one that comes with Python
    this.#waits = count > 0 ? ` ${count} ${count > 1 ? "cells wait" : "cell waits"} for it.` : "";
  }

  start() {
    this.python.run(...this.#given(this.cells[0])); // imports, style, rng: what every cell needs
  }

  #given(cell) {
    return [cell.id, cell.number, cell.text];
  }

  run(cell) {
    this.python.run(...this.#given(cell));
  }

  runAbove(cell) {
    for (const one of this.cells.slice(0, cell.number - 1)) this.run(one);
  }

  runAll() {
    for (const one of this.cells) this.run(one);
  }

  after(cell) {
    return this.cells.slice(cell.number).find(({ editor }) => editor);
  }

  keep(cell) {
    const stored = this.kept.put(cell.id, cell.text, cell.book);
    if (!stored) this.say("This browser keeps no edits now: download them before you leave the page.");
  }

  throwAway() {
    const count = this.cells.filter(({ edited }) => edited).length;
    if (!count) return this.say("There are no edits of yours on this page.");
    if (!confirm(`Throw away what you have written in ${count} ${count > 1 ? "cells" : "cell"}?`)) return null;
    for (const cell of this.cells.filter(({ edited, editor }) => edited && editor)) cell.reset();
    this.kept.throwAway();
    return this.say("Every cell is the book’s again.");
  }

  async download() {
    const answer = await fetch(this.settings.notebook);
    const texts = this.cells.filter(({ edited }) => edited).map(({ id, text }) => [id, text]);
    const notebook = withTexts(await answer.json(), Object.fromEntries(texts));
    save(this.settings.notebook.split("/").pop(), JSON.stringify(notebook, null, 1));
  }

  // ---- what Python says ------------------------------------------------------------------------

  #listeners() {
    let running = null;
    const place = (area) => this.#below.get(area) ?? this.byId.get(area)?.outputs;
    return {
      state: (state, why) => {
        this.stopButton.disabled = state !== "busy";
        this.bar.dataset.state = state;
        if (state === "starting") this.say(`Python is coming …${this.#waits}`);
        if (state === "ready") this.say("Python is ready.");
        if (state === "gone") {
          running?.end(false);
          this.say("Python could not be loaded, or this browser does not run it. ",
            button("Try again", () => this.start()));
          reportError(new Error(why));
        }
      },
      waits: (waiting) => this.#sayWhatWaits(waiting),
      coming: ({ here, all }) => this.say((here < all
        ? `Python is coming: ${(here / MB).toFixed(1)} of ${(all / MB).toFixed(1)} MB are here.`
        : "All of Python is here, and unpacks itself …") + this.#waits),
      beginning: () => this.say(`Python begins …${this.#waits}`),
      ready: ({ python }) => this.say(`Python ${python} is ready.`),
      running: (id) => {
        running = this.byId.get(id);
        running?.begin();
        if (running) this.#sayThatRuns(running, this.python.waiting.length - 1);
      },
      output: ({ area, output }) => {
        const cell = this.byId.get(area);
        const below = (name) => {
          this.#below.set(name, new Below());
          return this.#below.get(name).node;
        };
        const hint = output.form === "error" ? this.#hint(cell, output) : null;
        place(area)?.show(output, { hint, edited: cell?.edited, widgets: this.widgets, below });
      },
      clear: ({ area }) => this.#below.get(area)?.clear(),
      set: (message) => this.widgets.set(message),
      drawn: (message) => this.widgets.drawn(message),
      done: ({ cell, well }) => {
        this.byId.get(cell).end(well);
        running = null;
      },
      began: ({ why }) => {
        const last = why === "stopped" ? "Stopped." : "Python broke down in this cell.";
        running?.outputs?.show({ form: "error", last, where: "", whole: "" });
        running?.end(false);
        running = null;
        for (const cell of this.cells) cell.ran = false;
        this.#sayWhatWaits([]);
        this.widgets.forget();
        this.#below.clear();
        this.#sayWhyAnew(why);
      },
    };
  }

  #sayWhyAnew(why) {
    const text = {
      stopped: "Stopped. Python began anew, so what the cells had defined is gone: run them again.",
      died: "Python has broken down and began anew: what the cells had defined is gone.",
    };
    if (why in text) this.notify(text[why]);
    setTimeout(() => this.start());
  }

  /** Say it where it stays, since the line of progress goes on. */
  notify(text) {
    this.notice.replaceChildren(text, button("Close", () => this.notice.replaceChildren()));
  }

  /** What helps: a name that is not there is most often one that a cell above defines. */
  #hint(cell, { name, where }) {
    if (name === "SyntaxError" && /: [%!]/.test(where)) {
      return html("p", "hint", "Lines that begin with % or ! are Jupyter’s own: leave them out on a page.");
    }
    if (name === "ModuleNotFoundError") {
      return html("p", "hint", "A page has NumPy, Matplotlib and the book’s own modules, and no others.");
    }
    if (name === "NeedsTheNotebookError") {
      const away = this.settings.lab?.cloneNode(true) ?? button("Download the notebook", () => this.download());
      return html("p", "hint", "A page knows the book’s explorers and interact; Jupyter has all. ", away);
    }
    const before = cell ? this.cells.slice(0, cell.number - 1).filter(({ ran }) => !ran) : [];
    if (name !== "NameError" || !before.length) return null;
    const all = button("Run all above", () => {
      this.runAbove(cell);
      this.run(cell);
    }, `Run all cells above cell ${cell.number}, and it once more`);
    return html("p", "hint", "Some cells above have not run yet. ", all);
  }
}

/** A buffer that interrupts a running cell, where the site's host allows one. */
function interruptBuffer() {
  if (!globalThis.crossOriginIsolated || !globalThis.SharedArrayBuffer) return null;
  return new Uint8Array(new SharedArrayBuffer(1));
}

/** Bring the page to life: `block` holds the button, and what it must know. */
export async function start(block) {
  const settings = JSON.parse(block.dataset.live);
  const at = (path) => new URL(path, document.baseURI).href;
  const style = html("link");
  style.rel = "stylesheet";
  style.href = new URL("./live.css", import.meta.url).href;
  const styled = new Promise((done) => {
    style.onload = style.onerror = done;
  });
  document.head.append(style);
  const [kept, { cells }] = await Promise.all([
    keptHere(settings.name),
    fetch(at(settings.cells)).then((answer) => answer.json()),
    styled,
  ]);
  // Whoever has pressed it reads in its place what has become of the page.
  const lab = block.querySelector("a");
  const licences = html("a", "", "Licences of what runs here");
  licences.href = at(settings.licences);
  block.replaceChildren("Each code cell of this page is yours now: change it, and press Run below it. ",
    ...(lab ? [lab, " · "] : []), licences);
  const python = { ...settings.python, core: at(settings.python.core), lock: at(settings.python.lock) };
  const there = { ...settings, python, lab };
  for (const name of ["notebook", "explorers"]) there[name] = at(settings[name]);
  const page = new Page(there, kept, cells);
  page.start();
  return page;
}
