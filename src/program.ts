// Compiled kernels: one pipeline per kernel and values of its overrides.
import { KnotgradError } from "./error.ts";
import type { Kernel } from "./kernel.ts";

/** A kernel with the values of its overrides. */
export interface Program {
  readonly kernel: Kernel;
  readonly constants: { readonly [name: string]: number };
  readonly layout: GPUBindGroupLayout;
  readonly layoutKey: string;
  pipeline: GPUComputePipeline | undefined;
  /** The pipeline while it is being compiled. */
  coming: Promise<void> | undefined;
}

/** The programs of one device. */
export interface Programs {
  /** The program for these overrides, made once; not compiled yet. Throws where the device lacks a feature it needs. */
  get(kernel: Kernel, constants: Program["constants"]): Program;
  /** The pipeline of a program, compiled now where it is not yet. */
  pipeline(program: Program): GPUComputePipeline;
  /** Compiles all that are not compiled yet, in parallel. Throws the compiler's message. */
  compile(wanted: Iterable<Program>, onProgress?: (done: number, all: number) => void): Promise<void>;
  /** An error that tells why a program does not compile: the compiler's message with the kernel's line, or `failure`. */
  explain(program: Program, failure: string): Promise<KnotgradError>;
  /** How many pipelines there are. */
  compiled(): number;
}

const COMPUTE = 0x4;

export function programs(device: GPUDevice): Programs {
  const modules = new Map<Kernel, GPUShaderModule>();
  const layouts = new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  const known = new Map<Kernel, Map<string, Program>>();
  let compiled = 0;

  const layoutOf = (key: string) => {
    let layout = layouts.get(key);
    if (!layout) {
      const group = device.createBindGroupLayout({
        label: key,
        entries: key.split(" ").map((type, binding) => ({
          binding,
          visibility: COMPUTE,
          buffer: { type: type as GPUBufferBindingType },
        })),
      });
      layout = { group, pipeline: device.createPipelineLayout({ label: key, bindGroupLayouts: [group] }) };
      layouts.set(key, layout);
    }
    return layout;
  };

  const moduleOf = (kernel: Kernel): GPUShaderModule => {
    const module =
      modules.get(kernel) ?? device.createShaderModule({ label: kernel.name, code: kernel.code });
    modules.set(kernel, module);
    return module;
  };

  const descriptor = ({ kernel, constants, layoutKey }: Program): GPUComputePipelineDescriptor => ({
    label: `${kernel.name} ${JSON.stringify(constants)}`,
    layout: layoutOf(layoutKey).pipeline,
    compute: { module: moduleOf(kernel), constants },
  });

  const explain: Programs["explain"] = async ({ kernel }, failure) => {
    const { messages } = await moduleOf(kernel).getCompilationInfo();
    const lines = messages
      .filter(({ type }) => type === "error")
      .map(({ lineNum, linePos, message }) => {
        return `${kernel.name}:${lineNum}:${linePos}: ${message}\n${kernel.code.split("\n")[lineNum - 1] ?? ""}`;
      });
    return new KnotgradError("shader", lines.join("\n") || `${kernel.name}: ${failure}`);
  };

  const compileOne = async (program: Program): Promise<void> => {
    try {
      program.pipeline = await device.createComputePipelineAsync(descriptor(program));
      compiled += 1;
    } catch (failure) {
      throw await explain(program, (failure as Error).message);
    } finally {
      program.coming = undefined;
    }
  };

  return {
    get(kernel, constants) {
      const variants = known.get(kernel) ?? new Map<string, Program>();
      known.set(kernel, variants);
      const key = JSON.stringify(constants);
      let program = variants.get(key);
      if (!program) {
        const missing = kernel.features.filter((feature) => !device.features.has(feature));
        if (missing.length > 0) {
          throw new KnotgradError(
            "feature",
            `${kernel.name}: the device lacks ${missing.join(", ")}; request it or choose another variant`,
          );
        }
        const layoutKey = Object.values(kernel.bindings)
          .map(({ access }) =>
            access === "scalar" ? "uniform" : access === "read" ? "read-only-storage" : "storage",
          )
          .join(" ");
        program = {
          kernel,
          constants,
          layout: layoutOf(layoutKey).group,
          layoutKey,
          pipeline: undefined,
          coming: undefined,
        };
        variants.set(key, program);
      }
      return program;
    },
    pipeline(program) {
      if (!program.pipeline) {
        program.pipeline = device.createComputePipeline(descriptor(program));
        compiled += 1;
      }
      return program.pipeline;
    },
    async compile(wanted, onProgress) {
      const missing = [...new Set(wanted)].filter(({ pipeline }) => !pipeline);
      // Errors in the source are told with the pipeline that fails for them.
      device.pushErrorScope("validation");
      for (const { kernel } of missing) moduleOf(kernel);
      await device.popErrorScope();
      let done = 0;
      await Promise.all(
        missing.map(async (program) => {
          program.coming ??= compileOne(program);
          await program.coming;
          done += 1;
          onProgress?.(done, missing.length);
        }),
      );
    },
    explain,
    compiled: () => compiled,
  };
}
