// A WebGPU program with its own device, buffers and pipeline runs one kernel: KM loss and its gradient, without the engine.
//
//   npm run -s example examples/raw/raw.ts
import { type Kernel, requiredLimits } from "knotgrad/encode";
import { softmaxLoss as kernel } from "knotgrad/kernels";
import { openAdapter } from "knotgrad/node";

// In a browser: navigator.gpu.requestAdapter().
const { adapter } = await openAdapter();
const device = await adapter.requestDevice({ requiredLimits: requiredLimits(adapter) });
const { COPY_SRC, COPY_DST, STORAGE, UNIFORM, MAP_READ } = {
  COPY_SRC: 4,
  COPY_DST: 8,
  STORAGE: 128,
  UNIFORM: 64,
  MAP_READ: 1,
};

const [N, C, gamma] = [3, 5, 1];
const logits = Float32Array.from({ length: N * C }, (_, i) => Math.sin(i));
const label = Uint32Array.of(1, 0, 4);

/** The numbers that each binding begins with; what is only written, or left out, is zeros. */
const values: { readonly [binding: string]: Float32Array | Uint32Array } = {
  logits,
  label,
  gamma: Float32Array.of(gamma),
  scale: Float32Array.of(1 / N),
  logit_scale: Float32Array.of(1),
};
const overrides = { ...kernel.knobs, N, C, ALL: C, L: N, G: N, P: 1, Q: 1, HAS_LOGITS: true, WEIGHTING: 1 };

// The kernel's metadata lists its bindings in order, each with its type and the shape that the formula of the file gives it.
const entries = Object.entries(kernel.bindings as Kernel["bindings"]).map(([name, { access }], binding) => {
  const numbers = values[name] ?? new Float32Array(access === "scalar" ? 1 : 4 * N * C);
  const usage = (access === "scalar" ? UNIFORM : STORAGE) | COPY_DST | COPY_SRC;
  const buffer = device.createBuffer({ label: name, size: numbers.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, numbers);
  return { name, binding, resource: { buffer } };
});
const pipeline = await device.createComputePipelineAsync({
  layout: "auto",
  compute: {
    module: device.createShaderModule({ code: kernel.code }),
    constants: Object.fromEntries(Object.entries(overrides).map(([name, value]) => [name, Number(value)])),
  },
});

const encoder = device.createCommandEncoder();
const pass = encoder.beginComputePass();
pass.setPipeline(pipeline);
pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
pass.dispatchWorkgroups(N); // kernel.grid: N * SLICES workgroups
pass.end();
const back = ["loss", "dlogits"].map((name) => {
  const { buffer } = entries.find((entry) => entry.name === name)!.resource;
  const copy = device.createBuffer({ size: buffer.size, usage: COPY_DST | MAP_READ });
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
  return copy;
});
device.queue.submit([encoder.finish()]);
const [loss, gradient] = await Promise.all(
  back.map(async (copy) => {
    await copy.mapAsync(MAP_READ);
    return new Float32Array(copy.getMappedRange().slice(0));
  }),
);
device.destroy();

// The same in doubles: ce / (gamma p + 1)^2, p the label's probability.
let worst = 0;
for (let n = 0; n < N; n++) {
  const e = Array.from(logits.subarray(n * C, (n + 1) * C), Math.exp);
  const probability = e.map((v) => v / e.reduce((a, b) => a + b));
  const p = probability[label[n]!]!;
  const ce = -Math.log(p);
  worst = Math.max(worst, Math.abs(loss![n]! - ce / (gamma * p + 1) ** 2 / N));
  const slope = (1 + (2 * gamma * p * ce) / (gamma * p + 1)) / (gamma * p + 1) ** 2 / N;
  for (const [c, v] of probability.entries()) {
    worst = Math.max(worst, Math.abs(gradient![n * C + c]! - slope * (v - Number(c === label[n]))));
  }
}
console.log("loss", ...loss!.subarray(0, N));
console.log("gradient of row 0", ...gradient!.subarray(0, C));
console.log("largest difference to doubles", worst);
if (!(worst < 1e-6)) process.exitCode = 1;
