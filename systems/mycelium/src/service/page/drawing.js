// What is drawn: the field in colours, their scale, and the course of a number.

export class Field {
  constructor(canvas, palette) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    // A pixel is one number: alpha, blue, green and red, from its most significant byte.
    this.colours = Uint32Array.from(palette, ([r, g, b]) =>
      ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  }

  draw(size, values, low, high) {
    if (this.image?.width !== size) {
      this.canvas.width = size;
      this.canvas.height = size;
      this.image = this.context.createImageData(size, size);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const last = this.colours.length - 1;
    const scale = high > low ? last / (high - low) : 0;
    const middle = high > low ? 0 : last / 2;
    for (let at = 0; at < values.length; at += 1) {
      const place = Math.round((values[at] - low) * scale + middle);
      this.pixels[at] = this.colours[Math.max(0, Math.min(last, place))];
    }
    this.context.putImageData(this.image, 0, 0);
  }
}

export function drawScale(canvas, palette) {
  const context = canvas.getContext("2d");
  palette.forEach(([r, g, b], at) => {
    context.fillStyle = `rgb(${r} ${g} ${b})`;
    context.fillRect(at, 0, 1, canvas.height);
  });
}

// A line of as many values as there is room for; where there are more, every second one goes.
export class Course {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.clear();
  }

  clear() {
    this.values = [];
    this.every = 1;
    this.seen = 0;
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  add(value) {
    this.seen += 1;
    if (this.seen % this.every === 0) this.values.push(value);
    if (this.values.length > this.canvas.width / 2) {
      this.values = this.values.filter((_, at) => at % 2 === 1);
      this.every *= 2;
    }
  }

  draw() {
    const { width, height } = this.canvas;
    const context = this.context;
    context.clearRect(0, 0, width, height);
    if (this.values.length < 2) return;
    const most = Math.max(...this.values) || 1;
    const x = (at) => (at / (this.values.length - 1)) * width;
    const y = (value) => height - 3 - (value / most) * (height - 8);
    const colour = getComputedStyle(this.canvas).getPropertyValue("--accent");
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.beginPath();
    this.values.forEach((value, at) => context.lineTo(x(at), y(value)));
    context.stroke();
    context.lineTo(width, height);
    context.lineTo(0, height);
    context.globalAlpha = 0.15;
    context.fill();
    context.globalAlpha = 1;
  }
}
