// What goes to the device: launches collected into one pass and one submit, and results mapped back.

import type { Bound } from "./bind.ts";
import { KnotgradError } from "./error.ts";
import type { Fit } from "./kernel.ts";
import { rangeOf, usage } from "./memory.ts";
import { type Program, type Programs, programs } from "./program.ts";

/** One kernel bound to memory. */
export interface Dispatch {
  readonly program: Program;
  readonly grid: Fit["grid"];
  readonly bindings: readonly Bound[];
  /** The part of a step that it belongs to, for its profile. */
  readonly part: string | undefined;
}

/** A dispatch that can be encoded as it is. */
export interface Ready {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly grid: Fit["grid"];
}

/** Waits for something of the device. */
export type Wait = <T>(promise: Promise<T>) => Promise<T>;

/** What a sender is told. */
export interface SenderOptions {
  readonly wait: Wait;
  /** Whether the device is the engine's own, so that its errors are nobody else's. */
  readonly owns: boolean;
  /** Whether each dispatch is watched on its own; a function is told of errors at once. */
  readonly debug: boolean | ((error: KnotgradError) => void);
}

const MODE_READ = 0x1;
/** Bind groups kept for eager launches; more than that means that shapes or buffers keep changing. */
const MOST_GROUPS_KEPT = 4096;
/** Errors kept until somebody asks. */
const MOST_ERRORS_KEPT = 32;
/** Milliseconds after which a failure is not laid to the loss of the device any more. */
const LOSS_IS_TOLD = 200;

/** Sends work to one device, and keeps what went wrong there until somebody asks. */
export class Sender {
  readonly device: GPUDevice;
  readonly programs: Programs;
  /** Resolves, with the error that everything ends with from then on, when the device is lost. */
  readonly lost: Promise<KnotgradError>;
  private readonly wait: Wait;
  private readonly debug: SenderOptions["debug"];
  private readonly groups = new Map<string, GPUBindGroup>();
  private readonly numbers = new WeakMap<GPUBuffer, number>();
  private readonly buffers = new Set<GPUBuffer>();
  private readonly errors: KnotgradError[] = [];
  private watched: Promise<void> | undefined;
  private numbered = 0;
  private gone: KnotgradError | undefined;
  private waiting: Ready[] = [];
  private readonly made = { bindGroups: 0, dispatches: 0, submits: 0 };

  constructor(device: GPUDevice, { wait, owns, debug }: SenderOptions) {
    this.device = device;
    this.wait = wait;
    this.debug = debug;
    this.programs = programs(device);
    if (!debug) {
      device.addEventListener("uncapturederror", (event) => {
        if (owns) event.preventDefault(); // told by the next read instead of on the console
        this.report(refusal("device", event.error));
      });
    }
    this.lost = device.lost.then(({ reason, message }) => {
      this.gone ??= new KnotgradError("lost", `device: it is lost (${reason}): ${message}; open another`);
      this.waiting = []; // so that what is disposed of has nothing to wait for
      return this.gone;
    });
  }

  /** How much was made and sent so far. */
  counters(): { bindGroups: number; dispatches: number; submits: number; pipelines: number } {
    return { ...this.made, pipelines: this.programs.compiled() };
  }

  /** Throws where the device is lost or this was disposed of. */
  refuseGone(): void {
    if (this.gone) throw this.gone;
  }

  /** Takes a launch, to be sent with the next submit. */
  enqueue(dispatch: Dispatch): void {
    this.waiting.push(this.ready(dispatch));
  }

  /** Sends what waits to the device. */
  flush(): void {
    if (this.waiting.length > 0) this.send(() => {});
  }

  /** Sends waiting launches, then these in one pass, then what `after` encodes, in one submit. */
  send(after: (encoder: GPUCommandEncoder) => void, replay: readonly Ready[] = []): void {
    this.refuseGone();
    const { waiting } = this;
    this.waiting = [];
    if (this.debug) {
      // Whatever is wrong with one of them shows by itself.
      for (const ready of [...waiting, ...replay]) {
        this.watch(ready.group.label, () => this.submit((encoder) => this.dispatch(encoder, [ready])));
      }
      this.watch("device", () => this.submit(after));
      return;
    }
    this.submit((encoder) => {
      if (waiting.length + replay.length > 0) this.dispatch(encoder, waiting, replay);
      after(encoder);
    });
  }

  private submit(encode: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.device.createCommandEncoder();
    encode(encoder);
    this.device.queue.submit([encoder.finish()]);
    this.made.submits += 1;
  }

  /** Encodes these into a pass or an encoder of the caller, for the caller to submit, after sending waiting launches. */
  encode(into: GPUCommandEncoder | GPUComputePassEncoder, replay: readonly Ready[]): void {
    this.flush();
    this.dispatch(into, replay);
  }

