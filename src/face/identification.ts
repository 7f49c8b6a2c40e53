// Face identification: who of a gallery is it (closed set), and is it anybody there (open set)?

import { KnotgradError } from "../error.ts";
import type { Gpu } from "../gpu.ts";
import { matmul } from "../ops/matmul.ts";
import { topK } from "../ops/top_k.ts";
import type { Tensor } from "../tensor.ts";
import { unitRows } from "./verification.ts";

/** What `identify` measures; rates run from 0 to 1. */
export interface Identification {
  /** Probes whose person is in the gallery. */
  readonly genuine: number;
  /** Probes whose person is not. */
  readonly impostors: number;
  /** Share of genuine probes whose most alike gallery image shows their person. */
  readonly rankOne: number;
  /** (ranks) share of genuine probes whose person is among the r most alike gallery images, at r - 1. */
  readonly cmc: Float64Array;
  /** Detection and identification rate by false accept rate; null where too few impostor probes resolve it. */
  readonly dirAtFar: { readonly [far: string]: number | null };
}

/** What `identify` can be told. */
export interface IdentifyOptions {
  /** How many ranks `cmc` has; 20 unless told, or what there is. */
  readonly ranks?: number;
  /** False accept rates of `dirAtFar`; 0.01 unless told. */
  readonly fars?: readonly number[];
  /** The rank that `dirAtFar` asks for; 1 unless told. */
  readonly rank?: number;
}

/** A genuine probe: the score of its person, and its rank. */
interface Found {
  readonly score: number;
  readonly rank: number;
}

/**
 * Identification of N probes in a gallery of G images: scores (N, G), higher for more alike, a label per gallery image
 * (G) and probe (N).
 *
 * A genuine probe's rank is that of the image of its person with the highest score: 1 + the gallery images with a
 * higher score, or an equal one and a lower index. DIR at FAR: the share of genuine probes of rank <= `rank` and a score
 * accepted by the threshold at which the share FAR of impostor probes has its highest score accepted, with the tie rule
 * of `trueAcceptRate`: k = round(FAR * impostors) of them, or fewer where ties would let in more.
 * Throws where the sizes do not fit, a score is not finite, no probe is genuine, or an option is out of range.
 * Source: Grother, Micheals, Phillips, FRVT 2002 performance metrics; BLUFR's OpenSetROC.
 * @example
 * ```ts
 * const scores = [0.1, 0.9, 0.3, 0.2]; // (2, 2)
 * identify(scores, [7, 8], [8, 9]).rankOne; // => 1
 * ```
 */
export function identify(
  scores: ArrayLike<number>,
  gallery: ArrayLike<number>,
  probes: ArrayLike<number>,
  options: IdentifyOptions = {},
): Identification {
  const [N, G] = [probes.length, gallery.length];
  if (scores.length !== N * G) {
    throw new KnotgradError(
      "shape",
      `identify: scores has (${scores.length}) values but must have (${N}, ${G}), a row a probe`,
    );
  }
  const found: Found[] = [];
  const highest: number[] = [];
  for (let n = 0; n < N; n++) {
    let [best, mate] = [-Infinity, -1];
    for (let g = 0; g < G; g++) {
      const score = scores[n * G + g]!;
      if (!Number.isFinite(score)) {
        throw new KnotgradError(
          "value",
          `identify: score (${n}, ${g}) is ${score} but scores must be finite`,
        );
      }
      if (score > best) best = score;
      if (gallery[g] === probes[n] && (mate < 0 || score > scores[n * G + mate]!)) mate = g;
    }
    if (mate < 0) {
      highest.push(best);
      continue;
    }
    const score = scores[n * G + mate]!;
    let rank = 1;
    for (let g = 0; g < G; g++) {
      const other = scores[n * G + g]!;
      if (other > score || (other === score && g < mate)) rank++;
    }
    found.push({ score, rank });
  }
  return rates("identify", found, highest, G, options);
}

/**
 * What `identify` gives where only the K highest scores of each probe are known, as `topK` leaves them on the device:
 * value and index (N, K), the image of the gallery, falling. Ranks are counted up to K. Throws as `identify` does.
 */
