// `knotgrad check`: every operation against its formula, every gradient against its slopes, on the user's own adapter.

import { defineCommand } from "citty";
import { cases } from "../../check/cases.ts";
import { type AnyOp, type CheckRow, check as checkCase } from "../../check/check.ts";
import { KnotgradError } from "../../error.ts";
import { refusePrecision } from "../../ops/cast.ts";
import * as ops from "../../ops/index.ts";
import { precision } from "../options.ts";
import { progress } from "../progress.ts";
import { table } from "../table.ts";
import { openAndSay } from "./shared.ts";

const operations: { readonly [name: string]: AnyOp } = { ...ops };

export const check = defineCommand({
  meta: {
    name: "check",
    description: "Check kernels against their formulas, and gradients against differences",
  },
  args: {
    op: { type: "positional", description: "One operation; all unless given", required: false },
    precision: {
      type: "string",
      description: "f16 checks, instead, what may be stored in f16 (on a device with shader-f16)",
      default: "f32",
    },
    json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
  },
  async run({ args }) {
    const half = precision(args.precision) === "f16";
    const names = (Object.keys(cases) as (keyof typeof cases)[]).filter((name) => !half || cases[name].half);
    const chosen = args.op === undefined ? names : names.filter((name) => name === args.op);
    if (chosen.length === 0)
      throw new KnotgradError(
        "value",
        `check: there is no operation ${args.op}; there are ${names.join(", ")}`,
      );
    // Unwritten memory is NaN here, so that a kernel that reads it is found out.
    const { gpu, info } = await openAndSay({ poison: true });
    refusePrecision("check", gpu, half ? "f16" : "f32");

    const line = progress("checking");
    const todo = chosen.flatMap((name) =>
      Object.entries(cases[name].rows).map(([what, given]) => ({ name, what, given })),
    );
    const rows: CheckRow[] = [];
    for (const [i, { name, what, given }] of todo.entries()) {
      const { names, half: halves } = cases[name];
      const stored = half ? halves : [];
      rows.push(await checkCase(gpu, name, what, operations[name], names, given as unknown[], stored));
      line.update(i + 1, todo.length, name);
    }
    line.stop();

    const failed = rows.filter(({ ok }) => !ok).length;
    const columns = ["op", "case", "forward", "gradients", "tolerance", ""];
    console.log(
      table(
        columns,
        rows.map((row) => [
          row.op,
          row.case,
          row.forward.toExponential(1),
          Object.entries(row.gradients)
            .map(([name, error]) => `d${name} ${error.toExponential(1)}`)
            .join("  "),
          row.tolerance.toExponential(0),
          row.ok ? "ok" : "FAIL",
        ]),
      ),
    );
    console.log(`\n${rows.length - failed} of ${rows.length} cases hold on ${info.description}`);
    if (args.json) console.log(JSON.stringify({ adapter: info, rows }));
    if (failed > 0) process.exitCode = 1;
  },
});
