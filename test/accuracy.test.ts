// How far loss and gradient are from the formula in doubles, by how far the label is above the other logits; and how far
// tfjs's are, where the bench's peers are installed.
import { afterAll, expect, test } from "vitest";
import { kmOf } from "../bench/rows/km_loss.ts";
import { openTfjs } from "../bench/tfjs.ts";
import { table } from "../src/node/table.ts";
import { backward } from "../src/op.ts";
import { softmaxLoss } from "../src/ops/index.ts";
import { random } from "../src/random.ts";
import { type Errors, errors, exact, type Results } from "./exact_loss.ts";
import { openGpu } from "./open.ts";

const MARGINS = [-80, -40, -20, -10, 0, 5, 10, 15, 16.6, 20, 40, 80];
const [N, C, gamma] = [64, 100, 1];
const LIMIT = 2e-6;

const gpu = await openGpu();
afterAll(() => gpu.device.destroy());
const label = Uint32Array.from({ length: N }, (_, n) => (37 * n) % C);

/** Logits whose label is `margin` above the largest other. */
function logitsAt(margin: number): Float32Array {
  const r = random(5);
  const logits = Float32Array.from({ length: N * C }, () => r.normal());
  label.forEach((y, n) => {
    logits[n * C + y] = -100;
    logits[n * C + y] = Math.max(...logits.subarray(n * C, n * C + C)) + margin;
  });
  return logits;
}

async function ours(logits: Float32Array): Promise<Results> {
  const z = gpu.tensor(logits, [N, C]);
  z.needsGrad = true;
  const loss = softmaxLoss(z, gpu.tensor(label), { gamma, reduction: "none" });
  backward(loss);
  return { loss: await loss.read(), dlogits: await z.grad!.read() };
}

test("errors against doubles stay below 2e-6 from margin -80 to 80", async () => {
  const tf = await openTfjs(gpu);
  const theirs = async (logits: Float32Array): Promise<Results | undefined> => {
    if (typeof tf === "string") return undefined;
    const y = tf.tensor(Int32Array.from(label), [N], "int32");
    const lossOf = tf.valueAndGrads((z) => kmOf(tf, z, y, gamma));
    const { value, grads } = lossOf([tf.tensor(logits, [N, C])]);
    return { loss: await value.data(), dlogits: await grads[0]!.data() };
  };
  const rows: string[][] = [];
  const all: Errors[] = [];
  for (const margin of MARGINS) {
    const logits = logitsAt(margin);
    const want = exact(logits, label, { gamma });
    const own = errors(await ours(logits), want, label);
    all.push(own);
    const got = await theirs(logits);
    const peer = got && errors(got, want, label);
    const cells = [own.loss, own.row, peer?.loss, peer?.row].map((v) => v?.toExponential(1) ?? "-");
    rows.push([String(margin), ...cells]);
  }
  const columns = ["margin", "loss", "gradient", "loss, tfjs", "gradient, tfjs"];
  console.log(
    `Largest relative errors of KM loss (gamma ${gamma}), ${N} rows of ${C} classes\n${table(columns, rows)}`,
  );
  for (const { loss, row, own, sum } of all) {
    for (const e of [loss, row, own]) expect(e).toBeLessThan(LIMIT);
    expect(sum).toBeLessThan(1e-6);
  }
});
