// Native inputs in labels, with the value live beside them.
import { clamp, decimals, make, minus, withUnit } from "./dom.js";

export function mountControls(specs, values, change) {
  const sliders = make("div", { className: "sliders" });
  const options = make("div", { className: "options" });
  const element = make("div", { className: "controls" }, ...(specs.length ? [sliders, options] : []));
  const mounted = specs.map((spec) => {
    const control = KINDS[spec.kind](spec, (value) => change(spec.name, value));
    control.show(values[spec.name]);
    (spec.kind === "slider" ? sliders : options).append(control.element);
    return [spec.name, control];
  });
  return {
    element,
    show: (given) => { for (const [name, control] of mounted) if (name in given) control.show(given[name]); },
    words: () => mounted.map(([, control]) => control.words?.()).filter(Boolean).join(", "),
    remove: () => { for (const [, control] of mounted) control.remove?.(); },
  };
}

let serial = 0;
const unique = () => `vitreous-${++serial}`;

function slider(spec, set) {
  const log = spec.logarithmic;
  const inward = (value) => (log ? Math.log10(value) : value);
  const digits = decimals(spec.step);
  const rounded = (value) => clamp(log ? Number(value.toPrecision(3)) : Number(value.toFixed(digits)), spec.low, spec.high);
  const outward = (place) => rounded(log ? 10 ** place : place);
  const text = (value) => (log ? `${Number(value.toPrecision(3))}` : value.toFixed(digits));
  const id = unique();
  const range = make("input", { type: "range", id, min: inward(spec.low), max: inward(spec.high), step: spec.step });
  const field = make("input", { type: "text", inputMode: "decimal", autocomplete: "off", "aria-label": `${spec.label}${spec.unit ? `, in ${spec.unit}` : ""}` });
  field.style.width = `${Math.max(text(spec.low).length, text(spec.high).length, text(spec.value).length) + 1}ch`;
  const number = make("span", { className: "number" }, field, ...(spec.unit ? [make("span", { className: spec.unit === "°" ? "unit close" : "unit" }, spec.unit)] : []));
  const top = make("div", { className: "top" }, make("label", { htmlFor: id }, spec.label), number);
  const row = make("div", { className: "row" }, range);
  let value = spec.value;
  const show = (given) => {
    value = given;
    range.value = inward(given);
    range.style.setProperty("--part", (inward(given) - Number(range.min)) / (Number(range.max) - Number(range.min)));
    const words = withUnit(minus(text(given)), spec.unit);
    range.setAttribute("aria-valuetext", words);
    if (document.activeElement?.shadowRoot?.activeElement !== field && field !== field.getRootNode().activeElement) field.value = minus(text(given));
  };
  const take = (given) => { show(given); set(given); };
  range.addEventListener("input", () => { player?.stop(); take(outward(Number(range.value))); });
  field.addEventListener("focus", () => { player?.stop(); field.select(); });
  field.addEventListener("change", () => {
    const typed = Number(field.value.replace("−", "-").replace(",", "."));
    if (field.value.trim() && Number.isFinite(typed)) take(log && typed <= 0 ? spec.low : clamp(typed, spec.low, spec.high));
    field.value = minus(text(value));
  });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") field.blur(); });
  const player = spec.playable ? play(range, spec.label, () => Number(range.value), (place) => take(outward(place))) : null;
  if (player) row.prepend(player.button);
  return {
    element: make("div", { className: "control slider" }, top, row),
    show,
    words: () => `${spec.label} ${range.getAttribute("aria-valuetext")}`,
    remove: () => player?.stop(),
  };
}

const SWEEP = 7000; // ms from one end to the other

// Moves a slider to and fro; it rests while it cannot be seen.
function play(range, label, at, go) {
  let frame = 0, last = 0, way = 1, place = 0, visible = true, on = false;
  const button = make("button", { type: "button", className: "play", "aria-pressed": "false", "aria-label": `play ${label}` });
  const step = (now) => {
    const [low, high] = [Number(range.min), Number(range.max)];
    place += (way * Math.min(now - last, 100) * (high - low)) / SWEEP;
    if (place >= high || place <= low) { place = clamp(place, low, high); way = place >= high ? -1 : 1; }
    last = now;
    go(place);
    frame = requestAnimationFrame(step);
  };
  const turn = () => {
    cancelAnimationFrame(frame);
    button.setAttribute("aria-pressed", String(on));
    if (!on || !visible) return;
    place = at();
    last = performance.now();
    frame = requestAnimationFrame(step);
  };
  const seen = new IntersectionObserver(([entry]) => { visible = entry.isIntersecting; turn(); });
  button.addEventListener("click", () => {
    on = !on;
    if (on) seen.observe(range); else seen.disconnect();
    turn();
  });
  return { button, stop: () => { on = false; seen.disconnect(); turn(); } };
}

function toggle(spec, set) {
  const input = make("input", { type: "checkbox", role: "switch" });
  input.addEventListener("change", () => set(input.checked));
  return {
    element: make("label", { className: "control switch" }, input, make("span", {}, spec.label)),
    show: (value) => { input.checked = value; },
    words: () => `${spec.label} ${input.checked ? "on" : "off"}`,
  };
}

function choice(spec, set) {
  return spec.options.length <= 4 && spec.options.join("").length <= 44 ? segments(spec, set) : menu(spec, set);
}

function segments(spec, set) {
  const name = unique();
  const inputs = spec.options.map((value) => make("input", { type: "radio", name, value }));
  for (const input of inputs) input.addEventListener("change", () => set(input.value));
  const labels = inputs.map((input) => make("label", {}, input, make("span", {}, input.value)));
  return {
    element: make("fieldset", { className: "control choice" }, make("legend", {}, spec.label), make("div", { className: "segments" }, ...labels)),
    show: (value) => { for (const input of inputs) input.checked = input.value === value; },
    words: () => `${spec.label} ${inputs.find((input) => input.checked)?.value}`,
  };
}

function menu(spec, set) {
  const select = make("select", {}, ...spec.options.map((value) => make("option", { value }, value)));
  select.addEventListener("change", () => set(select.value));
  return {
    element: make("label", { className: "control menu" }, make("span", {}, spec.label), select),
    show: (value) => { select.value = value; },
    words: () => `${spec.label} ${select.value}`,
  };
}

function button(spec, set) {
  let count = spec.value;
  const element = make("button", { type: "button", className: "control push" }, spec.label);
  element.addEventListener("click", () => { count = Math.min(count + 1, spec.most); set(count); });
  return { element, show: (value) => { count = value; } };
}

const KINDS = { slider, switch: toggle, choice, button };
