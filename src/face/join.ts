// Several data sets as one.
import { KnotgradError } from "../error.ts";
import { type Dataset, makeDataset } from "./dataset.ts";
import { isName, plainName } from "./overlap.ts";

/**
 * The images of several data sets of one image size. Classes whose names `withoutPeople` takes for one person are one; a
 * name without letters is another person in each data set, and is called "name (2)" in the second, and so on.
 * Throws where there is none, or sizes differ.
 */
export function joinDatasets(datasets: readonly Dataset[]): Dataset {
  const [first] = datasets;
  if (first === undefined)
    throw new KnotgradError("missing", "joinDatasets: no data set is given but at least 1 is needed");
  const { height, width, channels } = first;
  const size = (d: Dataset) => `(${d.height}, ${d.width}, ${d.channels})`;
  const other = datasets.find((d) => size(d) !== size(first));
  if (other) {
    throw new KnotgradError(
      "value",
      `joinDatasets: images are ${size(first)} and ${size(other)} but must be of one size`,
    );
  }
  const classes: string[] = [];
  const known = new Map<string, number>();
  const numbers = datasets.map((dataset, d) =>
    dataset.classes.map((name) => {
      const key = isName(name) ? plainName(name) : `${name} (${d + 1})`;
      const label = known.get(key) ?? classes.push(isName(name) || d === 0 ? name : key) - 1;
      known.set(key, label);
      return label;
    }),
  );
  const all = datasets.flatMap(({ labels }, d) => Array.from(labels, (label) => numbers[d]![label]!));
  const pixels = new Uint8Array(all.length * height * width * channels);
  const severity = new Float32Array(all.length);
  let [atPixel, atImage] = [0, 0];
  for (const dataset of datasets) {
    pixels.set(dataset.pixels, atPixel);
    severity.set(dataset.severity, atImage);
    atPixel += dataset.pixels.length;
    atImage += dataset.labels.length;
  }
  return makeDataset({ height, width, channels, pixels, labels: Uint32Array.from(all), classes, severity });
}
