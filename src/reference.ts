// Plain arrays of doubles, for writing each operation as its formula. Slow and exact.

/** An n-d array of doubles. */
export interface Nd {
  /** Sizes of each dimension. */
  readonly shape: readonly number[];
  /** The elements in row-major order, as many as the product of `shape`. */
  readonly data: Float64Array;
  /** The element at an index; 0 outside the array, so that padding needs no special case. */
  at(...index: number[]): number;
}

/** The array of a shape whose element at each index is f(...index). */
export function nd(shape: readonly number[], f: (...index: number[]) => number): Nd {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = new Float64Array(size);
  const index = shape.map(() => 0);
  for (let i = 0; i < size; i++) {
    data[i] = f(...index);
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
  }
  return array(shape, data);
}

/** The array of a shape with these elements, in row-major order. */
export function array(shape: readonly number[], data: Float64Array): Nd {
  return {
    shape,
    data,
    at: (...index) => {
      let i = 0;
      for (let d = 0; d < shape.length; d++) {
        if (index[d] < 0 || index[d] >= shape[d]) return 0;
        i = i * shape[d] + index[d];
      }
      return data[i];
    },
  };
}

/** f(0) + ... + f(n - 1) */
export function sum(n: number, f: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += f(i);
  return total;
}
