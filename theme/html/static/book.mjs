// What the pages do beyond reading: theme, contents on a phone, copy buttons, where one is.

const root = document.documentElement;

// Theme: the system's until the reader chooses; roles.css follows data-theme.
const dark = () =>
  root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

document.querySelector(".theme-button").addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // A reader who blocks storage still gets the theme, for this page.
  }
});

// Contents on a narrow screen.
const menuButton = document.querySelector(".menu-button");
const contents = document.getElementById("contents");
function setMenu(open) {
  contents.classList.toggle("open", open);
  menuButton.setAttribute("aria-expanded", open);
}
menuButton.addEventListener("click", () => setMenu(!contents.classList.contains("open")));
contents.addEventListener("click", (event) => event.target.closest("a") && setMenu(false));
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && contents.classList.contains("open")) {
    setMenu(false);
    menuButton.focus();
  }
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
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
    await navigator.clipboard.writeText(block.querySelector("pre").innerText);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  block.append(button);
}

// Whatever scrolls sideways can be scrolled with the keys.
for (const box of document.querySelectorAll("pre, .math-scroll, .table-scroll")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

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