export function identifyTop(
  top: { readonly value: ArrayLike<number>; readonly index: ArrayLike<number> },
  gallery: ArrayLike<number>,
  probes: ArrayLike<number>,
  options: IdentifyOptions = {},
): Identification {
  const { value, index } = top;
  const N = probes.length;
  const K = value.length / N;
  if (!Number.isInteger(K) || K < 1 || index.length !== value.length) {
    throw new KnotgradError(
      "shape",
      `identifyTop: value (${value.length}) and index (${index.length}) must both be (N, K) of ${N} probes`,
    );
  }
  const enrolled = new Set(Array.from(gallery));
  const found: Found[] = [];
  const highest: number[] = [];
  for (let n = 0; n < N; n++) {
    let rank = 1;
    for (let k = 0; k < K; k++) {
      const [score, g] = [value[n * K + k]!, index[n * K + k]!];
      if (!Number.isFinite(score) || g >= gallery.length || (k > 0 && score > value[n * K + k - 1]!)) {
        throw new KnotgradError(
          "value",
          `identifyTop: score (${n}, ${k}) is ${score} of image ${g} but scores must be finite and fall, of ${gallery.length} images`,
        );
      }
      if (rank === k + 1 && gallery[g] !== probes[n]) rank++;
    }
    if (!enrolled.has(probes[n]!)) highest.push(value[n * K]!);
    else found.push({ score: rank > K ? -Infinity : value[n * K + rank - 1]!, rank });
  }
  return rates("identifyTop", found, highest, K, options);
}

/** Rates of genuine probes and of the highest scores of impostors, at ranks up to `most`. */
function rates(
  caller: string,
  found: readonly Found[],
  highest: readonly number[],
  most: number,
  options: IdentifyOptions,
): Identification {
  const { ranks = Math.min(most, 20), fars = [0.01], rank = 1 } = options;
  for (const [name, value] of Object.entries({ ranks, rank })) {
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new KnotgradError(
        "value",
        `${caller}: ${name} is ${value} but must be a whole number from 1 to ${most}`,
      );
    }
  }
  if (found.length === 0) {
    throw new KnotgradError(
      "value",
      `${caller}: none of the ${highest.length} probes shows a person of the gallery but one at least must`,
    );
  }
  const share = (right: (probe: Found) => boolean): number => found.filter(right).length / found.length;
  const falling = Float64Array.from(highest).sort().reverse();
  const cmc = new Float64Array(ranks);
  for (const { rank } of found) if (rank <= ranks) cmc[rank - 1]!++;
  for (let r = 1; r < ranks; r++) cmc[r]! += cmc[r - 1]!;
  return {
    genuine: found.length,
    impostors: highest.length,
    rankOne: cmc[0]! / found.length,
    cmc: cmc.map((right) => right / found.length),
    dirAtFar: Object.fromEntries(
      fars.map((far) => {
        const k = falseAccepts(caller, far, highest.length);
        if (k === null) return [far, null];
        const accepts = acceptance(falling, k);
        return [far, share((probe) => probe.rank <= rank && accepts(probe.score))];
      }),
    ),
  };
}

/** Impostor scores to accept at a false accept rate, Infinity for all there may ever be; null where too few resolve it. */
export function falseAccepts(caller: string, far: number, impostors: number): number | null {
  if (!(far >= 0 && far <= 1)) {
    throw new KnotgradError(
      "value",
      `${caller}: the false accept rate is ${far} but must lie between 0 and 1`,
    );
  }
  if (far === 1) return Infinity;
  if (impostors === 0 || (far > 0 && impostors < 1 / far)) return null;
  return Math.round(far * impostors);
}

/** Which scores are accepted where at most k of the impostors' are: `falling`, at least the k + 1 highest or all. */
export function acceptance(falling: Float64Array, k: number): (score: number) => boolean {
  if (k === Infinity) return () => true;
  let r = Math.min(k, falling.length);
  while (r > 0 && falling[r] === falling[r - 1]) r--;
  const threshold = falling[Math.max(r, 1) - 1]!;
  return r > 0 ? (score) => score >= threshold : (score) => score > threshold;
}

/**
 * The cosine of each probe with each gallery image, (N, G): embeddings (M, D), and the row numbers of probes (N) and
 * gallery (G). Throws where the sizes do not fit, or an embedding is zero or not finite.
 */
export function cosines(
  embeddings: Float32Array,
  D: number,
  rows: { readonly probes: ArrayLike<number>; readonly gallery: ArrayLike<number> },
): Float32Array {
  const probes = unitRows("cosines", embeddings, D, rows.probes);
  const gallery = unitRows("cosines", embeddings, D, rows.gallery);
  const [N, G] = [rows.probes.length, rows.gallery.length];
  const scores = new Float32Array(N * G);
  for (let n = 0; n < N; n++) {
    for (let g = 0; g < G; g++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += probes[n * D + d]! * gallery[g * D + d]!;
      scores[n * G + g] = sum;
    }
  }
  return scores;
}

/** What `searchGallery` can be told. */
export interface SearchOptions {
  /** Gallery images to find for each probe; 1 unless told, at most 16. */
  readonly K?: number;
  /** Bytes of cosines that the device holds at once, or those of one probe; 32 MiB unless told. */
  readonly most?: number | undefined;
}

