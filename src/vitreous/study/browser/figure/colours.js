// Colour maps as paths through Oklch (Ottosson 2020), where equal steps look equally large.

function bytes(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((linear) => {
    const shown = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.min(255, Math.max(0, Math.round(255 * shown)));
  });
}

// t runs from 0 to 1.
const PATHS = {
  grey: (t) => [Math.round(255 * t), Math.round(255 * t), Math.round(255 * t)],
  // Lightness rises evenly while the hue goes from violet through blue and green to yellow.
  map: (t) => bytes(0.27 + 0.65 * t, 0.13 - 0.12 * t + 0.16 * t * t, 315 - 210 * t),
  // One lightness and chroma all the way round; 0° is red, as in the usual colour wheel.
  phase: (t) => bytes(0.72, 0.122, 360 * t + 25),
  // Blue below zero, paper white at zero, orange above, equally dark at both ends.
  signed: (t) => bytes(0.97 - 0.52 * Math.abs(2 * t - 1), 0.15 * Math.abs(2 * t - 1) ** 0.8, t < 0.5 ? 255 : 45),
};

const tables = {};

// 256 pixels (0xAABBGGRR, as canvas memory holds them) from the low end to the high end.
export function table(name) {
  return (tables[name] ??= Uint32Array.from({ length: 256 }, (_, i) => {
    const [r, g, b] = PATHS[name](name === "phase" ? i / 256 : i / 255);
    return (255 << 24) | (b << 16) | (g << 8) | r;
  }));
}

export function css(name, t) {
  const [r, g, b] = PATHS[name](Math.min(1, Math.max(0, t)));
  return `rgb(${r} ${g} ${b})`;
}

// The phase map begins at 0°, its bar at −180°.
export function gradient(name) {
  const at = (part) => (name === "phase" ? (part + 0.5) % 1 : part);
  return `linear-gradient(to right, ${Array.from({ length: 17 }, (_, i) => css(name, at(i / 16))).join(", ")})`;
}
