// Arrows, paths and dots in three dimensions: parallel projection, far things drawn first and paler.
import { css, gradient } from "./colours.js";
import { clamp, floats, make } from "./dom.js";
import { drag, surface } from "./surface.js";
import { about, applied, camera, dot, matrix, product, unit } from "./turn.js";

const FONT = "500 13px 'Inter Variable', system-ui, sans-serif";

export function scene(box, spec, { rest, set }) {
  const body = spec.turns === "body";
  let items = [], turned = rest ?? [1, 0, 0, 0];
  let [azimuth, elevation] = spec.camera_deg;
  const legend = make("ul", { className: "legend" });
  const { canvas, paint, later, remove } = surface({ "aria-label": spec.label }, draw);
  canvas.style.touchAction = "none";
  box.append(canvas, legend);

  const graticule = spec.sphere ? sphereLines() : [];

  function draw(context, width, height, ink) {
    const size = Math.min(width, height) / 2 / spec.radius;
    const eye = camera(azimuth, elevation);
    const rows = matrix(turned);
    const seen = (point, turns) => {
      const at = turns ? applied(rows, point) : point;
      return [width / 2 + size * dot(at, eye.right), height / 2 - size * dot(at, eye.up), dot(at, eye.toward)];
    };
    const fade = (depth) => clamp(0.8 + (0.45 * depth) / spec.radius, 0.3, 1);
    const shapes = [...graticule, ...items].flatMap((item) => pieces(item, seen, fade, ink));
    shapes.sort((a, b) => a.depth - b.depth);
    const half = spec.sphere ? shapes.findIndex((shape) => shape.depth >= 0) : -1;
    shapes.forEach((shape, i) => {
      if (i === half) veil(context, width / 2, height / 2, size, ink);
      shape.draw(context);
    });
    if (spec.sphere && half < 0) veil(context, width / 2, height / 2, size, ink);
    if (spec.sphere) ring(context, width / 2, height / 2, size, ink);
    for (const item of items) name(context, item, seen, ink, width);
  }

  const words = () => body
    ? `turned to quaternion ${turned.map((value) => value.toFixed(2)).join(", ")}`
    : `seen from azimuth ${Math.round(azimuth)}°, elevation ${Math.round(elevation)}°`;
  const describe = () => canvas.setAttribute("aria-label", `${spec.label}: ${words()}. Arrow keys turn ${body ? "the body" : "the view"}.`);

  // dx, dy in parts of the half-width of the picture
  function turn(dx, dy) {
    if (body) {
      const eye = camera(azimuth, elevation);
      turned = unit(product(about(eye.up.map((up, i) => up * dx + eye.right[i] * dy)), turned));
      set(turned.map((value) => Number(value.toFixed(6))));
    } else {
      azimuth = (azimuth - (dx * 180) / Math.PI + 540) % 360 - 180;
      elevation = clamp(elevation + (dy * 180) / Math.PI, -90, 90);
    }
    describe();
    later();
  }
  drag(canvas, { move: (_, dx, dy) => { const half = Math.min(canvas.clientWidth, canvas.clientHeight) / 2 / spec.radius; turn(dx / half, dy / half); } });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const far = ((event.shiftKey ? 15 : 3) * Math.PI) / 180;
    turn(step[0] * far, step[1] * far);
  });

  return {
    draw(message) {
      items = message.items.map(read);
      legend.replaceChildren(...items.filter((item) => item.kind === "dots" && item.label && item.points.length > 1).map((item) => {
        const key = make("i");
        key.style.background = item.values ? gradient("map") : `var(--series-${item.series})`;
        key.classList.toggle("wide", Boolean(item.values));
        return make("li", {}, key, make("span", {}, item.label));
      }));
      describe();
      paint();
    },
    show(given) { if (body && given) { turned = given; describe(); later(); } },
    reset() { [azimuth, elevation] = spec.camera_deg; if (body) turned = rest; describe(); later(); },
    csv: () => [["kind", "label", "point", "x", "y", "z"], ...items.flatMap((item) => item.points.map((point, i) => [item.kind, item.label, i, ...point.map((value) => Number(value.toPrecision(7)))]))],
    words: () => `${spec.label} ${words()}`,
    remove,
  };
}

const triples = (numbers) => Array.from({ length: numbers.length / 3 }, (_, i) => [numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]]);

function read(item) {
  if (item.kind === "arrow") return { ...item, points: [...triples(floats(item.start)), ...triples(floats(item.end))] };
  const values = item.values ? floats(item.values) : null;
  return { ...item, points: triples(floats(item.points)), values, span: values && extent(values) };
}

function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
  return [low, high - low || 1];
}

