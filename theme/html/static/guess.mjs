// Where the text asks for a number first: the reader's, and how far off it was. It stays on the page.

const FRACTIONS = { "½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3" };

/** The number that a reader types: 1.75, 1,75, ½, 1/3, 12 %, 10,000, −2 bits; NaN for others. */
export function typed(text) {
  let plain = text.trim().replace(/[−–]/g, "-").replace(/[½¼¾⅓⅔]/, (sign) => FRACTIONS[sign]);
  plain = plain.replace(/^[~≈+]\s*/, "").replace(/\s*(%|[a-z]+)\.?$/i, "");
  // As the book writes them: in 10,000 the comma parts thousands.
  plain = /^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) ? plain.replaceAll(",", "")
    : plain.replace(",", ".");
  const [above, below, ...more] = plain.split("/").map((part) =>
    (/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(part) ? Number(part) : NaN));
  const value = more.length ? NaN : above / (below ?? 1);
  return Number.isFinite(value) ? value : NaN;
}

const brief = (x) => Number(x.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });

/** What the page says of a guess: the number, the difference, and the factor where there is one. */
export function verdict(guess, number, unit) {
  const truth = Number(number.replaceAll(",", ""));
  const answer = `It is ${[number, unit].filter(Boolean).join(" ")}`;
  if (guess === truth) return `${answer}, as you say.`;
  const size = brief(Math.abs(guess - truth));
  const units = unit === "%" ? "percentage points" : unit;
  const named = size === "1" ? units.replace(/s$/, "") : units;
  const factor = brief(Math.max(guess / truth, truth / guess));
  const times = guess / truth > 0 && factor !== "1" ? `, a factor of ${factor}` : "";
  const off = [size, named].filter(Boolean).join(" ");
  return `${answer}. Your guess is too ${guess < truth ? "low" : "high"} by ${off}${times}.`;
}

for (const form of document.querySelectorAll("form.guess")) {
  const field = form.querySelector("input");
  const status = form.querySelector("[role=status]");
  const place = form.querySelector("a");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const guess = typed(field.value);
    const { number, unit } = form.dataset;
    field.setAttribute("aria-invalid", String(Number.isNaN(guess)));
    place.hidden = Number.isNaN(guess);
    status.textContent = Number.isNaN(guess)
      ? "That is no number. Type one, such as 1.5 or 3/4."
      : verdict(guess, number, unit);
    if (Number.isNaN(guess)) field.focus();
  });
}
