"use strict";
// The search: what a question finds in the book, best first, and the page that shows it.
// theme/search.py writes the index; tests/site/test_search.py asks it what learners ask.

const Search = (() => {
  const STOP_WORDS = new Set(
    ("a an and are as at be been but by can could did do does for from had has have how i if in is it " +
      "its me my of on or should so than that the their them then there these they this to use versus vs " +
      "was we were what when where which while who why will with would you your")
      .split(" "),
  );
  // What a match in a heading is worth beside one in the text; a chapter beside back matter.
  const HEADING = 5, TITLE = 3;
  const KIND = { chapter: 1, glossary: 0.7, page: 0.35 };
  const JOINED = 0.3;
  // Of what every chapter ends with.
  const LAST_SECTIONS = new Set(["exercises", "check-yourself", "what-to-read"]), LAST = 0.6;
  const SYNONYM = 0.6;
  const SHOWN = 10, SECTIONS = 3;

  // One form for all endings of a word, in British and American spelling. Not a word any more.
  function stem(word) {
    if (word.length <= 3 || /\d/.test(word)) return word;
    let root = word
      .replace(/ies$/, "y")
      .replace(/(ss|sh|ch|x)es$/, "$1")
      .replace(/([^su])s$/, "$1")
      .replace(/i[sz](e|ed|er|ing|ation)$/, "iz")
      .replace(/i(fy|fied|fier|fying|fication)$/, "ifi")
      .replace(/([a-z]{3}at)(e|ed|ing|ion|or)$/, "$1")
      .replace(/our$/, "or")
      .replace(/([a-z]{3})ly$/, "$1")
      .replace(/([a-z]{3})(ing|ed)$/, "$1");
    root = root.replace(/([^aeiouls])\1$/, "$1").replace(/ll$/, "l");
    return root.length > 3 ? root.replace(/(ence|ent)$/, "enc").replace(/e$/, "") : root;
  }

  const words = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[’']s?\b/g, "").toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const stems = (text) => words(text).map(stem);

  // How often each word and each pair of neighbours stands in a text. What a hyphen joins is a word
  // of its own: "cross-entropy" says less about entropy than "entropy" does.
  function count(text) {
    const counts = new Map();
    const add = (token, weight) => counts.set(token, (counts.get(token) ?? 0) + weight);
    let last = null;
    for (const joined of text.split(/[\s/–—]+/)) {
      const parts = stems(joined);
      for (const token of parts) {
        add(token, parts.length > 1 ? JOINED : 1);
        if (last) add(`${last} ${token}`, 1);
        last = token;
      }
    }
    return counts;
  }

  // Sections as they are ranked: how often each stem and each pair of neighbours stands in them.
  function prepare(book) {
    const pages = book.pages.map(({ link, kind, sections }) => {
      const title = count(sections[0][1]);
      const parts = sections.map(([id, heading, text]) => {
        const isEntry = kind === "glossary" && id !== "";
        return { id, heading, text, isEntry, length: words(text).length, body: count(text), head: count(heading) };
      });
      return { link, kind, title: sections[0][1], titleStems: title, parts };
    });
    const all = pages.flatMap(({ parts }) => parts);
    const known = new Map(); // stem or pair: in how many sections
    for (const part of all) {
      for (const token of new Set([...part.body.keys(), ...part.head.keys()])) {
        known.set(token, (known.get(token) ?? 0) + 1);
      }
    }
    const mean = all.reduce((sum, { length }) => sum + length, 0) / all.length;
    const groups = book.synonyms.map((pair) => pair.map((phrases) => phrases.map(stems)));
    return { pages, known, count: all.length, mean, groups };
  }

  const idf = (index, token) => {
    const n = index.known.get(token) ?? 0;
    return Math.log(1 + (index.count - n + 0.5) / (n + 0.5));
  };

  // What is asked: a list of concepts, each a list of ways to say it (lists of stems).
  function concepts(index, query) {
    const asked = words(query);
    const kept = asked.filter((word) => !STOP_WORDS.has(word));
    const list = (kept.length ? kept : asked).map((word) => ({ word, stem: stem(word) }));
    const found = [];
    for (let i = 0; i < list.length; ) {
      let size = 1, ways = [];
      for (let n = Math.min(5, list.length - i); n >= 1 && !ways.length; n--) {
        const here = list.slice(i, i + n).map(({ stem }) => stem).join(" ");
        const groups = index.groups.filter(([asked]) => asked.some((way) => way.join(" ") === here));
        if (groups.length) {
          size = n;
          ways = groups.flatMap(([, also]) => also).filter((way) => way.join(" ") !== here);
        }
      }
      const own = list.slice(i, i + size);
      found.push({ words: own.map(({ word }) => word), own: own.map(({ stem }) => stem), ways });
      i += size;
    }
    return found;
  }

  // A way to say it is worth what its words and the pairs of its neighbours are worth (BM25).
  function worth(index, page, part, way) {
    let sum = 0;
    const pairs = way.slice(1).map((token, i) => `${way[i]} ${token}`);
    for (const token of [...way, ...pairs]) {
      const often =
        (part.body.get(token) ?? 0) + HEADING * (part.head.get(token) ?? 0) + TITLE * (page.titleStems.get(token) ?? 0);
      if (!often && !token.includes(" ")) return 0;
      const long = 0.4 + 0.6 * (part.length / index.mean);
      sum += (idf(index, token) * often) / (often + 1.2 * long);
    }
    return sum / (way.length + pairs.length) * Math.sqrt(way.length);
  }

  function rank(index, query) {
    const asked = concepts(index, query);
    const best = ({ own, ways }, page, part) =>
      Math.max(worth(index, page, part, own), ...ways.map((way) => SYNONYM * worth(index, page, part, way)));
    // Words of the question that stand beside each other there and here.
    const neighbours = asked.slice(1).map(({ own }, i) => `${asked[i].own.at(-1)} ${own[0]}`);
    const hits = [];
    for (const page of index.pages) {
      const scored = page.parts.map((part) => {
        const each = asked.map((concept) => best(concept, page, part));
        const beside = neighbours.reduce((sum, pair) => {
          const often = (part.body.get(pair) ?? 0) + HEADING * (part.head.get(pair) ?? 0);
          return sum + (idf(index, pair) * often) / (often + 1.2);
        }, 0);
        const share = each.filter(Boolean).length / asked.length;
        const sum = each.reduce((a, b) => a + b, 0) + beside;
        return { part, score: sum * share * (LAST_SECTIONS.has(part.id) ? LAST : 1), each };
      });
      // All of the page's best, so that a chapter on the matter comes before a section that names it.
      const whole = asked.map((_, i) => scored.map(({ each }) => each[i]).sort((a, b) => b - a)
        .slice(0, 4).reduce((sum, value, place) => sum + value / (place + 2), 0));
      const covered = whole.filter(Boolean).length / asked.length;
      // A heading over code alone has no sentence to show.
      const parts = scored.filter(({ part, score }) => score > 0 && part.text).sort((a, b) => b.score - a.score);
      if (!parts.length) continue;
      if (page.kind === "glossary") {
        // An entry is a hit where the question names it; the sections say more of all else.
        const named = new Set(asked.flatMap(({ own, ways }) => [own, ...ways].flat()));
        const entries = parts.filter(({ part }) => part.isEntry && stems(part.heading).every((token) => named.has(token)));
        for (const { part, score } of entries.slice(0, 2)) hits.push({ page, parts: [part], score: score * KIND.glossary });
        continue;
      }
      const score = (parts[0].score + whole.reduce((a, b) => a + b, 0) * covered) * (KIND[page.kind] ?? KIND.page);
      const near = parts.filter((p) => p.score > 0.5 * parts[0].score).slice(0, SECTIONS);
      hits.push({ page, parts: near.map(({ part }) => part), score });
    }
    return hits.sort((a, b) => b.score - a.score).slice(0, SHOWN);
  }

  // The words of the question that stand nowhere in the book, each with the likest ones that do.
  function missing(index, query) {
    const lost = concepts(index, query)
      .filter(({ own, ways }) => ![own, ...ways].some((way) => way.every((token) => index.known.has(token))))
      .flatMap(({ words }) => words.filter((word) => !index.known.has(stem(word))));
    return lost.map((word) => ({ word, like: likest(index, word) }));
  }

  function likest(index, word) {
    index.spelt ??= [...new Set(index.pages.flatMap(({ parts }) =>
      parts.flatMap(({ heading, text }) => words(`${heading} ${text}`))))].filter((w) => w.length > 3);
    const limit = word.length > 7 ? 2 : 1;
    return index.spelt
      .map((other) => [edits(word, other, limit), other])
      .filter(([away]) => away <= limit)
      .sort(([a, x], [b, y]) => a - b || (index.known.get(stem(y)) ?? 0) - (index.known.get(stem(x)) ?? 0))
      .slice(0, 2)
      .map(([, other]) => other);
  }

  // How many letters to change, add, take out or swap, counted up to `limit`.
  function edits(a, b, limit) {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let before = [], row = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          next[j] = Math.min(next[j], before[j - 2] + 1);
        }
      }
      [before, row] = [row, next];
    }
    return row[b.length];
  }

  // The two sentences of a section that say most about what is asked; of a term, the first two.
  function excerpt(index, part, query) {
    const text = part.isEntry ? part.text.replace(/^[^.]*\p{Script=Han}[^.]*\. /u, "") : part.text;
    const sentences = text.match(/.+?(?:[.?!][”)]?(?=\s|$)|$)\s*/gu) ?? [];
    const wanted = new Set(concepts(index, query).flatMap(({ own, ways }) => [own, ...ways].flat()));
    const value = (sentence) =>
      [...new Set(stems(sentence))].reduce((sum, token) => sum + (wanted.has(token) ? idf(index, token) : 0), 0);
    let start = 0;
    if (!part.isEntry) {
      const values = sentences.map(value);
      start = Math.max(0, values.indexOf(Math.max(...values)));
    }
    return (start > 0 ? "… " : "") + sentences.slice(start, start + (part.isEntry ? 3 : 2)).join("").trim();
  }

  return { prepare, rank, missing, excerpt, concepts, stem, words };
})();

