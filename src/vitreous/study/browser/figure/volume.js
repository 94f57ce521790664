// A map as a shaded surface, with a slider for its contour.
import { volumeView } from "../../../show/volume_view.js";
import { clamp, make, number, steps8, withUnit } from "./dom.js";

export function volume(box, spec) {
  const canvas = make("canvas", { tabIndex: 0, role: "img", "aria-label": spec.label });
  const range = make("input", { type: "range", min: 0, max: 1, step: 0.002 });
  const shown = make("output");
  const contour = make("label", { className: "contour" }, make("span", {}, "contour"), range, shown);
  box.append(canvas, contour);

  let data = null, part = 0.5, touched = false;
  const view = volumeView(canvas, { changed: describe });
  if (!view) missing(canvas);

  function describe() {
    const value = data ? data.low + part * (data.high - data.low) : 0;
    shown.textContent = withUnit(number(value), spec.unit);
    if (view) canvas.setAttribute("aria-label", `${spec.label}: surface at ${shown.textContent}, ${view.seen()}`);
  }
  function choose(wanted) {
    part = wanted;
    view?.contour(part);
    describe();
  }
  range.addEventListener("input", () => { touched = true; choose(Number(range.value)); });

  return {
    draw(message) {
      const level = touched && data ? data.low + part * (data.high - data.low) : null;
      data = { ...message, steps: steps8(message.steps) };
      view?.load(data);
      choose(level === null ? telling(data.steps) : clamp((level - data.low) / (data.high - data.low || 1), 0, 1));
      range.value = part;
      view?.paint();
    },
    reset() { touched = false; if (data) choose(telling(data.steps)); range.value = part; view?.reset(); },
    words: () => `${spec.label} at ${shown.textContent}`,
    remove() { view?.remove(); },
  };
}

// A contour that shows something at first sight: two standard deviations above the mean.
function telling(steps) {
  let sum = 0, squares = 0;
  for (const step of steps) { sum += step; squares += step * step; }
  const mean = sum / steps.length;
  return clamp((mean + 2 * Math.sqrt(squares / steps.length - mean * mean)) / 255, 0.15, 0.75);
}

function missing(canvas) {
  const note = make("p", { className: "missing" }, "This browser offers no WebGL 2, which the surface needs.");
  canvas.replaceWith(note);
}
