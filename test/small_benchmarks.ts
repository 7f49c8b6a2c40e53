// A small LFW, a small CFP and their lists, in folders.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PNG } from "pngjs";
import { random } from "../src/random.ts";

/** Noise that tells the person, and less of it that tells the image; a PNG of 14x12. */
export function noisyFace(person: number, image: number): Buffer {
  const png = new PNG({ width: 12, height: 14 });
  const [a, b] = [random(person), random(100 + image)];
  for (let i = 0; i < png.data.length; i += 4) {
    const v = a.below(200) + b.below(55);
    png.data.set([v, v, v, 255], i);
  }
  return PNG.sync.write(png);
}

/** Writes the folders `lfw`, `cfp` and `lists`: three images of Ann, Bo and Cy, and one of Di; two people in CFP. */
export function writeSmallBenchmarks(dir: string): void {
  const put = (file: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), content);
  };
  for (const [person, name] of ["Ann", "Bo", "Cy", "Di"].entries()) {
    for (let i = 1; i <= (name === "Di" ? 1 : 3); i++)
      put(`lfw/${name}/${name}_000${i}.png`, noisyFace(person, i));
  }
  const fold = ["Ann 1 2", "Bo 1 2", "Ann 1 Bo 3", "Cy 1 Di 1"];
  put("lists/lfw/pairs.txt", ["2 2", ...fold, ...fold.map((line) => line.replace("2", "3"))].join("\n"));
  for (const [list, pose] of [
    ["F", "frontal"],
    ["P", "profile"],
  ]) {
    const paths = ["001", "002"].flatMap((person) => [1, 2].map((i) => `${person}/${pose}/0${i}.png`));
    for (const [i, path] of paths.entries()) put(`cfp/${path}`, noisyFace(Math.floor(i / 2), i));
    put(
      `lists/cfp/Pair_list_${list}.txt`,
      paths.map((path, i) => `${i + 1} ../Data/Images/${path}\n`).join(""),
    );
  }
  for (let fold = 1; fold <= 10; fold++) {
    for (const test of ["FF", "FP"]) {
      const folder = `lists/cfp/Split/${test}/${String(fold).padStart(2, "0")}`;
      put(`${folder}/same.txt`, "1,2\n3,4\n");
      put(`${folder}/diff.txt`, "1,3\n2,4\n");
    }
  }
}
