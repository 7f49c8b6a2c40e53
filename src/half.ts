// Numbers of half precision, IEEE 754 binary16, as bits: Float16Array is still missing in Node 20.

/** The nearest half of each number, of two the even one; infinite from 65520 on. */
export function toHalves(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (v) => {
    const sign = v < 0 || Object.is(v, -0) ? 0x8000 : 0;
    const size = Math.abs(v);
    if (Number.isNaN(v)) return 0x7e00;
    if (size >= 65520) return sign | 0x7c00;
    // Halves of one exponent lie 2^(exponent - 10) apart; those below 2^-14 as those from there on.
    let exponent = -14;
    while (size >= 2 ** (exponent + 1)) exponent++;
    const steps = size / 2 ** (exponent - 10);
    const below = Math.floor(steps);
    const up = steps - below > 0.5 || (steps - below === 0.5 && below % 2 === 1);
    return sign | (below + Number(up) + ((exponent + 14) << 10));
  });
}

/** The numbers that halves stand for, exactly. */
export function fromHalves(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const exponent = (bits >> 10) & 31;
    const part = bits & 1023;
    const size =
      exponent === 31
        ? part
          ? Number.NaN
          : Number.POSITIVE_INFINITY
        : exponent === 0
          ? part * 2 ** -24
          : (1024 + part) * 2 ** (exponent - 25);
    return bits & 0x8000 ? -size : size;
  });
}
