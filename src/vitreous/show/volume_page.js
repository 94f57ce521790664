import { volumeView } from "./volume_view.js";

// Brings every volume of a report to life; the still picture stays where there is no WebGL 2.
function signs(value) {
  const text = Math.abs(value) >= 1e4 || (value && Math.abs(value) < 1e-3) ? value.toExponential(2) : Number(value.toPrecision(3)).toString();
  return text.replaceAll("-", "−");
}

for (const figure of document.querySelectorAll("figure.volume")) {
  const { low, high, sigma, mean, shape, contour, azimuth, elevation, label } = JSON.parse(figure.querySelector(".facts-of-volume").textContent);
  const canvas = figure.querySelector("canvas"), range = figure.querySelector("input.level"), output = figure.querySelector("output.level");
  const place = figure.querySelector("input.place");
  const view = volumeView(canvas, { azimuth, elevation, changed: describe });
  if (!view) continue;

  function describe() {
    const value = low + Number(range.value) * (high - low);
    output.textContent = `${signs(value)} (${signs(Math.round((10 * (value - mean)) / sigma) / 10)} σ)`;
    range.setAttribute("aria-valuetext", output.textContent);
    const where = place ? `, map ${Number(place.value) + 1} of ${Number(place.max) + 1}` : "";
    canvas.setAttribute("aria-label", `${label}${where} at ${output.textContent}, ${view.seen()}`);
  }
  function choose(part) {
    range.value = part;
    view.contour(part);
    describe();
  }

  const text = atob(figure.querySelector(".voxels").textContent);
  const all = Uint8Array.from(text, (letter) => letter.charCodeAt(0)), size = shape[0] * shape[1] * shape[2];
  function show(number) {
    view.load({ shape, steps: all.subarray(number * size, (number + 1) * size) });
    view.contour(Number(range.value));
    if (!place) return;
    figure.querySelector("output.place").textContent = `${number + 1} of ${Number(place.max) + 1}`;
    describe();
  }
  place?.addEventListener("input", () => show(Number(place.value)));
  show(0);
  range.addEventListener("input", () => choose(Number(range.value)));
  figure.querySelector("button").addEventListener("click", () => { choose(contour); view.reset(); });
  figure.classList.add("live");
  choose(contour);
}
