// The one check of every operation: kernels against the formula, gradients against its slopes.
import type { Gpu } from "../gpu.ts";
import { fromHalves, toHalves } from "../half.ts";
import { backward, type Op } from "../op.ts";
import { random } from "../random.ts";
import { array, type Nd } from "../reference.ts";
import { type Dtype, Tensor } from "../tensor.ts";
import { isFixed, isNd, reals } from "./inputs.ts";

/** How far an operation's kernels are from its formula. */
export interface CheckRow {
  /** Name of the operation. */
  readonly op: string;
  /** Name of the case. */
  readonly case: string;
  /** Largest error of the result, as a part of the result's largest element. */
  readonly forward: number;
  /** The same for each gradient, against central differences of the formula in doubles. */
  readonly gradients: { readonly [argument: string]: number };
  /** What each of them must stay below; those stored in f16, 2^-11 more. */
  readonly tolerance: number;
  /** Whether all of them do. */
  readonly ok: boolean;
}

/** Step of the differences; truncation and rounding in doubles stay near 1e-10 of the largest slope. */
const STEP = 1e-5;
/** Elements whose slope is taken one by one; a random direction covers the rest. */
const SAMPLES = 40;

/** An operation seen from outside: the table's types have matched operation and arguments already. */
// biome-ignore lint/suspicious/noExplicitAny: arguments of operations in one table differ
export type AnyOp = Op<any[]>;

const TOLERANCE = 1e-5;
/** What rounding to the 11 bits of f16 adds to an error. */
const HALF = 2 ** -11;

/**
 * Runs one case on the device: forward within 1e-5 of the formula in doubles; then, with
 * L = sum(dy y) for a random dy, dL/dx against central differences of the formula. The arguments named in `half` are rounded
 * to f16 and stored in it.
 * @example
 * ```ts
 * const { ok } = await check(gpu, "relu", "seven", relu, ["x"], [reals([7])]);
 * ok; // => true
 * ```
 */
export async function check(
  gpu: Gpu,
  name: string,
  what: string,
  operation: AnyOp,
  names: readonly string[],
  given: readonly unknown[],
  half: readonly string[] = [],
): Promise<CheckRow> {
  const isHalf = (i: number) => half.includes(names[i]) && isNd(given[i]);
  const args = given.map((x, i) => (isHalf(i) ? rounded(x as Nd) : x));
  const onGpu = args.map((x, i) => (isHalf(i) ? upload(gpu, x as Nd, "f16") : onDevice(gpu, x)));
  const y = operation(...onGpu);
  const want = operation.reference(...args);
  const outcome = { op: name, case: what, tolerance: TOLERANCE };
  if (String(y.shape) !== String(want.shape)) {
    return { ...outcome, forward: Number.POSITIVE_INFINITY, gradients: {}, ok: false };
  }
  const forward = error(await y.read(), want.data);

  // Not the numbers that an argument of this shape has: some gradients vanish along the argument itself.
  const random = reals(want.shape, 1, 23);
  const dy = y.dtype === "f16" ? rounded(random) : random;
  const L = () => operation.reference(...args).data.reduce((total, v, i) => total + v * dy.data[i], 0);
  if (y.needsGrad) backward(y, upload(gpu, dy, y.dtype));
  const gradients: { [argument: string]: number } = {};
  const most = ({ dtype }: Tensor) => TOLERANCE + (dtype === "f16" ? HALF : 0);
  let ok = forward < most(y);
  for (const [i, x] of onGpu.entries()) {
    if (!(x instanceof Tensor) || !x.needsGrad) continue;
    const dx = x.grad ? await x.grad.read() : new Float32Array(x.size).fill(Number.NaN);
    gradients[names[i]] = gradientError(L, (args[i] as Nd).data, dx);
    ok &&= gradients[names[i]] < most(x);
  }
  return { ...outcome, forward, gradients, ok };
}

/** The largest difference as a part of the largest wanted number; infinite where a number is missing or not finite. */
export function error(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    if (!Number.isFinite(got[i])) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, Math.abs(got[i] - want[i]));
    largest = Math.max(largest, Math.abs(want[i]));
  }
  // Where the formula gives zeros only, so must the kernel.
  return worst === 0 ? 0 : largest === 0 ? Number.POSITIVE_INFINITY : worst / largest;
}

function gradientError(L: () => number, x: Float64Array, dx: Float32Array): number {
  if (dx.some((v) => !Number.isFinite(v))) return Number.POSITIVE_INFINITY;
  const r = random(x.length);
  const kept = x.slice();
  const slope = (direction: (i: number) => number): number => {
    for (let i = 0; i < x.length; i++) x[i] = kept[i] + STEP * direction(i);
    const up = L();
    for (let i = 0; i < x.length; i++) x[i] = kept[i] - STEP * direction(i);
    const down = L();
    x.set(kept);
    return (up - down) / (2 * STEP);
  };
  const picked = [...r.shuffle(Uint32Array.from(x, (_, i) => i)).subarray(0, SAMPLES)];
  const want = picked.map((i) => slope((j) => (i === j ? 1 : 0)));
  // The scale is the largest gradient element, of which the sample may miss the largest.
  const largest = Math.max(
    ...want.map(Math.abs),
    dx.reduce((top, v) => Math.max(top, Math.abs(v)), 0),
  );
  const worst = Math.max(...picked.map((i, s) => Math.abs(dx[i] - want[s])));
  const v = Float64Array.from(x, () => r.normal());
  const along = dx.reduce((total, d, i) => total + d * v[i], 0);
  const length = Math.sqrt(x.length);
  const astray = Math.abs(along - slope((i) => v[i])) / length;
  const off = Math.max(worst, astray);
  // Rounding of L in doubles shows in its slopes; below that there is nothing to compare.
  return off < 1e-11 * (1 + Math.abs(L())) ? 0 : off / largest;
}

/** An argument with tensors for arrays, those inside options too. */
export function onDevice(gpu: Gpu, x: unknown): unknown {
  if (isNd(x)) return upload(gpu, x);
  if (typeof x !== "object" || x === null) return x;
  return Object.fromEntries(Object.entries(x).map(([name, value]) => [name, onDevice(gpu, value)]));
}

function upload(gpu: Gpu, x: Nd, dtype: Dtype = isFixed(x) ? x.dtype : "f32"): Tensor {
  const values = dtype === "u32" ? Uint32Array.from(x.data) : Float32Array.from(x.data);
  const t = gpu.tensor(values, x.shape, dtype);
  t.needsGrad = !isFixed(x);
  return t;
}

/** The same with numbers rounded to f16. */
const rounded = (x: Nd): Nd => ({
  ...x,
  ...array(x.shape, Float64Array.from(fromHalves(toHalves(Float32Array.from(x.data))))),
});
