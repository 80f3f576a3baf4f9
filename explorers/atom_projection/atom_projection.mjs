// A pmf of returns on atoms, its targets between them, and the pmf that stands for these.

import { frame } from "../shared/frame.mjs";

function render({ model, el }) {
  const keys = ["p", "reward", "discount", "projection"];
  return frame({ model, el, keys, draw() {}, summary: () => "" }).stop;
}

export default { render };
