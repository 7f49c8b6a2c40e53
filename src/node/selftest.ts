// A small kernel that shows whether an adapter computes right.

import { KnotgradError } from "../error.ts";
import { deviceOn } from "./adapter.ts";
import { LAVAPIPE_FIX, type Problem } from "./vulkan.ts";

const LANES = 64;
const GROUPS = 16;

/** Each workgroup reverses its part of x through workgroup memory: y = 3 x + 1, last lane first. */
const TEST_KERNEL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
var<workgroup> part: array<f32, ${LANES}>;

@compute @workgroup_size(${LANES})
fn main(@builtin(global_invocation_id) global: vec3u, @builtin(local_invocation_index) lane: u32) {
  part[lane] = x[global.x];
  workgroupBarrier(); // every lane's value is in part before another lane reads it
  y[global.x] = 3 * part[${LANES - 1} - lane] + 1;
}`;

/** What is wrong with an adapter's computing, found with a kernel whose every number is known; undefined if nothing. */
export async function selfTest(adapter: GPUAdapter): Promise<Problem | undefined> {
  const fix = adapter.info.isFallbackAdapter
    ? LAVAPIPE_FIX
    : "update the graphics driver, or set KNOTGRAD_ADAPTER=software";
  try {
    const x = Float32Array.from({ length: LANES * GROUPS }, (_, i) => i);
    const y = await runTestKernel(adapter, x);
    const wrong = y.findIndex((value, i) => value !== 3 * (i - (i % LANES) + LANES - 1 - (i % LANES)) + 1);
    if (wrong < 0) return undefined;
    return {
      what: `the adapter computes wrong numbers (element ${wrong} of the test kernel is ${y[wrong]})`,
      fix,
    };
  } catch (error) {
    return { what: `the adapter cannot run the test kernel (${(error as Error).message})`, fix };
  }
}

async function runTestKernel(adapter: GPUAdapter, x: Float32Array<ArrayBuffer>): Promise<Float32Array> {
  const [MAP_READ, COPY_SRC, COPY_DST, STORAGE] = [0x1, 0x4, 0x8, 0x80];
  const device = await deviceOn(adapter);
  try {
    device.pushErrorScope("validation");
    const buffer = (usage: number) => device.createBuffer({ size: x.byteLength, usage });
    const [input, output, staging] = [
      buffer(STORAGE | COPY_DST),
      buffer(STORAGE | COPY_SRC),
      buffer(MAP_READ | COPY_DST),
    ];
    const pipeline = await device.createComputePipelineAsync({
      layout: "auto",
      compute: { module: device.createShaderModule({ code: TEST_KERNEL }) },
    });
    device.queue.writeBuffer(input, 0, x);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [input, output].map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.dispatchWorkgroups(GROUPS);
    pass.end();
    encoder.copyBufferToBuffer(output, 0, staging, 0, x.byteLength);
    device.queue.submit([encoder.finish()]);
    const error = await device.popErrorScope();
    if (error) throw new KnotgradError("value", error.message);
    await staging.mapAsync(MAP_READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    device.destroy();
  }
}
