// jax-js (@jax-js/jax) and its WebGPU backend on our device, and its side of a row.
import type { Gpu } from "../src/gpu.ts";
import type { Shape } from "../src/tensor.ts";
import { asBrowser, loader, PEERS, versionOf } from "./installed.ts";
import type { Contender } from "./row.ts";

/** An array of jax-js. What takes it as an operand disposes it; `ref` is one more reference, for another use. */
export interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  neg(): JaxArray;
  reshape(shape: Shape): JaxArray;
  /** The numbers; disposes. */
  data(): Promise<Float32Array>;
  /** Sends what makes the array; disposes, so that its memory serves again. */
  gpuBufferSync(): unknown;
  dispose(): void;
}

type Arrays = { readonly [name: string]: JaxArray };
type Disposable<F> = F & { dispose(): void };
type Axes = number | readonly number[];

/** The part of jax-js that the bench uses. */
interface JaxCore {
  readonly numpy: {
    readonly int32: unknown;
    arange(end: number): JaxArray;
    array(values: Float32Array | Int32Array, options: { shape: Shape; dtype?: unknown }): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    equal(a: JaxArray, b: JaxArray): JaxArray;
    where(condition: JaxArray, a: JaxArray | number, b: JaxArray | number): JaxArray;
    sum(x: JaxArray, axes: Axes): JaxArray;
    mean(x: JaxArray, axes?: Axes): JaxArray;
    var_(x: JaxArray, axes: Axes): JaxArray;
    exp(x: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
  };
  readonly nn: { logSoftmax(x: JaxArray): JaxArray };
  readonly lax: {
    convGeneralDilated(
      x: JaxArray,
      w: JaxArray,
      strides: readonly number[],
      padding: readonly (readonly [before: number, after: number])[],
    ): JaxArray;
  };
  init(backend: "webgpu"): Promise<readonly string[]>;
  defaultDevice(backend: "webgpu"): unknown;
  jit<F extends (...operands: JaxArray[]) => Arrays>(f: F): Disposable<F>;
  valueAndGrad(
    f: (...operands: JaxArray[]) => JaxArray,
  ): (...operands: JaxArray[]) => [value: JaxArray, gradient: JaxArray];
  vjp<Aux = never>(
    f: (...operands: JaxArray[]) => JaxArray | [JaxArray, Aux],
    operands: readonly JaxArray[],
    options?: { hasAux: true },
  ): [y: JaxArray, back: Disposable<(dy: JaxArray) => JaxArray[]>, aux: Aux];
}

/** jax-js with its backend on a device. */
export interface Jax extends JaxCore {
  /** How it runs. */
  readonly says: string;
  /** The side of a row that `f`, compiled, makes of the operands. */
  side(f: (...operands: JaxArray[]) => Arrays, operands: readonly JaxArray[]): Contender;
}

/** jax-js on the device of `gpu`, or a sentence that says why it cannot be had. */
export async function openJax(gpu: Gpu, folder = PEERS): Promise<Jax | string> {
  const load = loader("@jax-js/jax", folder);
  if (typeof load === "string") return load;
  asBrowser(gpu);
  const core = load<JaxCore>("@jax-js/jax");
  if (!(await core.init("webgpu")).includes("webgpu")) return "jax-js does not accept knotgrad's device";
  core.defaultDevice("webgpu");
  const side: Jax["side"] = (f, operands) => {
    const compiled = core.jit(f);
    const call = () => Object.entries(compiled(...operands.map((operand) => operand.ref)));
    return {
      send() {
        for (const [, array] of call()) array.gpuBufferSync();
      },
      settle: () => gpu.settle(),
      async results() {
        const values = await Promise.all(call().map(async ([name, array]) => [name, await array.data()]));
        return Object.fromEntries(values);
      },
      dispose() {
        compiled.dispose();
        for (const operand of operands) operand.dispose();
      },
    };
  };
  const version = versionOf(load, "@jax-js/jax");
  const says = `jax-js ${version} runs on knotgrad's own device, compiled by its jit, and waits as knotgrad does.`;
  return { ...core, side, says };
}
