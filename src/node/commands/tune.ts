// `knotgrad tune`: which variants are fastest on this adapter.
import { defineCommand } from "citty";
import { tune as measure } from "../../tune.ts";
import { progress } from "../progress.ts";
import { table } from "../table.ts";
import { saveTiles } from "../tiles.ts";
import { openAndSay } from "./shared.ts";

export const tune = defineCommand({
  meta: {
    name: "tune",
    description: "Measure the variants of the products here and keep the fastest for this adapter",
  },
  args: {
    json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
    keep: { type: "boolean", description: "Write the table that later runs take", default: true },
  },
  async run({ args }) {
    const { gpu, info } = await openAndSay();
    const line = progress("measuring");
    const tiles = await measure(gpu, (done, all, what) => line.update(done, all, what));
    line.stop();
    const bounds = (most: object = {}) =>
      Object.entries(most)
        .map(([size, n]) => `${size} <= ${n}`)
        .join(", ") || "the rest";
    console.log(
      table(
        ["products", "loop", "tile", "measured"],
        tiles.gemm.map(({ loop, knobs, most, measured }) => [
          bounds(most),
          loop,
          Object.entries(knobs)
            .map(([knob, n]) => `${knob} ${n}`)
            .join(" "),
          measured,
        ]),
      ),
    );
    if (args.keep)
      console.log(`\nWritten to ${saveTiles(info, tiles)}; delete it to go back to the defaults.`);
    if (args.json) console.log(JSON.stringify({ adapter: info, tiles }));
  },
});
