// Margin heads: what tells them apart is a table here, and its counterpart kernels/lib/margin.wgsl.
import { KnotgradError } from "../error.ts";
import { margin as kernel, marginSubgroup, marginSubgroupVec4, marginVec4 } from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { type Nd, nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";

/** Numbers that a head takes beside the angle of the label. */
interface Settings {
  readonly m: number;
  readonly lambda: number;
  /** AdaFace: the quality of the image by the length of its feature, from -1 to 1. */
  readonly z: number;
}

/** A head. */
interface Margin {
  /** Its number in the kernel. */
  readonly id: number;
  /** The margin unless told. */
  readonly m: number;
  /** The smallest and the largest margin. */
  readonly range: readonly [least: number, most: number];
  /** Scale of the logits unless told. */
  readonly s: number;
  /** What the cosine of the label becomes, theta being its angle. */
  value(theta: number, settings: Settings): number;
}

const { cos, sin, acos, ceil, floor, min, max, PI } = Math;

const arc = (theta: number, { m }: Settings): number =>
  theta + m < PI ? cos(theta + m) : cos(theta) - m * sin(m);

/**
 * `cosface` cos(theta) - m (Wang et al., CVPR 2018); `arcface` cos(theta + m), and cos(theta) - m sin(m) past pi (Deng et
 * al., CVPR 2019); `sphereface` (lambda cos(theta) + psi) / (1 + lambda), psi = (-1)^k cos(m theta) - 2 k between k pi / m and
 * (k + 1) pi / m (Liu et al., CVPR 2017; with a broken m, `lambda` 0, `s` 30, `m` 1.7 and `detached` as in OpenSphere);
 * `sphereface-r` cos(min(m theta, pi)), the version 1 of SphereFace-R (Liu et al., TPAMI 2022); `adaface` cos(theta - m z) -
 * (m + m z), theta - m z being kept from 0 to pi (Kim, Jain, Liu, CVPR 2022); `magface` as `arcface` with a margin that grows
 * with the length of the feature (Meng et al., CVPR 2021; not the `easy_margin` of its released code); `curricularface` as
 * `arcface`, while other classes with a cosine x above cos(theta + m) become x (t + x) (Huang et al., CVPR 2020).
 */
export const margins = {
  cosface: { id: 1, m: 0.35, range: [0, 2], s: 64, value: (theta, { m }) => cos(theta) - m },
  arcface: { id: 2, m: 0.5, range: [0, PI / 2], s: 64, value: arc },
  sphereface: {
    id: 3,
    m: 4,
    range: [1, 4],
    s: 64,
    value: (theta, { m, lambda }) => {
      const k = min(floor((m * theta) / PI), ceil(m) - 1);
      return (lambda * cos(theta) + (-1) ** k * cos(m * theta) - 2 * k) / (1 + lambda);
    },
  },
  adaface: {
    id: 4,
    m: 0.4,
    range: [0, PI / 2],
    s: 64,
    value: (theta, { m, z }) => cos(min(max(theta - m * z, 0), PI)) - (m + m * z),
  },
  curricularface: { id: 5, m: 0.5, range: [0, PI / 2], s: 64, value: arc },
  magface: { id: 6, m: 0.45, range: [0, PI / 2], s: 64, value: arc },
  "sphereface-r": {
    id: 7,
    m: 1.7,
    range: [1, 4],
    s: 30,
    value: (theta, { m }) => cos(min(m * theta, PI)),
  },
} as const satisfies { readonly [name: string]: Margin };

/** A key of `margins`. */
export type MarginName = keyof typeof margins;

/** A margin head. Numbers are built into the recorded step; tensors () may change between its runs. */
export interface MarginOptions {
  /** The head, as `margins` describes it. */
  readonly kind: MarginName;
  /**
   * The margin, in radians but for `cosface`: 0.35 for `cosface`, 0.4 for `adaface`, 0.5 for `arcface` and `curricularface`,
   * 0.45 for `magface`, whose least it is, unless told; a factor from 1 to 4 for `sphereface`, 4 unless told, and for
   * `sphereface-r`, 1.7 unless told.
   */
  readonly m?: number | Tensor;
  /** Scale of the logits: 64 unless told, 30 for `sphereface-r`, 1 with `magnitude`. */
  readonly s?: number | Tensor;
  /**
   * Whether each row is multiplied by its norm too, as in SphereFace's paper, where features keep their length. The norm is
   * then differentiated.
   */
  readonly magnitude?: boolean;
  /** Whether the gradient takes what the margin adds to a cosine for a constant, as OpenSphere's heads do. */
  readonly detached?: boolean;
  /** `sphereface`: how much the plain cosine counts; 5 unless told. `sphereFaceLambda` tells how training lowers it. */
  readonly lambda?: number | Tensor;
  /**
   * `adaface`: z = h (norm - mean) / (deviation + 0.001), kept from -1 to 1, where norm is kept from 0.001 to 100. h is 0.333,
   * mean 20 and deviation 100 unless told; training takes running statistics of norm for the last two.
   */
  readonly h?: number | Tensor;
  /** `adaface`: see `h`; 20 unless told. */
  readonly mean?: number | Tensor;
  /** `adaface`: see `h`; 100 unless told. */
  readonly deviation?: number | Tensor;
  /** `curricularface`: 0 unless told; training takes a running mean of the labels' cosines. */
  readonly t?: number | Tensor;
  /**
   * `magface`: the margin is m for rows up to the norm `lower` (the paper's l_a, 10 unless told), `upperMargin` (0.8 unless
   * told) from `upper` on (u_a, 110 unless told), and linear between.
   */
  readonly lower?: number | Tensor;
  /** `magface`: see `lower`; 110 unless told. */
  readonly upper?: number | Tensor;
  /** `magface`: see `lower`; 0.8 unless told. */
  readonly upperMargin?: number | Tensor;
  /** A label whose rows have no margin, as those with a label of C or more. */
  readonly ignore?: number;
}

/**
 * Logits from cosines, with a margin on the label's: cosine (N, C) from -1 to 1, label (N) of u32, norm (N) the lengths of
 * the features, of `rowNorms`, which `adaface`, `magface` and `magnitude` read -> (N, C), s times the cosines but for what
 * `margins` says. The cosines are differentiated, exactly but that a slope without bound, as at angle 0 with `arcface`, is
 * cut; norm only for `magface`, at `lower` and `upper` with the slope between them, and with `magnitude`. Rows with a label
 * of C or more, or `ignore`, are multiplied by s, and by norm with `magnitude`, alone.
 * Throws where shapes or options do not fit.
 * Source: the papers named at `margins`.
 * @example
 * ```ts
 * const cosine = gpu.tensor(Float32Array.of(0.5, 0.2), [1, 2]);
 * const logits = margin(cosine, labels(gpu, [0], 2), undefined, { kind: "cosface", m: 0.35, s: 64 });
 * await logits.read(); // => [64 * (0.5 - 0.35), 64 * 0.2]
 * ```
 */
export const margin = /* @__PURE__ */ op({
  reference: (cosine: Nd, label: Nd, norm: Nd | undefined, options: AsNd<MarginOptions>) => {
    const [N, C] = cosine.shape;
    const { kind, magnitude, ignore } = options;
    const given = settingsOf(options);
    const number = (name: Setting): number => {
      const v = given[name];
      return typeof v === "number" ? v : v.at();
    };
    const [m, s, lambda, t] = [number("m"), number("s"), number("lambda"), number("t")];
    const [h, mean, deviation] = [number("h"), number("mean"), number("deviation")];
    const [lower, upper, upperMargin] = [number("lower"), number("upper"), number("upperMargin")];
    return nd([N, C], (n, c) => {
      const x = cosine.at(n, c);
      const y = label.at(n);
      const length = norm?.at(n) ?? 0;
      const r = magnitude ? s * length : s;
      if (y >= C || y === ignore) return r * x;
      const theta = acos(min(max(cosine.at(n, y), -1), 1));
      if (c !== y) return r * (kind === "curricularface" && x > cos(theta + m) ? x * (t + x) : x);
      const z = min(max((h * (min(max(length, 0.001), 100) - mean)) / (deviation + 0.001), -1), 1);
      const share = (min(max(length, lower), upper) - lower) / (upper - lower);
      const own = kind === "magface" ? m + (upperMargin - m) * share : m;
      return r * margins[kind].value(theta, { m: own, lambda, z });
    });
  },
  run: (cosine: Tensor, label: Tensor, norm: Tensor | undefined, options: MarginOptions) => {
    const [N, C] = cosine.shape;
    for (const [what, t, shape] of [
      ["cosine", cosine, `${N}, ${C}`],
      ["label", label, `${N}`],
      ["norm", norm, `${N}`],
    ] as const) {
      if (!t || t.shape.join(", ") === shape) continue;
      const needed = t === cosine ? "(N, C)" : `(N) with N = ${N}`;
      throw new KnotgradError("shape", `margin: ${what} is (${t.shape.join(", ")}) but must be ${needed}`);
    }
    checkMargin("margin", norm !== undefined, options);
    const given = { cosine, label, norm };
    const wantsNorm = norm?.needsGrad && movesByNorm(options);
    const vjp = (dlogits: Tensor) => {
      const { result, dnorm } = launchMargin({ ...given, dlogits }, options, {
        GRAD: true,
        DNORM: wantsNorm ?? false,
      });
      return [cosine.needsGrad ? result : null, null, wantsNorm ? dnorm : null, null];
    };
    return [launchMargin(given, options).result, vjp];
  },
});

/**
 * SphereFace's lambda after a number of steps: base (1 + gamma step)^-power, and at least `least`, so that training begins
 * with plain cosines and ends with the margin. 1000, 0.12, 1 and 5 unless told.
 * Source: wy1iu/sphereface, the layer's lambda of its released solver.
 */
export function sphereFaceLambda(
  step: number,
  { base = 1000, gamma = 0.12, power = 1, least = 5 } = {},
): number {
  return max(least, base * (1 + gamma * step) ** -power);
}

/** What one launch of `margin` is given. */
interface Work {
  readonly cosine: Tensor;
  readonly label: Tensor;
  readonly norm?: Tensor | undefined;
  /** (N) cosines of the labels, where the cosines are a block of classes. */
  readonly own?: Tensor | undefined;
  readonly dlogits?: Tensor;
  /** Where the result goes; holds dlogits where these are wanted but not given. */
  readonly result?: Tensor;
  readonly dnorm?: Tensor | undefined;
}

/** One launch of `margin`: logits, or with GRAD their gradients, of the classes from `first` on, of ALL. */
export function launchMargin(
  work: Work,
  options: MarginOptions,
  knobs: { readonly GRAD?: boolean; readonly DNORM?: boolean; readonly ADD?: boolean } = {},
  { first, ALL } = { first: 0, ALL: work.cosine.shape[1] },
) {
  const { gpu, shape } = work.cosine;
  const { kind, ignore: IGNORE, magnitude = false, detached = false } = options;
  const { upperMargin, ...settings } = settingsOf(options);
  const { subgroup, WG } = rowTile(gpu, shape[1]);
  const given = {
    ...work,
    norm: readsNorm(options) ? work.norm : undefined,
    ...settings,
    upper_margin: upperMargin,
    first,
  };
  const all = {
    KIND: margins[kind].id,
    ALL,
    G: knobs.DNORM ? shape[0] : 1,
    ...(IGNORE !== undefined && { IGNORE }),
    MAGNITUDE: magnitude,
    DETACHED: detached,
    ...knobs,
    WG,
  };
  if (shape.at(-1)! % 4 === 0) {
    return subgroup ? gpu.launch(marginSubgroupVec4, given, all) : gpu.launch(marginVec4, given, all);
  }
  return subgroup ? gpu.launch(marginSubgroup, given, all) : gpu.launch(kernel, given, all);
}

/** Whether logits depend on the norm in a way that is differentiated. */
export const movesByNorm = ({ kind, magnitude = false }: MarginOptions): boolean =>
  magnitude || kind === "magface";

const readsNorm = (options: MarginOptions): boolean => movesByNorm(options) || options.kind === "adaface";

/** The numbers of a head, with those that are not told. */
function settingsOf<T>({
  kind,
  magnitude = false,
  m = margins[kind].m,
  s = magnitude ? 1 : margins[kind].s,
  lambda = 5,
  h = 0.333,
  mean = 20,
  deviation = 100,
  t = 0,
  lower = 10,
  upper = 110,
  upperMargin = 0.8,
}: { readonly kind: MarginName; readonly magnitude?: boolean } & {
  readonly [Name in Setting]?: number | T;
}): {
  [Name in Setting]: number | T;
} {
  return { m, s, lambda, h, mean, deviation, t, lower, upper, upperMargin };
}

type Setting = "m" | "s" | "lambda" | "h" | "mean" | "deviation" | "t" | "lower" | "upper" | "upperMargin";

/** Throws, for `where`, where an option does not fit, or lengths are needed but not given. */
export function checkMargin(where: string, hasNorm: boolean, options: MarginOptions): void {
  const { kind } = options;
  const refuse = (what: string, given: unknown, needed: string): never => {
    throw new KnotgradError("value", `${where}: ${what} is ${given} but must be ${needed}`);
  };
  if (!Object.hasOwn(margins, kind)) refuse("kind", kind, `one of ${Object.keys(margins).join(", ")}`);
  if (readsNorm(options) && !hasNorm)
    refuse(
      "norm",
      undefined,
      `the lengths of the features (N) for ${options.magnitude ? "magnitude" : kind}`,
    );
  const { m, upperMargin, ...rest } = settingsOf(options);
  const [least, most] = margins[kind].range;
  for (const [what, v] of Object.entries({ m, upperMargin: kind === "magface" ? upperMargin : m })) {
    if (typeof v === "number" && !(v >= least && v <= most))
      refuse(what, v, `from ${least} to ${most} for ${kind}`);
  }
  for (const [what, v] of Object.entries(rest)) {
    const least = what === "lambda" || what === "deviation" ? 0 : -3.4e38;
    if (typeof v === "number" && !(v >= least && v <= 3.4e38))
      refuse(what, v, least === 0 ? "a number from 0 up" : "a finite number");
  }
  const { lower, upper } = rest;
  if (typeof lower === "number" && typeof upper === "number" && !(lower < upper))
    refuse("upper", upper, `above lower (${lower})`);
}
