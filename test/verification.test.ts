import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areaUnder, equalErrorRate, roc, trueAcceptRate } from "../src/face/roc.ts";
import { cosine, pairScores, verify } from "../src/face/verification.ts";
import { random } from "../src/random.ts";

/** Scores in few distinct values, so that ties are common, in K folds that each have both kinds of pair. */
const scored = fc
  .record({
    K: fc.integer({ min: 2, max: 4 }),
    extra: fc.array(
      fc.record({ score: fc.integer({ min: 0, max: 6 }), same: fc.boolean(), fold: fc.nat(1) }),
      { maxLength: 20 },
    ),
    base: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 8, maxLength: 8 }),
  })
  .map(({ K, extra, base }) => {
    const rows = Array.from({ length: 2 * K }, (_, i) => ({
      score: base[i]!,
      same: i % 2 === 0,
      fold: Math.floor(i / 2),
    }));
    return columns([...rows, ...extra]);
  });

function columns(rows: { score: number; same: boolean; fold: number }[]) {
  return {
    scores: rows.map(({ score }) => score),
    same: rows.map(({ same }) => same),
    fold: rows.map(({ fold }) => fold),
  };
}

/** How many of the listed pairs a threshold gets right. */
const rightAt = (scores: number[], same: boolean[], pairs: number[], threshold: number): number =>
  pairs.filter((i) => scores[i]! >= threshold === same[i]).length;

