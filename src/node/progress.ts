// Progress on stderr: a bar where there is a terminal, plain lines where there is none.
import { Presets, SingleBar } from "cli-progress";
import type { Skipped } from "./files.ts";

/** Shows how far something is. */
export interface ProgressLine {
  /** `note` is shown beside the numbers. */
  update(done: number, all: number, note?: string): void;
  /** Ends the line. */
  stop(): void;
}

/** Seconds between plain lines. */
const EVERY = 15;

export function progress(what: string): ProgressLine {
  return process.stderr.isTTY ? bar(what) : lines(what);
}

function bar(what: string): ProgressLine {
  const format = `${what} [{bar}] {value}/{total} {note} {left}`;
  const line = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: false },
    Presets.legacy,
  );
  const started = performance.now();
  let begun = false;
  return {
    update(done, all, note = "") {
      if (!begun) line.start(all, done, { note, left: "" });
      begun = true;
      line.setTotal(all);
      line.update(done, { note, left: timeLeft(started, done, all) });
    },
    stop: () => {
      if (begun) line.stop();
    },
  };
}

function lines(what: string): ProgressLine {
  const started = performance.now();
  let said = 0;
  let last = "";
  return {
    update(done, all, note = "") {
      const now = performance.now();
      last = `${what} ${done}/${all} ${note} ${timeLeft(started, done, all)}`.trimEnd();
      if (now - said < 1000 * EVERY) return;
      said = now;
      process.stderr.write(`${last}\n`);
      last = "";
    },
    stop: () => {
      if (last) process.stderr.write(`${last}\n`);
    },
  };
}

function timeLeft(started: number, done: number, all: number): string {
  if (done === 0 || done >= all) return "";
  const seconds = Math.round(((performance.now() - started) / 1000) * (all / done - 1));
  return seconds < 100 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`;
}

/** Says on stderr that files are left out, and why the first few. */
export function tellSkipped(skipped: readonly Skipped[]): void {
  if (skipped.length === 0) return;
  process.stderr.write(`${skipped.length} files are left out, for instance:\n`);
  for (const { file, why } of skipped.slice(0, 5)) process.stderr.write(`  ${file}: ${why}\n`);
}
