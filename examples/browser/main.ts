// Trains a net on digits in the page: with KM loss, in one recorded step, on the WebGPU device of the browser.
import {
  backward,
  batches,
  createModel,
  type Dataset,
  degradeSome,
  digitNet,
  evaluate,
  fillBatch,
  Gpu,
  makeDataset,
  random,
  requiredFeatures,
  requiredLimits,
  sgd,
  softmaxLoss,
  split,
} from "knotgrad";
import { draw, type Line, type Point } from "./chart.ts";

const BATCH = 64;
const RATE = 0.05;
/** Steps between measurements of the accuracy. */
const BETWEEN = 25;
const SHOWN = 60;

const element = <E extends Element>(selector: string) => document.querySelector<E>(selector)!;
const status = element<HTMLParagraphElement>("#status");
const progress = element<HTMLProgressElement>("#progress");
const controls = element<HTMLFormElement>("#controls");
const button = element<HTMLButtonElement>("#controls button");
const percent = (part: number) => `${(100 * part).toFixed(0)}\u202f%`;

function say(text: string, problem = false): void {
  status.textContent = text;
  status.classList.toggle("problem", problem);
}

/** A device of the browser's, or a sentence on why there is none. */
async function openDevice(): Promise<GPUDevice | string> {
  if (!isSecureContext)
    return "WebGPU is there for pages from https or localhost only, and this one is from neither.";
  if (!navigator.gpu)
    return "This browser has no WebGPU. Current versions of Chrome, Edge and Safari have it.";
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter)
    return "This browser has WebGPU but finds no graphics adapter for it. In Chrome, chrome://gpu tells why.";
  return adapter.requestDevice({
    requiredFeatures: requiredFeatures(adapter),
    requiredLimits: requiredLimits(adapter),
  });
}

