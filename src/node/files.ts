// A list of image files to one array of pixels, kept in the user's cache.

import { constants } from "node:buffer";
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { KnotgradError } from "../error.ts";
import { readCache, writeCache } from "./cache.ts";
import { type ImageSource, imageReader, unopened } from "./decode.ts";
import { type JobWorker, lost, openWorker } from "./workers.ts";

/** Largest file that is read, in bytes; images are far smaller. */
export const mostBytes = 2 ** 28;

/** Changes whenever the same files would give other bytes. */
const version = 1;

/** A file that was left out, and the reason in a sentence. */
export interface Skipped {
  /** Path of the file, or the key of a record. */
  readonly file: string;
  /** The reason. */
  readonly why: string;
}

/** The size that images are brought to, and how. */
export interface DecodeOptions {
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** Told how many of the files are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /**
   * Worker threads that read and decode, which changes nothing but the time; 0 for this thread. Unless given, one per core
   * but at most 8, or this thread where there are fewer than 200 images or no worker can be started. Each holds one image
   * while it decodes it.
   */
  readonly workers?: number | undefined;
}

/** How files are brought to one size, and where they are. */
export interface LoadOptions extends DecodeOptions {
  /** Where relative paths start; the working directory unless given. */
  readonly folder?: string | undefined;
  /** Whether to keep the pixels in the user's cache directory, and to take them from there; yes unless given. */
  readonly cache?: boolean | undefined;
}

/** Images of one size. */
export interface LoadedFiles {
  /** (N, H, W, C) from 0 to 255. */
  readonly pixels: Uint8Array;
  /** (N) the file of each image. */
  readonly files: readonly string[];
  /** The files that gave no image. */
  readonly skipped: readonly Skipped[];
}

/**
 * The images of the files, in their order, at one size (N, H, W, C), whatever their shape was. Files that cannot be
 * read or are no image are in `skipped`. Throws where the size is wrong or so large that one array cannot hold it.
 */
export async function loadFiles(paths: readonly string[], options: LoadOptions): Promise<LoadedFiles> {
  checkSize("loadFiles", paths.length, options);
  const { height, width, channels, folder = ".", onProgress, cache = true } = options;
  const listing = paths.map((path) => look(resolve(folder, path)));
  const name = `images-${hash([version, height, width, channels, listing])}`;
  const kept = cache ? unpack(readCache(name), paths.length, height * width * channels) : undefined;
  if (kept) onProgress?.(paths.length, paths.length);
  const source = (i: number): string => {
    const [path, , , wrong] = listing[i]!;
    if (wrong) throw new KnotgradError("value", wrong);
    return path;
  };
  const { pixels, whys } = kept ?? (await decodeAll(paths.length, source, options));
  // A file that is there but cannot be opened may be readable the next time and look the same.
  const isFinal = !Array.from(whys.values()).some((why) => why.startsWith(unopened) || why.startsWith(lost));
  if (cache && !kept && isFinal) writeCache(name, pack(pixels, whys));
  return {
    pixels,
    files: paths.filter((_, i) => !whys.has(i)),
    skipped: Array.from(whys, ([i, why]) => ({ file: paths[i]!, why })),
  };
}

function hash(what: unknown): string {
  return createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 32);
}

/** Throws a sentence in the caller's name where `count` images of this size cannot be held, or an option is wrong. */
export function checkSize(caller: string, count: number, options: DecodeOptions): void {
  const { height, width, channels, workers = 0 } = options;
  if (!(Number.isInteger(workers) && workers >= 0)) {
    throw new KnotgradError("value", `${caller}: workers is ${workers} but must be a whole number from 0 up`);
  }
  if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)) {
    throw new KnotgradError(
      "value",
      `${caller}: size (${height}, ${width}) is given but both must be whole numbers above 0`,
    );
  }
  if (channels !== 1 && channels !== 3) {
    throw new KnotgradError("value", `${caller}: channels is ${channels} but must be 1 (grey) or 3 (colour)`);
  }
  const bytes = count * height * width * channels;
  if (bytes > constants.MAX_LENGTH) {
    throw new KnotgradError(
      "limit",
      `${caller}: (${count}, ${height}, ${width}, ${channels}) images need ${(bytes / 2 ** 30).toFixed(1)} GiB but ` +
        `at most ${constants.MAX_LENGTH / 2 ** 30} GiB fit one array; use a smaller size or fewer images`,
    );
  }
}

