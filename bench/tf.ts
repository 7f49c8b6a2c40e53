// The part of tfjs that the bench uses. Its own types are there only where the peers are installed.

export interface TfTensor {
  readonly shape: readonly number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

export interface TfVariable extends TfTensor {
  readonly name: string;
  assign(value: TfTensor): void;
}

interface TfOptimizer {
  computeGradients(
    f: () => TfTensor,
    variables: readonly TfVariable[],
  ): { value: TfTensor; grads: { [name: string]: TfTensor } };
  applyGradients(grads: { readonly [name: string]: TfTensor }): void;
  dispose(): void;
}

type Operand = TfTensor | number;
type ValueAndGrads = (xs: readonly TfTensor[], dy?: TfTensor) => { value: TfTensor; grads: TfTensor[] };

/** @tensorflow/tfjs-core. */
export interface TfCore {
  readonly version_core: string;
  removeBackend(name: string): void;
  registerBackend(name: string, make: () => unknown, priority: number): boolean;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tidy<T>(f: () => T): T;
  tensor(values: Float32Array | Int32Array, shape: readonly number[], dtype?: "float32" | "int32"): TfTensor;
  variable(value: TfTensor, trainable?: boolean, name?: string): TfVariable;
  valueAndGrads(f: (...xs: TfTensor[]) => TfTensor): ValueAndGrads;
  readonly train: { momentum(rate: number, momentum: number): TfOptimizer };
  add(a: Operand, b: Operand): TfTensor;
  sub(a: Operand, b: Operand): TfTensor;
  mul(a: Operand, b: Operand): TfTensor;
  div(a: Operand, b: Operand): TfTensor;
  neg(x: TfTensor): TfTensor;
  exp(x: TfTensor): TfTensor;
  square(x: TfTensor): TfTensor;
  sum(x: TfTensor, axis?: number): TfTensor;
  mean(x: TfTensor): TfTensor;
  logSoftmax(x: TfTensor): TfTensor;
  oneHot(labels: TfTensor, depth: number, on: 1, off: 0, dtype: "float32"): TfTensor;
  equal(a: TfTensor, b: TfTensor): TfTensor;
  cast(x: TfTensor, dtype: "float32"): TfTensor;
  gather(x: TfTensor, rows: TfTensor): TfTensor;
  scatterND(indices: TfTensor, updates: TfTensor, shape: readonly number[]): TfTensor;
  reshape(x: TfTensor, shape: readonly number[]): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  conv2d(x: TfTensor, w: TfTensor, stride: number, pad: number): TfTensor;
  moments(x: TfTensor, axes: readonly number[]): { mean: TfTensor; variance: TfTensor };
  batchNorm(
    x: TfTensor,
    mean: TfTensor,
    variance: TfTensor,
    shift: TfTensor,
    scale: TfTensor,
    epsilon: number,
  ): TfTensor;
  prelu(x: TfTensor, slope: TfTensor): TfTensor;
}

/** tfjs with its backend on a device. */
export interface Tf extends TfCore {
  /** How it runs. */
  readonly says: string;
  /** Sends what tfjs still holds back and waits until all is done. */
  settle(): Promise<void>;
}