describe("verify", () => {
  test("scores worked by hand, two folds", () => {
    // Fold 1 is best split between .2 and .8, fold 0 between .3 and .4 or between .6 and .9 (the wider gap).
    const v = verify(
      [0.9, 0.4, 0.6, 0.3, 0.8, 0.85, 0.2, 0.1],
      [1, 1, 0, 0, 1, 1, 0, 0],
      [0, 0, 0, 0, 1, 1, 1, 1],
    );
    expect(v.folds).toEqual([
      { threshold: 0.5, accuracy: 0.5 },
      { threshold: 0.75, accuracy: 1 },
    ]);
    expect(v.mean).toBe(0.75);
    // Sample deviation of (.5, 1) is sqrt(.125); over sqrt(2).
    expect(v.standardError).toBeCloseTo(0.25, 14);
    // Of 4 x 4 comparisons only .4 against .6 is lost.
    expect(v.auc).toBe(15 / 16);
    expect(v.eer).toBe(0.25);
    expect(v.tarAtFar).toEqual({ "0.01": null, "0.001": null });
  });

  test("insightface's thresholds, by hand: squared distances on a grid, the first of the best", () => {
    // Distances 0.205 and 1 (one person), 1.8 and 2 (two); the other fold 0.995 and 1.205. The 1 is not below 1.00.
    const scores = [0.8975, 0.5, 0.1, 0, 0.5025, 0.3975];
    const same = [1, 1, 0, 0, 1, 0];
    const fold = [0, 0, 0, 0, 1, 1];
    const v = verify(scores, same, fold, { search: "insightface" });
    expect(v.folds).toEqual([
      { threshold: 1, accuracy: 0.75 },
      { threshold: 1.01, accuracy: 1 },
    ]);
    expect([v.mean, v.deviation]).toEqual([0.875, 0.125]);
    expect(verify(scores, same, fold).folds.map(({ accuracy }) => accuracy)).toEqual([1, 0.5]);
    expect(() => verify([2, 0, 1, 0], [1, 0, 1, 0], [0, 0, 1, 1], { search: "insightface" })).toThrow(
      "verify: score 0 is 2 but insightface's thresholds are for cosines",
    );
    expect(() => verify(scores, same, fold, { search: "grid" as "exact" })).toThrow(
      "verify: search is grid but",
    );
  });

  test("the threshold of a fold does not depend on the fold's own scores", () => {
    const same = [1, 0, 1, 0, 1, 0];
    const fold = [0, 0, 1, 1, 2, 2];
    const threshold = (a: number, b: number): number =>
      verify([a, b, 0.7, 0.3, 0.9, 0.2], same, fold).folds[0]!.threshold;
    expect(threshold(0.1, 0.8)).toBe(0.5);
    expect(threshold(5, -5)).toBe(0.5);
  });

  test("of equally good gaps the widest counts, then the highest", () => {
    const best = (scores: number[], same: number[]): number => {
      const fold = [...scores.map(() => 0), 1, 1];
      return verify([...scores, 0, 0], [...same, 0, 1], fold).folds[1]!.threshold;
    };
    expect(best([1, 2, 3, 6], [0, 1, 0, 1])).toBe(4.5);
    expect(best([1, 4, 5, 6], [0, 1, 0, 1])).toBe(2.5);
    expect(best([1, 2, 3, 4], [0, 1, 0, 1])).toBe(3.5);
  });

  test("equal scores give half, whatever the score", () => {
    for (const score of [0, -3, 1e300]) {
      const v = verify(new Float64Array(8).fill(score), [1, 0, 1, 0, 1, 0, 1, 0], [0, 0, 0, 0, 1, 1, 1, 1]);
      expect([v.mean, v.standardError, v.auc, v.eer]).toEqual([0.5, 0, 0.5, 0.5]);
    }
  });

  test("scores upside down do not profit from rejecting or accepting everything", () => {
    const v = verify([0, 1, 0, 1, 1, 0], [1, 0, 1, 0, 0, 1], [0, 0, 0, 1, 1, 1]);
    // Fold 1 (two pairs of two people) says reject, fold 0 (two of one person) says accept; both are wrong elsewhere.
    expect(v.folds.map(({ accuracy }) => accuracy)).toEqual([1 / 3, 1 / 3]);
    expect([v.auc, v.eer]).toEqual([0, 1]);
  });

  test("perfect separation gives 1", () => {
    const n = 4000;
    const same = Array.from({ length: n }, (_, i) => i % 2);
    const r = random(3);
    const v = verify(
      same.map((y) => y + 0.9 * r.next()),
      same,
      same.map((_, i) => Math.floor((i * 10) / n)),
    );
    expect(v).toMatchObject({
      mean: 1,
      standardError: 0,
      auc: 1,
      eer: 0,
      tarAtFar: { "0.01": 1, "0.001": 1 },
    });
  });

  test("neighbouring doubles are still told apart", () => {
    const low = 1 + Number.EPSILON;
    const high = 1 + 2 * Number.EPSILON;
    expect(verify([high, low, high, low], [1, 0, 1, 0], [0, 0, 1, 1]).mean).toBe(1);
    expect(verify([1.7e308, -1.7e308, 1.7e308, -1.7e308], [1, 0, 1, 0], [0, 0, 1, 1]).mean).toBe(1);
    expect(verify([1.7e308, 1.6e308, 1.7e308, 1.6e308], [1, 0, 1, 0], [0, 0, 1, 1]).mean).toBe(1);
    expect(verify([5e-324, 0, 5e-324, 0], [1, 0, 1, 0], [0, 0, 1, 1]).mean).toBe(1);
  });

  test("each threshold is right as often as any other on the other folds, and accuracies follow from it", () => {
    fc.assert(
      fc.property(scored, ({ scores, same, fold }) => {
        const v = verify(scores, same, fold);
        const all = scores.map((_, i) => i);
        const candidates = [...scores, ...scores.map((s) => s + 0.5), ...scores.map((s) => s - 0.5)];
        for (const [k, { threshold, accuracy }] of v.folds.entries()) {
          const others = all.filter((i) => fold[i] !== k);
          const most = Math.max(...candidates.map((t) => rightAt(scores, same, others, t)));
          expect(rightAt(scores, same, others, threshold)).toBe(most);
          const own = all.filter((i) => fold[i] === k);
          expect(accuracy).toBe(rightAt(scores, same, own, threshold) / own.length);
        }
      }),
    );
  });

  test("the order of pairs does not matter", () => {
    fc.assert(
      fc.property(scored, fc.nat(), ({ scores, same, fold }, seed) => {
        const order = random(seed).shuffle(scores.map((_, i) => i));
        const moved = <T>(a: T[]): T[] => order.map((i) => a[i]!);
        expect(verify(moved(scores), moved(same), moved(fold))).toEqual(verify(scores, same, fold));
      }),
    );
  });

  test("a large list takes no quadratic time", () => {
    const n = 200_000;
    const r = random(5);
    const same = Uint8Array.from({ length: n }, (_, i) => i % 2);
    const scores = Float64Array.from(same, (y) => y + r.normal());
    const v = verify(
      scores,
      same,
      same.map((_, i) => Math.floor((i * 10) / n)),
    );
    // Normal scores one deviation apart: the best threshold is right with probability Phi(1/2) = .69146.
    expect(Math.abs(v.mean - 0.69146)).toBeLessThan(0.005);
    // Area Phi(1 / sqrt(2)) = .76025; true accepts at 1 % are 1 - Phi(2.32635 - 1) = .09236.
    expect(Math.abs(v.auc - 0.76025)).toBeLessThan(0.005);
    expect(Math.abs(v.eer - 0.30854)).toBeLessThan(0.005);
    expect(Math.abs(v.tarAtFar["0.01"]! - 0.09236)).toBeLessThan(0.01);
  }, 5000);

  test("input that is no list of pairs is refused in a sentence", () => {
    const ok = { scores: [1, 0, 1, 0], same: [1, 0, 1, 0], fold: [0, 0, 1, 1] };
    const refused = (change: Partial<Record<keyof typeof ok, number[]>>): (() => unknown) => {
      const { scores, same, fold } = { ...ok, ...change };
      return () => verify(scores, same, fold);
    };
    expect(refused({})).not.toThrow();
    expect(refused({ scores: [1, 0] })).toThrow("verify: scores (2) and same (4) differ in length");
    expect(refused({ fold: [0, 1] })).toThrow("verify: fold (2) and same (4) differ in length");
    expect(refused({ scores: [1, NaN, 1, 0] })).toThrow("verify: score 1 is NaN but scores must be finite");
    expect(refused({ scores: [1, 0, Infinity, 0] })).toThrow("score 2 is Infinity");
    expect(refused({ same: [1, 0, 2, 0] })).toThrow("verify: same 2 is 2 but must be true, false, 1 or 0");
    expect(refused({ fold: [0, 0, 0, 0] })).toThrow(
      "verify: the pairs form 1 fold but at least 2 are needed",
    );
    expect(refused({ fold: [0, 0, 2, 2] })).toThrow("verify: fold 1 has 0 pairs of one person and 0 of two");
    expect(refused({ fold: [0, 1, 1, 1] })).toThrow("verify: fold 0 has 1 pairs of one person and 0 of two");
    expect(refused({ fold: [0, 0, 1, -1] })).toThrow("verify: fold of pair 3 is -1 but must be");
    expect(refused({ fold: [0, 0, 1, 0.5] })).toThrow("verify: fold of pair 3 is 0.5 but must be");
    expect(refused({ fold: [0, 0, 1, 1e9] })).toThrow("verify: fold of pair 3 is 1000000000 but must be");
    expect(refused({ scores: [], same: [], fold: [] })).toThrow("verify: the pairs form 0 folds");
  });
});

