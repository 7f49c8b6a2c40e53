// Image files to aligned crops, by the five points of their faces.

import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { KnotgradError } from "../error.ts";
import { faceTemplates, similarity, warp } from "../face/align.ts";
import { decodeImage } from "./decode.ts";
import { mostBytes, type Skipped } from "./files.ts";
import { encodePng } from "./report/png.ts";

/** What is aligned, and where to. */
export interface AlignOptions {
  /** The folder that the names of `points` are in. */
  readonly folder: string;
  /** The five points (5, 2) of each image, by its name in `folder`, as `readLandmarks` gives them. */
  readonly points: ReadonlyMap<string, Float64Array>;
  /** The folder of the crops: `Name/1.jpg` becomes `Name/1.png` there. */
  readonly out: string;
  /** Height and width of the crops, and with it where in them the five points go. */
  readonly size: keyof typeof faceTemplates;
  /** Told how many of the images are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Brings the five points of each face to those of a template and writes the crop as PNG; a file that is there stays as it is.
 * Gives how many crops were `written`, how many were there (`kept`), and what is `skipped`: what is no image or lies
 * outside the folder, and faces whose points all fall together. Throws where a crop cannot be written, or where two images
 * would become one.
 */
export async function alignFiles(
  options: AlignOptions,
): Promise<{ written: number; kept: number; skipped: Skipped[] }> {
  const { folder, points, out, size, onProgress } = options;
  const [height, width] = size.split("x").map(Number) as [number, number];
  const crops = cropsOf(points.keys(), out);
  const skipped: Skipped[] = [];
  let [written, kept, done] = [0, 0, 0];
  for (const [name, five] of points) {
    const crop = crops.get(name)!;
    if (existsSync(crop)) kept++;
    else {
      try {
        const image = decodeImage(await readInside(folder, name));
        await writeNew(
          crop,
          encodePng(warp(image, similarity(five, faceTemplates[size]), { height, width })),
        );
        written++;
      } catch (error) {
        if ((error as Error).message.startsWith("alignFiles: ")) throw error;
        skipped.push({
          file: name,
          why: (error as Error).message.replace(/^(decodeImage|similarity): /, ""),
        });
      }
    }
    onProgress?.(++done, points.size);
  }
  return { written, kept, skipped };
}

/** The crop's path for each name. Throws where two are the same. */
function cropsOf(names: Iterable<string>, out: string): Map<string, string> {
  const crops = new Map<string, string>();
  const sources = new Map<string, string>();
  for (const name of names) {
    const crop = join(out, name.replace(/\.[^./\\]*$/, "") + ".png");
    const other = sources.get(crop);
    if (other !== undefined) {
      throw new KnotgradError(
        "value",
        `alignFiles: ${other} and ${name} would both become ${crop}; align them into two folders`,
      );
    }
    sources.set(crop, name);
    crops.set(name, crop);
  }
  return crops;
}

async function readInside(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name);
  if (/^\.\.([/\\]|$)/.test(relative(folder, path))) throw new Error("it lies outside the folder");
  const { size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`it cannot be found (${error.code})`);
  });
  if (size > mostBytes) throw new Error(`it has (${size}) bytes but at most (${mostBytes}) are read`);
  return readFile(path);
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes, { flag: "wx" });
  } catch (cause) {
    throw new KnotgradError("file", `alignFiles: ${path} cannot be written (${(cause as Error).message})`, {
      cause,
    });
  }
}
