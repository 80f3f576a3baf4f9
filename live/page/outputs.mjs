// What a cell has printed, drawn and shown, in the place of what the book has stored of it.

const html = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
};

/** Text as the pages show it; one stream's pieces go into one block. */
function text(place, { text, stream = "value" }) {
  const last = place.lastElementChild;
  if (last?.dataset.stream === stream && stream !== "value") {
    last.querySelector("pre").append(text);
    return;
  }
  const pre = html("pre", "", text);
  pre.setAttribute("translate", "no");
  const block = html("div", `output stream ${stream}`, html("div", "highlight", pre));
  block.dataset.stream = stream;
  place.append(block);
}

/** An error: what went wrong, where, and the rest for those who want it. */
function error(place, { last, where, whole, lines }, hint) {
  const block = html("div", "output live-error");
  block.append(lines ? html("pre", "", lines.join("\n")) : html("p", "", html("strong", "", last)));
  block.setAttribute("translate", "no");
  if (where) block.append(html("p", "where", where));
  if (hint) block.append(hint);
  if (whole.trim()) {
    block.append(html("details", "", html("summary", "", "The whole message"), html("pre", "", whole)));
  }
  place.append(block);
}

/** The place of one cell's outputs: the book's stand there until the cell runs, and after Reset. */
export class Outputs {
  #cell;
  #place;
  #stored; // nodes of the book
  #figure; // the book's figure, whose caption stays
  #image; // of the book's figure
  #addresses = [];

  constructor(cell) {
    this.#cell = cell;
    this.#place = cell.querySelector(".cell_output");
    if (!this.#place) {
      this.#place = html("div", "cell_output docutils container");
      const input = cell.querySelector(".cell_input");
      (input.closest("details.above-input") ?? input).after(this.#place);
    }
    this.#stored = [...this.#place.childNodes];
    this.#figure = this.#place.querySelector(":scope > figure");
    this.#image = this.#figure?.querySelector("img");
  }

  get node() {
    return this.#place;
  }

  /** Make room for what the cell shows now. A figure's place and caption stay where they are. */
  begin() {
    this.#forget();
    this.#place.style.minHeight = `${this.#place.offsetHeight}px`; // nothing below jumps
    this.#place.replaceChildren(...(this.#figure ? [this.#figure] : []));
    this.#image?.classList.add("waits");
    this.#cell.classList.add("ran");
  }

  end() {
    this.#place.style.minHeight = "";
    for (const pre of this.#place.querySelectorAll("pre")) {
      if (pre.scrollWidth > pre.clientWidth) pre.tabIndex = 0; // the keys scroll it, too
    }
    // A figure that the cell no longer draws is not its figure.
    if (this.#image?.classList.contains("waits")) this.#figure.remove();
    this.#image?.classList.remove("waits");
  }

  /** Show the book's stored outputs again. */
  reset() {
    this.#forget();
    this.#place.style.minHeight = "";
    if (this.#image) {
      this.#image.classList.remove("waits");
      if (this.#image.dataset.book) this.#image.src = this.#image.dataset.book;
    }
    this.#place.replaceChildren(...this.#stored);
    this.#cell.classList.remove("ran");
  }

  #forget() {
    this.#addresses.splice(0).forEach((address) => URL.revokeObjectURL(address));
  }

  /**
   * Show one output.
   * @param {any} output
   * @param {{hint?: any, edited?: boolean, widgets?: any, below?: any}} [options]
   */
  show(output, { hint = null, edited = false, widgets, below } = {}) {
    const { form } = output;
    if (form === "text") text(this.#place, output);
    else if (form === "error") error(this.#place, output, hint);
    else if (form === "html") {
      const block = html("div", "output text_html");
      block.innerHTML = output.text;
      this.#place.append(block);
    } else if (form === "svg" || form === "png") this.#picture(output, edited);
    else if (form === "explorer") this.#place.append(widgets.explorer(output));
    else if (form === "controls") this.#place.append(widgets.controls(output, below(output.name)));
  }

  #picture({ form, text }, edited) {
    const image = this.#image?.classList.contains("waits") ? this.#image : html("img", "");
    const address = form === "png" ? `data:image/png;base64,${text}` : this.#address(text);
    if (image === this.#image) {
      image.dataset.book ??= image.getAttribute("src");
      image.dataset.alt ??= image.alt;
      image.classList.remove("waits");
    } else {
      this.#place.append(image);
    }
    image.alt = edited || !image.dataset.alt ? "The figure that this cell draws now" : image.dataset.alt;
    image.src = address;
  }

  #address(svg) {
    const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    this.#addresses.push(address);
    return address;
  }
}

/** The place below a control: what its function draws, each time anew. */
export class Below {
  #address = "";
  /** @type {ChildNode[]} */
  #old = [];

  constructor() {
    this.node = html("div", "live-below");
  }

  /** What comes next replaces what is there; that stays until it has come, so that nothing jumps. */
  clear() {
    this.#old = [...this.node.childNodes];
  }

  show(output, options) {
    for (const node of this.#old.splice(0)) node.remove();
    if (output.form === "svg") {
      const before = this.#address;
      this.#address = URL.createObjectURL(new Blob([output.text], { type: "image/svg+xml" }));
      const image = html("img", "");
      image.alt = "The figure that this function draws now";
      image.src = this.#address;
      this.node.append(image);
      if (before) setTimeout(() => URL.revokeObjectURL(before), 1000);
    } else if (output.form === "text") text(this.node, output);
    else if (output.form === "error") error(this.node, output, options?.hint);
  }
}
