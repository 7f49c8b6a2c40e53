// Worker threads that do one job each.

import { extname } from "node:path";
import { type TransferListItem, Worker, type WorkerOptions } from "node:worker_threads";
import { KnotgradError } from "../error.ts";
import type { BatchFiller } from "../face/batches.ts";
import type { Dataset } from "../face/dataset.ts";
import type { Answer, Jobs } from "./worker.ts";

/** A worker thread that does a job. */
export interface JobWorker<Task, Result> {
  /** Resolves when the job is open; rejects where the thread cannot run it. */
  readonly ready: Promise<void>;
  /** Whether the thread has ended, so that every further task rejects. */
  readonly ended: boolean;
  /**
   * What the job gives for a task, tasks being done in order. The memory in `move` is the job's from then on.
   * Rejects where the job throws, with what it says, or its thread ends.
   */
  ask(task: Task, move?: readonly TransferListItem[]): Promise<Result>;
  /** Ends the thread and what it is at; resolves when it is gone. */
  end(): Promise<void>;
}

/** What is said of a thread that is gone. */
export const lost = "the worker thread ended";

type Work<Name extends keyof Jobs> = ReturnType<Jobs[Name]>;

/** Starts a thread that does a job. It keeps the process alive only while it is asked something; whoever opens it ends it. */
export function openWorker<Name extends keyof Jobs>(
  job: Name,
  given: Parameters<Jobs[Name]>[0],
): JobWorker<Parameters<Work<Name>>[0], ReturnType<Work<Name>>> {
  const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(entry, { workerData: { job, given }, ...typescript(entry) });
  const waiting: { resolve(result: unknown): void; reject(error: Error): void }[] = [];
  let ended = false;
  let cause: string | undefined;

  // biome-ignore lint/suspicious/noExplicitAny: answers come as asked, and what a task gives follows from the job
  const wait = (): Promise<any> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.ref();
    });
  const gone = (): Error =>
    new KnotgradError("value", `${job}: ${lost} (${cause}) but is needed; use 0 workers`);
  const fail = (error: Error): void => {
    cause ??= error.message;
    void worker.terminate();
  };
  worker.on("error", fail);
  worker.on("messageerror", fail);
  worker.on("exit", (code) => {
    ended = true;
    cause ??= `exit code ${code}`;
    for (const { reject } of waiting.splice(0)) reject(gone());
  });
  worker.on("message", (answer: Answer) => {
    const { resolve, reject } = waiting.shift()!;
    if (waiting.length === 0) worker.unref();
    if ("why" in answer) reject(new KnotgradError("value", answer.why));
    else resolve(answer.result);
  });

  const ready: Promise<void> = wait();
  ready.catch(() => {}); // whoever asks is told as well
  return {
    ready,
    get ended() {
      return ended;
    },
    async ask(task, move = []) {
      if (ended) throw gone();
      worker.postMessage(task, move);
      return wait();
    },
    async end() {
      cause ??= "it was told to";
      await worker.terminate();
    },
  };
}

/** Node 20 does not hand the loader of TypeScript on to its threads, so one that runs TypeScript registers tsx, if there is one. */
function typescript(entry: URL): WorkerOptions {
  if (!entry.pathname.endsWith(".ts")) return {};
  try {
    const register = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();`;
    return { execArgv: ["--import", `data:text/javascript,${encodeURIComponent(register)}`] };
  } catch {
    return {};
  }
}

/**
 * Fills batches of a dataset in a thread of its own: what `train` takes as `filler`. Holds a copy of the pixels. Its tasks throw
 * once the thread has ended.
 */
export function fillInWorker(dataset: Dataset): BatchFiller {
  const pixels = new Uint8Array(new SharedArrayBuffer(dataset.pixels.length));
  pixels.set(dataset.pixels);
  const { ask, end } = openWorker("fillBatches", { ...dataset, pixels });
  return { ask: (task) => ask(task, [task.out.buffer]), end };
}