  /** Encodes dispatches into a pass, or into one of their own in an encoder. */
  private dispatch(
    into: GPUCommandEncoder | GPUComputePassEncoder,
    ...lists: readonly (readonly Ready[])[]
  ): void {
    const pass = "beginComputePass" in into ? into.beginComputePass() : into;
    for (const list of lists) {
      for (const { pipeline, group, grid } of list) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...grid);
      }
      this.made.dispatches += list.length;
    }
    if (pass !== into) pass.end();
  }

  /** Resolves a dispatch's memory and pipeline. Throws where the memory was given back. */
  ready({ program, grid, bindings }: Dispatch): Ready {
    this.refuseGone();
    const entries = bindings.map(({ name, memory }, binding) => {
      const range = rangeOf(memory);
      if (!range)
        throw new KnotgradError(
          "gone",
          `${program.kernel.name}: ${name} was given back; keep it while it is used`,
        );
      return { binding, resource: range };
    });
    const where = entries.map(
      ({ resource: { buffer, offset, size } }) => `${this.numberOf(buffer)}+${offset}:${size}`,
    );
    const key = `${program.layoutKey} ${where.join(" ")}`;
    let group = this.groups.get(key);
    if (!group) {
      if (this.groups.size >= MOST_GROUPS_KEPT) this.groups.clear();
      const descriptor = { label: program.kernel.name, layout: program.layout, entries };
      group = this.watch(program.kernel.name, () => this.device.createBindGroup(descriptor));
      this.groups.set(key, group);
      this.made.bindGroups += 1;
    }
    const pipeline =
      program.pipeline ??
      this.watch(
        program.kernel.name,
        () => this.programs.pipeline(program),
        ({ message }) => this.programs.explain(program, message),
      );
    return { pipeline, group, grid };
  }

  /** Compiles pipelines in parallel. */
  compile(wanted: Iterable<Program>, onProgress?: (done: number, all: number) => void): Promise<void> {
    return this.wait(this.programs.compile(wanted, onProgress));
  }

  /** Lets go of bind groups, which may hold a buffer that is about to be destroyed, once waiting work is sent. */
  forgetBuffers(): void {
    this.flush();
    this.groups.clear();
  }

  /** A new buffer, which `destroy` destroys, or `dispose` at the latest. */
  buffer(descriptor: GPUBufferDescriptor): GPUBuffer {
    this.refuseGone();
    const buffer = this.watch("device", () => this.device.createBuffer(descriptor));
    this.buffers.add(buffer);
    return buffer;
  }

  destroy(buffer: GPUBuffer): void {
    this.buffers.delete(buffer);
    buffer.destroy();
  }

  /** A buffer that the CPU can map. */
  staging(size: number): GPUBuffer {
    return this.buffer({ label: "staging", size, usage: usage.MAP_READ | usage.COPY_DST });
  }

  /** Maps a staging buffer for reading; throws what went wrong on the device. */
  async mapped(staging: GPUBuffer): Promise<void> {
    try {
      await this.wait(staging.mapAsync(MODE_READ));
    } catch (cause) {
      await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, LOSS_IS_TOLD))]);
      await this.throwErrors();
      throw new KnotgradError("validation", `device: ${(cause as Error).message}`, { cause });
    }
    await this.throwErrors();
  }

  /** Waits until all work so far is done. Throws what went wrong on the device. */
  async settle(): Promise<void> {
    this.refuseGone();
    this.flush();
    await this.wait(this.device.queue.onSubmittedWorkDone());
    await this.throwErrors();
  }

  /** Destroys all buffers made here, and lets nothing be sent any more. */
  dispose(): void {
    this.gone ??= new KnotgradError("gone", "device: this Gpu was disposed of; make another");
    this.waiting = [];
    this.groups.clear();
    for (const buffer of this.buffers) buffer.destroy();
    this.buffers.clear();
  }

  private numberOf(buffer: GPUBuffer): number {
    const number = this.numbers.get(buffer) ?? this.numbered++;
    this.numbers.set(buffer, number);
    return number;
  }

  private report(error: KnotgradError): void {
    if (typeof this.debug === "function") this.debug(error);
    else if (this.errors.length < MOST_ERRORS_KEPT) this.errors.push(error);
  }

  /** Gives what f gives. In debug mode, what the device says of it is told under a name, or as `explain` tells it. */
  private watch<T>(
    where: string,
    f: () => T,
    explain: (error: GPUError) => KnotgradError | Promise<KnotgradError> = (error) => refusal(where, error),
  ): T {
    if (!this.debug) return f();
    const { device } = this;
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    try {
      return f();
    } finally {
      const scopes = Promise.all([device.popErrorScope(), device.popErrorScope()]);
      // In order, since what comes later may fail for what came before.
      this.watched = Promise.all([scopes, this.watched])
        .then(async ([errors]) => {
          for (const error of errors) if (error) this.report(await explain(error));
        })
        .catch(() => {}); // a lost device has no scopes; its loss is told
    }
  }

  private async throwErrors(): Promise<void> {
    if (this.watched) await this.wait(this.watched);
    const told = this.errors.splice(0);
    if (this.gone) told.push(this.gone);
    const [first] = told;
    if (told.length === 1) throw first;
    if (first) {
      const messages = told.map(({ message }) => message).join("\n");
      throw new KnotgradError(first.code, messages, { cause: told });
    }
  }
}

/** What the device says, as an error of this package. */
function refusal(where: string, cause: GPUError): KnotgradError {
  const code = cause.constructor.name === "GPUOutOfMemoryError" ? "out-of-memory" : "validation";
  return new KnotgradError(code, `${where}: ${cause.message}`, { cause });
}
