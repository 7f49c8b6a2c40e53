// What the engine owes to the device it is on: whose it is, what is told of errors, and when it is gone.
import { describe, expect, test, vi } from "vitest";
import { KnotgradError } from "../src/error.ts";
import { Gpu } from "../src/gpu.ts";
import { scale } from "../src/kernels.gen.ts";
import { requiredFeatures, requiredLimits } from "../src/limits.ts";
import { openAdapter, openDevice } from "../src/node/adapter.ts";
import type { Tensor } from "../src/tensor.ts";

const STORAGE = 0x80;
const own = async (options = {}): Promise<Gpu> => Gpu.owning((await openDevice()).device, options);
const times = (x: Tensor, factor: number): Tensor => x.gpu.launch(scale, { x, factor }).y;
const ones = new Float32Array(3).fill(1);

describe("a device of its own", () => {
  test("goes with the engine, and all that waited or comes later says so", async () => {
    const gpu = await own();
    const x = gpu.tensor(ones);
    gpu.dispose();
    const gone = expect.objectContaining({ code: "gone", fix: "make another" });
    expect(() => times(x, 2)).toThrow(gone);
    expect(() => gpu.tensor(ones)).toThrow(gone);
    expect(() => x.write(ones)).toThrow(gone);
    await expect(x.read()).rejects.toThrow(gone);
    await expect(gpu.settle()).rejects.toThrow(gone);
    expect((await gpu.device.lost).reason).toBe("destroyed");
    gpu.dispose(); // again is no harm
  });
});

describe("a device of the caller", () => {
  test("stays, with its buffers, when the engine is disposed of, which destroys what it made", async () => {
    const { device } = await openDevice();
    const theirs = device.createBuffer({ size: 16, usage: STORAGE });
    const destroyed = vi.spyOn(Object.getPrototypeOf(theirs) as GPUBuffer, "destroy");
    let made = 0;
    {
      using gpu = Gpu.fromDevice(device);
      const x = gpu.wrap(theirs, [3]);
      const step = await gpu.step(() => ({ y: times(x, 2) }));
      await step.run();
      gpu.tensor(ones).dispose(); // in the pool
      made = gpu.counters().buffers;
    }
    expect(destroyed.mock.instances).not.toContain(theirs);
    expect(new Set(destroyed.mock.instances).size).toBeGreaterThan(made); // and the staging buffers of the step
    vi.restoreAllMocks();
    device.pushErrorScope("validation");
    const next = Gpu.fromDevice(device);
    expect(await times(next.wrap(theirs, [3]), 2).read()).toEqual(new Float32Array(3));
    expect(await device.popErrorScope()).toBe(null);
    device.destroy();
  });

  test("tells its errors as it would without the engine", async () => {
    const { device } = await openDevice();
    const gpu = Gpu.fromDevice(device);
    const told = new Promise<boolean>((resolve) => {
      device.addEventListener("uncapturederror", (event) => {
        resolve(event.defaultPrevented);
        event.preventDefault();
      });
    });
    device.createBuffer({ size: 4, usage: 0x1 | 0x80 }); // MAP_READ and STORAGE do not go together
    expect(await told).toBe(false);
    await expect(gpu.settle()).rejects.toThrow(
      expect.objectContaining({ code: "validation", where: "device" }),
    );
    device.destroy();
  });

  test("using a tensor gives its memory back", async () => {
    const gpu = await own();
    const before = gpu.memory().current;
    {
      using x = gpu.tensor(ones);
      expect(gpu.memory().current).toBeGreaterThan(before);
      expect(await x.read()).toEqual(ones);
    }
    expect(gpu.memory().current).toBe(before);
    gpu.dispose();
  });
});

