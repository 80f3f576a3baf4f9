// The worker in which Python runs: the page's words go in, Python's come out, as JSON.

const tell = (message) => postMessage(JSON.stringify(message));
let inside = null;

/** Say which files are here already, as they come: of megabytes that is slow. */
function follow(bytes) {
  const all = Object.values(bytes).reduce((a, b) => a + b, 0);
  let here = 0;
  const seen = new Set();
  const observer = new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const file = decodeURIComponent(new URL(name).pathname.split("/").pop() ?? "");
      if (!(file in bytes) || seen.has(file)) continue;
      seen.add(file);
      here += bytes[file];
      tell({ kind: "coming", here, all });
    }
  });
  observer.observe({ type: "resource", buffered: true });
  return () => observer.disconnect();
}

async function start({ core, lock, packages, bytes, interrupt }) {
  const stopFollowing = follow(bytes);
  const { loadPyodide } = await import(`${core}pyodide.mjs`);
  const python = await loadPyodide({
    indexURL: core,
    lockFileURL: lock,
    packages,
    fullStdLib: false,
    stdin: () => null,
  });
  stopFollowing();
  tell({ kind: "beginning" });
  if (interrupt) python.setInterruptBuffer(interrupt);
  const { Inside } = python.pyimport("live.inside.start");
  inside = Inside((text) => postMessage(text));
}

// One after the other: the second message waits until Python has come.
let last = Promise.resolve();
addEventListener("message", ({ data }) => {
  last = last
    .then(() => (data.kind === "start" ? start(data) : inside.take(JSON.stringify(data))))
    .catch((error) => tell({ kind: "died", why: String(error?.message ?? error).slice(-2000) }));
});
