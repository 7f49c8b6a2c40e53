// Checkpoints on disk: safetensors files that are whole or not there.

import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KnotgradError } from "../error.ts";
import { readSafetensors, type Safetensors, writeSafetensors } from "../safetensors.ts";

/**
 * Writes arrays and texts to a safetensors file, making its folder. Until all is on the disk the path keeps what
 * it held before, whatever fails.
 * Throws where the arrays cannot be stored or the file cannot be written.
 */
export async function saveCheckpoint(
  path: string,
  tensors: Safetensors["tensors"],
  metadata: Safetensors["metadata"] = {},
): Promise<void> {
  const bytes = writeSafetensors(tensors, metadata);
  const folder = dirname(path);
  // Renaming is atomic inside one folder only.
  const unfinished = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(unfinished, "wx");
    try {
      await file.writeFile(bytes);
      // The bytes must reach the disk before the name does, or a power cut could leave the name without them.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw new KnotgradError(
      "file",
      `saveCheckpoint: ${path} was given but cannot be written (${(cause as Error).message}); what it held is unchanged`,
      { cause },
    );
  }
}

/**
 * The arrays and texts of a file that `saveCheckpoint` wrote.
 * Throws where there is no such file, it cannot be read, or it is not a whole safetensors file.
 */
export async function loadCheckpoint(path: string): Promise<Safetensors> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const fault = code === "ENOENT" ? "does not exist" : `cannot be read (${message})`;
    throw new KnotgradError("file", `loadCheckpoint: ${path} ${fault} but must be a checkpoint`, { cause });
  }
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    throw new KnotgradError(
      "format",
      `loadCheckpoint: ${path} is no usable checkpoint: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}
