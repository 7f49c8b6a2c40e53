import { execFile } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";

// dawn.node frees native objects from JavaScript's collector, so what a run still needs must be reachable throughout.
const program = `
  import { Gpu } from "./src/gpu.ts";
  import { flat } from "./src/flat.ts";
  import { openDevice } from "./src/node/adapter.ts";
  import { backward } from "./src/op.ts";
  import { matmul, softmaxLoss } from "./src/ops/index.ts";
  import { sgd } from "./src/optim.ts";

  async function record() {
    const gpu = Gpu.fromDevice((await openDevice()).device, { poolCap: 4096 });
    const parameters = flat(gpu, { w: [8, 5] });
    const { w } = parameters.tensors;
    w.write(Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)));
    w.needsGrad = true;
    const x = gpu.tensor(Float32Array.from({ length: 128 }, (_, i) => Math.cos(i)), [16, 8]);
    const label = gpu.tensor(Uint32Array.from({ length: 16 }, (_, i) => i % 5));
    const optimizer = sgd(parameters, { rate: 0.1 });
    return gpu.step(() => {
      const loss = softmaxLoss(matmul(x, w, undefined, {}), label, { gamma: 1 });
      backward(loss);
      optimizer.update();
      return { loss };
    });
  }

  const step = await record(); // only the step stays reachable
  const mean = async (result) => (await result).loss.reduce((a, b) => a + b, 0);
  const first = await mean(step.run());
  let coming = [];
  for (let i = 0; i < 200; i++) {
    coming.push(mean(step.run()));
    gc();
    if (coming.length === 3) await Promise.all(coming.splice(0));
    gc();
  }
  await Promise.all(coming);
  const last = await mean(step.run());
  step.dispose();
  gc();
  console.log(first > last && last > 0 ? "learned" : first + " " + last);
`;

test("200 runs with the collector at work between them end well", async () => {
  const ended = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const flags = ["--expose-gc", "--import", "tsx", "--input-type=module", "--eval", program];
    execFile(
      process.execPath,
      flags,
      { cwd: path.join(import.meta.dirname, ".."), timeout: 50_000 },
      (error, stdout, stderr) => resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });
  expect(ended).toMatchObject({ code: 0, stdout: "learned\n" });
});
