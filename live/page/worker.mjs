// The worker in which Python runs: the page's words go in, Python's come out, as JSON.

const tell = (message) => postMessage(JSON.stringify(message));
let inside = null;
let keepCompiled = () => {}; // once, when the first cell has run

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

/** Of a file that does not come Pyodide tells nobody, and waits for ever: tell the page. */
function hearOfMissing() {
  const plain = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    try {
      const answer = await plain(...asked);
      if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
      return answer;
    } catch (error) {
      tell({ kind: "died", why: String(error) });
      throw error;
    }
  };
  return () => {
    globalThis.fetch = plain;
  };
}

/** What Python has compiled at an earlier start of the same files: a place for it, or null. */
async function store(lock) {
  try {
    const cache = await caches.open("price-python");
    const address = `${lock}?compiled`;
    for (const { url } of await cache.keys()) if (url !== address) await cache.delete(url);
    const found = await cache.match(address);
    const kept = found && new Uint8Array(await found.arrayBuffer());
    return { kept, keep: (bytes) => cache.put(address, new Response(bytes)) };
  } catch {
    return { kept: null, keep: null }; // a page over plain http, or a browser that stores nothing
  }
}

async function start({ core, lock, packages, bytes, interrupt }) {
  const stopFollowing = follow(bytes);
  const stopHearing = hearOfMissing();
  const { loadPyodide } = await import(`${core}pyodide.mjs`);
  const python = await loadPyodide({
    indexURL: core,
    lockFileURL: lock,
    packages,
    fullStdLib: false,
    stdin: () => null,
  });
  stopFollowing();
  stopHearing();
  tell({ kind: "beginning" });
  if (interrupt) python.setInterruptBuffer(interrupt);
  const compiled = python.pyimport("live.inside.bytecode");
  const { kept, keep } = await store(lock);
  if (keep) compiled.begin(kept ? python.toPy(kept) : undefined);
  if (keep && !kept) {
    keepCompiled = () => {
      keepCompiled = () => {};
      keep(compiled.gathered().toJs()).catch(() => {}); // no room: the next start takes as long
    };
  }
  const { Inside } = python.pyimport("live.inside.start");
  inside = Inside((text) => postMessage(text));
}

function take(message) {
  inside.take(JSON.stringify(message));
  keepCompiled();
}

// One after the other: the second message waits until Python has come.
let last = Promise.resolve();
addEventListener("message", ({ data }) => {
  last = last
    .then(() => (data.kind === "start" ? start(data) : take(data)))
    .catch((error) => tell({ kind: "died", why: String(error?.message ?? error).slice(-2000) }));
});