/** Digits to train on, a third of them degraded, and 400 to test on, half of them degraded. */
async function loadDigits(): Promise<{ training: Dataset; test: Dataset }> {
  const response = await fetch("digits.bin");
  if (!response.ok)
    throw new Error(`digits.bin cannot be fetched: ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const N = bytes.length / (1 + 28 * 28);
  const all = makeDataset({
    height: 28,
    width: 28,
    channels: 1,
    labels: Uint32Array.from(bytes.subarray(0, N)),
    pixels: bytes.subarray(N),
    classes: [..."0123456789"],
  });
  const r = random(1);
  const { part, rest } = split(all, { perClass: 40 }, r);
  return {
    training: degradeSome(rest, { share: 1 / 3, random: r }),
    test: degradeSome(part, { share: 1 / 2, random: r }),
  };
}

/** Trains from fresh weights and shows how it goes. */
async function train(
  gpu: Gpu,
  training: Dataset,
  test: Dataset,
  gamma: number,
  steps: number,
): Promise<void> {
  const model = createModel(gpu, digitNet(), 10, 1);
  const optimizer = sgd(model.parameters, { rate: RATE, momentum: 0.9, weightDecay: 5e-4 });
  const x = gpu.zeros([BATCH, 28, 28, 1]);
  const label = gpu.zeros([BATCH], "u32");
  const step = await gpu.step(
    () => {
      const loss = softmaxLoss(model.classify(model.embed(x, true)), label, { weighting: "km", gamma });
      backward(loss);
      optimizer.update();
      return { loss };
    },
    { onCompile: (done, all) => say(`Compiling kernels: ${done} of ${all}`) },
  );

  const r = random(2);
  const losses: Point[] = [];
  const accuracy = { clean: [] as Point[], degraded: [] as Point[] };
  const pixels = new Float32Array(x.size);
  let pass = batches(training.labels.length, BATCH, r);
  let seconds = 0;
  for (let done = 0; done <= steps; done++) {
    if (done % BETWEEN === 0 || done === steps) {
      const { predicted } = await evaluate(gpu, model, test);
      for (const [kind, line] of Object.entries(accuracy))
        line.push({ x: done, y: share(test, predicted, kind) });
    }
    show(losses, accuracy, steps, seconds);
    if (done === steps) break;

    let next = pass.next();
    if (next.done) {
      pass = batches(training.labels.length, BATCH, r);
      next = pass.next();
    }
    const indices = next.value!;
    const started = performance.now();
    fillBatch(training, indices, {}, pixels);
    x.write(pixels);
    label.write(Uint32Array.from(indices, (i) => training.labels[i]!));
    optimizer.rate.write(Float32Array.of(RATE * (1 - done / steps)));
    const { loss } = await step.run();
    seconds += (performance.now() - started) / 1000;
    losses.push({ x: done + 1, y: loss[0]! });
  }

  const { p } = await evaluate(gpu, model, test);
  rank(test, p);
  step.dispose();
  for (const made of [model, optimizer, x, label]) made.dispose();
}

const isOf = (test: Dataset, kind: string) => (i: number) => test.severity[i]! > 0 === (kind === "degraded");

/** The part of the clean or degraded images whose class is found. */
function share(test: Dataset, predicted: Uint32Array, kind: string): number {
  const own = [...test.labels.keys()].filter(isOf(test, kind));
  return own.filter((i) => predicted[i] === test.labels[i]).length / own.length;
}

function show(
  losses: readonly Point[],
  accuracy: { readonly clean: readonly Point[]; readonly degraded: readonly Point[] },
  steps: number,
  seconds: number,
): void {
  const done = losses.length;
  progress.value = done / steps;
  const smooth = losses.map(({ x }, i) => {
    const around = losses.slice(Math.max(0, i - 9), i + 1);
    return { x, y: around.reduce((sum, { y }) => sum + y, 0) / around.length };
  });
  const top = Math.max(0.1, ...smooth.map(({ y }) => y)) * 1.1;
  draw(
    element("#loss"),
    [
      { points: losses, look: "line0 faint" },
      { points: smooth, look: "line0" },
    ],
    { right: steps, top, format: String },
  );
  const lines: Line[] = [
    { points: accuracy.clean, look: "line0" },
    { points: accuracy.degraded, look: "line1" },
  ];
  draw(element("#accuracy"), lines, { right: steps, top: 1, format: percent });
  if (done === 0) return;
  const last = (line: readonly Point[]) => percent(line.at(-1)!.y);
  say(
    `Step ${done} of ${steps}: loss ${smooth.at(-1)!.y.toFixed(3)}, accuracy ${last(accuracy.clean)} clean and ` +
      `${last(accuracy.degraded)} degraded, ${Math.round((done * BATCH) / seconds)} images/s`,
  );
}

/** Shows images of the test in the order of p. */
function rank(test: Dataset, p: Float32Array): void {
  const order = [...p.keys()].sort((a, b) => p[a]! - p[b]!);
  const chosen = Array.from({ length: SHOWN }, (_, k) => order[Math.floor((k * order.length) / SHOWN)]!);
  const size = test.height * test.width;
  element("#images").replaceChildren(
    ...chosen.map((i) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [test.width, test.height];
      const image = new ImageData(test.width, test.height);
      for (let j = 0; j < size; j++)
        image.data.set([...Array(3).fill(test.pixels[i * size + j]), 255], 4 * j);
      canvas.getContext("2d")!.putImageData(image, 0, 0);
      const degraded = test.severity[i]! > 0;
      canvas.role = "img";
      canvas.ariaLabel = `a ${test.labels[i]}${degraded ? ", degraded" : ""}`;
      const caption = document.createElement("figcaption");
      caption.textContent = p[i]!.toFixed(3);
      const figure = document.createElement("figure");
      figure.classList.toggle("degraded", degraded);
      figure.append(canvas, caption);
      return figure;
    }),
  );
  const mean = (kind: string) => {
    const own = [...p.keys()].filter(isOf(test, kind));
    return (own.reduce((sum, i) => sum + p[i]!, 0) / own.length).toFixed(3);
  };
  element("#means").textContent =
    `Test images in the order of p, every ${Math.round(order.length / SHOWN)}th of them; degraded ones are underlined in ` +
    `orange. The mean p is ${mean("clean")} of the clean and ${mean("degraded")} of the degraded.`;
  element<HTMLElement>("#ranked").hidden = false;
}

const device = await openDevice();
if (typeof device === "string") {
  button.disabled = true;
  say(device, true);
} else {
  const gpu = Gpu.owning(device);
  gpu.lost.then(({ message }) => say(message, true));
  const data = loadDigits();
  controls.onsubmit = async (event) => {
    event.preventDefault();
    const field = (name: string) => Number(new FormData(controls).get(name));
    button.disabled = true;
    try {
      const { training, test } = await data;
      await train(gpu, training, test, field("gamma"), field("steps"));
    } catch (error) {
      say((error as Error).message, true);
    }
    button.disabled = false;
  };
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = controls.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  }
  controls.requestSubmit();
}
