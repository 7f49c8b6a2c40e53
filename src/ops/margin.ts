// Margin heads: what tells them apart is a table here, and its counterpart kernels/lib/margin.wgsl.
import { margin as kernel, marginVec4 } from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { type Nd, nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";

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
  /** The largest margin. */
  readonly most: number;
  /** What the cosine of the label becomes, theta being its angle. */
  value(theta: number, settings: Settings): number;
}

const { cos, sin, acos, floor, min, max, PI } = Math;

const arc = (theta: number, { m }: Settings): number =>
  theta + m < PI ? cos(theta + m) : cos(theta) - m * sin(m);

/**
 * `cosface` cos(theta) - m (Wang et al., CVPR 2018); `arcface` cos(theta + m), and cos(theta) - m sin(m) past pi (Deng et
 * al., CVPR 2019); `sphereface` (lambda cos(theta) + psi) / (1 + lambda), psi = (-1)^k cos(m theta) - 2 k between k pi / m and
 * (k + 1) pi / m (Liu et al., CVPR 2017); `adaface` cos(theta - m z) - (m + m z), theta - m z being kept from 0 to pi (Kim,
 * Jain, Liu, CVPR 2022); `curricularface` as `arcface`, while other classes with a cosine x above cos(theta + m) become
 * x (t + x) (Huang et al., CVPR 2020).
 */
export const margins = {
  cosface: { id: 1, m: 0.35, most: 2, value: (theta, { m }) => cos(theta) - m },
  arcface: { id: 2, m: 0.5, most: PI / 2, value: arc },
  sphereface: {
    id: 3,
    m: 4,
    most: 4,
    value: (theta, { m, lambda }) => {
      const k = min(floor((m * theta) / PI), m - 1);
      return (lambda * cos(theta) + (-1) ** k * cos(m * theta) - 2 * k) / (1 + lambda);
    },
  },
  adaface: {
    id: 4,
    m: 0.4,
    most: PI / 2,
    value: (theta, { m, z }) => cos(min(max(theta - m * z, 0), PI)) - (m + m * z),
  },
  curricularface: { id: 5, m: 0.5, most: PI / 2, value: arc },
} as const satisfies { readonly [name: string]: Margin };

export type MarginName = keyof typeof margins;

/** A margin head. Numbers are built into the recorded step; tensors () may change between its runs. */
export interface MarginOptions {
  readonly kind: MarginName;
  /**
   * The margin: 0.35 for `cosface`, 0.4 for `adaface`, 0.5 for `arcface` and `curricularface` unless told, in radians but for
   * `cosface`; for `sphereface` 1, 2, 3 or 4, which is what it is unless told.
   */
  readonly m?: number | Tensor;
  /** Scale of the logits, 64 unless told. */
  readonly s?: number | Tensor;
  /** `sphereface`: how much the plain cosine counts; 5 unless told. Training begins at 1000 or so. */
  readonly lambda?: number | Tensor;
  /**
   * `adaface`: z = h (norm - mean) / (deviation + 0.001), kept from -1 to 1, where norm is kept from 0.001 to 100. h is 0.333,
   * mean 20 and deviation 100 unless told; training takes running statistics of norm for the last two.
   */
  readonly h?: number | Tensor;
  readonly mean?: number | Tensor;
  readonly deviation?: number | Tensor;
  /** `curricularface`: 0 unless told; training takes a running mean of the labels' cosines. */
  readonly t?: number | Tensor;
  /** A label whose rows have no margin, as those with a label of C or more. */
  readonly ignore?: number;
}

/**
 * Logits from cosines, with a margin on the label's: cosine (N, C) from -1 to 1, label (N) of u32, norm (N) the lengths of
 * the features (the kernel l2_normalize gives them), which `adaface` alone reads -> (N, C), s times the cosines but for what
 * `margins` says. Only the cosines are
 * differentiated, exactly but that the slope at angle 0, which has no bound with `arcface`, is cut. Rows with a label of C or
 * more, or `ignore`, are multiplied by s. Throws where shapes or options do not fit.
 * Source: the papers named at `margins`.
 */
