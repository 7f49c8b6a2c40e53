// `knotgrad export`: a trained net as an ONNX file.

import { randomUUID } from "node:crypto";
import { open, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { defineCommand } from "citty";
import { KnotgradError } from "../../error.ts";
import { fileStart } from "../../onnx/graph.ts";
import { toOnnx } from "../../onnx/index.ts";
import { loadModel, readModelFile } from "../model_file.ts";
import { openAndSay } from "./shared.ts";

const INPUTS = ["bytes", "normalized"] as const;
const LAYOUTS = ["NHWC", "NCHW"] as const;

export const exportOnnx = defineCommand({
  meta: { name: "export", description: "Write a trained net with its weights as an ONNX file" },
  args: {
    model: { type: "string", description: "Weights that `train` has written", required: true },
    out: { type: "string", description: "Where the ONNX file goes", valueHint: "FILE.onnx", required: true },
    input: {
      type: "string",
      description:
        "What the file takes: bytes, pixels from 0 to 255; or normalized, (pixel - 127.5) / 128 in f32",
      default: "bytes",
    },
    layout: {
      type: "string",
      description: "Order of an image's numbers: NHWC, pixel by pixel, or NCHW, channel by channel",
      default: "NHWC",
    },
    classifier: { type: "boolean", description: "Give logits of the classes too", default: false },
    json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
  },
  async run({ args }) {
    const input = oneOf("input", args.input, INPUTS);
    const layout = oneOf("layout", args.layout, LAYOUTS);
    const out = await outFile(args.out);
    const file = await readModelFile(args.model);
    const { net, classes } = file;
    const { gpu, info } = await openAndSay();
    const model = loadModel(gpu, file);
    const names = file.classifier === "none" ? {} : { classes };
    const bytes = await toOnnx(model, { input, layout, classifier: args.classifier, ...names });
    await writeWhole(out, bytes);

    const { height, width, channels } = net;
    const shape = layout === "NHWC" ? [height, width, channels] : [channels, height, width];
    console.log(
      `${net.name}: image (N, ${shape.join(", ")}), ${input === "bytes" ? "uint8" : "float32"}, ` +
        `to embedding (N, ${model.embedding})${args.classifier ? ` and logits (N, ${model.classes})` : ""}`,
    );
    console.log(`ONNX file: ${out}, ${bytes.length} bytes`);
    if (args.json) {
      const how = { input, layout, classifier: args.classifier };
      console.log(
        JSON.stringify({ adapter: info, model: file.path, net: net.name, out, ...how, bytes: bytes.length }),
      );
    }
  },
});

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new KnotgradError("value", `--${name}: "${text}" is given but must be ${allowed.join(" or ")}`);
}

/** Where the file goes. Throws where it would not be an .onnx file in a folder, or replace one that others wrote. */
async function outFile(file: string): Promise<string> {
  if (!file.endsWith(".onnx")) {
    throw new KnotgradError(
      "value",
      `--out: ${file || "nothing"} is given but must be a file that ends in .onnx`,
    );
  }
  const path = resolve(file);
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (!folder?.isDirectory())
    throw new KnotgradError("value", `--out: ${file} is given but there is no folder ${dirname(path)}`);
  if (await isOfOthers(path)) {
    throw new KnotgradError(
      "value",
      `--out: ${file} is there but was not written by \`export\`; name another file or remove it`,
    );
  }
  return path;
}

/** Whether something is there that is not a file of `toOnnx`. */
async function isOfOthers(path: string): Promise<boolean> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error) return file.code !== "ENOENT";
  try {
    const start = fileStart();
    const { buffer } = await file.read(new Uint8Array(start.length), 0, start.length, 0);
    return buffer.some((byte, i) => byte !== start[i]);
  } catch {
    return true;
  } finally {
    await file.close();
  }
}

/** Writes a file that is whole or not there. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  // Renaming is atomic inside one folder only.
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw new KnotgradError("file", `--out: ${path} cannot be written (${(cause as Error).message})`, {
      cause,
    });
  }
}
