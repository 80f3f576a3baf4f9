// One cell's editor: CodeMirror 6, with what code in a book needs and no more.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "./editor/codemirror-commands.mjs";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "./editor/codemirror-language.mjs";
import { python } from "./editor/codemirror-lang-python.mjs";
import { EditorState, Prec } from "./editor/codemirror-state.mjs";
import { EditorView, drawSelection, keymap } from "./editor/codemirror-view.mjs";
import { classHighlighter } from "./editor/lezer-highlight.mjs";

const HELP = "Shift and Enter runs the cell. Escape, then Tab, leaves it.";

/** Return an editor; `changed` hears its text, `run` is told whether to go on to the next cell. */
export function editor({ text, name, changed, run }) {
  const keys = Prec.highest(keymap.of([
    { key: "Shift-Enter", run: () => (run(true), true) },
    { key: "Mod-Enter", run: () => (run(false), true) },
  ]));
  const view = new EditorView({
    state: EditorState.create({
      doc: text,
      extensions: [
        keys,
        history(),
        drawSelection(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        python(),
        syntaxHighlighting(classHighlighter),
        keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({
          "aria-label": name,
          tabindex: "0",
          "aria-description": HELP,
          translate: "no",
          autocapitalize: "off",
          spellcheck: "false",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    node: view.dom,
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    focus: () => view.focus(),
  };
}
