// MXNet's RecordIO: labelled images one after the other in a .rec file, and where each begins in an .idx file beside it.

import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { KnotgradError } from "../error.ts";
import { type Dataset, makeDataset } from "../face/dataset.ts";
import { checkSize, type DecodeOptions, decodeAll, mostBytes, type Skipped } from "./files.ts";

/** Which records are taken, and at which size. */
export interface RecordOptions extends DecodeOptions {
  /** Most people that are taken, the first in the file; all unless given. */
  readonly mostPeople?: number | undefined;
  /** Most images that are taken, the first in the file; all unless given. */
  readonly mostImages?: number | undefined;
}

/** What each part of a record begins with; payloads that hold it, aligned to 4 bytes, are cut there into parts. */
const MAGIC = 0xced7230a;

/** The first number of a record's label, how many there are (0 where the header has the only one), where the image begins. */
interface Header {
  readonly label: number;
  readonly labels: number;
  readonly imageAt: number;
}

/**
 * A dataset of a .rec file of labelled images; the .idx file of the same name, where there is one, tells where records
 * begin. Classes are named by their labels (the first number, where a label is many), whole numbers from 0, and sorted.
 * Record 0 of insightface's packs tells with two numbers where the images end: those with keys from 1 to below the
 * first. What gave no image is in `skipped`, by its key; without an .idx file nothing is found behind a broken record.
 * Throws where the file is no RecordIO, an option is wrong, or there is no image.
 * Source: dmlc-core's recordio.h, MXNet's python/mxnet/recordio.py.
 */
export async function loadRecords(
  file: string,
  options: RecordOptions,
): Promise<{ dataset: Dataset; skipped: Skipped[] }> {
  const { height, width, channels, mostPeople = Infinity, mostImages = Infinity } = options;
  for (const [name, value] of Object.entries({ mostPeople, mostImages })) {
    if (!(value >= 1))
      throw new KnotgradError("format", `loadRecords: ${name} is ${value} but must be 1 or more`);
  }
  checkSize("loadRecords", 0, options);
  const records = openRecords(file);
  try {
    const skipped: Skipped[] = [];
    const chosen: { key: number; at: number; label: number }[] = [];
    const people = new Set<number>();
    let end = Infinity;
    let seen = 0;
    const skip = (key: number, error: unknown): void => {
      skipped.push({ file: `record ${key}`, why: (error as Error).message });
    };
    for (const { key, at } of records.entries(skip)) {
      if (++seen % 1024 === 0) await setImmediate();
      if (key >= end) continue;
      try {
        const payload = records.payload(at, 32);
        const { label, labels, imageAt } = readHeader(payload.start, payload.length);
        if (key === 0 && labels >= 2 && imageAt === payload.length) {
          end = label;
          continue;
        }
        if (imageAt === payload.length) throw new Error("it holds no image");
        if (!(Number.isInteger(label) && label >= 0)) {
          throw new Error(`its label is ${label} but must be a whole number from 0`);
        }
        if (!people.has(label) && people.size >= mostPeople) continue;
        people.add(label);
        chosen.push({ key, at, label });
        if (chosen.length >= mostImages) break;
      } catch (error) {
        skip(key, error);
      }
    }

    checkSize("loadRecords", chosen.length, options);
    const image = (i: number): Uint8Array => {
      const { start, length } = records.payload(chosen[i]!.at, mostBytes);
      return start.slice(readHeader(start, length).imageAt);
    };
    const { pixels, whys } = await decodeAll(chosen.length, image, options);
    for (const [i, why] of whys) skipped.push({ file: `record ${chosen[i]!.key}`, why });
    const kept = chosen.filter((_, i) => !whys.has(i));
    if (kept.length === 0) {
      const [first] = skipped;
      throw new KnotgradError(
        "format",
        `loadRecords: ${file} has no readable image${first ? `; of the first, ${first.file}: ${first.why}` : " but needs one"}`,
      );
    }
    const classes = [...new Set(kept.map(({ label }) => label))].sort((a, b) => a - b);
    const classOf = new Map(classes.map((label, c) => [label, c]));
    const dataset = makeDataset({
      height,
      width,
      channels,
      pixels,
      labels: Uint32Array.from(kept, ({ label }) => classOf.get(label)!),
      classes: classes.map(String),
    });
    return { dataset, skipped };
  } finally {
    records.close();
  }
}

