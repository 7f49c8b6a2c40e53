// The softmax losses in doubles, written without the package, and how far results are from them.

export interface Results {
  readonly loss: ArrayLike<number>;
  readonly dlogits: ArrayLike<number>;
}

export interface Exact {
  readonly weighting?: "none" | "km" | "focal";
  readonly gamma?: number;
  readonly scale?: number;
}

/** The weight of a row and minus p times its slope. */
export function weightOf(weighting: string, gamma: number, p: number, q: number): [w: number, fall: number] {
  const r = 1 / (gamma * p + 1);
  if (weighting === "km") return [r ** 2, 2 * gamma * p * r ** 3];
  return weighting === "focal" ? [q ** gamma, gamma * p * q ** (gamma - 1)] : [1, 0];
}

/** The formula in doubles, from f32 logits; the label's term apart, since doubles lose p near 1 too. */
export function exact(
  logits: Float32Array,
  label: Uint32Array,
  { weighting = "km", gamma = 0, scale = 1 }: Exact,
): { loss: Float64Array; p: Float64Array; dlogits: Float64Array } {
  const [N, C] = [label.length, logits.length / label.length];
  const [loss, p, dlogits] = [new Float64Array(N), new Float64Array(N), new Float64Array(N * C)];
  for (let n = 0; n < N; n++) {
    const y = label[n]!;
    if (y >= C) continue;
    const row = logits.subarray(n * C, n * C + C);
    const top = row.reduce((a, b) => Math.max(a, b));
    const e = Float64Array.from(row, (z) => Math.exp(z - top));
    const own = e[y]!;
    e[y] = 0;
    const others = e.reduce((a, b) => a + b, 0);
    const total = own + others;
    const nll = others <= own ? Math.log1p(others / own) : top - row[y]! + Math.log(total);
    p[n] = own / total;
    const [w, fall] = weightOf(weighting, gamma, p[n]!, others / total);
    const slope = scale * (w + fall * nll);
    loss[n] = scale * nll * w;
    for (let c = 0; c < C; c++) dlogits[n * C + c] = (slope * (c === y ? -others : e[c]!)) / total;
  }
  return { loss, p, dlogits };
}

/** The smallest normal number of f32: a device may give 0 for what is below. */
const SMALLEST = 1.18e-38;

/** Largest relative errors over the rows. */
export interface Errors {
  readonly loss: number;
  /** Of the gradient row, in its 1-norm. */
  readonly row: number;
  /** Of the gradient's label element. */
  readonly own: number;
  /** |sum of the gradient row|, as a part of its 1-norm. */
  readonly sum: number;
}

export function errors(got: Results, want: Results, label: Uint32Array): Errors {
  const C = want.dlogits.length / label.length;
  const worst = { loss: 0, row: 0, own: 0, sum: 0 };
  const note = (what: keyof Errors, off: number, size: number) => {
    // Where the formula gives exactly 0, so must the kernel.
    const relative = off === 0 ? 0 : size === 0 ? Number.POSITIVE_INFINITY : off / size;
    if (!(relative <= worst[what])) worst[what] = relative; // NaN too
  };
  label.forEach((y, n) => {
    note("loss", Math.abs(got.loss[n]! - want.loss[n]!), Math.abs(want.loss[n]!));
    let [off, size, sum, length, flushed] = [0, 0, 0, 0, 0];
    for (let i = n * C; i < n * C + C; i++) {
      const gone = got.dlogits[i] === 0 && Math.abs(want.dlogits[i]!) < SMALLEST;
      flushed += gone ? Math.abs(want.dlogits[i]!) : 0;
      off += gone ? 0 : Math.abs(got.dlogits[i]! - want.dlogits[i]!);
      size += Math.abs(want.dlogits[i]!);
      sum += got.dlogits[i]!;
      length += Math.abs(got.dlogits[i]!);
    }
    note("row", off, size);
    note("sum", Math.max(Math.abs(sum) - flushed, 0), length);
    if (y < C) {
      const own = want.dlogits[n * C + y]!;
      note("own", Math.abs(got.dlogits[n * C + y]! - own), Math.abs(own));
    }
  });
  return worst;
}
