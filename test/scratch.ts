import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, vi } from "vitest";

/** Gives every test of a file an empty folder of its own, with the cache inside; all are removed at the end. */
export function scratch() {
  const root = mkdtempSync(join(tmpdir(), "knotgrad-scratch-"));
  let folder = "";
  let cases = 0;
  beforeEach(() => {
    folder = join(root, `case-${cases++}`);
    mkdirSync(folder);
    vi.stubEnv("XDG_CACHE_HOME", join(folder, ".cache"));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true });
  });

  /** A path in the test's folder; the folder itself where none is given. */
  const at = (path = ""): string => join(folder, path);
  /** Writes a file in the test's folder, and gives its whole path. */
  const put = (path: string, bytes: Uint8Array | string): string => {
    const file = at(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return file;
  };
  const putAll = (files: { readonly [path: string]: Uint8Array | string }): void => {
    for (const [path, bytes] of Object.entries(files)) put(path, bytes);
  };
  return { at, put, putAll };
}
