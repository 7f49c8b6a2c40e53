// What a worker thread runs: it opens one job, then does one task after the other.

import { on } from "node:events";
import { parentPort, workerData } from "node:worker_threads";

/** The jobs there are: each is opened with what all its tasks need, and then gives a typed array for each task. */
const jobs = {
  readImages: async () => (await import("./decode.ts")).imageReader,
  fillBatches: async () => (await import("../face/batches.ts")).batchFiller,
};

export type Jobs = { [name in keyof typeof jobs]: Awaited<ReturnType<(typeof jobs)[name]>> };

/** What comes back: first that the job is open, then for each task what it gave, or why it gave nothing. */
export type Answer = { readonly result: ArrayBufferView<ArrayBuffer> | undefined } | { readonly why: string };

const answer = (message: Answer, move: ArrayBuffer[] = []): void => parentPort!.postMessage(message, move);

const { job, given }: { job: keyof Jobs; given: never } = workerData;
const work = (await jobs[job]())(given) as (task: unknown) => unknown;
answer({ result: undefined });
for await (const [task] of on(parentPort!, "message")) {
  try {
    const result = work(task) as ArrayBufferView<ArrayBuffer>;
    answer({ result }, [result.buffer]);
  } catch (error) {
    answer({ why: (error as Error).message });
  }
}
