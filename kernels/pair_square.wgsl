// pair_square: square[i,j] = |x[i] - x[j]|^2 = gram[i,i] + gram[j,j] - 2 gram[i,j], at least 0, of gram = x x^T.
//
// Rounding is that of the products: about 1e-7 (|x[i]|^2 + |x[j]|^2); equal rows give 0. One lane per pair. Reads gram and its
// diagonal once, writes square once: 8 bytes and 3 flops per pair.
// uses lib/index.wgsl

override N: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       gram: array<f32>;      // (N, N)
@group(0) @binding(1) var<storage, read_write> square: array<f32>;    // (N, N)

@compute @workgroup_size(WG)                                          // grid (N*N/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let e = flat_index(group, groups) * WG + lane;
  if (e >= N * N) { return; }
  let i = e / N;
  let j = e % N;
  square[e] = max(gram[i * N + i] + gram[j * N + j] - 2.0 * gram[e], 0.0);
}
