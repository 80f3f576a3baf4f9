// What the pages do beyond reading: theme, contents on a phone, copy buttons, where one is.

const root = document.documentElement;

// Theme: the system's until the reader chooses; roles.css follows data-theme. The page's head reads
// what was chosen.
const dark = () =>
  root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

document.querySelector(".theme-button").addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  try {
    localStorage.setItem("price-theme", root.dataset.theme);
  } catch {
    // A reader who blocks storage still gets the theme, for this page.
  }
});

// Contents on a narrow screen.
const menuButton = document.querySelector(".menu-button");
const contents = document.getElementById("contents");
// What the open contents cover is out of reach, for the keys too.
const covered = document.querySelectorAll(".skip, main, .foot");
function setMenu(open) {
  contents.classList.toggle("open", open);
  menuButton.setAttribute("aria-expanded", open);
  for (const part of covered) part.inert = open;
}
matchMedia("(max-width: 60rem)").addEventListener("change", () => setMenu(false));
menuButton.addEventListener("click", () => setMenu(!contents.classList.contains("open")));
contents.addEventListener("click", (event) => event.target.closest("a") && setMenu(false));
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && contents.classList.contains("open")) {
    setMenu(false);
    menuButton.focus();
  }
  // Only where nothing has the focus: no key of a control, and nothing that is typed, is taken.
  const nowhere = [document.body, document.documentElement, null].includes(document.activeElement);
  if (event.key === "/" && nowhere && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector(".search-box input").focus();
  }
});

// Copy buttons on code.
for (const block of document.querySelectorAll(".cell_input div.highlight, article > section div.highlight")) {
  if (block.closest(".cell_output") || block.querySelector(".copy")) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy this code");
  button.addEventListener("click", async () => {
    const copied = await copy(codeOf(block));
    if (!copied) getSelection().selectAllChildren(block.querySelector("pre"));
    button.textContent = copied ? "Copied" : "Selected: now copy it";
    setTimeout(() => (button.textContent = "Copy"), copied ? 1500 : 4000);
  });
  block.append(button);
}

// What one types: of a session its commands, without prompts and without what they print.
function codeOf(block) {
  const text = block.querySelector("pre").innerText;
  if (!block.closest(".highlight-console, .highlight-pycon")) return text;
  const prompt = /^(\$|>>>|\.\.\.|>)( |$)/;
  const typed = text.split("\n").filter((line) => prompt.test(line));
  return typed.map((line) => line.replace(prompt, "")).join("\n") + "\n";
}

// A page that comes over plain http has no navigator.clipboard.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    const box = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    box.style.cssText = "position: fixed; top: 0; opacity: 0";
    document.body.append(box);
    box.select();
    const copied = document.execCommand("copy");
    box.remove();
    focused?.focus();
    return copied;
  }
}

// A formula stands in the page twice, as MathML and as what is seen. As text it is copied as TeX,
// once and whole; where it is pasted with its form, as MathML.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0).cloneRange();
  const formulaAt = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".katex");
  const [first, last] = [formulaAt(range.startContainer), formulaAt(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const place = document.createElement("div");
  place.append(range.cloneContents());
  const formulas = place.querySelectorAll(".katex");
  if (!formulas.length) return;
  for (const extra of place.querySelectorAll(".katex-html, .copy, .headerlink")) extra.remove();
  const form = place.cloneNode(true);
  for (const source of form.querySelectorAll("annotation")) source.remove();
  for (const formula of formulas) {
    const sign = formula.parentElement.closest(".katex-display") ? "$$" : "$";
    formula.replaceWith(`${sign}${formula.querySelector("annotation").textContent.trim()}${sign}`);
  }
  place.style.cssText = "position: fixed; left: -200vw; width: 40rem"; // lines as they are seen
  document.body.append(place);
  event.clipboardData.setData("text/plain", place.innerText);
  event.clipboardData.setData("text/html", form.innerHTML);
  place.remove();
  event.preventDefault();
});

// Whatever scrolls sideways can be scrolled with the keys. That changes when a fold opens, a
// telephone is turned, or the fonts of the formulas come.
const sideways = document.querySelectorAll("pre, .math-scroll, .table-scroll");
const reach = (box) => {
  if (undo.length) return; // it is being printed
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
};
const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => reach(target)));
sideways.forEach((box) => widths.observe(box));
document.fonts.ready.then(() => sideways.forEach(reach));

// Mark the section that is being read.
const links = new Map(
  [...contents.querySelectorAll("li li > a[href^='#']")].map((link) => [link.hash.slice(1), link]),
);
const sections = [...document.querySelectorAll("article section[id]")].filter((s) => links.has(s.id));
if (sections.length) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        links.get(target.id).classList.toggle("seen", isIntersecting);
      }
    },
    { rootMargin: "-20% 0px -75% 0px" },
  );
  sections.forEach((section) => observer.observe(section));
}

// On paper nothing folds out: proofs stand open, and the answers move to the end of the chapter.
// The style sheet opens them in their place where this does not run.
const article = document.querySelector("article");
const undo = [];

function move(node, place) {
  const mark = document.createComment("");
  node.replaceWith(mark);
  place.append(node);
  undo.push(() => mark.replaceWith(node));
}

function part(title) {
  const section = document.createElement("section");
  section.className = "answers";
  section.append(Object.assign(document.createElement("h2"), { textContent: title }));
  article.append(section);
  undo.push(() => section.remove());
  return section;
}

// Words of the page once more, without its ids.
function again(tag, source, place) {
  const copy = document.createElement(tag);
  copy.append(...[...source.childNodes].map((node) => node.cloneNode(true)));
  for (const node of copy.querySelectorAll("[id]")) node.removeAttribute("id");
  place.append(copy);
}

function moveSolutions() {
  const solutions = article.querySelectorAll("details.solution");
  const place = solutions.length && part("Solutions");
  for (const solution of solutions) {
    const blocks = [solution]; // and the folded cells right behind it
    while (blocks.at(-1).nextElementSibling?.matches(".cell:has(> details)")) {
      blocks.push(blocks.at(-1).nextElementSibling);
    }
    for (const block of blocks) move(block, place);
  }
}

function moveReplies() {
  const questions = article.querySelectorAll(".question");
  const place = questions.length && part("Answers to “Check yourself”");
  for (const question of questions) {
    again("h3", question.querySelector(".admonition-title"), place);
    for (const choice of question.querySelectorAll("details")) {
      const [line, ...reply] = choice.children;
      again("h4", line, place);
      for (const node of reply) move(node, place);
    }
  }
}

addEventListener("beforeprint", () => {
  if (!article || undo.length) return;
  moveSolutions();
  moveReplies();
  for (const folded of article.querySelectorAll("details:not([open])")) {
    folded.open = true;
    undo.push(() => (folded.open = false));
  }
});
addEventListener("afterprint", () => {
  while (undo.length) undo.pop()();
});
