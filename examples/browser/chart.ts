// A chart of lines, as SVG.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly points: readonly Point[];
  /** Classes that give its colour and strength. */
  readonly look: string;
}

interface Axes {
  /** The axes begin at 0 and end here. */
  readonly right: number;
  readonly top: number;
  readonly format: (y: number) => string;
}

/** Width and height of the drawing, and the room for numbers at its left and below. */
const [W, H, LEFT, BELOW, EDGE] = [460, 260, 44, 34, 10];

/** Draws lines into an `svg` whose viewBox is 0 0 460 260. */
export function draw(svg: SVGElement, lines: readonly Line[], { right, top, format }: Axes): void {
  const X = (x: number) => LEFT + (x / right) * (W - LEFT - EDGE);
  const Y = (y: number) => H - BELOW - (y / top) * (H - BELOW - EDGE);
  svg.innerHTML = [
    ...ticks(top).map(
      (y) =>
        `<line class="grid" x1="${LEFT}" x2="${W - EDGE}" y1="${Y(y)}" y2="${Y(y)}"/>` +
        `<text x="${LEFT - 8}" y="${Y(y) + 4}" text-anchor="end">${format(y)}</text>`,
    ),
    ...ticks(right).map((x) => `<text x="${X(x)}" y="${H - BELOW + 18}" text-anchor="middle">${x}</text>`),
    `<text x="${W - EDGE}" y="${H - 4}" text-anchor="end">steps</text>`,
    ...lines.map(({ points, look }) => {
      const at = points.map(({ x, y }) => `${X(x).toFixed(1)},${Y(Math.min(y, top)).toFixed(1)}`);
      return `<polyline class="${look}" points="${at.join(" ")}"/>`;
    }),
  ].join("");
}

/** Round numbers from 0 to `most`, about five. */
function ticks(most: number): number[] {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((k) => k * power >= rough)!;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) =>
    Number((i * step).toPrecision(3)),
  );
}
