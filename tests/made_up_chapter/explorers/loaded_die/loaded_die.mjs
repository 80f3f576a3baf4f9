// A die whose faces can be loaded: drag a bar, see what a throw is worth.

import { entropy } from "../shared/measures.mjs";
import { fitter, fixed, html, short, write } from "../shared/draw.mjs";
import { bars } from "../shared/bars.mjs";
import { frame, same } from "../shared/frame.mjs";
import { mover, outcomes } from "../shared/pmf.mjs";

function render({ model, el }) {
  const pNow = () => model.get("p");
  const worth = () => `A throw is worth ${fixed(entropy(pNow(), "bits"), 4)} bits.`;
  const change = mover(model, "p");
  const sentence = html("p", {});
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
          title: "The die",
          role: "p",
          value: (i) => pNow()[i],
          change,
          spoken: short,
        });
        view.figures.replaceChildren(faces.node);
        view.readout.replaceChildren(sentence);
      }
      faces.draw(pNow());
      write(sentence, worth());
    },
    summary: worth,
  });
  return view.stop;
}

export default { render };
