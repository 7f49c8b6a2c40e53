// Where the time of a step goes: kernels by either method, what cannot be timed, and the table and picture of it.
import { parseHTML } from "linkedom";
import { afterAll, describe, expect, test } from "vitest";
import { flat } from "../src/flat.ts";
import type { Gpu } from "../src/gpu.ts";
import { flame } from "../src/node/report/flame.ts";
import { profilePage, profileTable } from "../src/node/report/profile.ts";
import { backward } from "../src/op.ts";
import { add, relu } from "../src/ops/index.ts";
import { sgd } from "../src/optim.ts";
import type { Profile, ProfileMethod } from "../src/profile.ts";
import type { Step } from "../src/step.ts";
import type { Tensor } from "../src/tensor.ts";
import { openGpu } from "./open.ts";

const gpu = await openGpu({ poison: false });
afterAll(() => gpu.device.destroy());

/** A launch that takes most of the time, and two small ones. */
async function stepOn(gpu: Gpu): Promise<Step<{ y: Tensor }>> {
  const large = gpu.tensor(new Float32Array(2 ** 20).fill(1));
  const small = gpu.tensor(new Float32Array(100).fill(-1));
  return gpu.step(() => {
    gpu.part("large", () => add(large, large));
    return { y: gpu.part("small", () => relu(add(small, small))) };
  });
}

const methods: readonly ProfileMethod[] = gpu.device.features.has("timestamp-query")
  ? ["timestamps", "slopes"]
  : ["slopes"];

describe("a step", () => {
  const profiles: { [method: string]: Profile } = {};

  test.each(methods)(
    "by %s tells every kernel in order, with sizes and part, and the whole",
    async (method) => {
      const step = await stepOn(gpu);
      const before = await step.run();
      const told: string[] = [];
      const onProgress = (done: number, all: number) => void told.push(`${done}/${all}`);
      const profile = await step.profile({ method, repetitions: 3, onProgress });
      profiles[method] = profile;
      expect(told).toEqual(["1/3", "2/3", "3/3"]);

      const { kernels, sum, gap, step: whole } = profile;
      expect(profile.method).toBe(method);
      expect(kernels).toMatchObject([
        { kernel: "add", variant: "n=1048576", part: "large", grid: [16384, 1, 1] },
        { kernel: "add", variant: "n=100", part: "small", grid: [2, 1, 1] },
        { kernel: "relu", variant: expect.stringMatching(/^n=100 T=\d+$/), part: "small" },
      ]);
      for (const { ms } of kernels) expect(ms).toBeGreaterThanOrEqual(0);
      expect(kernels[0]!.ms).toBeGreaterThan(sum / 2);
      expect(sum).toBeCloseTo(
        kernels.reduce((sum, { ms }) => sum + ms, 0),
        9,
      );
      expect(whole).toBeGreaterThan(0);
      expect(gap).toBeCloseTo(whole - sum, 9);
      // What the kernels give stays the same where none updates in place.
      expect(await step.run()).toEqual(before);
      step.dispose();
    },
  );

  test("takes about as long by either method, and as a whole", () => {
    const sums = Object.values(profiles).flatMap(({ sum, step }) => [sum, step]);
    expect(sums.length).toBeGreaterThan(0);
    expect(Math.max(...sums)).toBeLessThan(5 * Math.min(...sums)); // units and counts, on a machine busy with other things
  });

  test("leaves no buffer behind", async () => {
    const step = await stepOn(gpu);
    await step.profile({ repetitions: 1 });
    const { buffers, bindGroups } = gpu.counters();
    const { current } = gpu.memory();
    await step.profile({ repetitions: 1 });
    expect(gpu.counters()).toMatchObject({ buffers, bindGroups });
    expect(gpu.memory().current).toBe(current);
    step.dispose();
  });

  test("moves what it updates in place", async () => {
    const parameters = flat(gpu, { w: [100] });
    const { w } = parameters.tensors;
    w!.needsGrad = true;
    const optimizer = sgd(parameters, { rate: 0.1 });
    const step = await gpu.step(() => {
      backward(add(w!, w!));
      optimizer.update();
      return {};
    });
    await step.profile({ repetitions: 1 });
    const [moved] = await w!.read();
    expect(moved).toBeLessThan(-0.2); // one run moves it by -0.1 times 2
    step.dispose();
  });
});

describe("what cannot be timed is refused", () => {
  const refused: readonly [string, object, RegExp][] = [
    [
      "no repetition",
      { repetitions: 0 },
      /^profile: repetitions is 0 but must be a whole number above zero$/,
    ],
    ["half a repetition", { repetitions: 1.5 }, /^profile: repetitions is 1.5 but/],
    [
      "another method",
      { method: "guess" },
      /^profile: the method is guess but must be timestamps or slopes$/,
    ],
  ];
  test.each(refused)("%s", async (_, options, message) => {
    const step = await stepOn(gpu);
    await expect(step.profile(options)).rejects.toThrow(message);
    step.dispose();
  });

  test("a step that was disposed of, before or meanwhile", async () => {
    const step = await stepOn(gpu);
    const begun = step.profile();
    step.dispose();
    const message = "profile: the step was disposed of; record it again";
    await expect(begun).rejects.toThrow(message);
    await expect(step.profile()).rejects.toThrow(message);
  });

  test("a step without kernels", async () => {
    const step = await gpu.step(() => ({}));
    await expect(step.profile()).rejects.toThrow("profile: the step has no kernel but needs one to time");
    step.dispose();
  });

  test("timestamps on a device without them, which takes slopes by itself", async () => {
    const own = await openGpu({ poison: false, features: [] });
    const step = await stepOn(own);
    await expect(step.profile({ method: "timestamps" })).rejects.toThrow(
      "profile: the method is timestamps but the device lacks timestamp-query; request it or take slopes",
    );
    expect((await step.profile({ repetitions: 1 })).method).toBe("slopes");
    own.device.destroy();
  });
});

