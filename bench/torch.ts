// Times that bench/pytorch.py wrote: PyTorch's, from another run.
import { readFile } from "node:fs/promises";

/** The same rows in PyTorch. */
export interface Torch {
  /** What computed them, in words. */
  readonly device: string;
  /** Milliseconds of a row, undefined where it is not among them. */
  msOf(row: { readonly name: string; readonly shape: string }): number | undefined;
}

/** Reads `{ "device"?, "rows": [{ "name", "shape", "ms" }] }`. Throws where the file holds something else. */
export async function readTorch(file: string): Promise<Torch> {
  const text = await readFile(file, "utf8").catch(() => "");
  const wrong = (what: string) =>
    new Error(
      `bench: --torch is ${file} but ${what}; it must hold { "rows": [{ "name", "shape", "ms" }] }, as bench/pytorch.py writes`,
    );
  let found: { device?: unknown; rows?: { name: string; shape: string; ms: number }[] };
  try {
    found = JSON.parse(text);
  } catch {
    throw wrong(text === "" ? "that file is empty or cannot be read" : "that file is not JSON");
  }
  const rows = Array.isArray(found?.rows) ? found.rows : [];
  if (rows.length === 0) throw wrong("it has no rows");
  const bad = rows.findIndex((row) => !(row?.name && row.shape && row.ms > 0));
  if (bad >= 0) throw wrong(`row ${bad} is ${JSON.stringify(rows[bad])}`);
  return {
    device: String(found.device ?? "an unnamed device"),
    msOf: ({ name, shape }) => rows.find((row) => row.name === name && row.shape === shape)?.ms,
  };
}