describe("the curve", () => {
  test("points worked by hand, with a tie", () => {
    expect(roc([3, 2, 2, 1], [true, false, true, false])).toEqual({
      thresholds: Float64Array.of(3, 2, 1),
      trueAccepts: Uint32Array.of(1, 2, 2),
      falseAccepts: Uint32Array.of(0, 1, 2),
    });
  });

  test("the area is the chance that a pair of one person outscores a pair of two", () => {
    fc.assert(
      fc.property(scored, ({ scores, same }) => {
        const of = (kind: boolean): number[] => scores.filter((_, i) => same[i] === kind);
        const wins = of(true).flatMap((p) => of(false).map((n): number => (p > n ? 1 : p === n ? 0.5 : 0)));
        expect(areaUnder(roc(scores, same))).toBeCloseTo(wins.reduce((a, b) => a + b, 0) / wins.length, 12);
      }),
    );
  });

  test("the equal error rate lies where the lines of both rates cross", () => {
    // At >= 2: 1/4 falsely accepted, 1/2 rejected; at >= 1: 3/4 and 0. The lines meet a quarter of the way, at 3/8.
    const scores = [3, 2, 1, 1, 1, 0];
    expect(equalErrorRate(roc(scores, [1, 0, 1, 0, 0, 0]))).toBe(3 / 8);
    expect(equalErrorRate(roc([2, 1], [1, 0]))).toBe(0);
    expect(equalErrorRate(roc([1, 2], [1, 0]))).toBe(1);
    expect(equalErrorRate(roc([1, 1, 1], [1, 0, 0]))).toBe(0.5);
  });

  test("the equal error rate is where the rates cross in a naive search, and stays when kinds and signs swap", () => {
    fc.assert(
      fc.property(scored, ({ scores, same }) => {
        const share = (kind: boolean, t: number): number => {
          const all = scores.filter((_, i) => same[i] === kind);
          return all.filter((s) => s >= t).length / all.length;
        };
        const eer = equalErrorRate(roc(scores, same));
        // The last threshold at which no more are accepted than rejected, and the first one past it.
        const points = [99, ...new Set(scores)]
          .sort((a, b) => b - a)
          .map((t) => ({ far: share(false, t), frr: 1 - share(true, t) }));
        const before = points.findLast(({ far, frr }) => far < frr)!;
        const after = points[points.lastIndexOf(before) + 1]!;
        const u = (before.frr - before.far) / (before.frr - before.far + after.far - after.frr);
        expect(eer).toBeCloseTo(before.far + u * (after.far - before.far), 12);
        const swapped = roc(
          scores.map((s) => -s),
          same.map((s) => !s),
        );
        expect(equalErrorRate(swapped)).toBeCloseTo(eer, 12);
      }),
    );
  });

  test("the true accept rate at a false accept rate, at its edges", () => {
    // Two people: 1, 2, ..., 100. One person: 100.5, 100, 99.5, 50, 0.
    const curve = roc(
      [...Array.from({ length: 100 }, (_, i) => i + 1), 100.5, 100, 99.5, 50, 0],
      [...new Array<number>(100).fill(0), 1, 1, 1, 1, 1],
    );
    expect(trueAcceptRate(curve, 0)).toBe(0.2); // above 100
    expect(trueAcceptRate(curve, 0.01)).toBe(0.4); // from 100
    expect(trueAcceptRate(curve, 0.02)).toBe(0.6); // from 99
    expect(trueAcceptRate(curve, 0.5)).toBe(0.6); // from 51
    expect(trueAcceptRate(curve, 0.51)).toBe(0.8); // from 50
    expect(trueAcceptRate(curve, 0.999)).toBe(0.8); // from 1
    expect(trueAcceptRate(curve, 1)).toBe(1);
    expect(trueAcceptRate(curve, 0.0099)).toBe(null);
    expect(() => trueAcceptRate(curve, 1.5)).toThrow(
      "trueAcceptRate: far is 1.5 but must lie between 0 and 1",
    );
    expect(() => trueAcceptRate(curve, NaN)).toThrow("far is NaN");
  });

  test("a tie of two people does not buy true accepts", () => {
    // One false accept in 4 is allowed, but 5 stands for two pairs of two people.
    const curve = roc([6, 5, 5, 5, 4, 3], [1, 1, 0, 0, 0, 0]);
    expect(trueAcceptRate(curve, 0.25)).toBe(0.5);
    expect(trueAcceptRate(curve, 0.5)).toBe(1);
    // All equal: nothing lies above the scores of two people.
    expect(trueAcceptRate(roc([1, 1, 1], [1, 0, 0]), 0.5)).toBe(0);
  });

  test("the true accept rate follows its rule on random scores", () => {
    fc.assert(
      fc.property(scored, fc.double({ min: 0, max: 0.999, noNaN: true }), ({ scores, same }, far) => {
        const positives = scores.filter((_, i) => same[i]);
        const negatives = scores.filter((_, i) => !same[i]);
        const rate = trueAcceptRate(roc(scores, same), far);
        if (far > 0 && far * negatives.length < 1 - 1e-9) {
          expect(rate).toBe(null);
          return;
        }
        const allowed = Math.round(far * negatives.length);
        const possible = negatives.filter((t) => negatives.filter((s) => s >= t).length <= allowed);
        const above = Math.max(...negatives);
        const accepted = positives.filter((s) =>
          possible.length > 0 ? s >= Math.min(...possible) : s > above,
        );
        expect(rate).toBe(accepted.length / positives.length);
      }),
    );
  });

  test("one kind of pair alone has no curve", () => {
    expect(() => roc([1, 2], [1, 1])).toThrow("roc: 2 of 2 pairs show one person but");
    expect(() => roc([], [])).toThrow("roc: 0 of 0 pairs show one person but");
    expect(() => roc([1, NaN], [1, 0])).toThrow("roc: score 1 is NaN");
  });
});

