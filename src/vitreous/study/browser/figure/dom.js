// Elements, numbers and bytes: what every module of the figures needs.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name in element && !name.startsWith("aria")) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// Typed arrays need their own alignment, which a view into a message does not promise.
function typed(Kind, view) {
  const { buffer, byteOffset, byteLength } = view;
  const size = Kind.BYTES_PER_ELEMENT;
  return byteOffset % size === 0 ? new Kind(buffer, byteOffset, byteLength / size) : new Kind(buffer.slice(byteOffset, byteOffset + byteLength));
}
export const floats = (view) => typed(Float32Array, view);
export const steps16 = (view) => typed(Uint16Array, view);
export const steps8 = (view) => typed(Uint8Array, view);

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// Decimals that tell neighbouring values apart when they are `step` apart.
export function decimals(step) {
  if (!(step > 0)) return 2;
  for (let digits = 0; digits < 8; digits++) if (Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6 * step * 10 ** digits) return digits;
  return Math.max(0, Math.ceil(-Math.log10(step)));
}

// Degrees stand at the number, every other unit after a space.
export const withUnit = (text, unit) => (unit ? `${text}${unit === "°" ? "" : " "}${unit}` : text);

export const minus = (text) => text.replace("-", "−");
export const fixed = (value, digits) => minus(Number(value.toFixed(digits)) === 0 ? (0).toFixed(digits) : value.toFixed(digits));

// A number in `digits` significant digits; powers of ten where it is very large or very small.
export function number(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= 6 || size <= -5) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    return minus(`${Number(mantissa)}`) + "·10" + superscript(Number(power));
  }
  return minus(`${Number(value.toFixed(clamp(digits - 1 - size, 0, 12)))}`);
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
export const superscript = (power) => [...`${power}`].map((sign) => RAISED[sign]).join("");

export function download(name, rows) {
  const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const text = rows.map((row) => row.map((cell) => quoted(`${cell ?? ""}`)).join(",")).join("\r\n") + "\r\n";
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
