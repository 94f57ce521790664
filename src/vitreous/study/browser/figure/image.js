// A picture: window and level, zoom, the value under the cursor, a pixel to pick or a brush to paint with.
import { gradient, table } from "./colours.js";
import { clamp, make, number, steps16, withUnit } from "./dom.js";
import { drag, place, surface } from "./surface.js";

const MOST_DABS = 400;
const HINTS = {
  none: "Arrow keys read pixels, plus and minus zoom, zero fits.",
  pick: "Arrow keys move to a pixel, Enter picks it, plus and minus zoom.",
  paint: "Arrow keys move the brush, Enter paints, square brackets change its size, plus and minus zoom.",
};

export function image(box, spec, { rest, set }) {
  let data = null; // { nx, ny, steps, low, high, pixel_size, pixel_unit }
  let bitmap = null, stale = true;
  let value = rest; // the pixel picked or the dabs painted
  let cursor = null; // [x, y], a pixel
  const view = { zoom: 1, x: 0.5, y: 0.5 }; // the middle of what is seen, in parts of the picture
  const grey = { level: 0.5, width: 1 };
  let radius = 6, brush = null;

  const { canvas, paint, later, remove } = surface({ "aria-label": spec.label }, draw);
  canvas.style.aspectRatio = "1";
  const readout = make("div", { className: "readout" });
  const bar = spec.colours === "grey" ? null : colourBar(spec);
  const tools = make("div", { className: "tools" }, ...(spec.colours === "phase" ? [] : [contrastTools()]), ...zoomTools());
  box.append(canvas, ...(bar ? [bar.element] : []), make("div", { className: "foot" }, readout, tools));
  if (spec.interaction === "paint") box.append(brushTools());

  function limits() {
    if (spec.colours === "phase") return [-180, 180];
    if (spec.colours === "signed") {
      const most = Math.max(Math.abs(data.low), Math.abs(data.high)) * grey.width || 1;
      return [-most, most];
    }
    const span = data.high - data.low || 1;
    const middle = data.low + span * grey.level;
    return [middle - (span * grey.width) / 2, middle + (span * grey.width) / 2];
  }

  function colour() {
    const { nx, ny, steps, low, high } = data;
    if (bitmap?.width !== nx || bitmap?.height !== ny) bitmap = make("canvas", { width: nx, height: ny });
    const context = bitmap.getContext("2d");
    const picture = context.createImageData(nx, ny);
    const pixels = new Uint32Array(picture.data.buffer);
    const colours = table(spec.colours);
    const [from, to] = limits();
    const factor = ((high - low) / 65535) * (255 / (to - from));
    const offset = (low - from) * (255 / (to - from));
    if (spec.colours === "phase") for (let i = 0; i < pixels.length; i++) pixels[i] = colours[Math.round((steps[i] * factor + offset) * (256 / 255) - 128 + 512) & 255];
    else for (let i = 0; i < pixels.length; i++) { const at = steps[i] * factor + offset; pixels[i] = colours[at < 0 ? 0 : at > 255 ? 255 : (at + 0.5) | 0]; }
    context.putImageData(picture, 0, 0);
    bar?.show(from, to);
    stale = false;
  }

  // Picture to canvas: scale in CSS pixels per picture pixel, and the corner.
  function frame() {
    const scale = Math.min(canvas.clientWidth / data.nx, canvas.clientHeight / data.ny) * view.zoom;
    return [scale, canvas.clientWidth / 2 - view.x * data.nx * scale, canvas.clientHeight / 2 - view.y * data.ny * scale];
  }

  function draw(context, width, height, ink) {
    if (!data) return;
    if (stale) colour();
    const [scale, left, top] = frame();
    context.imageSmoothingEnabled = scale * (window.devicePixelRatio || 1) < 1;
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, left, top, data.nx * scale, data.ny * scale);
    if (spec.interaction === "paint") drawDabs(context, scale, left, top, ink);
    if (spec.interaction === "pick" && value?.length === 2) drawTarget(context, left + (value[0] + 0.5) * scale, top + (value[1] + 0.5) * scale, Math.max(5, scale / 2 + 2));
    if (cursor && canvas.matches(":focus-visible")) outline(context, left + cursor[0] * scale, top + cursor[1] * scale, Math.max(scale, 4));
    if (cursor && spec.interaction === "paint") ring(context, left + (cursor[0] + 0.5) * scale, top + (cursor[1] + 0.5) * scale, radius * scale);
    if (data.pixel_size) scaleBar(context, width, height, scale / data.pixel_size, data.pixel_unit);
  }

  function drawDabs(context, scale, left, top, ink) {
    context.save();
    context.globalAlpha = 0.42;
    context.fillStyle = ink.accent;
    context.beginPath();
    for (const [x, y, r] of value ?? []) {
      context.moveTo(left + (x + 0.5 + r) * scale, top + (y + 0.5) * scale);
      context.arc(left + (x + 0.5) * scale, top + (y + 0.5) * scale, r * scale, 0, 2 * Math.PI);
    }
    context.fill("nonzero");
    context.restore();
  }

  const pixelAt = (event) => {
    const [px, py] = place(canvas, event);
    const [scale, left, top] = frame();
    return [Math.floor((px - left) / scale), Math.floor((py - top) / scale)];
  };
  const inside = ([x, y]) => x >= 0 && y >= 0 && x < data.nx && y < data.ny;

  function read() {
    if (!data) return;
    const { nx, ny, pixel_size: size, pixel_unit: unit } = data;
    const [cx, cy] = [Math.floor(nx / 2), Math.floor(ny / 2)];
    if (!cursor || !inside(cursor)) {
      readout.textContent = `${nx} × ${ny} pixels${size ? ` of ${number(size)} ${unit}` : ""}, origin at (${cx}, ${cy})`;
      return;
    }
    const [x, y] = cursor;
    const shown = data.low + (data.steps[y * nx + x] / 65535) * (data.high - data.low);
    const where = size ? `(${number((x - cx) * size)}, ${number((y - cy) * size)}) ${unit}` : `(${number(x - cx)}, ${number(y - cy)})`;
    readout.textContent = `${withUnit(number(shown, 4), spec.unit)} at ${where}`;
  }

  function zoom(factor, [px, py] = [canvas.clientWidth / 2, canvas.clientHeight / 2]) {
    if (!data) return;
    const [scale, left, top] = frame();
    const [ix, iy] = [(px - left) / scale, (py - top) / scale];
    view.zoom = clamp(view.zoom * factor, 1, Math.max(8, Math.max(data.nx, data.ny) / 6));
    const [next] = frame();
    view.x = (ix - (px - canvas.clientWidth / 2) / next) / data.nx;
    view.y = (iy - (py - canvas.clientHeight / 2) / next) / data.ny;
    settle();
  }
  function settle() {
    const half = 0.5 / view.zoom;
    view.x = clamp(view.x, half, 1 - half);
    view.y = clamp(view.y, half, 1 - half);
    canvas.style.touchAction = view.zoom > 1 || spec.interaction === "paint" ? "none" : "pan-y";
    canvas.classList.toggle("zoomed", view.zoom > 1);
    later();
  }
  function fit() { Object.assign(view, { zoom: 1, x: 0.5, y: 0.5 }); settle(); }

  function pick(pixel) {
    if (!inside(pixel)) return;
    value = pixel;
    set(value);
    later();
  }
  function dab([x, y]) {
    const last = value?.at(-1);
    if ((value?.length ?? 0) >= MOST_DABS || (stroke && last && Math.hypot(last[0] - x, last[1] - y) < Math.max(1, radius / 3))) return;
    value = [...(value ?? []), [x, y, radius]];
    set(value);
    later();
  }

  let stroke = false, moved = 0;
  drag(canvas, {
    start(event) {
      if (!data) return false;
      moved = 0;
      if (spec.interaction !== "paint") return true;
      stroke = false;
      dab(pixelAt(event));
      stroke = true;
      return true;
    },
    move(event, dx, dy) {
      moved += Math.abs(dx) + Math.abs(dy);
      if (stroke) { dab(pixelAt(event)); return; }
      const [scale] = frame();
      view.x -= dx / scale / data.nx;
      view.y -= dy / scale / data.ny;
      settle();
    },
    end(event) {
      stroke = false;
      if (spec.interaction === "pick" && moved < 5) pick(pixelAt(event));
    },
  });
  canvas.addEventListener("pointermove", (event) => { if (data) { cursor = pixelAt(event); read(); if (spec.interaction === "paint") later(); } });
  canvas.addEventListener("pointerleave", () => { cursor = null; read(); later(); });
  canvas.addEventListener("blur", () => { cursor = null; read(); later(); });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 200), place(canvas, event));
  }, { passive: false });
  canvas.addEventListener("dblclick", (event) => { if (spec.interaction === "none") view.zoom > 1 ? fit() : zoom(4, place(canvas, event)); });
  canvas.addEventListener("keydown", (event) => {
    if (!data || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    const step = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key];
    if (step) {
      const [x, y] = cursor ?? (spec.interaction === "pick" && value?.length === 2 ? value : [Math.floor(data.nx / 2), Math.floor(data.ny / 2)]);
      cursor = [clamp(x + step[0], 0, data.nx - 1), clamp(y + step[1], 0, data.ny - 1)];
      read();
      later();
      canvas.setAttribute("aria-label", `${spec.label}: ${readout.textContent}. ${HINTS[spec.interaction]}`);
    } else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "0") fit();
    else if ((event.key === "[" || event.key === "]") && spec.interaction === "paint") size(radius + (event.key === "]" ? 1 : -1));
    else if ((event.key === "Enter" || event.key === " ") && cursor) {
      if (spec.interaction === "pick") pick(cursor);
      else if (spec.interaction === "paint") dab(cursor);
      else return;
    } else return;
    event.preventDefault();
  });

  function size(given) {
    radius = clamp(given, 1, data ? Math.max(2, Math.round(Math.max(data.nx, data.ny) / 6)) : 32);
    brush.value = radius;
    later();
  }
  function brushTools() {
    brush = make("input", { type: "range", min: 1, max: 32, step: 1, value: radius });
    brush.addEventListener("input", () => size(Number(brush.value)));
    const button = (text, act) => make("button", { type: "button", onclick: () => { value = act(value ?? []); set(value); later(); } }, text);
    return make("div", { className: "brush" }, make("label", {}, "brush", brush),
      button("Undo", (dabs) => dabs.slice(0, -8)), button("Clear", () => []));
  }
  function contrastTools() {
    const sliders = [];
    const add = (text, name, low) => {
      const input = make("input", { type: "range", min: low, max: name === "width" ? 1.5 : 1, step: 0.005, value: grey[name] });
      input.addEventListener("input", () => { grey[name] = Number(input.value); stale = true; later(); });
      sliders.push([input, name]);
      return make("label", {}, make("span", {}, text), input);
    };
    const fields = spec.colours === "signed" ? [add("range", "width", 0.02)] : [add("level", "level", 0), add("window", "width", 0.02)];
    contrastTools.reset = () => { Object.assign(grey, { level: 0.5, width: 1 }); for (const [input, name] of sliders) input.value = grey[name]; };
    return make("details", { className: "contrast" }, make("summary", {}, "contrast"), make("div", {}, ...fields));
  }
  function zoomTools() {
    const button = (text, name, act) => make("button", { type: "button", className: "zoom", "aria-label": `${name} ${spec.label}`, onclick: act }, text);
    return [button("−", "zoom out of", () => zoom(1 / 1.5)), button("+", "zoom into", () => zoom(1.5)), button("fit", "fit", fit)];
  }

  settle();
  return {
    draw(message) {
      const [ny, nx] = message.shape;
      if (nx !== data?.nx || ny !== data?.ny) {
        canvas.style.aspectRatio = `${nx} / ${ny}`;
        if (brush) brush.max = Math.max(2, Math.round(Math.max(nx, ny) / 6));
      }
      data = { ...message, nx, ny, steps: steps16(message.steps) };
      stale = true;
      read();
      const range = `${number(data.low)} to ${withUnit(number(data.high), spec.unit)}`;
      canvas.setAttribute("aria-label", `${spec.label}: ${nx} by ${ny} pixels, ${range}. ${HINTS[spec.interaction]}`);
      paint();
    },
    show(given) { value = given; later(); },
    reset() { contrastTools.reset?.(); stale = true; fit(); },
    csv() {
      if (!data) return [];
      const { nx, ny, steps, low, high } = data;
      const one = (step) => Number((low + (step / 65535) * (high - low)).toPrecision(6));
      const corner = `${spec.label}${spec.unit ? ` (${spec.unit})` : ""}: y down, x across`;
      return [[corner, ...Array(nx).keys()], ...Array.from({ length: ny }, (_, y) => [y, ...Array.from(steps.subarray(y * nx, (y + 1) * nx), one)])];
    },
    words: () => data && `${spec.label} ${number(data.low)} to ${withUnit(number(data.high), spec.unit)}`,
    remove,
  };
}

