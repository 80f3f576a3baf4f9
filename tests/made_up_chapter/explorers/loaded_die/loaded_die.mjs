// A die whose faces can be loaded: drag a bar, see what a throw is worth.

import { entropy } from "../shared/measures.mjs";
import { fitter, fixed, html, short, write } from "../shared/draw.mjs";
import { bars } from "../shared/bars.mjs";
import { frame, same } from "../shared/frame.mjs";
import { mover, outcomes } from "../shared/pmf.mjs";
import { formula, live, symbol } from "../shared/readout.mjs";

function render({ model, el }) {
  const pNow = () => model.get("p");
  const worth = () => fixed(entropy(pNow(), "bits"), 4);
  const change = mover(model, "p");
  const result = live("p");
  const line = formula("", symbol("H"), " = ", html("strong", { class: "p" }, result, " bits"));
  let shape = [];
  let faces;

  const view = frame({
    model,
    el,
    keys: ["p", "labels"],
    draw() {
      const names = outcomes(model);
      if (!same(shape, names)) {
        shape = names;
        faces = bars({
          names,
          fit: fitter(view.figures),
          role: "p",
          value: (i) => pNow()[i],
          change,
          spoken: short,
        });
        view.figures.replaceChildren(faces.node);
        view.readout.replaceChildren(line);
      }
      faces.draw(pNow());
      write(result, worth());
    },
    summary: () => `A throw is worth ${worth()} bits.`,
  });
  return view.stop;
}

export default { render };
