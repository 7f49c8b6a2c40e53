// The closed forms of the KM loss against its definition, numbers worked out elsewhere, and each other.

import { describe, expect, test } from "vitest";
import { criticalP, gradientMultiplier, kmLoss, relativeWeight } from "../src/face/theory.ts";

const GAMMAS = [0.1, 1, 2, 4, 6, 8];
const PS = [1e-9, 0.001, 0.05, 0.25, 0.5, 0.9, 1];

/** The mean of f over p uniform in [0, 1]; p = t^4 takes the edge off the logarithm at 0. */
function mean(f: (p: number) => number): number {
  const n = 20_000;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const t = (i + 0.5) / n;
    sum += (f(t ** 4) * 4 * t ** 3) / n;
  }
  return sum;
}

describe("relativeWeight", () => {
  test.each(GAMMAS)("is the ratio of the normalized losses, gamma %d", (gamma) => {
    const [km, softmax] = [mean((p) => kmLoss(gamma, p)), mean((p) => kmLoss(0, p))];
    for (const p of PS.slice(0, -1)) {
      const ratio = kmLoss(gamma, p) / km / (kmLoss(0, p) / softmax);
      expect(relativeWeight(gamma, p)).toBeCloseTo(ratio, 6);
    }
  });

  test("has the known values at p = 0 and p = 1", () => {
    const ends = GAMMAS.map((g) => [relativeWeight(g, 0).toFixed(4), relativeWeight(g, 1).toFixed(5)]);
    expect(ends).toEqual([
      ["1.0492", "0.86711"],
      ["1.4427", "0.36067"],
      ["1.8205", "0.20228"],
      ["2.4853", "0.09941"],
      ["3.0834", "0.06293"],
      ["3.6410", "0.04495"],
    ]);
  });

  test("is 1 everywhere in the limit of gamma 0", () => {
    for (const p of PS) {
      expect(relativeWeight(0, p)).toBe(1);
      expect(relativeWeight(1e-12, p)).toBeCloseTo(1, 11);
    }
  });
});

describe("criticalP", () => {
  test("has the known values to six decimals", () => {
    expect(GAMMAS.map((g) => criticalP(g).toFixed(6))).toEqual([
      "0.243075",
      "0.201122",
      "0.174626",
      "0.144124",
      "0.125993",
      "0.113516",
    ]);
  });

  test("is where the relative weight crosses 1, from above", () => {
    for (const gamma of [1e-3, 0.05, 0.0999, 0.1001, ...GAMMAS, 100, 1e6]) {
      const p = criticalP(gamma);
      expect(relativeWeight(gamma, p)).toBeCloseTo(1, 12);
      expect(relativeWeight(gamma, p / 2)).toBeGreaterThan(1);
      expect(relativeWeight(gamma, (p + 1) / 2)).toBeLessThan(1);
    }
  });

  test("keeps its digits for tiny gamma, where the closed form has none", () => {
    expect(criticalP(0)).toBe(0.25);
    for (const gamma of [5e-324, 1e-300, 1e-16, 1e-9, 1e-7]) {
      expect(Math.abs(criticalP(gamma) - (0.25 - (7 * gamma) / 96))).toBeLessThan(1e-14);
    }
  });

  test("agrees with the closed form on both sides of the switch from series to logarithm", () => {
    for (const gamma of [0.0999999, 0.1, 0.1000001, 0.5, 1e3, 1e200]) {
      const closed = 1 / Math.sqrt(gamma * Math.log1p(gamma)) - 1 / gamma;
      expect(criticalP(gamma) / closed).toBeCloseTo(1, 12);
    }
  });
});

describe("kmLoss and gradientMultiplier", () => {
  test("the multiplier is -p times the slope of the loss", () => {
    for (const gamma of [0, ...GAMMAS]) {
      for (const p of [0.001, 0.05, 0.25, 0.5, 0.9, 0.999]) {
        const h = 1e-5 * p;
        const slope = (kmLoss(gamma, p + h) - kmLoss(gamma, p - h)) / (2 * h);
        expect(gradientMultiplier(gamma, p)).toBeCloseTo(-p * slope, 8);
      }
    }
  });

  test("have the known values", () => {
    const vectors = [
      { gamma: 1, p: 0.0900305731703805, loss: 2.02632009873391, c: 1.17635872969903 },
      { gamma: 4, p: 0.665240955774822, loss: 0.030412327301104, c: 0.11882234799482 },
      { gamma: 8, p: 0.25, loss: 0.154032706791099, c: 0.316488053499243 },
      { gamma: 6, p: 6.26291755361e-16, loss: 35.0067153484889, c: 1.00000000000026 },
    ];
    for (const { gamma, p, loss, c } of vectors) {
      expect(kmLoss(gamma, p) / loss).toBeCloseTo(1, 12);
      expect(gradientMultiplier(gamma, p)).toBeCloseTo(c, 12);
    }
  });

  test("reach their limits at p = 0 and p = 1, and softmax at gamma 0", () => {
    for (const gamma of [0, ...GAMMAS]) {
      expect(kmLoss(gamma, 0)).toBe(Infinity);
      expect(kmLoss(gamma, 1)).toBe(0);
      expect(gradientMultiplier(gamma, 0)).toBe(1);
      expect(gradientMultiplier(gamma, 5e-324)).toBeCloseTo(1, 14);
      expect(gradientMultiplier(gamma, 1)).toBeCloseTo(1 / (1 + gamma) ** 2, 14);
    }
    for (const p of PS) {
      expect(gradientMultiplier(0, p)).toBe(1);
      expect(kmLoss(0, p)).toBe(0 - Math.log(p));
    }
  });
});

test("names what is wrong with an argument", () => {
  expect(() => criticalP(-1)).toThrow("criticalP: gamma is -1 but must be a finite number of at least 0");
  expect(() => criticalP(Number.NaN)).toThrow("gamma is NaN");
  expect(() => kmLoss(Infinity, 0.5)).toThrow("kmLoss: gamma is Infinity");
  expect(() => relativeWeight(1, 1.5)).toThrow(
    "relativeWeight: p is 1.5 but must be a probability from 0 to 1",
  );
  expect(() => gradientMultiplier(1, Number.NaN)).toThrow("gradientMultiplier: p is NaN");
});
