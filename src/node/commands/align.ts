// `knotgrad align`: photographs to the crops that nets are trained on.

import { defineCommand } from "citty";
import { KnotgradError } from "../../error.ts";
import { faceTemplates } from "../../face/align.ts";
import { alignFiles } from "../align_files.ts";
import { readLandmarks } from "../landmarks.ts";
import { progress, tellSkipped } from "../progress.ts";

export const align = defineCommand({
  meta: {
    name: "align",
    description: "Align photographs of faces by their five points, into crops of one size",
  },
  args: {
    data: { type: "string", description: "Folder of the photographs", required: true },
    landmarks: {
      type: "string",
      description:
        "List of a name in --data and 10 numbers a line: x, y of eyes, nose and corners of the mouth",
      required: true,
    },
    out: {
      type: "string",
      description: "Folder for the crops, as PNG; those in it are kept",
      required: true,
    },
    size: {
      type: "string",
      description: `Height and width of the crops: ${Object.keys(faceTemplates).join(" or ")}`,
      default: "112x96",
    },
    json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
  },
  async run({ args }) {
    const { data, landmarks, out, json } = args;
    const size = sizeOf(args.size);
    const points = await readLandmarks(landmarks);
    if (points.size === 0)
      throw new KnotgradError("value", `--landmarks: ${landmarks} is given but names no image`);
    const line = progress("aligning");
    const { written, kept, skipped } = await alignFiles({
      ...{ folder: data, points, out, size },
      onProgress: line.update,
    }).finally(line.stop);
    tellSkipped(skipped);
    if (written + kept === 0)
      throw new KnotgradError(
        "value",
        `align: none of the ${points.size} images of ${landmarks} gave a crop`,
      );
    console.log(`${written} crops written to ${out}, ${kept} kept, ${skipped.length} left out`);
    if (json) console.log(JSON.stringify({ out, size, written, kept, skipped }));
  },
});

function sizeOf(text: string): keyof typeof faceTemplates {
  if (Object.hasOwn(faceTemplates, text)) return text as keyof typeof faceTemplates;
  throw new KnotgradError(
    "value",
    `--size: "${text}" is given but must be ${Object.keys(faceTemplates).join(" or ")}`,
  );
}
