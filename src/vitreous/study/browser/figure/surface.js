// A canvas that keeps up with its size, the screen's resolution and the colour scheme.
import { make } from "./dom.js";

export { drag } from "../../../show/volume_view.js";

const NAMES = ["paper", "surface", "ink", "muted", "line", "accent", "accent-soft", "series-1", "series-2", "series-3", "series-4", "series-5"];

export function palette(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

export function surface(attributes, draw) {
  const canvas = make("canvas", { tabIndex: 0, role: "img", ...attributes });
  const context = canvas.getContext("2d");
  let queued = 0;
  const paint = () => {
    cancelAnimationFrame(queued);
    queued = 0;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height, palette(canvas));
  };
  const later = () => { queued ||= requestAnimationFrame(paint); };
  const sizes = new ResizeObserver(later);
  sizes.observe(canvas);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", later);
  const remove = () => {
    cancelAnimationFrame(queued);
    sizes.disconnect();
    scheme.removeEventListener("change", later);
  };
  return { canvas, paint, later, remove };
}

// Where a pointer is, in the canvas's own CSS pixels.
export function place(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
