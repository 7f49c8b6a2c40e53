// `knotgrad doctor`: which adapter computes, whether it computes right, and what would make it better.

import { createRequire } from "node:module";
import { defineCommand } from "citty";
import { KnotgradError } from "../../error.ts";
import { kernelLimits, wantedFeatures } from "../../limits.ts";
import { type AdapterInfo, describe, type OpenedAdapter, openAdapter } from "../adapter.ts";
import { selfTest } from "../selftest.ts";
import { hardwareFix, LAVAPIPE_FIX, type Problem } from "../vulkan.ts";

export interface DoctorReport {
  readonly adapter: AdapterInfo | null;
  readonly driver: OpenedAdapter["driver"] | null;
  /** True when the adapter gave the right numbers for a test kernel. */
  readonly works: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
  /** Version of Node. */
  readonly node: string;
  /** Version of the npm package webgpu, null when it is not installed. */
  readonly webgpu: string | null;
  readonly platform: string;
}

/** What `knotgrad doctor --json` prints. Never throws: whatever is wrong becomes a line of `problems`. */
export async function doctorReport(): Promise<DoctorReport> {
  const machine = {
    node: process.versions.node,
    webgpu: webgpuVersion(),
    platform: `${process.platform} ${process.arch}`,
  };
  try {
    const { adapter, driver } = await openAdapter();
    const broken = await selfTest(adapter);
    return {
      adapter: describe(adapter),
      driver,
      works: broken === undefined,
      features: [...adapter.features].sort(),
      limits: numericLimits(adapter.limits),
      problems: broken ? [broken, ...advice(driver)] : advice(driver),
      ...machine,
    };
  } catch (error) {
    const { message } = error as Error;
    const problem =
      error instanceof KnotgradError
        ? { what: error.what, fix: error.fix }
        : { what: message, fix: "run `npm ci`, then `knotgrad doctor` again" };
    return {
      adapter: null,
      driver: null,
      works: false,
      features: [],
      limits: {},
      problems: [problem],
      ...machine,
    };
  }
}

export const doctor = defineCommand({
  meta: { name: "doctor", description: "Say which adapter computes, test it, and name what is missing" },
  args: { json: { type: "boolean", description: "Print the report as JSON", default: false } },
  async run({ args }) {
    const report = await doctorReport();
    console.log(args.json ? JSON.stringify(report) : readable(report));
    if (!report.works) process.exitCode = 1;
  },
});

/** What a working adapter leaves to be wished for. */
function advice(driver: OpenedAdapter["driver"]): Problem[] {
  if (driver === "hardware") return [];
  if (process.env["KNOTGRAD_ADAPTER"] === "software") {
    return [{ what: "KNOTGRAD_ADAPTER=software leaves GPUs out", fix: "unset KNOTGRAD_ADAPTER" }];
  }
  const problems = [{ what: "no GPU computes, the CPU stands in for it", fix: hardwareFix() }];
  if (driver === "SwiftShader") {
    problems.push({
      what: "lavapipe, a faster software driver than SwiftShader, is not used",
      fix: LAVAPIPE_FIX,
    });
  }
  return problems;
}

/** The limits lie on the prototype, where Object.entries does not look. */
function numericLimits(limits: GPUSupportedLimits): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name in limits) {
    const value = limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") all[name] = value;
  }
  return all;
}

function webgpuVersion(): string | null {
  try {
    return createRequire(import.meta.url)("webgpu/package.json").version;
  } catch {
    return null;
  }
}

function readable(report: DoctorReport): string {
  const { adapter, driver, works, features, limits, problems } = report;
  const row = (name: string, value: string) => `  ${name.padEnd(36)}${value}`;
  const lines = [
    "knotgrad doctor",
    row("platform", `${report.platform}, Node ${report.node}, webgpu ${report.webgpu ?? "missing"}`),
  ];
  if (adapter === null) {
    lines.push(row("adapter", "NONE"));
  } else {
    lines.push(
      row("adapter", `${adapter.description} (${adapter.vendor} ${adapter.architecture})`),
      row("driver", adapter.software ? `${driver}: SOFTWARE, the CPU computes` : `${driver}`),
      row("test kernel", works ? "right" : "FAILED"),
      "limits",
      ...kernelLimits.map((name) => row(name, amount(name, limits[name]!))),
      "features",
      ...wantedFeatures.map((name) => row(name, features.includes(name) ? "yes" : "missing, not required")),
    );
  }
  if (problems.length > 0) lines.push("problems");
  for (const { what, fix } of problems) lines.push(`  ${what}`, `    to fix it: ${fix}`);
  return lines.join("\n");
}

function amount(name: string, value: number): string {
  if (!/BufferSize|BindingSize|StorageSize/.test(name)) return value.toLocaleString("en");
  const MiB = 2 ** 20;
  return value >= MiB
    ? `${(value / MiB).toLocaleString("en", { maximumFractionDigits: 1 })} MiB`
    : `${value / 1024} KiB`;
}
