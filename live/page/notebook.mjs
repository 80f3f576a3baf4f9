// The reader's version of a chapter, as a notebook to take along.

/** Return a notebook with these texts, {id of a cell: text}, in place of the book's. */
export function withTexts(notebook, texts) {
  const cells = notebook.cells.map((cell) => {
    if (!(cell.id in texts)) return cell;
    const metadata = { ...cell.metadata, tags: (cell.metadata.tags ?? []).filter(isNoResult) };
    return { ...cell, metadata, source: texts[cell.id], outputs: [], execution_count: null };
  });
  return { ...notebook, cells };
}

// What the book says a cell prints is not what the reader's prints.
const isNoResult = (tag) => tag !== "nbval-check-output";

/** Let the browser save a text. */
export function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
