// What stands beside Jupyter Notebook on its page: a way back, links that lead somewhere, and an answer
// when Python asks what the notebook holds.

const ROOT = new URL("..", import.meta.url).href; // the folder live/
const FILES = `${ROOT}files/`;
const jupyter = () => /** @type {any} */ (window).jupyterapp;

/** A link to another page of the book: to its notebook, or to the site's page where it is none. */
function leadSomewhere(/** @type {Event} */ { target }) {
  const link = target instanceof Element && target.closest("a");
  if (!link || !link.href.startsWith(FILES)) return;
  const [name, place] = link.href.slice(FILES.length).split("#");
  link.href = name.endsWith(".ipynb")
    ? `${ROOT}notebooks/index.html?path=${name}`
    : new URL(`../book/${name.replace(/\.md$/, ".html")}${place ? `#${place}` : ""}`, ROOT).href;
  link.target = "_blank";
}

for (const kind of ["pointerover", "pointerdown", "focusin"]) {
  document.addEventListener(kind, leadSomewhere, true);
}

/** The notebook whose Python asks, as it stands on the page. */
const channel = new BroadcastChannel("price-notebook");
channel.onmessage = ({ data }) => {
  const { asks } = JSON.parse(data);
  if (!asks) return;
  for (const { context, sessionContext, content } of jupyter().shell.widgets("main")) {
    if (sessionContext?.session?.kernel?.clientId === asks) {
      const notebook = content.model.toJSON();
      channel.postMessage(JSON.stringify({ answers: asks, path: context.path, notebook }));
    }
  }
};

async function showTheWayBack() {
  /** @type {HTMLAnchorElement | null} */
  let logo = null;
  while (!(logo = document.querySelector("a#jp-NotebookLogo"))) {
    await new Promise((later) => setTimeout(later, 100));
  }
  logo.href = `${ROOT}index.html`;
  logo.title = "All notebooks";
  logo.textContent = "The Price of a Wrong Guess";
}

showTheWayBack();
