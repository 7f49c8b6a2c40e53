// Lists of the five points of faces.

import { readFile } from "node:fs/promises";
import { KnotgradError } from "../error.ts";

/**
 * The five points (5, 2) of each image of a list, by its name: left eye, right eye, nose, left and right corner of the
 * mouth, x before y. A line holds a name without spaces and 10 numbers, between spaces, tabs or commas; the two lines at
 * the top of CelebA's list, the number of images and the names of 10 columns, are passed over.
 * Throws, naming file and line, where the file cannot be read, a line is something else, or a name comes twice.
 */
export async function readLandmarks(file: string): Promise<Map<string, Float64Array>> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new KnotgradError(
      "file",
      `readLandmarks: ${file} cannot be read (${cause.message}) but must be a list of points`,
      {
        cause,
      },
    );
  });
  const points = new Map<string, Float64Array>();
  for (const [i, line] of text.split("\n").entries()) {
    const fields = line.trim().split(/[\s,]+/);
    const numbers = fields.map(Number);
    if (fields[0] === "" || isHeader(i, numbers)) continue;
    const [name, ...rest] = fields;
    const where = `readLandmarks: ${file} line ${i + 1}`;
    if (rest.length !== 10 || !numbers.slice(1).every(Number.isFinite)) {
      throw new KnotgradError(
        "format",
        `${where} is "${line.trim().slice(0, 80)}" but must be a name and 10 numbers`,
      );
    }
    if (points.has(name!))
      throw new KnotgradError("format", `${where} gives ${name} again but each image must come once`);
    points.set(name!, Float64Array.from(numbers.slice(1)));
  }
  return points;
}

function isHeader(line: number, numbers: readonly number[]): boolean {
  return line === 0
    ? numbers.length === 1 && Number.isInteger(numbers[0])
    : line === 1 && numbers.length === 10 && numbers.every(Number.isNaN);
}