export const margin = op({
  reference: (cosine: Nd, label: Nd, norm: Nd | undefined, options: AsNd<MarginOptions>) => {
    const [N, C] = cosine.shape;
    const { kind, ignore } = options;
    const given = settingsOf(options);
    const number = (name: Setting): number => {
      const v = given[name];
      return typeof v === "number" ? v : v.at();
    };
    const [m, s, lambda, t] = [number("m"), number("s"), number("lambda"), number("t")];
    const [h, mean, deviation] = [number("h"), number("mean"), number("deviation")];
    return nd([N, C], (n, c) => {
      const x = cosine.at(n, c);
      const y = label.at(n);
      if (y >= C || y === ignore) return s * x;
      const theta = acos(min(max(cosine.at(n, y), -1), 1));
      if (c !== y) return s * (kind === "curricularface" && x > cos(theta + m) ? x * (t + x) : x);
      const length = min(max(norm?.at(n) ?? 0, 0.001), 100);
      const z = min(max((h * (length - mean)) / (deviation + 0.001), -1), 1);
      return s * margins[kind].value(theta, { m, lambda, z });
    });
  },
  run: (cosine: Tensor, label: Tensor, norm: Tensor | undefined, options: MarginOptions) => {
    checkOptions(norm, options);
    const { kind, ignore: IGNORE = 0xffffffff } = options;
    const given = { cosine, label, norm: kind === "adaface" ? norm : undefined };
    const knobs = { KIND: margins[kind].id, IGNORE };
    const launch = (dlogits?: Tensor): Tensor => {
      const all = { ...given, ...settingsOf(options), dlogits };
      return (
        cosine.shape.at(-1)! % 4 === 0
          ? cosine.gpu.launch(marginVec4, all, knobs)
          : cosine.gpu.launch(kernel, all, knobs)
      ).result;
    };
    return [launch(), (dlogits) => [cosine.needsGrad ? launch(dlogits) : null, null, null, null]];
  },
});

/** The numbers of a head, with those that are not told. */
function settingsOf<T>({
  kind,
  m = margins[kind].m,
  s = 64,
  lambda = 5,
  h = 0.333,
  mean = 20,
  deviation = 100,
  t = 0,
}: { readonly kind: MarginName } & { readonly [Name in Setting]?: number | T }): {
  [Name in Setting]: number | T;
} {
  return { m, s, lambda, h, mean, deviation, t };
}

type Setting = "m" | "s" | "lambda" | "h" | "mean" | "deviation" | "t";

/** Throws where an option does not fit. */
function checkOptions(norm: Tensor | undefined, options: MarginOptions): void {
  const { kind } = options;
  const refuse = (what: string, given: unknown, needed: string): never => {
    throw new Error(`margin: ${what} is ${given} but must be ${needed}`);
  };
  if (!(kind in margins)) refuse("kind", kind, `one of ${Object.keys(margins).join(", ")}`);
  if (kind === "adaface" && !norm) refuse("norm", norm, "the lengths of the features (N) for adaface");
  const { m, ...rest } = settingsOf(options);
  const { most } = margins[kind];
  if (typeof m === "number") {
    if (kind === "sphereface" && ![1, 2, 3, 4].includes(m)) refuse("m", m, "1, 2, 3 or 4 for sphereface");
    if (!(m >= 0 && m <= most)) refuse("m", m, `from 0 to ${most} for ${kind}`);
  }
  for (const [what, v] of Object.entries(rest)) {
    const least = what === "lambda" || what === "deviation" ? 0 : -3.4e38;
    if (typeof v === "number" && !(v >= least && v <= 3.4e38))
      refuse(what, v, least === 0 ? "a number from 0 up" : "a finite number");
  }
}