// Meridians and parallels every 30°, as one path each.
function sphereLines() {
  const around = Array.from({ length: 73 }, (_, i) => (i * 5 * Math.PI) / 180);
  const meridians = [0, 30, 60, 90, 120, 150].map((deg) => around.map((t) => [Math.sin(t) * Math.cos((deg * Math.PI) / 180), Math.sin(t) * Math.sin((deg * Math.PI) / 180), Math.cos(t)]));
  const parallels = [-60, -30, 0, 30, 60].map((deg) => around.map((t) => [Math.cos(t) * Math.cos((deg * Math.PI) / 180), Math.sin(t) * Math.cos((deg * Math.PI) / 180), Math.sin((deg * Math.PI) / 180)]));
  return [...meridians, ...parallels].map((points) => ({ kind: "path", points, colour: "line", thin: true }));
}

// What one item is made of, each piece with its depth and how to draw it.
function pieces(item, seen, fade, ink) {
  const base = ink[item.colour ?? `series-${((item.series - 1) % 5) + 1}`];
  const places = item.points.map((point) => seen(point, item.body));
  if (item.kind === "dots") {
    return places.map(([x, y, depth], i) => ({ depth, draw(context) {
      context.fillStyle = mixed(ink.surface, item.values ? css("map", (item.values[i] - item.span[0]) / item.span[1]) : base, fade(depth));
      context.beginPath();
      context.arc(x, y, item.size, 0, 2 * Math.PI);
      context.fill();
    } }));
  }
  if (item.kind === "arrow") {
    const [[x0, y0, d0], [x1, y1, d1]] = places;
    return [{ depth: (d0 + d1) / 2, draw: (context) => arrow(context, x0, y0, x1, y1, mixed(ink.surface, base, fade((d0 + d1) / 2))) }];
  }
  let length = 0;
  return places.slice(1).map(([x1, y1, d1], i) => {
    const [x0, y0, d0] = places[i];
    const depth = (d0 + d1) / 2, offset = length;
    length += Math.hypot(x1 - x0, y1 - y0);
    return { depth, draw(context) {
      context.strokeStyle = mixed(ink.surface, base, item.thin ? (depth < 0 ? 0.5 : 1) : fade(depth));
      context.lineWidth = item.thin ? 1 : 2;
      context.lineCap = item.dashed ? "butt" : "round";
      context.setLineDash(item.dashed ? [5, 4] : []);
      context.lineDashOffset = offset;
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
      context.setLineDash([]);
    } };
  });
}

function arrow(context, x0, y0, x1, y1, colour) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 2.25, lineCap: "round" });
  if (length < 3) { context.beginPath(); context.arc(x1, y1, 4, 0, 2 * Math.PI); context.fill(); return; } // seen end on
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(12, length * 0.6);
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1 - ux * head * 0.8, y1 - uy * head * 0.8);
  context.stroke();
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x1 - head * ux - head * 0.38 * uy, y1 - head * uy + head * 0.38 * ux);
  context.lineTo(x1 - head * ux + head * 0.38 * uy, y1 - head * uy - head * 0.38 * ux);
  context.fill();
}

// The near half of the sphere dims what lies behind it.
function veil(context, x, y, size, ink) {
  context.save();
  context.globalAlpha = 0.55;
  context.fillStyle = ink.surface;
  context.beginPath();
  context.arc(x, y, size, 0, 2 * Math.PI);
  context.fill();
  context.restore();
}
function ring(context, x, y, size, ink) {
  context.strokeStyle = ink.muted;
  context.lineWidth = 1;
  context.beginPath();
  context.arc(x, y, size, 0, 2 * Math.PI);
  context.stroke();
}

function name(context, item, seen, ink, width) {
  if (!item.label || !item.points.length || (item.kind === "dots" && item.points.length > 1)) return;
  const [x, y] = seen(labelled(item.points), item.body);
  const [fromX, fromY] = item.kind === "arrow" ? seen(item.points[0], item.body) : [x - 1, y + 1];
  const away = 12 / (Math.hypot(x - fromX, y - fromY) || 1);
  context.font = FONT;
  const wide = context.measureText(item.label).width;
  const [left, base] = [clamp(x + away * (x - fromX) - wide / 2, 2, width - wide - 2), y + away * (y - fromY) + 4];
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = ink.surface;
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  context.strokeText(item.label, left, base);
  context.fillStyle = ink[`series-${((item.series - 1) % 5) + 1}`];
  context.fillText(item.label, left, base);
}

// An open path is named at its end; one that closes, an eighth of the way round, where arrows seldom end.
function labelled(points) {
  const closed = points.length > 8 && points[0].every((value, i) => Math.abs(value - points.at(-1)[i]) < 1e-3);
  return points[closed ? Math.floor(points.length / 8) : points.length - 1];
}

const mixed = (under, over, part) => `color-mix(in oklab, ${over} ${Math.round(100 * part)}%, ${under})`;
