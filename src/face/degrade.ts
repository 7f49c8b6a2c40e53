// Damage that makes a face hard to recognise, in a repeatable way and by a known amount.

import { KnotgradError } from "../error.ts";
import type { Random } from "../random.ts";
import type { Dataset, ImageSize } from "./dataset.ts";
import { resize } from "./resize.ts";

/** The kinds of damage. */
export const degradations = ["blur", "occlusion", "contrast", "noise", "resolution"] as const;
/** A kind of damage. */
export type Degradation = (typeof degradations)[number];

/** What severity 1 means, so that a face 48 pixels wide can still be guessed at. */
const worst = {
  /** Standard deviation of the blur, as a part of the shorter side. */
  blur: 1 / 12,
  /** Part of the area that is covered. */
  occlusion: 0.5,
  /** Part of the contrast that is lost. */
  contrast: 0.9,
  /** Standard deviation of the noise, in grey levels of 255. */
  noise: 64,
  /** How many times fewer pixels there are on each side. */
  resolution: 8,
};

const damage: { [Kind in Degradation]: typeof blur } = { blur, occlusion, contrast, noise, resolution };

/**
 * A damaged copy of one image, pixels (H, W, C): Gaussian blur, a flat grey rectangle, contrast taken towards the
 * mean, Gaussian noise, or fewer pixels. From the same state of `random`, a higher severity is the same damage made
 * worse. Throws where severity is not above 0 and at most 1, or the kind or the number of pixels is wrong.
 */
export function degrade(
  pixels: Uint8Array,
  size: ImageSize,
  kind: Degradation,
  severity: number,
  random: Random,
): Uint8Array {
  if (!(severity > 0 && severity <= 1)) {
    throw new KnotgradError("value", `degrade: severity is ${severity} but must be above 0 and at most 1`);
  }
  checkKinds("degrade", [kind]);
  const { height, width, channels } = size;
  if (pixels.length !== height * width * channels || pixels.length === 0) {
    throw new KnotgradError(
      "shape",
      `degrade: pixels has (${pixels.length}) bytes but must have (${height}, ${width}, ${channels})`,
    );
  }
  return damage[kind](pixels, size, severity, random);
}

/**
 * The dataset with a random `share` (0 to 1) of its images damaged, each by one of `kinds` at a severity above 0.3
 * and up to 1, which joins `severity`. Throws where the share is out of range or there is no kind to choose from.
 */
export function degradeSome(
  dataset: Dataset,
  options: { share: number; random: Random; kinds?: readonly Degradation[] },
): Dataset {
  const { share, random, kinds = degradations } = options;
  if (!(share >= 0 && share <= 1)) {
    throw new KnotgradError("value", `degradeSome: share is ${share} but must be from 0 to 1`);
  }
  checkKinds("degradeSome", kinds);
  const count = dataset.labels.length;
  const size = dataset.height * dataset.width * dataset.channels;
  const pixels = new Uint8Array(dataset.pixels);
  const severity = dataset.severity.slice();
  const chosen = random.shuffle(Uint32Array.from({ length: count }, (_, i) => i));
  for (const i of chosen.subarray(0, Math.round(share * count))) {
    const kind = kinds[random.below(kinds.length)]!;
    const amount = 1 - 0.7 * random.next();
    const image = pixels.subarray(i * size, (i + 1) * size);
    image.set(degrade(image, dataset, kind, amount, random));
    severity[i] = Math.max(severity[i]!, amount);
  }
  return { ...dataset, pixels, severity };
}

function checkKinds(caller: string, kinds: readonly string[]): void {
  const stray = kinds.find((kind) => !degradations.some((known) => known === kind));
  if (kinds.length === 0 || stray !== undefined) {
    throw new KnotgradError(
      "value",
      `${caller}: kind ${stray ? `"${stray}"` : "(none)"} is given but must be one of ${degradations.join(", ")}`,
    );
  }
}

function blur(pixels: Uint8Array, size: ImageSize, severity: number, _random: Random): Uint8Array {
  const { height, width, channels } = size;
  const sigma = severity * worst.blur * Math.min(height, width);
  const reach = Math.ceil(3 * sigma + 0.5);
  // The bell's part over each whole pixel, as 9 samples: its height at the centres would lose a narrow bell's sides.
  const bell = Float64Array.from({ length: 2 * reach + 1 }, (_, t) => {
    let sum = 0;
    for (let k = -4; k <= 4; k++) sum += Math.exp(-(((t - reach + k / 9) / sigma) ** 2) / 2);
    return sum;
  });
  const total = bell.reduce((sum, w) => sum + w, 0);
  /** A blur along an axis of n pixels that lie `stride` apart, going on mirrored past both ends. */
  const along = (n: number, stride: number): ((x: Float32Array, y: Float32Array, start: number) => void) => {
    const seen = Int32Array.from({ length: n + 2 * reach }, (_, i) => mirrored(i - reach, n) * stride);
    return (x, y, start) => {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let t = 0; t <= 2 * reach; t++) sum += bell[t]! * x[start + seen[i + t]!]!;
        y[start + i * stride] = sum / total;
      }
    };
  };
  const [x, y] = [Float32Array.from(pixels), new Float32Array(pixels.length)];
  const row = width * channels;
  const [across, down] = [along(width, channels), along(height, row)];
  for (let h = 0; h < height; h++) {
    for (let c = 0; c < channels; c++) across(x, y, h * row + c);
  }
  for (let i = 0; i < row; i++) down(y, x, i);
  return Uint8Array.from(x, (v) => v + 0.5);
}

/** The pixel that is seen at i when an axis of n pixels is mirrored at both ends again and again. */
function mirrored(i: number, n: number): number {
  const at = ((i % (2 * n)) + 2 * n) % (2 * n);
  return at < n ? at : 2 * n - 1 - at;
}

function occlusion(pixels: Uint8Array, size: ImageSize, severity: number, random: Random): Uint8Array {
  const { height, width, channels } = size;
  const side = Math.sqrt(severity * worst.occlusion);
  const [h, w] = [Math.ceil(side * height), Math.ceil(side * width)];
  // A fixed part of the free space lies above and to the left, so that a larger cover holds every smaller one.
  const [top, left] = [Math.round(random.next() * (height - h)), Math.round(random.next() * (width - w))];
  const grey = random.below(256);
  const out = new Uint8Array(pixels);
  for (let y = top; y < top + h; y++) {
    out.fill(grey, (y * width + left) * channels, (y * width + left + w) * channels);
  }
  return out;
}

function contrast(pixels: Uint8Array, _size: ImageSize, severity: number, _random: Random): Uint8Array {
  const mean = pixels.reduce((sum, v) => sum + v, 0) / pixels.length;
  const kept = 1 - worst.contrast * severity;
  return pixels.map((v) => mean + kept * (v - mean) + 0.5);
}

function noise(pixels: Uint8Array, _size: ImageSize, severity: number, random: Random): Uint8Array {
  const sigma = worst.noise * severity;
  return pixels.map((v) => Math.min(255, Math.max(0, v + sigma * random.normal() + 0.5)));
}

function resolution(pixels: Uint8Array, size: ImageSize, severity: number, _random: Random): Uint8Array {
  const { height, width } = size;
  const fewer = (n: number): number => Math.max(1, Math.round(n / worst.resolution ** severity));
  return resize(resize({ ...size, pixels }, fewer(height), fewer(width)), height, width).pixels;
}
