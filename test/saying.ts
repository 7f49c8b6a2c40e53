import { expect } from "vitest";

/** An error of the package with exactly this message. */
export const saying = (message: string): Error => expect.objectContaining({ name: "KnotgradError", message });
