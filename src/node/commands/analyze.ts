// `knotgrad analyze`: what gamma does to the KM loss and its gradient, as a table and a figure.

import { readFile, rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import { KnotgradError } from "../../error.ts";
import { breakEvenP, criticalP, gradientMultiplier, peakP, relativeWeight } from "../../face/theory.ts";
import { number } from "../options.ts";
import { figureStart, mostGammas, theoryFigure } from "../report/theory_figure.ts";
import { table } from "../table.ts";

/** p_c as the poster prints it, by gamma. */
const POSTER: ReadonlyMap<number, number> = new Map([
  [0.1, 0.244],
  [1, 0.202],
  [2, 0.175],
  [4, 0.145],
  [6, 0.126],
  [8, 0.114],
]);

const MEANING = `\
The poster's p_c are these rounded up to three decimals, so those of gamma 0.1, 1 and 4 are not the nearest.

p_c is where the normalized losses cross, each divided by its mean over p uniform in [0, 1]: below p_c KM's is larger
(R > 1), above it smaller (R < 1). It is a statement about losses.
p* is where KM's gradient is as large as softmax's, nothing normalized: an image with a p below p* pulls harder than under
softmax, by the largest c at most, one with a p above it less. Training sees p*, which is not p_c.
Slips on the poster: the normalized softmax loss is -log p, with a minus; R = gamma / (log(1 + gamma) (gamma p + 1)^2)
has a plus; and R >= 1 holds for p <= p_c, R <= 1 for p >= p_c, not the other way round.`;

export const analyze = defineCommand({
  meta: {
    name: "analyze",
    description: "Show what gamma does to the KM loss and its gradient, as a table and a figure",
  },
  args: {
    gammas: {
      type: "string",
      description: "Gammas above 0, with commas between",
      default: [...POSTER.keys()].join(","),
    },
    svg: { type: "string", description: "Where the figure goes", default: "knotgrad-km.svg" },
    json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
  },
  async run({ args }) {
    const gammas = parseGammas(args.gammas);
    const figure = resolve(args.svg);
    await writeFigure(figure, theoryFigure(gammas));

    const rows = gammas.map((gamma) => {
      const peak = peakP(gamma);
      return {
        gamma,
        criticalP: criticalP(gamma),
        posterCriticalP: POSTER.get(gamma) ?? null,
        breakEvenP: breakEvenP(gamma),
        largestMultiplier: gradientMultiplier(gamma, peak),
        peakP: peak,
        multiplierAt1: gradientMultiplier(gamma, 1),
        weightAt0: relativeWeight(gamma, 0),
        weightAt1: relativeWeight(gamma, 1),
      };
    });
    console.log(
      table(
        ["gamma", "p_c", "poster's p_c", "p*", "largest c", "at p", "c(1)", "R(0)", "R(1)"],
        rows.map(({ gamma, posterCriticalP, ...row }) => [
          String(gamma),
          digits(row.criticalP),
          posterCriticalP?.toFixed(3) ?? "-",
          digits(row.breakEvenP),
          digits(row.largestMultiplier),
          digits(row.peakP),
          digits(row.multiplierAt1),
          digits(row.weightAt0),
          digits(row.weightAt1),
        ]),
      ),
    );
    console.log(`\n${MEANING}\n\nFigure: ${figure}`);
    if (args.json) console.log(JSON.stringify({ figure, rows }));
  },
});

/** The gammas of a list, each once, in rising order. */
function parseGammas(list: string): number[] {
  const gammas = [...new Set(list.split(",").map((text) => number("gammas", text)))].sort((a, b) => a - b);
  const wrong = gammas.find((gamma) => !(gamma > 0 && gamma < Infinity));
  if (wrong !== undefined) {
    throw new KnotgradError(
      "value",
      `--gammas: ${wrong} is given but each must be a finite number above 0; softmax, gamma 0, is always drawn`,
    );
  }
  if (gammas.length > mostGammas) {
    throw new KnotgradError(
      "value",
      `--gammas: (${gammas.length}) are given but at most (${mostGammas}) lines can be told apart`,
    );
  }
  return gammas;
}

/** Four decimals, or four digits with an exponent where those would hide the number. */
function digits(value: number): string {
  return value === 0 || (value >= 1e-3 && value < 1e6) ? value.toFixed(4) : value.toExponential(3);
}

/** Writes the figure in place of an earlier one. Throws where the file is something else or cannot be written. */
async function writeFigure(file: string, svg: string): Promise<void> {
  try {
    const earlier = await readFile(file, "utf8").catch((error) => {
      if (error.code === "ENOENT") return figureStart;
      throw error;
    });
    if (!earlier.startsWith(figureStart)) throw new Error("the file there is not a figure of this command");
    await writeFile(`${file}.tmp`, svg);
    await rename(`${file}.tmp`, file);
  } catch (error) {
    throw new KnotgradError(
      "value",
      `--svg: ${file} is given but ${(error as Error).message}; name another file`,
    );
  }
}