/**
 * The K gallery images most alike to each probe, found on the device: embeddings (M, D), and the row numbers of probes (N)
 * and gallery (G) -> value (N, K), falling cosines, and index (N, K) into the gallery, of equal ones the lowest first, as
 * `identifyTop` takes them. One is enough for rank 1 and for DIR at rank 1. Of the cosines (N, G) only a tile at a time is
 * made, and the K highest leave the device.
 * Throws where the sizes do not fit, an embedding is zero or not finite, there is no probe, or K is not from 1 to 16 and at
 * most G.
 */
export async function searchGallery(
  gpu: Gpu,
  embeddings: Float32Array,
  D: number,
  rows: { readonly probes: ArrayLike<number>; readonly gallery: ArrayLike<number> },
  { K = 1, most }: SearchOptions = {},
): Promise<{ readonly value: Float32Array; readonly index: Uint32Array }> {
  const N = rows.probes.length;
  const value = new Float32Array(N * K);
  const index = new Uint32Array(N * K);
  await cosineTiles(gpu, "searchGallery", embeddings, D, rows, most, async (tile, first) => {
    const top = topK(tile, K);
    value.set(await top.value.read(), first * K);
    index.set(await gpu.readU32(top.index), first * K);
    top.value.dispose();
    top.index.dispose();
  });
  return { value, index };
}

/**
 * Cosines of probes and gallery on the device, by tiles (T, G) of T probes from number `first` on, all of one shape: the
 * last may begin within the one before. Throws, in the name of `caller`, as `searchGallery` does.
 */
export async function cosineTiles(
  gpu: Gpu,
  caller: string,
  embeddings: Float32Array,
  D: number,
  rows: { readonly probes: ArrayLike<number>; readonly gallery: ArrayLike<number> },
  most = 2 ** 25,
  take: (tile: Tensor, first: number, T: number) => Promise<void>,
): Promise<void> {
  const [N, G] = [rows.probes.length, rows.gallery.length];
  if (N === 0 || G === 0) {
    throw new KnotgradError(
      "value",
      `${caller}: ${N} probes and a gallery of ${G} are given but each needs one image at least`,
    );
  }
  const units = (of: ArrayLike<number>): Tensor =>
    gpu.tensor(Float32Array.from(unitRows(caller, embeddings, D, of)), [of.length, D]);
  const gallery = units(rows.gallery);
  const T = Math.min(N, Math.max(1, Math.floor(most / (4 * G))));
  for (let next = 0; next < N; next += T) {
    const first = Math.min(next, N - T);
    const probes = units(Array.prototype.slice.call(rows.probes, first, first + T));
    const tile = matmul(probes, gallery, undefined, { transposeB: true });
    probes.dispose();
    await take(tile, first, T);
    tile.dispose();
  }
  gallery.dispose();
}

/** The images of an identification test, by number. */
export interface IdentificationSplit {
  /** (G) */
  readonly gallery: Uint32Array;
  /** (N) */
  readonly probes: Uint32Array;
}

/**
 * Closed- and open-set identification on images whose people are `names` (M), in the order of their files, in the style
 * of Best-Rowden et al. on LFW; labels (M) number the people as they appear.
 *
 * Everybody's first image is enrolled. Closed set: all people, and all further images as probes. Open set: only people with
 * two images or more are enrolled; probes are their further images, and as impostors the people with a single image.
 * On LFW: 5,749 and 7,484 images; 1,680 enrolled, 7,484 genuine probes and 4,069 impostors. The lists behind the
 * published figures (4,249 and 3,143; 3,143, 596 and 9,494) are not public, so results are not comparable with those.
 * Throws where no name comes twice, or none comes once.
 * Source: Best-Rowden, Han, Otto, Klare, Jain, Unconstrained Face Recognition, IEEE TIFS 9 (2014).
 */
export function lfwIdentification(names: readonly string[]): {
  readonly labels: Uint32Array;
  readonly closed: IdentificationSplit;
  readonly open: IdentificationSplit;
} {
  const people = new Map<string, number[]>();
  for (const [i, name] of names.entries()) {
    const images = people.get(name);
    if (images) images.push(i);
    else people.set(name, [i]);
  }
  const all = [...people.values()];
  const labels = new Uint32Array(names.length);
  for (const [label, images] of all.entries()) for (const i of images) labels[i] = label;
  const several = all.filter((images) => images.length > 1);
  const single = all.filter((images) => images.length === 1).flat();
  if (several.length === 0 || single.length === 0) {
    throw new KnotgradError(
      "value",
      `lfwIdentification: ${several.length} people have several images and ${single.length} a single one but both kinds are needed`,
    );
  }
  const first = (people: number[][]): Uint32Array => Uint32Array.from(people, ([image]) => image!);
  const further = several.flatMap(([, ...images]) => images);
  return {
    labels,
    closed: { gallery: first(all), probes: Uint32Array.from(further) },
    open: { gallery: first(several), probes: Uint32Array.from([...further, ...single]) },
  };
}
