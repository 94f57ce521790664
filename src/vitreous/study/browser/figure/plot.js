// Curves over labelled axes, a crosshair that reads them, and a point to drag.
import { around, padded, scale } from "./axes.js";
import { clamp, floats, make, number } from "./dom.js";
import { drag, place, surface } from "./surface.js";

const DASHES = [[], [14, 4], [3, 3], [10, 4, 2, 4], [6, 2]];
const FONT = "12px 'Inter Variable', system-ui, sans-serif";

export function plot(box, spec, { rest, set }) {
  const [logX, logY] = [spec.logarithmic.includes("x"), spec.logarithmic.includes("y")];
  let curves = [], marks = [], point = rest;
  let cross = null; // { x, y } in values, where the crosshair stands
  let axes = null;
  const legend = make("ul", { className: "legend" });
  const { canvas, paint, later, remove } = surface({ "aria-label": spec.label }, draw);
  const readout = make("div", { className: "readout" });
  const field = make("div", { className: "field" }, canvas);
  const handle = spec.handle ? makeHandle() : null;
  if (handle) field.append(handle);
  box.append(legend, field, readout);

  function ranges(width, height) {
    const x = spec.x_range ?? padded(around(all(curves, "x", marks.map((mark) => mark.x)), logX), logX, sideRoom());
    const low = curves.some((c) => c.style === "bars" || c.style === "area") && !logY ? [0] : [];
    const y = spec.y_range ?? padded(around(all(curves, "y", low), logY), logY, 0.06, true);
    return spec.equal ? alike(x, y, width, height) : [x, y];
  }

  // Air at the sides: half a bar, a little for points and the plane, none for lines.
  function sideRoom() {
    const bars = curves.filter((curve) => curve.style === "bars").map((curve) => 0.6 / Math.max(curve.x.length - 1, 1));
    return Math.max(0, ...bars, spec.equal || curves.some((curve) => curve.style === "points") ? 0.03 : 0);
  }

  function layout(context, width, height) {
    context.font = FONT;
    const top = 24, bottom = 40, right = 14;
    const rough = ranges(width - 60, height - top - bottom);
    const wide = scale(...rough[1], height - bottom, top, logY).ticks((height - top - bottom) / 44).map((tick) => context.measureText(tick.text).width);
    const left = Math.ceil(Math.max(18, ...wide) + 10);
    const [x, y] = ranges(width - left - right, height - top - bottom);
    axes = { left, right: width - right, top, bottom: height - bottom, x: scale(...x, left, width - right, logX), y: scale(...y, height - bottom, top, logY) };
  }

  function draw(context, width, height, ink) {
    layout(context, width, height);
    drawAxes(context, axes, spec, ink);
    context.save();
    context.beginPath();
    context.rect(axes.left, axes.top - 3, axes.right - axes.left, axes.bottom - axes.top + 6);
    context.clip();
    for (const curve of curves) drawCurve(context, curve, axes, ink);
    context.restore();
    drawMarks(context, marks, axes, ink);
    if (cross) drawCross(context, ink);
    if (handle) putHandle();
  }

  function drawCross(context, ink) {
    const x = axes.x.at(cross.x);
    context.strokeStyle = ink.muted;
    context.lineWidth = 1;
    if (!spec.equal) line(context, Math.round(x) + 0.5, axes.top, Math.round(x) + 0.5, axes.bottom);
    for (const curve of curves) {
      const i = nearest(curve);
      if (i < 0) continue;
      context.fillStyle = ink[`series-${curve.series}`];
      context.strokeStyle = ink.surface;
      context.lineWidth = 1.5;
      disc(context, axes.x.at(curve.x[i]), axes.y.at(curve.y[i]), 4.5);
      context.stroke();
    }
  }

  // The point of a curve that the crosshair reads: nearest along x, or in the plane where both axes are alike.
  function nearest(curve) {
    let best = -1, least = Infinity;
    const [px, py] = [axes.x.at(cross.x), axes.y.at(cross.y)];
    for (let i = 0; i < curve.x.length; i++) {
      if (Number.isNaN(curve.y[i]) || Number.isNaN(curve.x[i])) continue;
      const dx = Math.abs(axes.x.at(curve.x[i]) - px);
      const away = spec.equal ? Math.hypot(dx, axes.y.at(curve.y[i]) - py) : dx;
      if (away < least) [best, least] = [i, away];
    }
    return best;
  }

  function read() {
    const outputs = legend.querySelectorAll("output");
    curves.forEach((curve, k) => {
      const i = cross && axes ? nearest(curve) : -1;
      outputs[k].textContent = i < 0 ? "" : spec.equal ? `(${number(curve.x[i])}, ${number(curve.y[i])})` : number(curve.y[i]);
    });
    readout.textContent = cross ? (spec.equal ? `${spec.x} ${number(cross.x)}, ${spec.y} ${number(cross.y)}` : `${spec.x}: ${number(cross.x, 4)}`) : "";
  }
  function look(at) { cross = at; later(); read(); }

  canvas.addEventListener("pointermove", (event) => {
    if (!axes) return;
    const [px, py] = place(canvas, event);
    if (px < axes.left || px > axes.right) look(null);
    else look({ x: axes.x.back(px), y: axes.y.back(clamp(py, axes.top, axes.bottom)) });
  });
  canvas.addEventListener("pointerleave", () => look(null));
  canvas.addEventListener("blur", () => look(null));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!axes || !step || (!spec.equal && step[1])) return;
    event.preventDefault();
    const far = (event.shiftKey ? 10 : 1) * ((axes.right - axes.left) / 100);
    const from = cross ? [axes.x.at(cross.x), axes.y.at(cross.y)] : [(axes.left + axes.right) / 2, (axes.top + axes.bottom) / 2];
    look({ x: axes.x.back(clamp(from[0] + step[0] * far, axes.left, axes.right)), y: axes.y.back(clamp(from[1] + step[1] * far, axes.top, axes.bottom)) });
    canvas.setAttribute("aria-label", `${spec.label}: ${words()}`);
  });

  function makeHandle() {
    const button = make("button", { type: "button", className: "handle" });
    const to = (px, py) => {
      point = [axes.x.back(clamp(px, axes.left, axes.right)), axes.y.back(clamp(py, axes.top, axes.bottom))];
      point = point.map((value) => Number(value.toPrecision(6)));
      set(point);
      putHandle();
    };
    drag(button, { move: (event) => { if (axes) to(...place(canvas, event)); } });
    button.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step || !axes) return;
      event.preventDefault();
      const far = (event.shiftKey ? 10 : 1) * ((axes.right - axes.left) / 100);
      to(axes.x.at(point[0]) + step[0] * far, axes.y.at(point[1]) + step[1] * far);
    });
    return button;
  }
  function putHandle() {
    if (!axes) return;
    handle.style.transform = `translate(${axes.x.at(point[0])}px, ${axes.y.at(point[1])}px)`;
    handle.setAttribute("aria-label", `point to drag: ${spec.x} ${number(point[0])}, ${spec.y} ${number(point[1])}; arrow keys move it`);
  }

  function words() {
    if (cross) return [readout.textContent, ...curves.map((curve, k) => `${curve.label} ${legend.querySelectorAll("output")[k].textContent}`)].join(", ");
    return curves.map((curve) => { const [low, high] = around(curve.y); return `${curve.label} from ${number(low)} to ${number(high)}`; }).join(", ");
  }

  function label() {
    const same = curves.length === legend.children.length && curves.every((curve, i) => legend.children[i].dataset.key === curve.label + curve.style);
    if (same) return;
    legend.replaceChildren(...curves.map((curve) => {
      const item = make("li", {}, swatch(curve), make("span", {}, curve.label), make("output"));
      item.dataset.key = curve.label + curve.style;
      return item;
    }));
  }

  return {
    draw({ items }) {
      curves = items.filter((item) => item.kind === "curve").map((item, i) => ({ ...item, x: floats(item.x), y: floats(item.y), series: (i % 5) + 1, dash: DASHES[i % 5] }));
      marks = items.filter((item) => item.kind === "mark");
      label();
      paint();
      read();
      canvas.setAttribute("aria-label", `${spec.label}: ${words()}. Arrow keys read values.`);
    },
    show(given) { if (handle && given) { point = given; putHandle(); } },
    csv() {
      const columns = [];
      for (const [i, curve] of curves.entries()) {
        const before = curves[i - 1];
        if (!before || before.x.length !== curve.x.length || before.x.some((x, k) => x !== curve.x[k])) columns.push([spec.x, curve.x]);
        columns.push([`${curve.label}: ${spec.y}`, curve.y]);
      }
      const most = Math.max(0, ...columns.map(([, values]) => values.length));
      const cell = (value) => (value === undefined || Number.isNaN(value) ? "" : Number(value.toPrecision(7)));
      return [columns.map(([name]) => name), ...Array.from({ length: most }, (_, k) => columns.map(([, values]) => cell(values[k])))];
    },
    words: () => `${spec.label}: ${words()}`,
    remove,
  };
}