function colourBar(spec) {
  const names = ["low", "middle", "high"].map(() => make("span"));
  const element = make("div", { className: "colourbar" }, make("div", { className: "colours" }), make("div", { className: "ends" }, ...names));
  element.firstChild.style.background = gradient(spec.colours);
  return {
    element,
    show(from, to) {
      const unit = spec.unit || (spec.colours === "phase" ? "°" : "");
      [from, (from + to) / 2, to].forEach((value, i) => { names[i].textContent = withUnit(number(value, 3), i === 2 ? unit : ""); });
    },
  };
}

// A bar of a round length that spans about a quarter of the width.
function scaleBar(context, width, height, perUnit, unit) {
  const wanted = width / 4 / perUnit;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const length = power * [5, 2, 1].find((factor) => factor * power <= wanted);
  const [x, y] = [12, height - 14];
  context.font = "500 12px 'Inter Variable', system-ui, sans-serif";
  context.textBaseline = "bottom";
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / 0.55)";
  context.fillStyle = "#fff";
  context.strokeRect(x, y, length * perUnit, 3);
  context.fillRect(x, y, length * perUnit, 3);
  const text = `${number(length)} ${unit}`;
  context.lineJoin = "round";
  context.strokeText(text, x, y - 3);
  context.fillText(text, x, y - 3);
}

function twice(context, path) {
  for (const [style, width] of [["rgb(0 0 0 / 0.6)", 3.5], ["#fff", 1.5]]) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    path();
    context.stroke();
  }
}
const outline = (context, x, y, size) => twice(context, () => context.rect(x, y, size, size));
const ring = (context, x, y, r) => twice(context, () => context.arc(x, y, r, 0, 2 * Math.PI));
function drawTarget(context, x, y, r) {
  twice(context, () => {
    context.arc(x, y, r, 0, 2 * Math.PI);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + dx * r, y + dy * r);
      context.lineTo(x + dx * (r + 6), y + dy * (r + 6));
    }
  });
}
