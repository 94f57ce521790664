// A figure: panels above, controls at the figure, caption below; Python computes, this draws.
import { mountControls } from "./controls.js";
import { download, make } from "./dom.js";
import { image } from "./image.js";
import { link, remember } from "./link.js";
import { plot } from "./plot.js";
import { scene } from "./scene.js";
import { sound } from "./sound.js";
import "./style.css";
import { table } from "./table.js";
import { volume } from "./volume.js";

const PANELS = { image, plot, scene, volume, table, sound };
const PATIENCE = 3000; // ms after which an unanswered value no longer holds back the next one

// One message in flight; while it is out, only the newest values wait.
function sender(model) {
  let out = false, waiting = null, timer = 0;
  const answered = () => {
    clearTimeout(timer);
    out = false;
    if (waiting) send(waiting);
  };
  const send = (values) => {
    if (out) { waiting = values; return; }
    out = true;
    waiting = null;
    timer = setTimeout(answered, PATIENCE);
    model.set("values", values);
    model.save_changes();
  };
  return { send, answered, newest: () => waiting ?? model.get("values") };
}

function panelBox(spec) {
  const head = make("div", { className: "head" }, make("span", { className: "name" }, spec.label));
  const box = make("div", { className: `panel ${spec.kind}${spec.equal ? " square" : ""}` }, head);
  box.dataset.panel = spec.name;
  return box;
}

function toolbar(spec, panels, reset) {
  const button = (text, act) => make("button", { type: "button", onclick: act }, text);
  const said = make("span", { className: "said", role: "status" });
  const copy = async () => {
    const address = link(spec);
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = "copied";
    } catch {
      said.textContent = "the address bar holds the link"; // no clipboard without permission or https
    }
    setTimeout(() => { said.textContent = ""; }, 4000);
  };
  const sheets = Object.entries(panels).filter(([, panel]) => panel.csv);
  const save = ([name, panel]) => download(`${spec.name}-${name}.csv`, panel.csv());
  const data = sheets.length < 2
    ? sheets.map((sheet) => button("CSV", () => save(sheet)))
    : [make("details", { className: "sheets" }, make("summary", {}, "CSV"),
        make("div", {}, ...sheets.map((sheet) => button(sheet[1].label, () => save(sheet)))))];
  return make("div", { className: "toolbar" }, said, button("Reset", reset), button("Copy link", copy), ...data);
}

function render({ model, el }) {
  const spec = model.get("spec");
  const { send, answered, newest } = sender(model);
  const change = (name, value) => {
    send({ ...newest(), [name]: value });
    settle();
  };

  const stage = make("div", { className: "stage" });
  const status = make("p", { className: "unseen", role: "status", "aria-live": "polite" });
  const panels = {};
  for (const item of spec.panels) {
    const box = panelBox(item);
    stage.append(box);
    const rest = spec.rest[item.name];
    panels[item.name] = { label: item.label, ...PANELS[item.kind](box, item, { rest, set: (value) => change(item.name, value) }) };
    panels[item.name].show?.(model.get("values")[item.name]);
  }
  const controls = mountControls(spec.controls, model.get("values"), change);

  // What a screen reader hears and the address bar shows, once the hand rests.
  let resting = 0;
  const settle = () => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      remember(spec, newest());
      const parts = [controls.words(), ...Object.values(panels).map((panel) => panel.words?.())];
      status.textContent = parts.filter(Boolean).join("; ");
    }, 500);
  };

  const reset = () => {
    for (const panel of Object.values(panels)) panel.reset?.();
    send({ ...spec.rest });
    show(spec.rest);
    settle();
  };
  const show = (values) => {
    controls.show(values);
    for (const [name, panel] of Object.entries(panels)) if (name in values) panel.show?.(values[name]);
  };

  const figure = make("figure", { id: `figure-${spec.name}`, className: spec.panels.length === 1 ? "figure single" : "figure" }, stage, controls.element);
  figure.append(make("figcaption", {}, make("span", { className: "caption" }, spec.caption), toolbar(spec, panels, reset)), status);
  el.replaceChildren(figure);
  el.getRootNode().host?.setAttribute("data-ready", ""); // the page keeps room until then

  const drawn = {};
  const draw = () => {
    for (const [name, panel] of Object.entries(panels)) {
      const data = model.get(`panel_${name}`);
      if (data === drawn[name] || !Object.keys(data ?? {}).length) continue;
      drawn[name] = data;
      panel.draw(data);
    }
    figure.dataset.serial = model.get("serial");
  };
  // The keys of one message are set one after the other, in any order: wait until all of them stand.
  const arrive = () => queueMicrotask(() => { draw(); answered(); });
  const corrected = () => show(newest());
  model.on("change:serial", arrive);
  model.on("change:values", corrected);
  draw();
  return () => {
    model.off("change:serial", arrive);
    model.off("change:values", corrected);
    clearTimeout(resting);
    controls.remove();
    for (const panel of Object.values(panels)) panel.remove?.();
  };
}

export default { render };