/** The header of an image record from its first bytes: u32 flag, f32 label, u64 id, u64 id2, then flag x f32 labels. */
function readHeader(start: Uint8Array, length: number): Header {
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const labels = length < 24 ? 0 : view.getUint32(0, true);
  const imageAt = 24 + 4 * labels;
  if (length < imageAt) {
    throw new Error(`it has (${length}) bytes but its header needs (${imageAt})`);
  }
  return { label: view.getFloat32(labels === 0 ? 4 : 24, true), labels, imageAt };
}

/** A record by its key, and the byte it begins at. */
interface Place {
  readonly key: number;
  readonly at: number;
}

/** The records of an open .rec file. */
interface Records {
  /** Where the records begin: by the index, or one behind the other up to the first broken one, which `broken` is told. */
  entries(broken: (key: number, error: unknown) => void): Iterable<Place>;
  /** The first bytes, `most` at most, of the record at a byte, and the length of all. Throws where it is broken. */
  payload(at: number, most: number): { start: Uint8Array; length: number };
  close(): void;
}

function openRecords(file: string): Records {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    throw new KnotgradError(
      "file",
      `loadRecords: ${file} cannot be opened (${(error as NodeJS.ErrnoException).code}) but must be a .rec file`,
    );
  }
  const size = fstatSync(fd).size;

  const read = (at: number, into: Uint8Array): void => {
    if (at + into.length > size || readSync(fd, into, 0, into.length, at) !== into.length) {
      throw new Error(
        `it needs (${at + into.length}) bytes of the file but (${size}) are there; is it cut short?`,
      );
    }
  };
  const head = new DataView(new ArrayBuffer(8));
  /** The parts of the record at a byte, and where the next record begins. */
  const partsAt = (first: number): { parts: { at: number; length: number }[]; next: number } => {
    const parts: { at: number; length: number }[] = [];
    for (let at = first; ; ) {
      read(at, new Uint8Array(head.buffer));
      const [magic, word] = [head.getUint32(0, true), head.getUint32(4, true)];
      if (magic !== MAGIC) {
        throw new Error(`byte ${at} begins with ${hex(magic)} but a record must with ${hex(MAGIC)}`);
      }
      // 0: the whole record; 1, 2, 3: its first, a middle and its last part.
      const [part, length] = [word >>> 29, word & (2 ** 29 - 1)];
      if (part > 3 || (parts.length === 0) !== part < 2) {
        throw new Error(`byte ${at} has part flag ${part}, which cannot come there`);
      }
      if (at + 8 + length > size) {
        throw new Error(
          `it needs (${at + 8 + length}) bytes of the file but (${size}) are there; is it cut short?`,
        );
      }
      parts.push({ at: at + 8, length });
      at += 8 + 4 * Math.ceil(length / 4);
      if (part === 0 || part === 3) return { parts, next: at };
    }
  };

  return {
    *entries(broken) {
      const index = file.replace(/\.rec$/, ".idx");
      if (index !== file && existsSync(index)) {
        yield* readIndex(index);
        return;
      }
      for (let key = 0, at = 0; at < size; key++) {
        let next: number;
        try {
          next = partsAt(at).next;
        } catch (error) {
          broken(key, error);
          return;
        }
        yield { key, at };
        at = next;
      }
    },
    payload(first, most) {
      const { parts } = partsAt(first);
      const length = parts.reduce((sum, part) => sum + part.length, 4 * (parts.length - 1));
      if (length > mostBytes) throw new Error(`it has (${length}) bytes but at most (${mostBytes}) are read`);
      const start = new Uint8Array(Math.min(length, most));
      let to = 0;
      for (const [i, part] of parts.entries()) {
        // The magic number that the parts were cut at.
        for (let byte = 0; i > 0 && byte < 4; byte++) start[to++] = MAGIC >>> (8 * byte);
        const here = start.subarray(to, to + part.length);
        read(part.at, here);
        to += part.length;
      }
      return { start, length };
    },
    close: () => closeSync(fd),
  };
}

const hex = (word: number): string => `0x${word.toString(16).padStart(8, "0")}`;

/** The lines "key offset" of an index. Throws, naming the line, where one is something else. */
function* readIndex(file: string): Generator<Place> {
  for (const [i, line] of readFileSync(file, "utf8").split("\n").entries()) {
    if (line.trim() === "") continue;
    const [, key, at] = line.match(/^\s*(\d{1,15})\s+(\d{1,15})\s*$/) ?? [];
    if (key === undefined) {
      throw new KnotgradError(
        "format",
        `loadRecords: ${file} line ${i + 1} is "${line.slice(0, 40)}" but must be a key and an offset`,
      );
    }
    yield { key: Number(key), at: Number(at) };
  }
}
