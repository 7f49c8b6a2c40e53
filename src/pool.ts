// GPU buffers by exact size, reused.
import { KnotgradError } from "./error.ts";
import { usage } from "./memory.ts";
import type { Sender } from "./sender.ts";

/** Bytes of GPU memory held. */
export interface MemoryUse {
  /** Held by tensors and steps. */
  readonly current: number;
  /** The most that was ever held at once. */
  readonly peak: number;
  /** Given back and kept for reuse. */
  readonly pooled: number;
  /** Buffers created so far. */
  readonly created: number;
}

/** Hands out buffers and takes them back; keeps at most `cap` bytes of those given back. */
export class Pool {
  private readonly sender: Sender;
  private readonly cap: number;
  private readonly spare = new Map<number, GPUBuffer[]>();
  private current = 0;
  private peak = 0;
  private pooled = 0;
  private created = 0;

  constructor(sender: Sender, cap: number) {
    this.sender = sender;
    this.cap = cap;
  }

  /** A buffer of exactly this size. Throws where the device has no buffer that large. */
  take(bytes: number): GPUBuffer {
    const { maxBufferSize } = this.sender.device.limits;
    if (bytes > maxBufferSize) {
      throw new KnotgradError(
        "limit",
        `take: ${bytes} bytes are asked for but a buffer of the device has at most ${maxBufferSize}; use a smaller batch`,
      );
    }
    let buffer = this.spare.get(bytes)?.pop();
    if (buffer) this.pooled -= bytes;
    else {
      buffer = this.sender.buffer({
        label: `${bytes} bytes`,
        size: bytes,
        usage: usage.STORAGE | usage.UNIFORM | usage.COPY_SRC | usage.COPY_DST,
      });
      this.created += 1;
    }
    this.current += bytes;
    this.peak = Math.max(this.peak, this.current);
    return buffer;
  }

  /** Takes a buffer back. Work already recorded with it stays valid: the queue keeps its order. */
  give(buffer: GPUBuffer): void {
    this.current -= buffer.size;
    if (this.pooled + buffer.size > this.cap) {
      this.sender.forgetBuffers();
      this.sender.destroy(buffer);
      return;
    }
    this.pooled += buffer.size;
    const same = this.spare.get(buffer.size);
    if (same) same.push(buffer);
    else this.spare.set(buffer.size, [buffer]);
  }

  use(): MemoryUse {
    return { current: this.current, peak: this.peak, pooled: this.pooled, created: this.created };
  }
}
