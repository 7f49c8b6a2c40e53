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

const MODE_READ = 0x1;
/** Bind groups kept for eager launches; more than that means that shapes or buffers keep changing. */
const MOST_GROUPS_KEPT = 4096;

/** Sends work to one device, and keeps what went wrong there until somebody asks. */
export class Sender {
  readonly device: GPUDevice;
  readonly programs: Programs;
  private readonly wait: Wait;
  private readonly groups = new Map<string, GPUBindGroup>();
  private readonly numbers = new WeakMap<GPUBuffer, number>();
  private readonly errors: string[] = [];
  private numbered = 0;
  private lost: string | undefined;
  private waiting: Ready[] = [];
  private readonly made = { bindGroups: 0, dispatches: 0, submits: 0 };

  constructor(device: GPUDevice, wait: Wait) {
    this.device = device;
    this.wait = wait;
    this.programs = programs(device);
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault(); // told by the next read instead of on the console
      this.errors.push(event.error.message);
    });
    void device.lost.then(({ reason, message }) => {
      this.lost = `the device is lost (${reason}): ${message}; open another`;
    });
  }

  /** How much was made and sent so far. */
  counters(): { bindGroups: number; dispatches: number; submits: number; pipelines: number } {
    return { ...this.made, pipelines: this.programs.compiled() };
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
    const { waiting } = this;
    this.waiting = [];
    const encoder = this.device.createCommandEncoder();
    if (waiting.length + replay.length > 0) this.dispatch(encoder, waiting, replay);
    after(encoder);
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
      group = this.device.createBindGroup({ label: program.kernel.name, layout: program.layout, entries });
      this.groups.set(key, group);
      this.made.bindGroups += 1;
    }
    return { pipeline: this.programs.pipeline(program), group, grid };
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

  /** A buffer that the CPU can map. */
  staging(size: number): GPUBuffer {
    return this.device.createBuffer({ label: "staging", size, usage: usage.MAP_READ | usage.COPY_DST });
  }

  /** Maps a staging buffer for reading; throws what went wrong on the device. */
  async mapped(staging: GPUBuffer): Promise<void> {
    try {
      await this.wait(staging.mapAsync(MODE_READ));
    } finally {
      this.throwErrors();
    }
  }

  /** Waits until all work so far is done. Throws what went wrong on the device. */
  async settle(): Promise<void> {
    this.flush();
    await this.wait(this.device.queue.onSubmittedWorkDone());
    this.throwErrors();
  }

  private numberOf(buffer: GPUBuffer): number {
    const number = this.numbers.get(buffer) ?? this.numbered++;
    this.numbers.set(buffer, number);
    return number;
  }

  private throwErrors(): void {
    const told = this.errors.splice(0);
    if (this.lost) told.push(this.lost);
    if (told.length > 0) throw new KnotgradError("value", told.join("\n"));
  }
}
