// Rotations: a camera by azimuth and elevation, a body by a unit quaternion [w, x, y, z].
export { camera } from "../../../show/volume_view.js";

export function product([a, b, c, d], [e, f, g, h]) {
  return [a * e - b * f - c * g - d * h, a * f + b * e + c * h - d * g, a * g - b * h + c * e + d * f, a * h + b * g - c * f + d * e];
}

export function unit(quaternion) {
  const length = Math.hypot(...quaternion);
  return quaternion.map((value) => value / length);
}

// The turn about a vector by its length in radians.
export function about(vector) {
  const angle = Math.hypot(...vector);
  const part = angle ? Math.sin(angle / 2) / angle : 0.5;
  return [Math.cos(angle / 2), ...vector.map((value) => value * part)];
}

export function matrix([w, x, y, z]) {
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}

export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const applied = (rows, v) => rows.map((row) => dot(row, v));
