// The command line.

import { type ArgsDef, type CommandDef, defineCommand, runCommand, showUsage } from "citty";
import { KnotgradError } from "../error.ts";
import { align } from "./commands/align.ts";
import { analyze } from "./commands/analyze.ts";
import { check } from "./commands/check.ts";
import { doctor } from "./commands/doctor.ts";
import { exportOnnx } from "./commands/export.ts";
import { quality } from "./commands/quality.ts";
import { recipes } from "./commands/recipes.ts";
import { start } from "./commands/start.ts";
import { table } from "./commands/table.ts";
import { train } from "./commands/train.ts";
import { tune } from "./commands/tune.ts";
import { verify } from "./commands/verify.ts";

// biome-ignore lint/suspicious/noExplicitAny: commands differ in their arguments
const commands: { readonly [name: string]: CommandDef<any> } = {
  start,
  train,
  verify,
  check,
  doctor,
  align,
  analyze,
  export: exportOnnx,
  quality,
  recipes,
  table,
  tune,
};

const main = defineCommand({
  meta: { name: "knotgrad", description: "Handwritten WebGPU kernels that train face-recognition networks" },
  subCommands: commands,
});

/** citty passes over options it does not know; a typing error must not pass silently. */
function refuseUnknown(name: string, args: ArgsDef, given: readonly string[]): void {
  const known = Object.keys(args);
  for (const word of given) {
    const option = word.match(/^--?(?:no-)?([^=]+)/)?.[1];
    if (option && !/^-\d/.test(word) && !known.includes(option)) {
      throw new KnotgradError(
        "value",
        `${name}: there is no option ${word}; there are ${known.map((arg) => `--${arg}`).join(", ")}`,
      );
    }
  }
}

/** citty takes even an option for the value of the one before; here that one, `--profile --json`, has none. */
const withoutTaking = (args: ArgsDef, given: readonly string[]): string[] =>
  given.map((word, i) => {
    const bare = word.startsWith("--") && args[word.slice(2)]?.type === "string";
    return bare && given[i + 1]?.startsWith("--") ? `${word}=` : word;
  });

async function cli([name, ...given]: readonly string[]): Promise<void> {
  const command = name === undefined ? undefined : commands[name];
  if (!command || given.includes("--help") || given.includes("-h")) {
    if (name !== undefined && !command && !/^-?-h(elp)?$/.test(name)) {
      throw new KnotgradError(
        "value",
        `knotgrad: there is no command ${name}; there are ${Object.keys(commands).join(", ")}`,
      );
    }
    await showUsage(command ?? main, command ? main : undefined);
    return;
  }
  const args = (await command.args) as ArgsDef;
  refuseUnknown(name, args, given);
  await runCommand(command, { rawArgs: withoutTaking(args, given) });
}

try {
  await cli(process.argv.slice(2));
} catch (error) {
  const { message, stack } = error as Error;
  process.stderr.write(`${process.env["KNOTGRAD_DEBUG"] ? stack : message}\n`);
  process.exitCode = 1;
}