describe("scores of pairs", () => {
  test("the cosine of known angles", () => {
    expect(cosine([3, 0], [5, 0])).toBe(1);
    expect(cosine([1, 0], [0, 2])).toBe(0);
    expect(cosine([1, 2], [-2, -4])).toBeCloseTo(-1, 15);
    expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 15);
    // Squares beyond the range of f32 are no danger in doubles.
    expect(cosine(Float32Array.of(1e30, 0), Float32Array.of(1e30, 1e30))).toBeCloseTo(Math.SQRT1_2, 7);
  });

  test("pairs of rows have the cosine of their rows", () => {
    const r = random(8);
    const D = 37;
    const embeddings = Float32Array.from({ length: 11 * D }, () => r.normal());
    const row = (n: number): Float32Array => embeddings.slice(n * D, (n + 1) * D);
    const pairs = Array.from({ length: 50 }, () => ({ a: r.below(11), b: r.below(11) }));
    const scores = pairScores(embeddings, D, pairs);
    expect(scores.length).toBe(50);
    for (const [p, { a, b }] of pairs.entries()) expect(scores[p]).toBeCloseTo(cosine(row(a), row(b)), 14);
    expect(pairScores(embeddings, D, [])).toEqual(new Float64Array(0));
  });

  test("embeddings without direction and rows that are not there are refused in a sentence", () => {
    expect(() => cosine([1], [1, 2])).toThrow("cosine: a (1) and b (2) differ in length");
    expect(() => cosine([1, 2], [0, 0])).toThrow("cosine: b has length 0 but must be finite and not zero");
    expect(() => cosine([NaN, 2], [1, 0])).toThrow("cosine: a has length NaN");
    const embeddings = Float32Array.of(1, 2, 0, 0, Infinity, 1);
    expect(() => pairScores(embeddings, 4, [])).toThrow("pairScores: embeddings (6)");
    expect(() => pairScores(embeddings, 0, [])).toThrow("D is 0");
    expect(() => pairScores(embeddings, 2, [{ a: 0, b: 3 }])).toThrow(
      "pair 0 names row 3 but there are 3 rows",
    );
    expect(() => pairScores(embeddings, 2, [{ a: -1, b: 0 }])).toThrow("pair 0 names row -1");
    expect(() => pairScores(embeddings, 2, [{ a: 0, b: 1 }])).toThrow("pairScores: row 1 has length 0");
    expect(() => pairScores(embeddings, 2, [{ a: 0, b: 2 }])).toThrow(
      "pairScores: row 2 has length Infinity",
    );
    expect(pairScores(embeddings, 2, [{ a: 0, b: 0 }])[0]).toBeCloseTo(1, 15);
  });
});
