// Native inputs in labels; one message in flight, the newest value wins.
export function mountControls(frame, controls, model) {
  let waiting = false, pending = null;
  const send = (values) => { waiting = true; model.set("values", values); model.save_changes(); };
  model.on("change:drawn", () => { waiting = false; if (pending) { const next = pending; pending = null; send(next); } });
  const change = (name, value) => {
    const values = { ...(pending ?? model.get("values")), [name]: value };
    if (waiting) pending = values; else send(values);
  };
  for (const control of controls) {
    const label = document.createElement("label");
    label.textContent = control.label;
    const input = Object.assign(document.createElement("input"), { type: "range", min: control.low, max: control.high, step: control.step, value: model.get("values")[control.name] });
    input.addEventListener("input", () => change(control.name, Number(input.value)));
    label.append(input);
    frame.append(label);
  }
}
