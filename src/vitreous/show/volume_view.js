// A map as a shaded surface that can be turned: a ray for every pixel walks through the voxels to the contour.
// The reports and the study both use this file; it imports nothing, so that it can stand in a page by itself.

const VERTEX = `#version 300 es
const vec2 corners[3] = vec2[](vec2(-1, -1), vec2(3, -1), vec2(-1, 3));
out vec2 place;
void main() { place = corners[gl_VertexID]; gl_Position = vec4(place, 0, 1); }`;

// right, up, toward: the screen's axes in the box; half_size: half the box's sides, the longest 1.
const FRAGMENT = `#version 300 es
precision highp float;
precision highp sampler3D;
uniform sampler3D voxels;
uniform vec3 right, up, toward, half_size, base;
uniform float level, reach;
in vec2 place;
out vec4 colour;
float at(vec3 p) { return texture(voxels, p / half_size * 0.5 + 0.5).r; }
vec3 slope(vec3 p) {
  vec3 d = 2.0 * half_size / vec3(textureSize(voxels, 0));
  return vec3(at(p + vec3(d.x, 0, 0)) - at(p - vec3(d.x, 0, 0)),
              at(p + vec3(0, d.y, 0)) - at(p - vec3(0, d.y, 0)),
              at(p + vec3(0, 0, d.z)) - at(p - vec3(0, 0, d.z))) / d;
}
void main() {
  vec3 start = (right * place.x + up * place.y) * reach + toward * 2.0;
  vec3 way = -toward;
  vec3 safe = mix(way, vec3(1e-6), lessThan(abs(way), vec3(1e-6)));
  vec3 a = (-half_size - start) / safe, b = (half_size - start) / safe;
  vec3 enter = min(a, b), leave = max(a, b);
  float near = max(max(enter.x, enter.y), enter.z), far = min(min(leave.x, leave.y), leave.z);
  if (near >= far) { colour = vec4(0); return; }
  float stride = 0.8 / float(max(max(textureSize(voxels, 0).x, textureSize(voxels, 0).y), textureSize(voxels, 0).z)) * 2.0;
  float t = near, before = near;
  bool hit = false;
  for (int i = 0; i < 320 && t <= far; i++) {
    if (at(start + way * t) > level) { hit = true; break; }
    before = t;
    t += stride;
  }
  if (!hit) { colour = vec4(0); return; }
  for (int i = 0; i < 6; i++) {
    float middle = 0.5 * (before + t);
    if (at(start + way * middle) > level) t = middle; else before = middle;
  }
  vec3 p = start + way * t;
  vec3 normal = t <= near + 1e-4 ? toward : -normalize(slope(p) + 1e-6 * way);
  vec3 light = normalize(toward * 0.8 - right * 0.45 + up * 0.65);
  float lit = 0.5 + 0.5 * dot(normal, light);
  float edge = 1.0 - max(dot(normal, toward), 0.0);
  float shine = pow(max(dot(reflect(way, normal), light), 0.0), 24.0) * 0.18;
  float depth = smoothstep(3.2, 0.9, t);
  vec3 shown = base * (0.36 + 0.78 * lit * lit) * mix(0.8, 1.0, depth) * (1.0 - 0.25 * edge * edge) + shine;
  colour = vec4(shown, 1);
}`;

const REACH = 1.25;
const RADIANS = Math.PI / 180;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Unit vectors of the screen in the scene: to the right, up, and towards the eye.
export function camera(azimuth, elevation) {
  const [ca, sa] = [Math.cos(azimuth * RADIANS), Math.sin(azimuth * RADIANS)];
  const [ce, se] = [Math.cos(elevation * RADIANS), Math.sin(elevation * RADIANS)];
  return { right: [-sa, ca, 0], up: [-se * ca, -se * sa, ce], toward: [ce * ca, ce * sa, se] };
}