function* all(curves, name, more) {
  for (const curve of curves) yield* curve[name];
  yield* more;
}

// One scale for both axes: the narrower range is widened about its middle.
function alike(x, y, width, height) {
  const per = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height);
  const widen = ([low, high], size) => [(low + high - per * size) / 2, (low + high + per * size) / 2];
  return [widen(x, width), widen(y, height)];
}

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
function disc(context, x, y, r) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fill();
}

function drawAxes(context, axes, spec, ink) {
  context.font = FONT;
  context.lineWidth = 1;
  const ticksX = axes.x.ticks((axes.right - axes.left) / 72), ticksY = axes.y.ticks((axes.bottom - axes.top) / (spec.equal ? 72 : 44));
  context.strokeStyle = ink.line;
  for (const { value } of ticksY) { const y = Math.round(axes.y.at(value)) + 0.5; line(context, axes.left, y, axes.right, y); }
  context.strokeStyle = ink.muted;
  line(context, axes.left, axes.bottom + 0.5, axes.right, axes.bottom + 0.5);
  for (const [scaled, along] of [[axes.x, "x"], [axes.y, "y"]]) {
    if (!(scaled.low < 0 && scaled.high > 0)) continue;
    const zero = Math.round(scaled.at(0)) + 0.5;
    if (along === "y") line(context, axes.left, zero, axes.right, zero);
    else if (spec.equal) line(context, zero, axes.top, zero, axes.bottom);
  }
  context.fillStyle = ink.muted;
  context.textBaseline = "top";
  for (const { value, text } of ticksX) {
    const x = axes.x.at(value), half = context.measureText(text).width / 2;
    line(context, Math.round(x) + 0.5, axes.bottom, Math.round(x) + 0.5, axes.bottom + 4);
    context.textAlign = "left";
    context.fillText(text, clamp(x - half, 0, axes.right + 12 - 2 * half), axes.bottom + 7);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { value, text } of ticksY) context.fillText(text, axes.left - 7, axes.y.at(value));
  context.fillStyle = ink.ink;
  context.textBaseline = "bottom";
  context.fillText(spec.x, axes.right, axes.bottom + 39);
  context.textAlign = "left";
  context.fillText(spec.y, 0, axes.top - 9);
}

