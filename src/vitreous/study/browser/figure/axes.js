// Scales and ticks of an axis, linear or logarithmic.
import { fixed, number, superscript } from "./dom.js";

export function scale(low, high, from, to, logarithmic) {
  const inward = logarithmic ? Math.log10 : (value) => value;
  const outward = logarithmic ? (value) => 10 ** value : (value) => value;
  const [a, b] = [inward(low), inward(high)];
  return {
    low, high,
    at: (value) => from + ((inward(value) - a) / (b - a)) * (to - from),
    back: (place) => outward(a + ((place - from) / (to - from)) * (b - a)),
    ticks: (room) => (logarithmic ? decades(a, b, room) : even(low, high, room)),
  };
}

// A range that shows all values with some air; never of no width.
export function around(values, logarithmic) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return logarithmic ? [0.1, 10] : [0, 1];
  if (logarithmic) return low === high ? [low / 2, high * 2] : [low, high];
  if (low === high) { const half = Math.abs(low) / 2 || 0.5; return [low - half, high + half]; }
  return [low, high];
}

// Room on both sides of a range; `floor` keeps what is nowhere negative from reaching below zero.
export function padded([low, high], logarithmic, part = 0.05, floor = false) {
  if (logarithmic) { const more = (high / low) ** part; return [low / more, high * more]; }
  const more = (high - low) * part;
  return [floor && low >= 0 ? Math.max(0, low - more) : low - more, high + more];
}

function even(low, high, room) {
  const rough = (high - low) / Math.max(room, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const large = Math.max(Math.abs(low), Math.abs(high));
  const text = (value) => (digits > 5 || large >= 1e6 ? number(value, 3) : fixed(value, digits));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-6); i * step <= high + 1e-6 * step; i++) ticks.push({ value: i * step, text: text(i * step) });
  return ticks;
}

function decades(a, b, room) {
  const every = Math.max(1, Math.ceil((b - a) / Math.max(room, 1)));
  const ticks = [];
  const between = b - a < 2.5 ? [1, 2, 5] : [1];
  for (let power = Math.floor(a); power <= Math.ceil(b); power++) {
    for (const factor of between) {
      const place = power + Math.log10(factor);
      if (place < a - 1e-9 || place > b + 1e-9 || power % every !== 0) continue;
      const value = factor * 10 ** power;
      ticks.push({ value, text: power >= -3 && power <= 4 ? number(value, 3) : factor === 1 ? `10${superscript(power)}` : `${factor}·10${superscript(power)}` });
    }
  }
  return ticks;
}
