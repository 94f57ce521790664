export function image(box, spec) {
  const canvas = document.createElement("canvas");
  box.append(canvas);
  return {
    draw({ shape: [ny, nx], pixels }) {
      canvas.width = nx; canvas.height = ny;
      const data = new Uint16Array(pixels.buffer, pixels.byteOffset, nx * ny);
      const picture = new ImageData(nx, ny);
      for (let i = 0; i < data.length; i++) { const g = data[i] >> 8; picture.data.set([g, g, g, 255], 4 * i); }
      canvas.getContext("2d").putImageData(picture, 0, 0);
    },
  };
}