// ---- the page ----------------------------------------------------------------------------------

if (typeof document !== "undefined") {
  addEventListener("DOMContentLoaded", () => {
    const query = (new URLSearchParams(location.search).get("q") ?? "").trim().slice(0, 200);
    const whole = document.querySelector(".search-page");
    if (!query) return whole.classList.add("done");
    for (const box of document.querySelectorAll("input[name=q]")) box.value = query;
    document.title = `${query} – ${document.title}`;
    const index = Search.prepare(BOOK);
    const say = document.getElementById("search-progress");
    const list = document.getElementById("search-results");
    // Words that no page has: what was meant is looked for, and said.
    const lost = Search.missing(index, query);
    let meant = query.toLowerCase();
    for (const { word, like } of lost) if (like.length) meant = meant.replace(word, like[0]);
    const hits = Search.rank(index, meant);
    say.textContent = hits.length
      ? `${hits.length} ${hits.length === 1 ? "place" : "places"} for “${meant}”, the likeliest first.`
      : `Nothing is found for “${query}”.`;
    for (const { word, like } of lost.slice(0, 3)) {
      const line = document.createElement("p");
      line.className = "lost";
      line.textContent = `No page has the word “${word}”` + (like.length ? `; “${like[0]}” is looked for.` : ".");
      say.after(line);
    }

    const marked = new Set(
      Search.concepts(index, meant).flatMap(({ own, ways }) => [own, ...ways.filter((way) => way.length === 1)].flat()),
    );
    for (const { page, parts } of hits) list.append(result(page, parts));
    whole.classList.add("done");

    function link(href, text) {
      return Object.assign(document.createElement("a"), { href, textContent: text });
    }

    function result(page, [best, ...others]) {
      const item = document.createElement("li");
      const address = (part) => page.link + (part.id ? `#${part.id}` : "");
      item.append(link(address(best), best.isEntry ? `${best.heading} (glossary)` : page.title));
      if (best.id && !best.isEntry) {
        const where = Object.assign(document.createElement("p"), { className: "where" });
        [best, ...others].filter((part) => part.id).forEach((part, i) => {
          if (i) where.append(" · ");
          where.append(link(address(part), part.heading));
        });
        item.append(where);
      }
      const context = Object.assign(document.createElement("p"), { className: "context" });
      for (const piece of Search.excerpt(index, best, meant).split(/([\p{L}\p{N}]+)/u)) {
        const [word] = Search.words(piece);
        if (word && marked.has(Search.stem(word))) {
          context.append(Object.assign(document.createElement("mark"), { className: "highlighted", textContent: piece }));
        } else context.append(piece);
      }
      item.append(context);
      return item;
    }
  });
}
