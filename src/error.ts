// The one class of all errors thrown here.

/** What kind of mistake an error tells of; these names stay from version to version. */
export type ErrorCode =
  /** Sizes or lengths do not fit together. */
  | "shape"
  /** Elements are of another type. */
  | "dtype"
  /** A number, a name or an option is none of those allowed. */
  | "value"
  /** Something needed is not given. */
  | "missing"
  /** A range of a buffer does not start or end where it may. */
  | "alignment"
  /** Memory is bound twice in one dispatch and written. */
  | "alias"
  /** A buffer lacks a usage flag, or a tensor is used in a way it is not for. */
  | "usage"
  /** Memory was given back, disposed of or destroyed. */
  | "gone"
  /** A buffer or tensor belongs to another device. */
  | "foreign"
  /** The device lacks a feature. */
  | "feature"
  /** Something is larger than the device, or memory, takes. */
  | "limit"
  /** The call comes at a time when it cannot be. */
  | "state"
  /** A kernel does not compile. */
  | "shader"
  /** The device refused a command. */
  | "validation"
  | "out-of-memory"
  /** The device is lost. */
  | "lost"
  /** No adapter does what is asked for. */
  | "adapter"
  /** A file cannot be found, read or written. */
  | "file"
  /** A file or text is not what it must be. */
  | "format";

/**
 * An error of this package. Its message is `where: what[; fix]`, one sentence: the function, option or kernel that refuses,
 * what was given and what is needed, and what to do.
 */
export class KnotgradError extends Error {
  /** Always this. */
  override readonly name = "KnotgradError";
  /** The kind of mistake, for programs. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** What refuses: a function, an option, a kernel. */
  get where(): string {
    return this.message.slice(0, Math.max(0, this.message.indexOf(": ")));
  }

  /** What was given and what is needed. */
  get what(): string {
    const { message, where, fix } = this;
    return message.slice(where ? where.length + 2 : 0, fix ? -fix.length - 2 : undefined);
  }

  /** What to do about it; empty where the message does not say more than what is needed. */
  get fix(): string {
    const at = this.message.lastIndexOf("; ");
    return at < 0 ? "" : this.message.slice(at + 2);
  }
}