function drawMarks(context, marks, axes, ink) {
  context.font = FONT;
  context.textBaseline = "top";
  const placed = marks.map((mark) => [Math.round(axes.x.at(mark.x)) + 0.5, mark]).filter(([x]) => x >= axes.left - 1 && x <= axes.right + 1);
  placed.sort(([a], [b]) => a - b);
  context.strokeStyle = ink.accent;
  context.setLineDash([2, 3]);
  for (const [x] of placed) line(context, x, axes.top, x, axes.bottom);
  context.setLineDash([]);
  const ends = [];
  for (const [x, mark] of placed) {
    const width = context.measureText(mark.label).width;
    const left = x + 5 + width > axes.right ? x - 5 - width : x + 5;
    // labels that would meet go one line down
    let row = ends.findIndex((end) => end < left);
    if (row < 0) row = ends.length;
    ends[row] = left + width + 6;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = ink.surface;
    context.strokeText(mark.label, left, axes.top + 2 + 15 * row);
    context.lineWidth = 1;
    context.fillStyle = ink.accent;
    context.fillText(mark.label, left, axes.top + 2 + 15 * row);
  }
}

function drawCurve(context, curve, axes, ink) {
  const colour = ink[`series-${curve.series}`];
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 2, lineJoin: "round", lineCap: "butt" });
  STYLES[curve.style](context, curve, axes);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function trace(context, { x, y }, axes) {
  context.beginPath();
  let pen = false;
  for (let i = 0; i < x.length; i++) {
    const [px, py] = [axes.x.at(x[i]), axes.y.at(y[i])];
    if (Number.isNaN(px) || Number.isNaN(py)) { pen = false; continue; }
    const held = clamp(py, -1e5, 1e5); // a logarithm of zero would lift the pen
    if (pen) context.lineTo(px, held); else context.moveTo(px, held);
    pen = true;
  }
}

