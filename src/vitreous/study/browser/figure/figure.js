// A figure: panels above, controls at the figure, caption below; Python computes, this draws.
import { mountControls } from "./controls.js";
import { image } from "./image.js";
import { plot } from "./plot.js";

const PANELS = { image, plot };

function render({ model, el }) {
  const spec = model.get("spec");
  el.innerHTML = "";
  const frame = document.createElement("figure");
  const stage = document.createElement("div");
  stage.className = "stage";
  frame.append(stage);
  el.append(frame);
  const panels = Object.fromEntries(spec.panels.map((panel) => {
    const box = document.createElement("div");
    stage.append(box);
    return [panel.name, PANELS[panel.kind](box, panel)];
  }));
  const draw = () => {
    for (const [name, data] of Object.entries(model.get("drawn").panels ?? {})) panels[name].draw(data);
    el.dataset.drawn = model.get("drawn").serial;
  };
  model.on("change:drawn", draw);
  draw();
  mountControls(frame, spec.controls, model);
}

export default { render };
