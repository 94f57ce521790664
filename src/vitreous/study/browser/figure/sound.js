// A short sound: its wave form, and a button that plays it.
import { floats, make, number } from "./dom.js";
import { surface } from "./surface.js";

let audio = null; // made at the first press: browsers allow no sound before

export function sound(box, spec) {
  let samples = new Float32Array(0), rate = 1, source = null;
  const button = make("button", { type: "button", className: "play", "aria-label": `play ${spec.label}`, "aria-pressed": "false" });
  const about = make("span", { className: "about" });
  box.firstChild.append(about);
  const { canvas, paint, remove } = surface({ "aria-label": spec.label, tabIndex: -1 }, (context, width, height, colour) => {
    context.strokeStyle = colour.line;
    context.beginPath();
    context.moveTo(0, height / 2);
    context.lineTo(width, height / 2);
    context.stroke();
    const top = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    context.fillStyle = colour["series-1"];
    for (let x = 0; x < width; x++) {
      const part = samples.subarray(Math.floor((x * samples.length) / width), Math.max(Math.floor(((x + 1) * samples.length) / width), Math.floor((x * samples.length) / width) + 1));
      let low = 0, high = 0;
      for (const value of part) { low = Math.min(low, value); high = Math.max(high, value); }
      context.fillRect(x, height / 2 - (high / top) * (height / 2 - 2), 1, Math.max(1, ((high - low) / top) * (height / 2 - 2)));
    }
  });
  const stop = () => { source?.stop(); source = null; button.setAttribute("aria-pressed", "false"); };
  button.addEventListener("click", () => {
    if (source) { stop(); return; }
    if (!samples.length) return;
    audio ??= new AudioContext();
    const buffer = audio.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(samples, 0);
    source = new AudioBufferSourceNode(audio, { buffer });
    source.connect(audio.destination);
    source.addEventListener("ended", stop);
    source.start();
    button.setAttribute("aria-pressed", "true");
  });
  box.append(make("div", { className: "row" }, button, canvas));
  return {
    draw(data) {
      stop();
      [samples, rate] = [floats(data.samples), data.rate];
      about.textContent = `${number(samples.length / rate, 2)} s`;
      canvas.setAttribute("aria-label", `${spec.label}: wave form, ${number(samples.length / rate, 2)} seconds`);
      paint();
    },
    csv: () => [["time (s)", spec.label], ...Array.from(samples, (value, i) => [i / rate, value])],
    words: () => `${spec.label}: ${about.textContent}`,
    remove: () => { stop(); remove(); },
  };
}
