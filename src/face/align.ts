// Alignment of faces by five points: left eye, right eye, nose, left and right corner of the mouth, as seen in the image.

import { KnotgradError } from "../error.ts";
import type { ImageBytes } from "./dataset.ts";

/** The map of a point (x, y) to (a x - b y + left, b x + a y + top): it turns, scales and moves, and never mirrors. */
export interface Similarity {
  /** Scale times the cosine of the angle. */
  readonly a: number;
  /** Scale times the sine of the angle. */
  readonly b: number;
  /** Pixels added across. */
  readonly left: number;
  /** Pixels added down. */
  readonly top: number;
}

/** Where the five points lie, x and y of each, in crops (height)x(width) that face nets are trained on. */
export const faceTemplates: { readonly [size in "112x96" | "112x112"]: readonly number[] } = {
  // wy1iu/sphereface, preprocess/code/face_align_demo.m.
  "112x96": [30.2946, 51.6963, 65.5318, 51.5014, 48.0252, 71.7366, 33.5493, 92.3655, 62.7299, 92.2041],
  // The same, 8 pixels to the right: deepinsight/insightface, python-package/insightface/utils/face_align.py.
  "112x112": [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041],
};

/**
 * The similarity that brings points (K, 2) closest to a template (K, 2), by the sum of squared distances. With p and q
 * the points and the template less their means: a = sum(p . q) / sum(p . p), b = sum(p x q) / sum(p . p).
 * Throws where the lengths differ, a number is not finite, or the points all fall together.
 * Source: Umeyama, Least-squares estimation of transformation parameters, PAMI 1991, in two dimensions.
 */
export function similarity(points: ArrayLike<number>, template: ArrayLike<number>): Similarity {
  if (points.length !== template.length || points.length % 2 !== 0 || points.length < 4) {
    throw new KnotgradError(
      "shape",
      `similarity: points (${points.length}) and template (${template.length}) are given but both must be (K, 2), K >= 2`,
    );
  }
  for (const [name, numbers] of Object.entries({ points, template })) {
    const strange = Array.from(numbers).find((v) => !Number.isFinite(v));
    if (strange !== undefined) {
      throw new KnotgradError("value", `similarity: ${name} has ${strange} but all numbers must be finite`);
    }
  }
  const K = points.length / 2;
  const mean = (of: ArrayLike<number>, axis: 0 | 1): number => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += of[2 * k + axis]!;
    return sum / K;
  };
  const [px, py] = [mean(points, 0), mean(points, 1)];
  const [qx, qy] = [mean(template, 0), mean(template, 1)];
  let [along, across, squares] = [0, 0, 0];
  for (let k = 0; k < K; k++) {
    const [x, y] = [points[2 * k]! - px, points[2 * k + 1]! - py];
    const [u, v] = [template[2 * k]! - qx, template[2 * k + 1]! - qy];
    along += x * u + y * v;
    across += x * v - y * u;
    squares += x * x + y * y;
  }
  if (!(squares > 0)) {
    throw new KnotgradError(
      "value",
      `similarity: the points all are (${points[0]}, ${points[1]}) but two of them must differ`,
    );
  }
  const [a, b] = [along / squares, across / squares];
  return { a, b, left: qx - (a * px - b * py), top: qy - (b * px + a * py) };
}

/**
 * The image (H, W, C) moved by a similarity into a new one (height, width, C): each new pixel is read where it comes
 * from, linearly between the four pixels around, those outside the image being 0. Pixel (x, y) is centred at (x, y).
 * Where the image shrinks to less than half, fine detail aliases. Throws where the size is not whole numbers above 0, or
 * the similarity cannot be undone.
 */
export function warp(
  image: ImageBytes,
  move: Similarity,
  { height, width }: { readonly height: number; readonly width: number },
): ImageBytes {
  if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)) {
    throw new KnotgradError(
      "value",
      `warp: size (${height}, ${width}) is given but both must be whole numbers above 0`,
    );
  }
  const [xq, xp, x1, yq, yp, y1] = undone("warp", move);
  const { height: H, width: W, channels: C, pixels } = image;
  const out = new Uint8Array(height * width * C);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += C) {
      const [fromX, fromY] = [xq * x + xp * y + x1, yq * x + yp * y + y1];
      const [x0, y0] = [Math.floor(fromX), Math.floor(fromY)];
      for (let c = 0; c < C; c++) {
        let sum = 0.5;
        for (let tap = 0; tap < 4; tap++) {
          const [i, j] = [y0 + (tap >> 1), x0 + (tap & 1)];
          if (i < 0 || i >= H || j < 0 || j >= W) continue;
          sum += (1 - Math.abs(fromY - i)) * (1 - Math.abs(fromX - j)) * pixels[(i * W + j) * C + c]!;
        }
        out[at + c] = sum;
      }
    }
  }
  return { height, width, channels: C, pixels: out };
}

/**
 * What `warpImages` takes to move images as `warp` does: similarities (N) -> (N, 2, 3), each undone, so that it tells where in
 * the image a new pixel comes from. Throws where one cannot be undone.
 */
export function warpTransforms(similarities: readonly Similarity[]): Float32Array {
  return Float32Array.from(similarities.flatMap((move) => undone("warpTransforms", move)));
}

/** The affine map (2, 3) back from (a x - b y + left, b x + a y + top) to (x, y). */
function undone(
  caller: string,
  { a, b, left, top }: Similarity,
): [number, number, number, number, number, number] {
  const scale = a * a + b * b;
  if (!(scale > 0 && Number.isFinite(scale) && Number.isFinite(left + top))) {
    throw new KnotgradError(
      "value",
      `${caller}: the similarity is (${a}, ${b}, ${left}, ${top}) but its numbers must be finite and a or b not 0`,
    );
  }
  const [c, s] = [a / scale, b / scale];
  return [c, s, -(c * left + s * top), -s, c, s * left - c * top];
}
