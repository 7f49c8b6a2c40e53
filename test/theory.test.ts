// The closed forms of the KM loss against its definition, numbers worked out elsewhere, and each other.

import { describe, expect, test } from "vitest";
import {
  breakEvenP,
  criticalP,
  gradientMultiplier,
  kmLoss,
  normalizedKmLoss,
  normalizedSoftmaxLoss,
  peakP,
  relativeWeight,
} from "../src/face/theory.ts";

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

describe("the normalized losses", () => {
  test.each(GAMMAS)("are the losses over their means, gamma %d", (gamma) => {
    // The integral of log(p) / (gamma p + 1)^2 over [0, 1] is -log(1 + gamma) / gamma.
    expect(mean((p) => kmLoss(gamma, p))).toBeCloseTo(Math.log1p(gamma) / gamma, 6);
    expect(mean((p) => normalizedKmLoss(gamma, p))).toBeCloseTo(1, 6);
    expect(mean(normalizedSoftmaxLoss)).toBeCloseTo(1, 6);
  });

  test("cross at the critical p", () => {
    for (const gamma of GAMMAS) {
      const p = criticalP(gamma);
      expect(normalizedKmLoss(gamma, p)).toBeCloseTo(normalizedSoftmaxLoss(p), 12);
      expect(normalizedKmLoss(gamma, p / 2)).toBeGreaterThan(normalizedSoftmaxLoss(p / 2));
      expect(normalizedKmLoss(gamma, 2 * p)).toBeLessThan(normalizedSoftmaxLoss(2 * p));
    }
  });

  test("reach their limits", () => {
    for (const p of PS) expect(normalizedKmLoss(0, p)).toBe(normalizedSoftmaxLoss(p));
    expect(normalizedSoftmaxLoss(0)).toBe(Infinity);
    expect(normalizedSoftmaxLoss(1)).toBe(0);
    expect(normalizedKmLoss(4, 0)).toBe(Infinity);
  });
});

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

describe("breakEvenP and peakP", () => {
  test("have the known values, and so has the multiplier", () => {
    const rows = GAMMAS.map((gamma) => {
      const peak = peakP(gamma);
      return [gradientMultiplier(gamma, peak), peak, breakEvenP(gamma)]
        .concat([0.5, 0.9, 1].map((p) => gradientMultiplier(gamma, p)))
        .map((value) => value.toFixed(4))
        .join(" ");
    });
    expect(rows).toEqual([
      "1.0255 0.1253 0.3489 0.9669 0.8563 0.8264",
      "1.1782 0.0778 0.2465 0.6498 0.3047 0.2500",
      "1.2783 0.0564 0.1921 0.4233 0.1448 0.1111",
      "1.4038 0.0375 0.1380 0.2138 0.0551 0.0400",
      "1.4870 0.0285 0.1100 0.1275 0.0288 0.0204",
      "1.5497 0.0232 0.0924 0.0844 0.0176 0.0123",
    ]);
  });

  test("keep all their digits, for tiny and huge gamma too", () => {
    // From an independent computation with sixty digits.
    for (const [gamma, breakEven, peak] of [
      [1e-12, 0.3678794411712393, 0.1353352832365028],
      [1e-6, 0.3678792381686606, 0.13533517334288347],
      [1, 0.2465451771391338, 0.07783739646059519],
      [1e6, 3.53541081760988e-6, 4.045826401951951e-7],
      [1e300, 3.557637646973972e-299, 4.978338506142012e-301],
    ] as const) {
      expect(breakEvenP(gamma) / breakEven).toBeCloseTo(1, 14);
      expect(peakP(gamma) / peak).toBeCloseTo(1, 14);
    }
    for (const gamma of [0, 5e-324]) {
      expect(breakEvenP(gamma)).toBeCloseTo(Math.exp(-1), 15);
      expect(peakP(gamma)).toBeCloseTo(Math.exp(-2), 15);
    }
  });

  test("are where the multiplier says so", () => {
    for (const gamma of [0.01, ...GAMMAS, 100, 1e6, Number.MAX_VALUE]) {
      const [peak, breakEven] = [peakP(gamma), breakEvenP(gamma)];
      const highest = gradientMultiplier(gamma, peak);
      for (const near of [0.98, 1.02]) {
        expect(gradientMultiplier(gamma, near * peak)).toBeLessThan(highest);
      }
      expect(gradientMultiplier(gamma, breakEven)).toBeCloseTo(1, 12);
      expect(gradientMultiplier(gamma, 0.99 * breakEven)).toBeGreaterThan(1);
      expect(gradientMultiplier(gamma, 1.01 * breakEven)).toBeLessThan(1);
    }
  });
});

test("names what is wrong with an argument", () => {
  expect(() => criticalP(-1)).toThrow("criticalP: gamma is -1 but must be a finite number of at least 0");
  expect(() => criticalP(Number.NaN)).toThrow("gamma is NaN");
  expect(() => breakEvenP(-1)).toThrow("breakEvenP: gamma is -1");
  expect(() => peakP(Number.NaN)).toThrow("peakP: gamma is NaN");
  expect(() => normalizedKmLoss(-2, 0.5)).toThrow("normalizedKmLoss: gamma is -2");
  expect(() => normalizedSoftmaxLoss(-0.1)).toThrow("normalizedSoftmaxLoss: p is -0.1");
  expect(() => kmLoss(Infinity, 0.5)).toThrow("kmLoss: gamma is Infinity");
  expect(() => relativeWeight(1, 1.5)).toThrow(
    "relativeWeight: p is 1.5 but must be a probability from 0 to 1",
  );
  expect(() => gradientMultiplier(1, Number.NaN)).toThrow("gradientMultiplier: p is NaN");
});
