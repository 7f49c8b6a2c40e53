// People who are in two data sets.

import type { Dataset } from "./dataset.ts";
import { keepClasses } from "./sampling.ts";

/**
 * The dataset without the classes that bear one of the names, and their own names in `leftOut`. Names are alike whatever
 * their case, accents, underscores, and a number after a first and last name: "Jane_Doe", "jane doe" and "Jane_Doe_0002"
 * are one. A name without letters is a number that means another person in each data set, and is never left out.
 */
export function withoutPeople(
  dataset: Dataset,
  names: Iterable<string>,
): { dataset: Dataset; leftOut: string[] } {
  const out = new Set(Array.from(names, plainName));
  const isOut = dataset.classes.map((name) => isName(name) && out.has(plainName(name)));
  if (!isOut.includes(true)) return { dataset, leftOut: [] };
  return {
    dataset: keepClasses(
      dataset,
      isOut.flatMap((is, label) => (is ? [] : [label])),
    ),
    leftOut: dataset.classes.filter((_, label) => isOut[label]),
  };
}

/** Whether a class is called by a name, and not by a number that means another person in each data set. */
export const isName = (name: string): boolean => /\p{L}/u.test(name);

/** A name in lower case, its words between single spaces, without marks above letters and a number at the end. */
export function plainName(name: string): string {
  const words = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[\s_]+/)
    .filter((word) => word !== "");
  if (words.length > 2 && /^\d+$/.test(words.at(-1)!)) words.pop();
  return words.join(" ");
}