// Follows a pointer from press to release, wherever it goes.
export function drag(element, { start = () => true, move, end = () => {} }) {
  let last = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || start(event) === false) return;
    element.setPointerCapture(event.pointerId);
    last = event;
  });
  element.addEventListener("pointermove", (event) => {
    if (!last || event.pointerId !== last.pointerId) return;
    move(event, event.clientX - last.clientX, event.clientY - last.clientY);
    last = event;
  });
  for (const name of ["pointerup", "pointercancel"]) {
    element.addEventListener(name, (event) => {
      if (!last || event.pointerId !== last.pointerId) return;
      last = null;
      end(event);
    });
  }
}

// A surface on a canvas, turned by pointer and arrow keys. `changed` is told whenever the view was turned; null where the
// browser has no WebGL 2.
export function volumeView(canvas, { azimuth: from = 35, elevation: height = 20, changed = () => {} } = {}) {
  let painter = painterOf(canvas);
  if (!painter) return null;
  canvas.style.touchAction = "none";
  let data = null, part = 0.5, queued = 0;
  let [azimuth, elevation] = [from, height];
  const scheme = matchMedia("(prefers-color-scheme: dark)");

  function paint() {
    queued = 0;
    const wide = canvas.clientWidth, high = canvas.clientHeight, ratio = Math.min(1.5 * (window.devicePixelRatio || 1), 2); // finer than the screen, for smooth outlines
    if (!painter || !data || !wide) return;
    [canvas.width, canvas.height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    painter.paint(camera(azimuth, elevation), part, scheme.matches ? [0.62, 0.8, 0.84] : [0.5, 0.72, 0.77]);
  }
  const later = () => { queued ||= requestAnimationFrame(paint); };
  function turn(dx, dy) {
    azimuth = (azimuth - dx + 540) % 360 - 180;
    elevation = Math.min(Math.max(elevation + dy, -90), 90);
    changed();
    later();
  }
  drag(canvas, { move: (_, dx, dy) => turn(dx / 2, dy / 2) });
  canvas.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 15 : 3;
    turn(step[0] * far, step[1] * far);
  });
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", () => { painter = painterOf(canvas); if (data) painter?.load(data); later(); });
  const sizes = new ResizeObserver(later);
  sizes.observe(canvas);
  scheme.addEventListener("change", later);

  return {
    // voxels: { shape: [nz, ny, nx], steps: Uint8Array }, x fastest
    load(voxels) { data = voxels; painter?.load(data); },
    // the contour, 0 to 1 of the steps' range
    contour(wanted) { part = wanted; later(); },
    reset() { [azimuth, elevation] = [from, height]; changed(); later(); },
    seen: () => `seen from azimuth ${Math.round(azimuth)}°, elevation ${Math.round(elevation)}°. Arrow keys turn it.`,
    paint,
    remove() { cancelAnimationFrame(queued); sizes.disconnect(); scheme.removeEventListener("change", later); painter?.remove(); },
  };
}

function painterOf(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  if (!gl) return null;
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "the shader does not link");
  gl.useProgram(program);
  gl.bindTexture(gl.TEXTURE_3D, gl.createTexture());
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) gl.texParameteri(gl.TEXTURE_3D, side, gl.CLAMP_TO_EDGE);
  for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_3D, filter, gl.LINEAR);
  const where = (name) => gl.getUniformLocation(program, name);
  return {
    load({ shape: [nz, ny, nx], steps }) {
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.texImage3D(gl.TEXTURE_3D, 0, gl.R8, nx, ny, nz, 0, gl.RED, gl.UNSIGNED_BYTE, steps);
      const most = Math.max(nx, ny, nz);
      gl.uniform3f(where("half_size"), nx / most, ny / most, nz / most);
    },
    paint(eye, level, base) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      for (const [name, vector] of Object.entries(eye)) gl.uniform3f(where(name), ...vector);
      gl.uniform3f(where("base"), ...base);
      gl.uniform1f(where("level"), level);
      gl.uniform1f(where("reach"), REACH);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    },
    remove: () => gl.getExtension("WEBGL_lose_context")?.loseContext(),
  };
}