/** Pixels of the files that are images, and for each other file, by its index, why it is none. */
interface Decoded {
  pixels: Uint8Array;
  whys: Map<number, string>;
}

/** What reads images: a worker thread, or this thread. */
type Reader = Pick<JobWorker<ImageSource, Uint8Array>, "ask" | "ended">;

/**
 * The images of `count` files, in their order, at one size: `source` gives each file, in any order and each once, or
 * throws why there is none. Bytes go to a worker together with all the memory they are part of.
 */
export async function decodeAll(
  count: number,
  source: (i: number) => ImageSource,
  options: DecodeOptions,
): Promise<Decoded> {
  const { height, width, channels, onProgress } = options;
  const size = height * width * channels;
  const pixels = new Uint8Array(count * size);
  const whys = new Map<number, string>();
  const workers: JobWorker<ImageSource, Uint8Array>[] = [];
  let next = 0;
  let done = 0;
  let stopped = false;

  const open = async (): Promise<Reader> => {
    const worker = openWorker("readImages", { height, width, channels });
    workers.push(worker);
    await worker.ready;
    return worker;
  };
  const openAll = async (): Promise<Reader[]> => {
    const threads = Math.min(options.workers ?? worthwhile(count), count);
    if (threads === 0) return [readHere(options)];
    try {
      return await Promise.all(Array.from({ length: threads }, open));
    } catch (error) {
      if (options.workers !== undefined) throw error;
      return [readHere(options)];
    }
  };
  // Each reader takes the next file when it is done with one, so that none waits for a slow one.
  const readOn = async (reader: Reader): Promise<void> => {
    while (next < count) {
      const i = next++;
      try {
        pixels.set(await reader.ask(source(i)), i * size);
      } catch (error) {
        whys.set(i, (error as Error).message.replace(/^(decodeImage|readImages): /, ""));
        if (reader.ended && !stopped && next < count) reader = await open();
      }
      if (stopped) return;
      onProgress?.(++done, count);
    }
  };

  try {
    await Promise.all((await openAll()).map(readOn));
  } finally {
    stopped = true;
    await Promise.all(workers.map((worker) => worker.end()));
  }
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (!whys.has(i)) pixels.copyWithin(size * at++, size * i, size * (i + 1));
  }
  return { pixels: pixels.subarray(0, size * at), whys: new Map([...whys].sort(([a], [b]) => a - b)) };
}

/** Reads images in this thread, where others have their turn between images. */
function readHere(size: DecodeOptions): Reader {
  const read = imageReader(size);
  const ask = async (source: ImageSource): Promise<Uint8Array> => {
    await setImmediate();
    return read(source);
  };
  return { ask, ended: false };
}

/** How many worker threads pay for their start with this many images. */
function worthwhile(images: number): number {
  const cores = availableParallelism();
  return images < 200 || cores === 1 ? 0 : Math.min(cores, 8);
}

/** A file as it is seen without opening it: its absolute path, size in bytes, time of change in ms, what is wrong. */
type Entry = readonly [path: string, size: number, changed: number, wrong: string];

function look(path: string): Entry {
  try {
    const stat = statSync(path);
    const wrong = stat.isFile()
      ? stat.size > mostBytes && `it has (${stat.size}) bytes but at most (${mostBytes}) are read`
      : "it is not a file";
    return [path, stat.size, stat.mtimeMs, wrong || ""];
  } catch (error) {
    return [path, 0, 0, `it cannot be found (${(error as NodeJS.ErrnoException).code})`];
  }
}

/** The cache's bytes: the length of the list of reasons (4 bytes, little-endian), that list as JSON, the pixels. */
function pack(pixels: Uint8Array, whys: Decoded["whys"]): Uint8Array[] {
  const list = Buffer.from(JSON.stringify([...whys]));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(list.length);
  return [length, list, pixels];
}

function unpack(bytes: Uint8Array | undefined, count: number, size: number): Decoded | undefined {
  if (bytes === undefined) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = 4 + buffer.readUInt32LE(0);
  const whys = new Map(JSON.parse(buffer.toString("utf8", 4, start)) as [number, string][]);
  const pixels = bytes.subarray(start);
  return pixels.length === (count - whys.size) * size ? { pixels, whys } : undefined;
}
