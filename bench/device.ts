// What the device can do at most, measured by kernels that do nothing else.
import type { Gpu } from "../src/gpu.ts";
import type { Tensor } from "../src/tensor.ts";

/** The most that was seen of each. */
export interface Limits {
  /** 1e9 floating-point operations per second; a multiply and an add are two. */
  readonly gflops: number;
  /** 1e9 bytes per second, read and written. */
  readonly gbps: number;
}

/** How much is done to find the limits, and to time the rows. */
export interface Effort {
  /** Numbers in each of the four buffers of the copy. */
  readonly copied: number;
  /** Numbers that the arithmetic makes. */
  readonly made: number;
  /** What is timed with one wait is repeated until it takes this many milliseconds. */
  readonly enough: number;
  /** Seconds after which a row gets no more rounds than it must have. */
  readonly patience: number;
}

/**
 * Half a GiB of buffers, more than caches hold. A wait ends 0.6 ms too late on average on software adapters, and 1.2 at most
 * since it naps for a millisecond at a time: 1 and 2 % of `enough`.
 */
export const FULL: Effort = { copied: 2 ** 25, made: 2 ** 20, enough: 60, patience: 3 };
/** For trying the bench itself. */
export const TINY: Effort = { copied: 2 ** 16, made: 2 ** 14, enough: 5, patience: 0 };

/** Multiply-adds for each number that the arithmetic makes. */
const TERMS = 1024;
/** Turns of the loop that are written out: a turn costs a CPU adapter more than what is in it. */
const UNROLLED = 8;
/** Measurements of which the best counts. */
const REPEATS = 4;

/** The best of several ways to write either kernel: which one is fastest depends on the device. */
export async function measureLimits(gpu: Gpu, { copied, made, enough }: Effort): Promise<Limits> {
  const buffers = [0, 1, 2, 3].map(() => gpu.empty([copied]));
  const [a, b, c, d] = buffers as [Tensor, Tensor, Tensor, Tensor];
  let gbps = 0;
  for (const each of [1, 4, 16]) {
    const ms = await fastest(gpu, enough, () => {
      gpu.launch(copy(each), { x: a, y: b });
      gpu.launch(copy(each), { x: c, y: d });
    });
    gbps = Math.max(gbps, (16 * copied) / ms / 1e6);
  }
  for (const buffer of buffers) buffer.dispose();

  const y = gpu.empty([made]);
  let gflops = 0;
  for (const chains of [2, 4, 8]) {
    const ROUNDS = Math.floor(TERMS / chains / UNROLLED);
    for (const fused of [true, false]) {
      const ms = await fastest(gpu, enough, () => gpu.launch(arithmetic(chains, fused), { y }, { ROUNDS }));
      gflops = Math.max(gflops, (2 * made * chains * UNROLLED * ROUNDS) / ms / 1e6);
    }
  }
  y.dispose();
  return { gflops, gbps };
}

/** Milliseconds that the work takes at best, launched often enough that the wait for it is not what is timed. */
async function fastest(gpu: Gpu, enough: number, work: () => unknown, times = 1): Promise<number> {
  const step = await gpu.step(() => {
    for (let i = 0; i < times; i++) work();
    return {};
  });
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const start = performance.now();
    void step.run();
    await gpu.settle();
    if (repeat > 0) best = Math.min(best, performance.now() - start); // the first one warms up
  }
  step.dispose();
  return best < enough && times < 4096 ? fastest(gpu, enough, work, 4 * times) : best / times;
}

/** y = x, `each` vec4 a lane. */
const copy = (each: number) =>
  ({
    name: "bench_copy",
    bindings: {
      x: { access: "read", type: "vec4f", shape: ["n"], optional: false },
      y: { access: "write", type: "vec4f", shape: ["n"], optional: false },
    },
    sizes: ["n"],
    knobs: { WG: 256 },
    grid: [`n/(${4 * each}*WG)`],
    features: [],
    code: `
override n: u32;
override WG: u32 = 256u;
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * groups.x + group.x) * WG * ${each}u + lane;
  for (var k = 0u; k < ${each}u; k++) {
    let i = first + k * WG;
    if (4u * i < n) { y[i] = x[i]; }
  }
}`,
  }) as const;

/** Multiply-adds in registers alone, in `chains` vec4 that do not wait for one another and stay far from subnormal numbers. */
const arithmetic = (chains: number, fused: boolean) => {
  const names = Array.from({ length: chains }, (_, c) => `a${c}`);
  const turn = names.map((a) => `    ${a} = ${fused ? `fma(${a}, m, s)` : `${a} * m + s`};`).join("\n");
  return {
    name: "bench_arithmetic",
    bindings: { y: { access: "write", type: "vec4f", shape: ["n"], optional: false } },
    sizes: ["n"],
    knobs: { WG: 256, ROUNDS: 1 },
    grid: ["n/(4*WG)"],
    features: [],
    code: `
override n: u32;
override WG: u32 = 256u;
override ROUNDS: u32 = 1u;
@group(0) @binding(0) var<storage, read_write> y: array<vec4f>;
@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let m = vec4f(0.5 + 1e-3 * f32(lane));
  let s = vec4f(1e-3 * f32(lane + 1u));
${names.map((a, c) => `  var ${a} = vec4f(${c}.0) + s;`).join("\n")}
  for (var round = 0u; round < ROUNDS; round++) {
${Array.from({ length: UNROLLED }, () => turn).join("\n")}
  }
  y[group.x * WG + lane] = ${names.join(" + ")};
}`,
  } as const;
};