const STYLES = {
  line(context, curve, axes) {
    context.setLineDash(curve.dash);
    trace(context, curve, axes);
    context.stroke();
  },
  dashed(context, curve, axes) {
    context.setLineDash([5, 4]);
    context.lineWidth = 1.5;
    trace(context, curve, axes);
    context.stroke();
  },
  points(context, curve, axes) {
    const size = clamp(90 / Math.sqrt(curve.x.length), 1.5, 4);
    context.beginPath();
    for (let i = 0; i < curve.x.length; i++) {
      const [px, py] = [axes.x.at(curve.x[i]), axes.y.at(curve.y[i])];
      if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
      if (curve.series % 2) { context.moveTo(px + size, py); context.arc(px, py, size, 0, 2 * Math.PI); }
      else context.rect(px - size * 0.85, py - size * 0.85, size * 1.7, size * 1.7);
    }
    context.fill();
  },
  bars(context, curve, axes) {
    const places = Array.from(curve.x, axes.x.at);
    let gap = axes.right - axes.left;
    for (let i = 1; i < places.length; i++) gap = Math.min(gap, Math.abs(places[i] - places[i - 1]) || gap);
    const width = clamp(gap * 0.8, 1, 48), zero = clamp(axes.y.at(Math.max(0, axes.y.low)), axes.top, axes.bottom);
    context.globalAlpha = 0.85;
    places.forEach((px, i) => { const py = axes.y.at(curve.y[i]); if (Number.isFinite(py)) context.fillRect(px - width / 2, Math.min(py, zero), width, Math.abs(py - zero)); });
  },
  area(context, curve, axes) {
    const zero = clamp(axes.y.at(Math.max(0, axes.y.low)), axes.top, axes.bottom);
    context.lineWidth = 1.5;
    trace(context, curve, axes);
    context.stroke();
    const good = Array.from(curve.y.keys()).filter((i) => Number.isFinite(curve.y[i]));
    if (!good.length) return;
    context.lineTo(axes.x.at(curve.x[good.at(-1)]), zero);
    context.lineTo(axes.x.at(curve.x[good[0]]), zero);
    context.globalAlpha = 0.22;
    context.fill();
  },
  arrows(context, curve, axes) {
    for (let i = 1; i < curve.x.length; i++) {
      const ends = [axes.x.at(curve.x[i - 1]), axes.y.at(curve.y[i - 1]), axes.x.at(curve.x[i]), axes.y.at(curve.y[i])];
      if (ends.every(Number.isFinite)) arrow(context, ...ends);
    }
  },
};

export function arrow(context, x0, y0, x1, y1, head = 9) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 0.5) return;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const size = Math.min(head, length);
  line(context, x0, y0, x1 - ux * size * 0.7, y1 - uy * size * 0.7);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x1 - size * ux - size * 0.4 * uy, y1 - size * uy + size * 0.4 * ux);
  context.lineTo(x1 - size * ux + size * 0.4 * uy, y1 - size * uy - size * 0.4 * ux);
  context.fill();
}

const SVG = "http://www.w3.org/2000/svg";
function swatch({ style, series, dash }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 26 10");
  svg.setAttribute("aria-hidden", "true");
  const add = (tag, attributes) => {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.append(shape);
  };
  const colour = `var(--series-${series})`;
  if (style === "points") for (const x of [5, 13, 21]) series % 2 ? add("circle", { cx: x, cy: 5, r: 2.6, fill: colour }) : add("rect", { x: x - 2.3, y: 2.7, width: 4.6, height: 4.6, fill: colour });
  else if (style === "bars") for (const [x, h] of [[3, 5], [10, 9], [17, 7]]) add("rect", { x, y: 10 - h, width: 5, height: h, fill: colour });
  else {
    if (style === "area") add("rect", { x: 0, y: 3, width: 26, height: 7, fill: colour, opacity: 0.25 });
    add("line", { x1: 0, y1: style === "area" ? 3 : 5, x2: style === "arrows" ? 20 : 26, y2: style === "area" ? 3 : 5, stroke: colour, "stroke-width": style === "dashed" ? 1.5 : 2, "stroke-dasharray": (style === "dashed" ? [5, 4] : style === "line" ? dash : []).join(" ") });
    if (style === "arrows") add("path", { d: "M26 5 18 1.5v7z", fill: colour });
  }
  return svg;
}
