// Rank correlation against worked examples; the principal plane against clouds whose axes are known.

import { describe, expect, test } from "vitest";
import { principalPlane, rankCorrelation } from "../src/face/statistics.ts";
import { random } from "../src/random.ts";

describe("rankCorrelation", () => {
  test("a worked example without ties", () => {
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
    expect(rankCorrelation(iq, hours)).toBeCloseTo(-29 / 165, 14);
  });

  test("equal values share their mean rank", () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4: 4.5 / sqrt(4.5 * 5).
    expect(rankCorrelation([1, 2, 2, 3], [10, 30, 20, 40])).toBeCloseTo(4.5 / Math.sqrt(22.5), 14);
  });

  test("only the order counts", () => {
    const x = Array.from({ length: 50 }, (_, i) => i / 7);
    expect(rankCorrelation(x, x.map(Math.exp))).toBe(1);
    expect(rankCorrelation(new Float32Array(x), new Float32Array(x.map((v) => -(v ** 3))))).toBe(-1);
  });

  test("unrelated lists are near 0", () => {
    const stream = random(3);
    const draw = () => Array.from({ length: 4000 }, () => stream.next());
    expect(Math.abs(rankCorrelation(draw(), draw())!)).toBeLessThan(3 / Math.sqrt(4000));
  });

  test("null where it has no meaning, and a sentence for bad input", () => {
    expect(rankCorrelation([], [])).toBeNull();
    expect(rankCorrelation([1], [2])).toBeNull();
    expect(rankCorrelation([1, 2, 3], [5, 5, 5])).toBeNull();
    expect(() => rankCorrelation([1, 2], [1])).toThrow("lists of 2 and 1 values");
    expect(() => rankCorrelation([1, Number.NaN, 3], [1, 2, 3])).toThrow("value 1 is NaN");
  });
});

describe("principalPlane", () => {
  /** Rows at +s and -s along each of D orthonormal directions (a reflection of the axes), moved by `offset`. */
  function cloud(scales: number[], offset: number): Float32Array {
    const D = scales.length;
    const mirror = Array.from({ length: D }, (_, i) => 1 / (i + 1));
    const square = mirror.reduce((s, v) => s + v * v, 0);
    const rows = scales.flatMap((s, k) =>
      [1, -1].flatMap((sign) =>
        mirror.map((m, d) => offset + sign * s * ((d === k ? 1 : 0) - (2 * m * mirror[k]!) / square)),
      ),
    );
    return new Float32Array(rows);
  }

  test("finds the two directions of largest spread, wherever the cloud is", () => {
    const scales = [1, 0.5, 7, 2, 0.1, 4, 3];
    for (const offset of [0, 100]) {
      const plane = principalPlane(cloud(scales, offset), scales.length);
      plane.forEach(({ x, y }, n) => {
        const k = Math.floor(n / 2);
        expect(Math.abs(x)).toBeCloseTo(k === 2 ? 7 : 0, 3);
        expect(Math.abs(y)).toBeCloseTo(k === 5 ? 4 : 0, 3);
      });
    }
  });

  test("is the same at every call, and turns with its sign rule", () => {
    const rows = cloud([3, 2, 1], 0);
    expect(principalPlane(rows, 3)).toEqual(principalPlane(rows, 3));
    // The largest element of each axis is positive: a line along (-3, 1) is measured along (3, -1).
    const line = principalPlane(new Float32Array([-3, 1, 0, 0, 3, -1]), 2);
    const root = Math.sqrt(10);
    [-root, 0, root].forEach((x, i) => {
      expect(line[i]!.x).toBeCloseTo(x, 6);
      expect(line[i]!.y).toBe(0);
    });
  });

  test("keeps all distances of a cloud that lies in a plane, also where both spreads are equal", () => {
    for (const scales of [
      [2, 1],
      [1, 1],
    ]) {
      const rows = cloud(scales, 5);
      const plane = principalPlane(rows, 2);
      for (let a = 0; a < 4; a++) {
        for (let b = 0; b < a; b++) {
          const before = Math.hypot(rows[2 * a]! - rows[2 * b]!, rows[2 * a + 1]! - rows[2 * b + 1]!);
          expect(Math.hypot(plane[a]!.x - plane[b]!.x, plane[a]!.y - plane[b]!.y)).toBeCloseTo(before, 5);
        }
      }
    }
  });

  test("more numbers than rows, and the size of a real network", () => {
    const [N, D] = [400, 256];
    const stream = random(5);
    const rows = new Float32Array(N * D).map(
      (_, i) => stream.normal() * (i % D === 200 ? 9 : i % D === 31 ? 5 : 1),
    );
    const plane = principalPlane(rows, D);
    const spread = (axis: "x" | "y") => Math.sqrt(plane.reduce((s, p) => s + p[axis] ** 2, 0) / N);
    expect(spread("x")).toBeGreaterThan(8);
    expect(spread("y")).toBeGreaterThan(4.4);
    expect(spread("y")).toBeLessThan(6);
    expect(principalPlane(rows.subarray(0, 3 * D), D)).toHaveLength(3);
  });

  test("missing dimensions are 0", () => {
    expect(principalPlane(new Float32Array(0), 4)).toEqual([]);
    expect(principalPlane(new Float32Array([1, 2, 3]), 3)).toEqual([{ x: 0, y: 0 }]);
    expect(principalPlane(new Float32Array([2, 2, 2, 2]), 2)).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 0 },
    ]);
    expect(principalPlane(new Float32Array([1, 3]), 1)).toEqual([
      { x: -1, y: 0 },
      { x: 1, y: 0 },
    ]);
  });

  test("names what is wrong with the array", () => {
    expect(() => principalPlane(new Float32Array(7), 3)).toThrow("7 values in rows of 3");
    expect(() => principalPlane(new Float32Array(7), 0)).toThrow("in rows of 0");
    expect(() => principalPlane(new Float32Array([1, 2, 3, Number.NaN]), 2)).toThrow(
      "row 1 has a value of NaN",
    );
  });
});