test("parts end where their function ends, and the inner one counts", async () => {
  const x = gpu.tensor(new Float32Array(64));
  const step = await gpu.step(() => {
    const y = gpu.part("outer", () =>
      add(
        gpu.part("inner", () => add(x, x)),
        x,
      ),
    );
    expect(() =>
      gpu.part("broken", () => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    return { y: add(y, y) };
  });
  const { kernels } = await step.profile({ repetitions: 1 });
  expect(kernels.map(({ part }) => part)).toEqual(["inner", "outer", undefined]);
  step.dispose();
});

describe("the report", () => {
  const kernel = (name: string, part: string, ms: number) => ({
    ...{ kernel: name, variant: "N=64", part, grid: [3, 2, 1] as const, ms },
  });
  const profile: Profile = {
    method: "timestamps",
    kernels: [
      kernel("conv2d", "forward", 30),
      kernel("bn_apply<&>", "forward", 10),
      kernel("softmax_loss", "loss", 0.1),
      kernel("conv2d", "backward", 39.9),
    ],
    sum: 80,
    step: 100,
    gap: 20,
  };
  const adapter = { vendor: "acme", architecture: "", description: "Acme <GPU>", software: true };

  test("is a table of kernels, dearest first, small ones together", () => {
    expect(profileTable(profile)).toBe(
      [
        "kernel       launches      ms     %  sizes",
        "-----------  --------  ------  ----  -----",
        "conv2d              2  69.900  87.4  N=64",
        "bn_apply<&>         1  10.000  12.5  N=64",
        "1 others            1   0.100   0.1",
        "",
        "step 100.0 ms, kernels 80.0 ms, gap 20.0 ms (20.0 %), by timestamps",
      ].join("\n"),
    );
  });

  test("is a picture whose widths are time", () => {
    const { document } = parseHTML(flame(profile, "A step"));
    const spans = [...document.querySelectorAll("g")].flatMap((g) => {
      const [title, rect] = [g.querySelector("title"), g.querySelector("rect")];
      return title && rect ? [{ title: title.textContent!, rect }] : [];
    });
    const numberOf = (rect: Element, name: string) => Number(rect.getAttribute(name));
    const [whole] = spans;
    expect(spans.map(({ title }) => title)).toEqual([
      "step: 100.0 ms",
      ...["forward: 40.0 ms, 50.0 %", "loss: 0.100 ms, 0.1 %", "backward: 39.9 ms, 49.9 %"],
      "conv2d N=64, grid 3x2x1: 30.0 ms, 37.5 %",
      "bn_apply<&> N=64, grid 3x2x1: 10.0 ms, 12.5 %",
      "softmax_loss N=64, grid 3x2x1: 0.100 ms, 0.1 %",
      "conv2d N=64, grid 3x2x1: 39.9 ms, 49.9 %",
      "between kernels: 20.0 ms, 25.0 %",
    ]);
    const width = numberOf(whole!.rect, "width");
    const times = [100, 40, 0.1, 39.9, 30, 10, 0.1, 39.9, 20];
    const starts = [0, 0, 40, 40.1, 0, 30, 40, 40.1, 80];
    spans.forEach(({ rect }, i) => {
      expect(numberOf(rect, "width")).toBeCloseTo((width * times[i]!) / 100, 1);
      expect(numberOf(rect, "x") - numberOf(whole!.rect, "x")).toBeCloseTo((width * starts[i]!) / 100, 1);
    });
    expect(spans[4]!.rect.getAttribute("fill")).toBe(spans[7]!.rect.getAttribute("fill"));
    expect(spans[4]!.rect.getAttribute("fill")).not.toBe(spans[5]!.rect.getAttribute("fill"));
  });

  test("leaves out the gap where kernels take longer than the step, and the row of parts where none is named", () => {
    const kernels = profile.kernels.map(({ part: _, ...rest }) => rest);
    const svg = flame({ ...profile, kernels, step: 70, gap: -10 }, "A step");
    expect(svg).not.toContain("between kernels");
    expect(svg).not.toContain("forward");
    expect(svg).toContain("gap −10.0 ms (−14.3 %)");
  });

  test("is a page that no name can break", () => {
    const page = profilePage(profile, "A <step>", adapter);
    const { document } = parseHTML(page);
    expect(document.querySelector("h1")!.textContent).toBe("A <step>");
    expect(document.body.textContent).toContain("Acme <GPU> (software");
    expect([...document.querySelectorAll("tbody th")].map((th) => th.textContent)).toEqual([
      "conv2d",
      "bn_apply<&>",
      "softmax_loss",
    ]);
    expect(page).not.toMatch(/<script|(src|href)=/);
  });
});
