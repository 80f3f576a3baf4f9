// Python as the page has it: a worker that is started, given cells one by one, stopped, begun anew.

const GRACE = 5000; // ms that a stopped cell has to stop, on a busy machine too, before its Python is ended
const MOST_DEATHS = 3; // in a row, without a cell that ended well

export class Python {
  /** @type {Worker | null} */
  #worker = null;
  #queue = []; // of cells that wait, the first one runs
  #ready = false;
  #deaths = 0;
  #grace = 0;
  /** @type {Uint8Array | null} */
  #interrupt;
  #make;
  #settings;
  #on;

  /**
   * `on` hears of: state (starting, ready, busy, gone), waits, coming, began, output, done, clear, set, drawn.
   * `make` makes a worker; `shared` is a buffer by which a running cell can be interrupted, or null.
   * @param {{settings: any, on: any, make: () => Worker, shared?: Uint8Array | null}} parts
   */
  constructor({ settings, on, make, shared = null }) {
    this.#settings = settings;
    this.#on = on;
    this.#make = make;
    this.#interrupt = shared;
  }

  get busy() {
    return this.#queue.length > 0;
  }

  /** What runs or waits to run. */
  get waiting() {
    return this.#queue.map(({ cell }) => cell);
  }

  start() {
    this.#ready = false;
    this.#on.state?.("starting");
    const worker = this.#make();
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#worker === worker && this.#hear(JSON.parse(data));
    worker.onerror = (event) => {
      event.preventDefault?.();
      if (this.#worker === worker) this.#die(event.message || "the worker could not be started");
    };
    if (this.#interrupt) this.#interrupt[0] = 0;
    worker.postMessage({ ...this.#settings, kind: "start", interrupt: this.#interrupt });
  }

  /** Run a cell when those before it have ended, and Python has come. One that waits gets its new text. */
  run(cell, number, source) {
    const same = this.#queue.slice(this.#ready ? 1 : 0).find((one) => one.cell === cell);
    if (same) same.source = source;
    else this.#queue.push({ kind: "run", cell, number, source });
    if (!this.#worker) this.start();
    if (this.#queue.length === 1) this.#next();
    this.#on.waits?.(this.waiting);
  }

  /** Tell Python what the reader has set in an explorer or a control. */
  set(name, values) {
    if (this.#ready) this.#worker?.postMessage({ kind: "set", name, values });
  }

  /** Stop what runs and forget what waits; without a buffer to interrupt it, Python begins anew. */
  stop() {
    this.#queue.splice(this.#ready ? 1 : 0);
    this.#on.waits?.(this.waiting);
    if (!this.#ready) return;
    if (this.#interrupt) {
      this.#interrupt[0] = 2; // SIGINT
      this.#grace = setTimeout(() => this.restart("stopped"), GRACE);
    } else {
      this.restart("stopped");
    }
  }

  /** End this Python and start another; `why` is told to the page. */
  restart(why) {
    this.end();
    this.#on.began?.({ why });
    this.start();
  }

  end() {
    clearTimeout(this.#grace);
    this.#worker?.terminate();
    this.#worker = null;
    this.#queue = [];
    this.#ready = false;
  }

  #next() {
    if (!this.#ready) return;
    const next = this.#queue[0];
    this.#on.state?.(next ? "busy" : "ready");
    if (!next) return;
    if (this.#interrupt) this.#interrupt[0] = 0;
    this.#on.running?.(next.cell);
    this.#worker?.postMessage(next);
  }

  #hear(message) {
    if (message.kind === "died") return this.#die(message.why);
    if (message.kind === "ready") {
      this.#ready = true;
      this.#on.ready?.(message);
      return this.#next();
    }
    if (message.kind === "done") {
      clearTimeout(this.#grace);
      this.#queue.shift();
      if (message.well) this.#deaths = 0;
      else this.#queue.splice(0); // what comes after an error would only fail too
      this.#on.done?.(message);
      this.#on.waits?.(this.waiting);
      return this.#next();
    }
    return this.#on[message.kind]?.(message);
  }

  #die(why) {
    this.#deaths += 1;
    if (this.#deaths < MOST_DEATHS) return this.restart(this.#ready ? "died" : "not come");
    this.end();
    this.#on.waits?.([]);
    return this.#on.state?.("gone", why);
  }
}