describe("the loss of the device", () => {
  test("resolves `lost` and rejects what waits, with the same error", async () => {
    const gpu = await own();
    const x = gpu.tensor(ones);
    const step = await gpu.step(() => ({ y: times(x, 2) }));
    const waiting = [step.run(), x.read(), gpu.settle()].map((promise) => promise.catch((error) => error));
    gpu.device.destroy();
    const lost = await gpu.lost;
    expect(lost).toBeInstanceOf(KnotgradError);
    expect(lost).toMatchObject({ code: "lost", where: "device" });
    for (const outcome of (await Promise.all(waiting)).filter((value) => value instanceof Error)) {
      expect(outcome).toBe(lost);
    }
    await expect(step.run()).rejects.toBe(lost);
    expect(() => times(x, 2)).toThrow(lost);
  });

  test("leaves what was made to be disposed of, with launches still waiting", async () => {
    const gpu = await own({ poolCap: 0 });
    const [x, y] = [gpu.tensor(ones), gpu.tensor(ones)];
    const step = await gpu.step(() => ({ y: times(x, 2) }));
    times(x, 3);
    gpu.device.destroy();
    await gpu.lost;
    step.dispose();
    x.dispose();
    y.dispose();
  });
});

describe("debug mode", () => {
  const broken = { ...scale, name: "broken", code: scale.code.replace("x[i]", "z[i]") };
  const line = scale.code.split("\n").findIndex((text) => text.includes("x[i]")) + 1;

  test("computes the same", async () => {
    const gpu = await own({ debug: true });
    const x = gpu.tensor(ones);
    const step = await gpu.step(() => ({ y: times(times(x, 2), 3) }));
    expect((await step.run()).y).toEqual(new Float32Array(3).fill(6));
    expect(await times(times(x, 4), 5).read()).toEqual(new Float32Array(3).fill(20));
    gpu.dispose();
  });

  test("a kernel that does not compile is told with its line by the next read, once", async () => {
    const gpu = await own({ debug: true });
    const x = gpu.tensor(ones);
    const { y } = gpu.launch(broken, { x, factor: 2 });
    await expect(y.read()).rejects.toThrow(
      expect.objectContaining({ code: "shader", message: expect.stringContaining(`broken:${line}:`) }),
    );
    expect(await times(x, 2).read()).toEqual(new Float32Array(3).fill(2));
    gpu.dispose();
  });

  test("a destroyed buffer is told with the name of the kernel that takes it", async () => {
    const gpu = await own({ debug: true });
    const buffer = gpu.device.createBuffer({ size: 16, usage: STORAGE });
    const x = gpu.wrap(buffer, [3]);
    const y = times(x, 2);
    buffer.destroy();
    await expect(y.read()).rejects.toThrow(expect.objectContaining({ code: "validation", where: "scale" }));
    gpu.dispose();
  });

  test("memory that the device does not have is told as such, at once where a function asks", async () => {
    const told: KnotgradError[] = [];
    const gpu = await own({ debug: (error: KnotgradError) => told.push(error) });
    // No adapter here runs out of memory in a way that a test may bring about.
    class GPUOutOfMemoryError {
      readonly message = "no room";
    }
    const { device } = gpu;
    vi.spyOn(device, "popErrorScope").mockResolvedValueOnce(null);
    vi.spyOn(device, "popErrorScope").mockResolvedValueOnce(new GPUOutOfMemoryError() as GPUError);
    gpu.empty([3]);
    await vi.waitFor(() => expect(told).toHaveLength(1));
    expect(told[0]).toMatchObject({ code: "out-of-memory", where: "device", message: "device: no room" });
    vi.restoreAllMocks();
    gpu.dispose();
  });
});

describe("limits", () => {
  test("are the adapter's, and its features those that kernels know", async () => {
    const { adapter } = await openAdapter();
    const limits = requiredLimits(adapter);
    const features = requiredFeatures(adapter);
    expect(features.every((feature) => adapter.features.has(feature))).toBe(true);
    const device = await adapter.requestDevice({ requiredFeatures: features, requiredLimits: limits });
    for (const [name, value] of Object.entries(limits)) {
      expect(device.limits[name as "maxBufferSize"]).toBe(value);
    }
    device.destroy();
  });
});
