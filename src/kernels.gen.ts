// Written by kernels/generate.ts from kernels/*.wgsl. Do not edit.

/**
 * add: y[i] = a[i] + b[i].
 *
 * One lane per element. Reads a and b once, writes y once: 12 bytes and 1 flop per element.
 * uses lib/index.wgsl
 */
export const add = {
  name: "add",
  bindings: {
    /** (n) */
    a: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    b: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: "// add: y[i] = a[i] + b[i].\n//\n// One lane per element. Reads a and b once, writes y once: 12 bytes and 1 flop per element.\n// uses lib/index.wgsl\n\noverride n: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       a: array<f32>;         // (n)\n@group(0) @binding(1) var<storage, read>       b: array<f32>;         // (n)\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (n)\n\n@compute @workgroup_size(WG)                                          // grid (n/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < n) { y[i] = a[i] + b[i]; }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * avg_pool: y[n,p,q,c] = mean of x[n,h,v,c] over the window's pixels.
 *
 * The window of (p, q) starts at (p stride - pad, q stride - pad) and is size pixels wide and high; pixels outside the image
 * are left out of sum and count. One lane per result. Reads x size^2 / stride^2 times, writes y once.
 * uses lib/window.wgsl
 * uses lib/index.wgsl
 */
export const avgPool = {
  name: "avg_pool",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, C) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q", "size", "stride", "pad"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*P*Q*C/WG"],
  features: [],
  code: "// avg_pool: y[n,p,q,c] = mean of x[n,h,v,c] over the window's pixels.\n//\n// The window of (p, q) starts at (p stride - pad, q stride - pad) and is size pixels wide and high; pixels outside the image\n// are left out of sum and count. One lane per result. Reads x size^2 / stride^2 times, writes y once.\n// uses lib/window.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride size: u32;\noverride stride: u32;\noverride pad: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (N, P, Q, C)\n\n@compute @workgroup_size(WG)                                          // grid (N*P*Q*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * P * Q * C) { return; }\n  let c = i % C;\n  let image = i / (P * Q * C) * H;\n  let rows = pixels_of(i / (Q * C) % P, H);\n  let columns = pixels_of(i / C % Q, W);\n  var sum = 0.0;\n  for (var h = rows.start; h < rows.end; h++) {\n    for (var v = columns.start; v < columns.end; v++) { sum += x[((image + h) * W + v) * C + c]; }\n  }\n  y[i] = sum / f32((rows.end - rows.start) * (columns.end - columns.start));\n}\n\n// Which pixels a pooling window covers and which windows cover a pixel, along one side of the image. Windows reach into the\n// padding, but only pixels inside the image count; because pad is at most size / 2, every window has one.\n\nstruct Span { start: u32, end: u32 }                                   // start <= i < end\n\nfn pixels_of(window: u32, pixels: u32) -> Span {\n  let first = window * stride;                                         // counted from the padding's edge\n  return Span(max(first, pad) - pad, min(first + size, pixels + pad) - pad);\n}\n\nfn windows_of(pixel: u32, windows: u32) -> Span {\n  let here = pixel + pad;                                              // counted from the padding's edge\n  return Span((max(here + 1u, size) - size + stride - 1u) / stride, min(here / stride + 1u, windows));\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * avg_pool_dx: dx[n,h,v,c] = sum over the windows that cover (h, v) of dy[n,p,q,c] / (pixels of the window).
 *
 * One lane per pixel asks every window that covers it, in row-major order, so that nothing is scattered. Reads dy
 * size^2 / stride^2 times, writes dx once.
 * uses lib/window.wgsl
 * uses lib/index.wgsl
 */
export const avgPoolDx = {
  name: "avg_pool_dx",
  bindings: {
    /** (N, P, Q, C) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","C"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q", "size", "stride", "pad"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*H*W*C/WG"],
  features: [],
  code: "// avg_pool_dx: dx[n,h,v,c] = sum over the windows that cover (h, v) of dy[n,p,q,c] / (pixels of the window).\n//\n// One lane per pixel asks every window that covers it, in row-major order, so that nothing is scattered. Reads dy\n// size^2 / stride^2 times, writes dx once.\n// uses lib/window.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride size: u32;\noverride stride: u32;\noverride pad: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       dy: array<f32>;        // (N, P, Q, C)\n@group(0) @binding(1) var<storage, read_write> dx: array<f32>;        // (N, H, W, C)\n\n@compute @workgroup_size(WG)                                          // grid (N*H*W*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * H * W * C) { return; }\n  let c = i % C;\n  let image = i / (H * W * C) * P;\n  let rows = windows_of(i / (W * C) % H, P);\n  let columns = windows_of(i / C % W, Q);\n  var sum = 0.0;\n  for (var p = rows.start; p < rows.end; p++) {\n    let high = pixels_of(p, H);\n    for (var q = columns.start; q < columns.end; q++) {\n      let wide = pixels_of(q, W);\n      let covered = f32((high.end - high.start) * (wide.end - wide.start));\n      sum += dy[((image + p) * Q + q) * C + c] / covered;\n    }\n  }\n  dx[i] = sum;\n}\n\n// Which pixels a pooling window covers and which windows cover a pixel, along one side of the image. Windows reach into the\n// padding, but only pixels inside the image count; because pad is at most size / 2, every window has one.\n\nstruct Span { start: u32, end: u32 }                                   // start <= i < end\n\nfn pixels_of(window: u32, pixels: u32) -> Span {\n  let first = window * stride;                                         // counted from the padding's edge\n  return Span(max(first, pad) - pad, min(first + size, pixels + pad) - pad);\n}\n\nfn windows_of(pixel: u32, windows: u32) -> Span {\n  let here = pixel + pad;                                              // counted from the padding's edge\n  return Span((max(here + 1u, size) - size + stride - 1u) / stride, min(here / stride + 1u, windows));\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * bias: y[n,c] = x[n,c] + bias[c].
 *
 * One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring
 * channels. Reads x once, writes y once: 8 bytes and 1 flop per element.
 * uses lib/index.wgsl
 */
export const bias = {
  name: "bias",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    bias: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) */
    y: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: "// bias: y[n,c] = x[n,c] + bias[c].\n//\n// One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring\n// channels. Reads x once, writes y once: 8 bytes and 1 flop per element.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride T: u32;                                                      // lanes per channel, which take every T-th row\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read>       bias: array<f32>;      // (C)\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (N, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T * C) { return; }\n  let c = first % C;\n  let offset = bias[c];\n  for (var i = first; i < N * C; i += T * C) { y[i] = x[i] + offset; }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * bn_apply: y[n,c] = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * The mean is subtracted first, which is exact where it is many times the deviation. One lane per (t, c) takes the rows
 * t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring channels. Reads x once, writes y once:
 * 8 bytes and 3 flops per element.
 * uses lib/index.wgsl
 */
export const bnApply = {
  name: "bn_apply",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    mean: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    inv_std: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) */
    y: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: "// bn_apply: y[n,c] = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].\n//\n// The mean is subtracted first, which is exact where it is many times the deviation. One lane per (t, c) takes the rows\n// t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring channels. Reads x once, writes y once:\n// 8 bytes and 3 flops per element.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride T: u32;                                                      // lanes per channel, which take every T-th row\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read>       mean: array<f32>;      // (C)\n@group(0) @binding(2) var<storage, read>       inv_std: array<f32>;   // (C)\n@group(0) @binding(3) var<storage, read>       scale: array<f32>;     // (C)\n@group(0) @binding(4) var<storage, read>       shift: array<f32>;     // (C)\n@group(0) @binding(5) var<storage, read_write> y: array<f32>;         // (N, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T * C) { return; }\n  let c = first % C;\n  let center = mean[c];\n  let factor = scale[c] * inv_std[c];\n  let offset = shift[c];\n  for (var i = first; i < N * C; i += T * C) { y[i] = factor * (x[i] - center) + offset; }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * bn_dx: dx[n,c] = scale[c] inv_std[c] (dy[n,c] - (dshift[c] + z[n,c] dscale[c]) / N), z = (x[n,c] - mean[c]) inv_std[c].
 *
 * The terms in the inner brackets are how the batch's own mean and deviation follow x; where the running statistics were
 * used, dscale is not given and they are left out. One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so
 * that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 5 flops per element
 * (8 bytes and 1 flop without dscale).
 * uses lib/index.wgsl
 */
export const bnDx = {
  name: "bn_dx",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    mean: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    inv_std: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) optional, with dscale */
    dshift: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** (C) optional, given for the batch's statistics */
    dscale: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** (N, C) */
    dx: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_DSCALE: false },
  grid: ["T*C/WG"],
  features: [],
  code: "// bn_dx: dx[n,c] = scale[c] inv_std[c] (dy[n,c] - (dshift[c] + z[n,c] dscale[c]) / N), z = (x[n,c] - mean[c]) inv_std[c].\n//\n// The terms in the inner brackets are how the batch's own mean and deviation follow x; where the running statistics were\n// used, dscale is not given and they are left out. One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so\n// that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 5 flops per element\n// (8 bytes and 1 flop without dscale).\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride T: u32;                                                      // lanes per channel, which take every T-th row\noverride WG: u32 = 64u;                                               // lanes per workgroup\noverride HAS_DSCALE: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (N, C)\n@group(0) @binding(2) var<storage, read>       mean: array<f32>;      // (C)\n@group(0) @binding(3) var<storage, read>       inv_std: array<f32>;   // (C)\n@group(0) @binding(4) var<storage, read>       scale: array<f32>;     // (C)\n@group(0) @binding(5) var<storage, read>       dshift: array<f32>;    // (C) optional, with dscale\n@group(0) @binding(6) var<storage, read>       dscale: array<f32>;    // (C) optional, given for the batch's statistics\n@group(0) @binding(7) var<storage, read_write> dx: array<f32>;        // (N, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T * C) { return; }\n  let c = first % C;\n  let factor = scale[c] * inv_std[c];\n  var center = 0.0;\n  var flat = 0.0;                                                     // of each element, along the mean\n  var steep = 0.0;                                                    // of each element, along the deviation\n  if (HAS_DSCALE) {\n    center = mean[c];\n    flat = dshift[c] / f32(N);\n    steep = dscale[c] * inv_std[c] / f32(N);\n  }\n  for (var i = first; i < N * C; i += T * C) {\n    var d = dy[i];\n    if (HAS_DSCALE) { d -= flat + steep * (x[i] - center); }\n    dx[i] = factor * d;\n  }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * bn_finish: statistics of a batch of N rows from those of its T parts, and their running averages.
 *
 *   mean[c]    = sum_t rows(t) parts[t,0,c] / N
 *   variance   = sum_t (parts[t,1,c] + rows(t) (parts[t,0,c] - mean[c])^2) / N
 *   inv_std[c] = 1 / sqrt(variance + epsilon)
 *   running_mean[c]     goes momentum of the way to mean[c]
 *   running_variance[c] goes momentum of the way to variance N / (N - 1)
 *
 * The second pass after bn_stats; Chan's formula, with sums over means less that of part 0, so that a mean many times the
 * deviation costs no digits. One lane per channel, t in ascending order. Reads parts once.
 * Source: Chan, Golub, LeVeque, "Algorithms for computing the sample variance", The American Statistician 37, 1983.
 * uses lib/index.wgsl
 */
export const bnFinish = {
  name: "bn_finish",
  bindings: {
    /** (T, 2, C) */
    parts: { access: "read", type: "f32", shape: ["T","2","C"], optional: false },
    /** weight of this batch in the running averages */
    momentum: { access: "scalar", type: "f32", shape: [], optional: false },
    /** added to the variance */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (C) updated in place */
    running_mean: { access: "update", type: "f32", shape: ["C"], optional: false },
    /** (C) updated in place */
    running_variance: { access: "update", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    mean: { access: "write", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    inv_std: { access: "write", type: "f32", shape: ["C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["C/WG"],
  features: [],
  code: "// bn_finish: statistics of a batch of N rows from those of its T parts, and their running averages.\n//\n//   mean[c]    = sum_t rows(t) parts[t,0,c] / N\n//   variance   = sum_t (parts[t,1,c] + rows(t) (parts[t,0,c] - mean[c])^2) / N\n//   inv_std[c] = 1 / sqrt(variance + epsilon)\n//   running_mean[c]     goes momentum of the way to mean[c]\n//   running_variance[c] goes momentum of the way to variance N / (N - 1)\n//\n// The second pass after bn_stats; Chan's formula, with sums over means less that of part 0, so that a mean many times the\n// deviation costs no digits. One lane per channel, t in ascending order. Reads parts once.\n// Source: Chan, Golub, LeVeque, \"Algorithms for computing the sample variance\", The American Statistician 37, 1983.\n// uses lib/index.wgsl\n\noverride N: u32;                                                      // at least 2\noverride C: u32;\noverride T: u32;                                                      // at most N\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       parts: array<f32>;     // (T, 2, C)\n@group(0) @binding(1) var<uniform>             momentum: f32;         // weight of this batch in the running averages\n@group(0) @binding(2) var<uniform>             epsilon: f32;          // added to the variance\n@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>; // (C) updated in place\n@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>; // (C) updated in place\n@group(0) @binding(5) var<storage, read_write> mean: array<f32>;      // (C)\n@group(0) @binding(6) var<storage, read_write> inv_std: array<f32>;   // (C)\n\n@compute @workgroup_size(WG)                                          // grid (C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let c = flat_index(group, groups) * WG + lane;\n  if (c >= C) { return; }\n  let origin = parts[c];\n  var sum = 0.0;\n  var squares = 0.0;\n  for (var t = 0u; t < T; t++) {\n    let rows = f32((N - t + T - 1u) / T);\n    let d = parts[t * 2u * C + c] - origin;\n    sum += rows * d;\n    squares += parts[(t * 2u + 1u) * C + c] + rows * d * d;\n  }\n  let offset = sum / f32(N);\n  squares = max(squares - offset * sum, 0.0);\n  let batch_mean = origin + offset;\n  mean[c] = batch_mean;\n  inv_std[c] = 1.0 / sqrt(squares / f32(N) + epsilon);\n  running_mean[c] += momentum * (batch_mean - running_mean[c]);\n  running_variance[c] += momentum * (squares / f32(N - 1u) - running_variance[c]);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * bn_grad_parts: over the rows n = t, t + T, t + 2T, ...: dshift_parts[t,c] = sum of dy[n,c],
 *                dscale_parts[t,c] = sum of dy[n,c] (x[n,c] - mean[c]) inv_std[c].
 *
 * Both sums in one pass; sum_parts adds the parts in order. One lane per (t, c), so that neighbouring lanes read
 * neighbouring channels. Reads x and dy once: 8 bytes and 4 flops per element.
 * uses lib/index.wgsl
 */
export const bnGradParts = {
  name: "bn_grad_parts",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    mean: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    inv_std: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (T, C) */
    dshift_parts: { access: "write", type: "f32", shape: ["T","C"], optional: false },
    /** (T, C) */
    dscale_parts: { access: "write", type: "f32", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: "// bn_grad_parts: over the rows n = t, t + T, t + 2T, ...: dshift_parts[t,c] = sum of dy[n,c],\n//                dscale_parts[t,c] = sum of dy[n,c] (x[n,c] - mean[c]) inv_std[c].\n//\n// Both sums in one pass; sum_parts adds the parts in order. One lane per (t, c), so that neighbouring lanes read\n// neighbouring channels. Reads x and dy once: 8 bytes and 4 flops per element.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (N, C)\n@group(0) @binding(2) var<storage, read>       mean: array<f32>;      // (C)\n@group(0) @binding(3) var<storage, read>       inv_std: array<f32>;   // (C)\n@group(0) @binding(4) var<storage, read_write> dshift_parts: array<f32>; // (T, C)\n@group(0) @binding(5) var<storage, read_write> dscale_parts: array<f32>; // (T, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let part = flat_index(group, groups) * WG + lane;\n  if (part >= T * C) { return; }\n  let c = part % C;\n  let center = mean[c];\n  var plain = 0.0;\n  var along = 0.0;\n  for (var n = part / C; n < N; n += T) {\n    let d = dy[n * C + c];\n    plain += d;\n    along += d * (x[n * C + c] - center);\n  }\n  dshift_parts[part] = plain;\n  dscale_parts[part] = along * inv_std[c];\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * bn_inv_std: inv_std[c] = 1 / sqrt(variance[c] + epsilon).
 *
 * One lane per channel.
 * uses lib/index.wgsl
 */
export const bnInvStd = {
  name: "bn_inv_std",
  bindings: {
    /** (C) */
    variance: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** added to the variance */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (C) */
    inv_std: { access: "write", type: "f32", shape: ["C"], optional: false },
  },
  sizes: ["C"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["C/WG"],
  features: [],
  code: "// bn_inv_std: inv_std[c] = 1 / sqrt(variance[c] + epsilon).\n//\n// One lane per channel.\n// uses lib/index.wgsl\n\noverride C: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       variance: array<f32>;  // (C)\n@group(0) @binding(1) var<uniform>             epsilon: f32;          // added to the variance\n@group(0) @binding(2) var<storage, read_write> inv_std: array<f32>;   // (C)\n\n@compute @workgroup_size(WG)                                          // grid (C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let c = flat_index(group, groups) * WG + lane;\n  if (c < C) { inv_std[c] = 1.0 / sqrt(variance[c] + epsilon); }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * bn_stats: of the rows n = t, t + T, t + 2T, ... of x, for each channel: parts[t,0,c] = mean,
 *           parts[t,1,c] = sum of (x[n,c] - mean)^2.
 *
 * The first pass of batch statistics, which bn_finish combines. Sums are over x less its value in row t, so that a mean many
 * times the deviation costs no digits. One lane per (t, c), so that neighbouring lanes read neighbouring channels.
 * Reads x once: 4 bytes and 4 flops per element.
 * uses lib/index.wgsl
 */
export const bnStats = {
  name: "bn_stats",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (T, 2, C) */
    parts: { access: "write", type: "f32", shape: ["T","2","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: "// bn_stats: of the rows n = t, t + T, t + 2T, ... of x, for each channel: parts[t,0,c] = mean,\n//           parts[t,1,c] = sum of (x[n,c] - mean)^2.\n//\n// The first pass of batch statistics, which bn_finish combines. Sums are over x less its value in row t, so that a mean many\n// times the deviation costs no digits. One lane per (t, c), so that neighbouring lanes read neighbouring channels.\n// Reads x once: 4 bytes and 4 flops per element.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride T: u32;                                                      // at most N\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read_write> parts: array<f32>;     // (T, 2, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= T * C) { return; }\n  let t = i / C;\n  let c = i % C;\n  let origin = x[i];                                                  // row t: i = t C + c\n  var sum = 0.0;\n  var squares = 0.0;\n  for (var n = t + T; n < N; n += T) {\n    let d = x[n * C + c] - origin;\n    sum += d;\n    squares += d * d;\n  }\n  let offset = sum / f32((N - t + T - 1u) / T);                       // over the number of rows of the part\n  parts[t * 2u * C + c] = origin + offset;\n  parts[(t * 2u + 1u) * C + c] = max(squares - offset * sum, 0.0);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * center_gradient: dcenters[c] = sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
 *
 * 0 for classes that the batch does not hold. One workgroup per class; its WG lanes stride over the D features. Reads x and
 * the centers of the batch, writes dcenters: 2 flops per element of x.
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/center_pull.wgsl
 * uses lib/index.wgsl
 */
export const centerGradient = {
  name: "center_gradient",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "f32", shape: ["C","D"], optional: false },
    /** (C) of class_rows */
    head: { access: "read", type: "u32", shape: ["C"], optional: false },
    /** (N) of class_rows */
    next: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    dcenters: { access: "write", type: "f32", shape: ["C","D"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per class */ WG: 64, /** label of rows to leave out */ IGNORE: 4294967295 },
  grid: ["C"],
  features: [],
  code: "// center_gradient: dcenters[c] = sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).\n//\n// 0 for classes that the batch does not hold. One workgroup per class; its WG lanes stride over the D features. Reads x and\n// the centers of the batch, writes dcenters: 2 flops per element of x.\n// uses lib/element.wgsl | lib/element_vec4.wgsl\n// uses lib/center_pull.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride WG: u32 = 64u;                                               // lanes per class\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\n@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)\n@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out\n@group(0) @binding(2) var<storage, read>       centers: array<Element>; // (C, D)\n@group(0) @binding(3) var<storage, read>       head: array<u32>;      // (C) of class_rows\n@group(0) @binding(4) var<storage, read>       next: array<u32>;      // (N) of class_rows\n@group(0) @binding(5) var<storage, read_write> dcenters: array<Element>; // (C, D)\n\n@compute @workgroup_size(WG)                                          // grid (C)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let c = flat_index(group, groups);\n  if (c >= C) { return; }\n  let n = head[c];\n  // The head of an absent class may be anything, but no row of the class.\n  let present = n < N && label[min(n, N - 1u)] == c && c != IGNORE;\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let i = c * (D / WIDTH) + e;\n    var pull = Element();\n    if (present) { pull = center_pull(n, e, centers[i]); }\n    dcenters[i] = pull;\n  }\n}\n\n// Features of a row, for rows of any length: one by one.\nalias Element = f32;\nconst WIDTH = 1u;                                                     // features in an element\nfn square_of(v: Element) -> f32 { return v * v; }\n\n// sum (center - x[m]) / (1 + count) over the `count` rows m of a class, of which n is the first, in ascending order, of the\n// features of element e, whose center is given.\nfn center_pull(n: u32, e: u32, center: Element) -> Element {\n  var sum = Element();\n  var count = 0.0;\n  for (var m = n; m < N; m = next[m]) {\n    sum += center - x[m * (D / WIDTH) + e];\n    count += 1.0;\n  }\n  return sum / (1.0 + count);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * center_gradient: dcenters[c] = sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
 *
 * 0 for classes that the batch does not hold. One workgroup per class; its WG lanes stride over the D features. Reads x and
 * the centers of the batch, writes dcenters: 2 flops per element of x.
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/center_pull.wgsl
 * uses lib/index.wgsl
 */
export const centerGradientVec4 = {
  name: "center_gradient_vec4",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "vec4f", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "vec4f", shape: ["C","D"], optional: false },
    /** (C) of class_rows */
    head: { access: "read", type: "u32", shape: ["C"], optional: false },
    /** (N) of class_rows */
    next: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    dcenters: { access: "write", type: "vec4f", shape: ["C","D"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per class */ WG: 64, /** label of rows to leave out */ IGNORE: 4294967295 },
  grid: ["C"],
  features: [],
  code: "// center_gradient: dcenters[c] = sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).\n//\n// 0 for classes that the batch does not hold. One workgroup per class; its WG lanes stride over the D features. Reads x and\n// the centers of the batch, writes dcenters: 2 flops per element of x.\n// uses lib/element.wgsl | lib/element_vec4.wgsl\n// uses lib/center_pull.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride WG: u32 = 64u;                                               // lanes per class\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\n@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)\n@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out\n@group(0) @binding(2) var<storage, read>       centers: array<Element>; // (C, D)\n@group(0) @binding(3) var<storage, read>       head: array<u32>;      // (C) of class_rows\n@group(0) @binding(4) var<storage, read>       next: array<u32>;      // (N) of class_rows\n@group(0) @binding(5) var<storage, read_write> dcenters: array<Element>; // (C, D)\n\n@compute @workgroup_size(WG)                                          // grid (C)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let c = flat_index(group, groups);\n  if (c >= C) { return; }\n  let n = head[c];\n  // The head of an absent class may be anything, but no row of the class.\n  let present = n < N && label[min(n, N - 1u)] == c && c != IGNORE;\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let i = c * (D / WIDTH) + e;\n    var pull = Element();\n    if (present) { pull = center_pull(n, e, centers[i]); }\n    dcenters[i] = pull;\n  }\n}\n\n// Features of a row, for rows of whole quads: four in one access.\nalias Element = vec4f;\nconst WIDTH = 4u;                                                     // features in an element\nfn square_of(v: Element) -> f32 { return dot(v, v); }\n\n// sum (center - x[m]) / (1 + count) over the `count` rows m of a class, of which n is the first, in ascending order, of the\n// features of element e, whose center is given.\nfn center_pull(n: u32, e: u32, center: Element) -> Element {\n  var sum = Element();\n  var count = 0.0;\n  for (var m = n; m < N; m = next[m]) {\n    sum += center - x[m * (D / WIDTH) + e];\n    count += 1.0;\n  }\n  return sum / (1.0 + count);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
 *
 *   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
 *   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
 *
 * A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
 * bytes and 4 flops per element of x.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/index.wgsl
 */
export const centerLoss = {
  name: "center_loss",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "f32", shape: ["C","D"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** factor on all rows, such as lambda / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** (G, D) */
    dx: { access: "write", type: "f32", shape: ["G","D"], optional: false },
  },
  sizes: ["N", "C", "D", "G"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** write dx */ GRAD: true, /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: "// center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.\n//\n//   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]\n//   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])\n//\n// A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.\n//\n// One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12\n// bytes and 4 flops per element of x.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/element.wgsl | lib/element_vec4.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride G: u32;                                                      // N, or 1 without GRAD\noverride HAS_FACTOR: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride GRAD: bool = true;                                           // write dx\n@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)\n@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out\n@group(0) @binding(2) var<storage, read>       centers: array<Element>; // (C, D)\n@group(0) @binding(3) var<storage, read>       factor: array<f32>;    // (N) optional: of each row's loss and gradient\n@group(0) @binding(4) var<uniform>             scale: f32;            // factor on all rows, such as lambda / N\n@group(0) @binding(5) var<storage, read_write> loss: array<f32>;      // (N)\n@group(0) @binding(6) var<storage, read_write> dx: array<Element>;    // (G, D)\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let counts = label[n] < C && label[n] != IGNORE;\n  let row = n * (D / WIDTH);\n  let center = min(label[n], C - 1u) * (D / WIDTH);\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  var square = 0.0;\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let apart = x[row + e] - centers[center + e];\n    if (GRAD) { dx[row + e] = select(Element(), f * apart, counts); }\n    square += square_of(apart);\n  }\n  square = group_sum(lane, square);\n  if (lane == 0u) { loss[n] = select(0.0, 0.5 * f * square, counts); }\n}\n\n// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.\n// All lanes must call. The order is fixed, so the same values give the same bits.\n\noverride WG: u32 = 64u;                                               // lanes per row, a power of two\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();                                                 // the previous result may still be being read\n  scratch[lane] = v;\n  workgroupBarrier();                                                 // every value is in place\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();                                               // this level is done\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n\n// Features of a row, for rows of any length: one by one.\nalias Element = f32;\nconst WIDTH = 1u;                                                     // features in an element\nfn square_of(v: Element) -> f32 { return v * v; }\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
 *
 *   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
 *   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
 *
 * A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
 * bytes and 4 flops per element of x.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/index.wgsl
 */
export const centerLossSubgroup = {
  name: "center_loss_subgroup",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "f32", shape: ["C","D"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** factor on all rows, such as lambda / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** (G, D) */
    dx: { access: "write", type: "f32", shape: ["G","D"], optional: false },
  },
  sizes: ["N", "C", "D", "G"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** write dx */ GRAD: true, /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: "enable subgroups; // center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.\n//\n//   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]\n//   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])\n//\n// A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.\n//\n// One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12\n// bytes and 4 flops per element of x.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/element.wgsl | lib/element_vec4.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride G: u32;                                                      // N, or 1 without GRAD\noverride HAS_FACTOR: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride GRAD: bool = true;                                           // write dx\n@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)\n@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out\n@group(0) @binding(2) var<storage, read>       centers: array<Element>; // (C, D)\n@group(0) @binding(3) var<storage, read>       factor: array<f32>;    // (N) optional: of each row's loss and gradient\n@group(0) @binding(4) var<uniform>             scale: f32;            // factor on all rows, such as lambda / N\n@group(0) @binding(5) var<storage, read_write> loss: array<f32>;      // (N)\n@group(0) @binding(6) var<storage, read_write> dx: array<Element>;    // (G, D)\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let counts = label[n] < C && label[n] != IGNORE;\n  let row = n * (D / WIDTH);\n  let center = min(label[n], C - 1u) * (D / WIDTH);\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  var square = 0.0;\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let apart = x[row + e] - centers[center + e];\n    if (GRAD) { dx[row + e] = select(Element(), f * apart, counts); }\n    square += square_of(apart);\n  }\n  square = group_sum(lane, square);\n  if (lane == 0u) { loss[n] = select(0.0, 0.5 * f * square, counts); }\n}\n\n// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.\n\n\noverride WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n\n// Features of a row, for rows of any length: one by one.\nalias Element = f32;\nconst WIDTH = 1u;                                                     // features in an element\nfn square_of(v: Element) -> f32 { return v * v; }\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
 *
 *   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
 *   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
 *
 * A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
 * bytes and 4 flops per element of x.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/index.wgsl
 */
export const centerLossVec4 = {
  name: "center_loss_vec4",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "vec4f", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "vec4f", shape: ["C","D"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** factor on all rows, such as lambda / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** (G, D) */
    dx: { access: "write", type: "vec4f", shape: ["G","D"], optional: false },
  },
  sizes: ["N", "C", "D", "G"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** write dx */ GRAD: true, /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: "// center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.\n//\n//   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]\n//   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])\n//\n// A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.\n//\n// One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12\n// bytes and 4 flops per element of x.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/element.wgsl | lib/element_vec4.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride G: u32;                                                      // N, or 1 without GRAD\noverride HAS_FACTOR: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride GRAD: bool = true;                                           // write dx\n@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)\n@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out\n@group(0) @binding(2) var<storage, read>       centers: array<Element>; // (C, D)\n@group(0) @binding(3) var<storage, read>       factor: array<f32>;    // (N) optional: of each row's loss and gradient\n@group(0) @binding(4) var<uniform>             scale: f32;            // factor on all rows, such as lambda / N\n@group(0) @binding(5) var<storage, read_write> loss: array<f32>;      // (N)\n@group(0) @binding(6) var<storage, read_write> dx: array<Element>;    // (G, D)\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let counts = label[n] < C && label[n] != IGNORE;\n  let row = n * (D / WIDTH);\n  let center = min(label[n], C - 1u) * (D / WIDTH);\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  var square = 0.0;\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let apart = x[row + e] - centers[center + e];\n    if (GRAD) { dx[row + e] = select(Element(), f * apart, counts); }\n    square += square_of(apart);\n  }\n  square = group_sum(lane, square);\n  if (lane == 0u) { loss[n] = select(0.0, 0.5 * f * square, counts); }\n}\n\n// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.\n// All lanes must call. The order is fixed, so the same values give the same bits.\n\noverride WG: u32 = 64u;                                               // lanes per row, a power of two\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();                                                 // the previous result may still be being read\n  scratch[lane] = v;\n  workgroupBarrier();                                                 // every value is in place\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();                                               // this level is done\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n\n// Features of a row, for rows of whole quads: four in one access.\nalias Element = vec4f;\nconst WIDTH = 4u;                                                     // features in an element\nfn square_of(v: Element) -> f32 { return dot(v, v); }\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
 *
 *   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
 *   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
 *
 * A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
 * bytes and 4 flops per element of x.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/index.wgsl
 */
export const centerLossSubgroupVec4 = {
  name: "center_loss_subgroup_vec4",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "vec4f", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "vec4f", shape: ["C","D"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** factor on all rows, such as lambda / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** (G, D) */
    dx: { access: "write", type: "vec4f", shape: ["G","D"], optional: false },
  },
  sizes: ["N", "C", "D", "G"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** write dx */ GRAD: true, /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: "enable subgroups; // center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.\n//\n//   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]\n//   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])\n//\n// A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.\n//\n// One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12\n// bytes and 4 flops per element of x.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/element.wgsl | lib/element_vec4.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride G: u32;                                                      // N, or 1 without GRAD\noverride HAS_FACTOR: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride GRAD: bool = true;                                           // write dx\n@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)\n@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out\n@group(0) @binding(2) var<storage, read>       centers: array<Element>; // (C, D)\n@group(0) @binding(3) var<storage, read>       factor: array<f32>;    // (N) optional: of each row's loss and gradient\n@group(0) @binding(4) var<uniform>             scale: f32;            // factor on all rows, such as lambda / N\n@group(0) @binding(5) var<storage, read_write> loss: array<f32>;      // (N)\n@group(0) @binding(6) var<storage, read_write> dx: array<Element>;    // (G, D)\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let counts = label[n] < C && label[n] != IGNORE;\n  let row = n * (D / WIDTH);\n  let center = min(label[n], C - 1u) * (D / WIDTH);\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  var square = 0.0;\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let apart = x[row + e] - centers[center + e];\n    if (GRAD) { dx[row + e] = select(Element(), f * apart, counts); }\n    square += square_of(apart);\n  }\n  square = group_sum(lane, square);\n  if (lane == 0u) { loss[n] = select(0.0, 0.5 * f * square, counts); }\n}\n\n// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.\n\n\noverride WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n\n// Features of a row, for rows of whole quads: four in one access.\nalias Element = vec4f;\nconst WIDTH = 4u;                                                     // features in an element\nfn square_of(v: Element) -> f32 { return dot(v, v); }\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * center_update: centers[c] -= alpha sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
 *
 * Centers of classes that the batch does not hold stay as they are, to the last bit. One workgroup per row, of which only the
 * first of each class works; its WG lanes stride over the D features. Reads x and the centers of the batch, writes those
 * centers: 2 flops per element of x.
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/center_pull.wgsl
 * uses lib/index.wgsl
 */
export const centerUpdate = {
  name: "center_update",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) of class_rows */
    head: { access: "read", type: "u32", shape: ["C"], optional: false },
    /** (N) of class_rows */
    next: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** how far centers move, from 0 to 1 */
    alpha: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (C, D) updated in place */
    centers: { access: "update", type: "f32", shape: ["C","D"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per row */ WG: 64, /** label of rows to leave out */ IGNORE: 4294967295 },
  grid: ["N"],
  features: [],
  code: "// center_update: centers[c] -= alpha sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).\n//\n// Centers of classes that the batch does not hold stay as they are, to the last bit. One workgroup per row, of which only the\n// first of each class works; its WG lanes stride over the D features. Reads x and the centers of the batch, writes those\n// centers: 2 flops per element of x.\n// uses lib/element.wgsl | lib/element_vec4.wgsl\n// uses lib/center_pull.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride WG: u32 = 64u;                                               // lanes per row\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\n@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)\n@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out\n@group(0) @binding(2) var<storage, read>       head: array<u32>;      // (C) of class_rows\n@group(0) @binding(3) var<storage, read>       next: array<u32>;      // (N) of class_rows\n@group(0) @binding(4) var<uniform>             alpha: f32;            // how far centers move, from 0 to 1\n@group(0) @binding(5) var<storage, read_write> centers: array<Element>; // (C, D) updated in place\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let c = label[n];\n  if (c >= C || c == IGNORE) { return; }\n  if (head[c] != n) { return; }\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let i = c * (D / WIDTH) + e;\n    centers[i] -= alpha * center_pull(n, e, centers[i]);\n  }\n}\n\n// Features of a row, for rows of any length: one by one.\nalias Element = f32;\nconst WIDTH = 1u;                                                     // features in an element\nfn square_of(v: Element) -> f32 { return v * v; }\n\n// sum (center - x[m]) / (1 + count) over the `count` rows m of a class, of which n is the first, in ascending order, of the\n// features of element e, whose center is given.\nfn center_pull(n: u32, e: u32, center: Element) -> Element {\n  var sum = Element();\n  var count = 0.0;\n  for (var m = n; m < N; m = next[m]) {\n    sum += center - x[m * (D / WIDTH) + e];\n    count += 1.0;\n  }\n  return sum / (1.0 + count);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * center_update: centers[c] -= alpha sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
 *
 * Centers of classes that the batch does not hold stay as they are, to the last bit. One workgroup per row, of which only the
 * first of each class works; its WG lanes stride over the D features. Reads x and the centers of the batch, writes those
 * centers: 2 flops per element of x.
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/center_pull.wgsl
 * uses lib/index.wgsl
 */
export const centerUpdateVec4 = {
  name: "center_update_vec4",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "vec4f", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) of class_rows */
    head: { access: "read", type: "u32", shape: ["C"], optional: false },
    /** (N) of class_rows */
    next: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** how far centers move, from 0 to 1 */
    alpha: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (C, D) updated in place */
    centers: { access: "update", type: "vec4f", shape: ["C","D"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per row */ WG: 64, /** label of rows to leave out */ IGNORE: 4294967295 },
  grid: ["N"],
  features: [],
  code: "// center_update: centers[c] -= alpha sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).\n//\n// Centers of classes that the batch does not hold stay as they are, to the last bit. One workgroup per row, of which only the\n// first of each class works; its WG lanes stride over the D features. Reads x and the centers of the batch, writes those\n// centers: 2 flops per element of x.\n// uses lib/element.wgsl | lib/element_vec4.wgsl\n// uses lib/center_pull.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride WG: u32 = 64u;                                               // lanes per row\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\n@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)\n@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out\n@group(0) @binding(2) var<storage, read>       head: array<u32>;      // (C) of class_rows\n@group(0) @binding(3) var<storage, read>       next: array<u32>;      // (N) of class_rows\n@group(0) @binding(4) var<uniform>             alpha: f32;            // how far centers move, from 0 to 1\n@group(0) @binding(5) var<storage, read_write> centers: array<Element>; // (C, D) updated in place\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let c = label[n];\n  if (c >= C || c == IGNORE) { return; }\n  if (head[c] != n) { return; }\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let i = c * (D / WIDTH) + e;\n    centers[i] -= alpha * center_pull(n, e, centers[i]);\n  }\n}\n\n// Features of a row, for rows of whole quads: four in one access.\nalias Element = vec4f;\nconst WIDTH = 4u;                                                     // features in an element\nfn square_of(v: Element) -> f32 { return dot(v, v); }\n\n// sum (center - x[m]) / (1 + count) over the `count` rows m of a class, of which n is the first, in ascending order, of the\n// features of element e, whose center is given.\nfn center_pull(n: u32, e: u32, center: Element) -> Element {\n  var sum = Element();\n  var count = 0.0;\n  for (var m = n; m < N; m = next[m]) {\n    sum += center - x[m * (D / WIDTH) + e];\n    count += 1.0;\n  }\n  return sum / (1.0 + count);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * class_rows: the rows of each class, as lists in ascending order.
 *
 *   head[c] = the first n with label[n] == c
 *   next[n] = the first m after n with label[m] == label[n], N where there is none
 *
 * Of classes without a row head stays unwritten: such an entry is N or more, or a row of another class. Labels of C or more
 * have no head. One lane per row; at most N compares each.
 * uses lib/index.wgsl
 */
export const classRows = {
  name: "class_rows",
  bindings: {
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) */
    head: { access: "write", type: "u32", shape: ["C"], optional: false },
    /** (N) */
    next: { access: "write", type: "u32", shape: ["N"], optional: false },
  },
  sizes: ["N", "C"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N/WG"],
  features: [],
  code: "// class_rows: the rows of each class, as lists in ascending order.\n//\n//   head[c] = the first n with label[n] == c\n//   next[n] = the first m after n with label[m] == label[n], N where there is none\n//\n// Of classes without a row head stays unwritten: such an entry is N or more, or a row of another class. Labels of C or more\n// have no head. One lane per row; at most N compares each.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       label: array<u32>;     // (N) class\n@group(0) @binding(1) var<storage, read_write> head: array<u32>;      // (C)\n@group(0) @binding(2) var<storage, read_write> next: array<u32>;      // (N)\n\n@compute @workgroup_size(WG)                                          // grid (N/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups) * WG + lane;\n  if (n >= N) { return; }\n  let y = label[n];\n  var first = 0u;\n  while (label[first] != y) { first++; }                              // ends at n\n  if (first == n && y < C) { head[y] = n; }\n  var m = n + 1u;\n  while (m < N && label[m] != y) { m++; }\n  next[n] = m;\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * column_parts: parts[t,c] = sum over n = t, t + T, t + 2T, ... of x[n,c].
 *
 * The first pass of column sums: T partial results per column, which sum_parts adds in order. One lane per (t, c), so that
 * neighbouring lanes read neighbouring columns. Reads x once.
 * uses lib/index.wgsl
 */
export const columnParts = {
  name: "column_parts",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (T, C) */
    parts: { access: "write", type: "f32", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: "// column_parts: parts[t,c] = sum over n = t, t + T, t + 2T, ... of x[n,c].\n//\n// The first pass of column sums: T partial results per column, which sum_parts adds in order. One lane per (t, c), so that\n// neighbouring lanes read neighbouring columns. Reads x once.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read_write> parts: array<f32>;     // (T, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= T * C) { return; }\n  let c = i % C;\n  var sum = 0.0;\n  for (var n = i / C; n < N; n += T) { sum += x[n * C + c]; }\n  parts[i] = sum;\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n, p stride + r - pad, q stride + s - pad, c] w[r,s,c,o] + bias[o].
 *
 * A matrix product (N P Q, R S C) x (R S C, O) whose left side is gathered from x as it is read; outside x it is 0.
 * 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, w once per 8 pixels, y written once.
 * uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
 * uses lib/gemm_parts.wgsl
 * uses lib/index.wgsl
 * grid (N*P*Q/8 * (O/(4*LANES)) * SPLITS)
 */
export const conv2d = {
  name: "conv2d",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** lanes per workgroup, 4 columns each */ LANES: 32, /** parts that k is dealt to */ SPLITS: 1 },
  grid: ["N*P*Q/8 * (O/(4*LANES)) * SPLITS"],
  features: [],
  code: "// conv2d: y[n,p,q,o] = sum_{r,s,c} x[n, p stride + r - pad, q stride + s - pad, c] w[r,s,c,o] + bias[o].\n//\n// A matrix product (N P Q, R S C) x (R S C, O) whose left side is gathered from x as it is read; outside x it is 0.\n// 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, w once per 8 pixels, y written once.\n// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl\n// uses lib/gemm_parts.wgsl\n// uses lib/index.wgsl\n// grid (N*P*Q/8 * (O/(4*LANES)) * SPLITS)\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride HAS_BIAS: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)\n@group(0) @binding(1) var<storage, read>       w: array<f32>;         // (R, S, C, O)\n@group(0) @binding(2) var<storage, read>       bias: array<f32>;      // (O) optional\n@group(0) @binding(3) var<storage, read_write> y: array<f32>;         // (N, P, Q, O)\n\nfn gemm_m() -> u32 { return N * P * Q; }\nfn gemm_n() -> u32 { return O; }\nfn gemm_k(m: u32) -> u32 { return R * S * C; }\n\nstruct Row { image: u32, h: u32, v: u32 }                             // first pixel under the filter; may wrap below 0\nstruct Inner { r: u32, s: u32, c: u32 }\n\nfn row_of(m: u32) -> Row { return Row(m / (P * Q) * H, m / Q % P * stride - pad, m % Q * stride - pad); }\nfn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (S * C), k / C % S, k % C); }\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let h = row.h + inner.r;                                            // below zero wraps to a number above H\n  let v = row.v + inner.s;\n  let inside = (h < H) & (v < W);                                  // & does not branch, && would\n  return select(0.0, x[select(0u, ((row.image + h) * W + v) * C + inner.c, inside)], inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return k * O; }\nfn load_b(line: Line, o: u32) -> f32 { return w[line + o]; }\n\nfn store(split: u32, m: u32, o: u32, v: f32) {\n  var t = v;\n  if (HAS_BIAS) { t += bias[o]; }\n  y[m * O + o] = t;\n}\n\n// The inner loop that every matrix product here shares: for each m < gemm_m() and n < gemm_n()\n//   store(split, m, n, sum_k load_a(row_of(m), inner_of(m, k)) load_b(line_of(m, k), n))\n// The terms k < gemm_k(m), a number that 8 rows share, are dealt to SPLITS results, in order. Each lane makes 8 rows of 4\n// columns, and the lanes of a workgroup share the 8 rows. No barriers. The kernel gives Row, Inner, Line and the functions\n// named above. Indices stay in bounds: rows and columns past the last repeat it and are not stored.\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  var sums = Sums();\n  for (var k = t.k_from; k < t.k_to; k++) {\n    let j = inner_of(t.m, k);\n    let lo = vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));\n    let hi = vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));\n    add_outer(&sums, lo, hi, load_b4(line_of(t.m, k), columns));\n  }\n  store_rows(t, n, sums);\n}\n\n// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.\n\noverride LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each\noverride SPLITS: u32 = 1u;                                             // parts that k is dealt to\n\nstruct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {\n  (*sums).r0 += lo.x * b;\n  (*sums).r1 += lo.y * b;\n  (*sums).r2 += lo.z * b;\n  (*sums).r3 += lo.w * b;\n  (*sums).r4 += hi.x * b;\n  (*sums).r5 += hi.y * b;\n  (*sums).r6 += hi.z * b;\n  (*sums).r7 += hi.w * b;\n}\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  if (m >= gemm_m()) { return; }\n  if (n < gemm_n()) { store(split, m, n, v.x); }\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n\n// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as\n// subgroup operations demand of what the control flow hangs on.\nstruct Tile {\n  split: u32,                                                          // SPLITS or more where there is nothing to do\n  m: u32,\n  n: u32,                                                              // the first lane's first column\n  k_from: u32,\n  k_to: u32,\n}\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n\n  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split\n  let split = block / tiles;\n  let m = block % tiles / across * 8u;\n  let terms = gemm_k(m);\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split\n  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));\n}\n\n// The columns n to n + 3, kept in bounds.\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\nfn store_rows(t: Tile, n: u32, sums: Sums) {\n  store_row(t.split, t.m, n, sums.r0);\n  store_row(t.split, t.m + 1u, n, sums.r1);\n  store_row(t.split, t.m + 2u, n, sums.r2);\n  store_row(t.split, t.m + 3u, n, sums.r3);\n  store_row(t.split, t.m + 4u, n, sums.r4);\n  store_row(t.split, t.m + 5u, n, sums.r5);\n  store_row(t.split, t.m + 6u, n, sums.r6);\n  store_row(t.split, t.m + 7u, n, sums.r7);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n, p stride + r - pad, q stride + s - pad, c] w[r,s,c,o] + bias[o].
 *
 * A matrix product (N P Q, R S C) x (R S C, O) whose left side is gathered from x as it is read; outside x it is 0.
 * 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, w once per 8 pixels, y written once.
 * uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
 * uses lib/gemm_parts.wgsl
 * uses lib/index.wgsl
 * grid (N*P*Q/8 * (O/(4*LANES)) * SPLITS)
 */
export const conv2dSubgroup = {
  name: "conv2d_subgroup",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** 4 or 8, at most the subgroup's size */ SHARE: 4, /** lanes per workgroup, 4 columns each */ LANES: 32, /** parts that k is dealt to */ SPLITS: 1 },
  grid: ["N*P*Q/8 * (O/(4*LANES)) * SPLITS"],
  features: ["subgroups"],
  code: "enable subgroups; // conv2d: y[n,p,q,o] = sum_{r,s,c} x[n, p stride + r - pad, q stride + s - pad, c] w[r,s,c,o] + bias[o].\n//\n// A matrix product (N P Q, R S C) x (R S C, O) whose left side is gathered from x as it is read; outside x it is 0.\n// 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, w once per 8 pixels, y written once.\n// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl\n// uses lib/gemm_parts.wgsl\n// uses lib/index.wgsl\n// grid (N*P*Q/8 * (O/(4*LANES)) * SPLITS)\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride HAS_BIAS: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)\n@group(0) @binding(1) var<storage, read>       w: array<f32>;         // (R, S, C, O)\n@group(0) @binding(2) var<storage, read>       bias: array<f32>;      // (O) optional\n@group(0) @binding(3) var<storage, read_write> y: array<f32>;         // (N, P, Q, O)\n\nfn gemm_m() -> u32 { return N * P * Q; }\nfn gemm_n() -> u32 { return O; }\nfn gemm_k(m: u32) -> u32 { return R * S * C; }\n\nstruct Row { image: u32, h: u32, v: u32 }                             // first pixel under the filter; may wrap below 0\nstruct Inner { r: u32, s: u32, c: u32 }\n\nfn row_of(m: u32) -> Row { return Row(m / (P * Q) * H, m / Q % P * stride - pad, m % Q * stride - pad); }\nfn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (S * C), k / C % S, k % C); }\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let h = row.h + inner.r;                                            // below zero wraps to a number above H\n  let v = row.v + inner.s;\n  let inside = (h < H) & (v < W);                                  // & does not branch, && would\n  return select(0.0, x[select(0u, ((row.image + h) * W + v) * C + inner.c, inside)], inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return k * O; }\nfn load_b(line: Line, o: u32) -> f32 { return w[line + o]; }\n\nfn store(split: u32, m: u32, o: u32, v: f32) {\n  var t = v;\n  if (HAS_BIAS) { t += bias[o]; }\n  y[m * O + o] = t;\n}\n\n// The loop of lib/gemm.wgsl for devices with subgroups: SHARE lanes of a subgroup each read a for another k and hand\n// it round, so that a is read, and its index worked out, once for all of them. No barriers, no workgroup memory.\n\n\n\noverride SHARE: u32 = 4u;                                              // 4 or 8, at most the subgroup's size\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) share: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  var sums = Sums();\n  for (var start = t.k_from; start < t.k_to; start += SHARE) {\n    // Lanes past the end hand round zeros, against any b that is in bounds.\n    let mine = start + share % SHARE;\n    let k = min(mine, t.k_to - 1u);\n    let j = inner_of(t.m, k);\n    let line = line_of(t.m, k);\n    let live = f32(mine < t.k_to);\n    let lo = live * vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));\n    let hi = live * vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));\n    add_outer(&sums, subgroupBroadcast(lo, 0u), subgroupBroadcast(hi, 0u), load_b4(subgroupBroadcast(line, 0u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 1u), subgroupBroadcast(hi, 1u), load_b4(subgroupBroadcast(line, 1u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 2u), subgroupBroadcast(hi, 2u), load_b4(subgroupBroadcast(line, 2u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 3u), subgroupBroadcast(hi, 3u), load_b4(subgroupBroadcast(line, 3u), columns));\n    if (SHARE == 8u) {\n      add_outer(&sums, subgroupBroadcast(lo, 4u), subgroupBroadcast(hi, 4u), load_b4(subgroupBroadcast(line, 4u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 5u), subgroupBroadcast(hi, 5u), load_b4(subgroupBroadcast(line, 5u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 6u), subgroupBroadcast(hi, 6u), load_b4(subgroupBroadcast(line, 6u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 7u), subgroupBroadcast(hi, 7u), load_b4(subgroupBroadcast(line, 7u), columns));\n    }\n  }\n  store_rows(t, n, sums);\n}\n\n// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.\n\noverride LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each\noverride SPLITS: u32 = 1u;                                             // parts that k is dealt to\n\nstruct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {\n  (*sums).r0 += lo.x * b;\n  (*sums).r1 += lo.y * b;\n  (*sums).r2 += lo.z * b;\n  (*sums).r3 += lo.w * b;\n  (*sums).r4 += hi.x * b;\n  (*sums).r5 += hi.y * b;\n  (*sums).r6 += hi.z * b;\n  (*sums).r7 += hi.w * b;\n}\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  if (m >= gemm_m()) { return; }\n  if (n < gemm_n()) { store(split, m, n, v.x); }\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n\n// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as\n// subgroup operations demand of what the control flow hangs on.\nstruct Tile {\n  split: u32,                                                          // SPLITS or more where there is nothing to do\n  m: u32,\n  n: u32,                                                              // the first lane's first column\n  k_from: u32,\n  k_to: u32,\n}\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n\n  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split\n  let split = block / tiles;\n  let m = block % tiles / across * 8u;\n  let terms = gemm_k(m);\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split\n  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));\n}\n\n// The columns n to n + 3, kept in bounds.\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\nfn store_rows(t: Tile, n: u32, sums: Sums) {\n  store_row(t.split, t.m, n, sums.r0);\n  store_row(t.split, t.m + 1u, n, sums.r1);\n  store_row(t.split, t.m + 2u, n, sums.r2);\n  store_row(t.split, t.m + 3u, n, sums.r3);\n  store_row(t.split, t.m + 4u, n, sums.r4);\n  store_row(t.split, t.m + 5u, n, sums.r5);\n  store_row(t.split, t.m + 6u, n, sums.r6);\n  store_row(t.split, t.m + 7u, n, sums.r7);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n, p stride + r - pad, q stride + s - pad, c] dy[n,p,q,o].
 *
 * A matrix product (R S C, N P Q) x (N P Q, O), small with a long sum: the sum is dealt to SPLITS partial results, which
 * sum_parts adds in order. 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, dy once per 8 of R S C.
 * uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
 * uses lib/gemm_parts.wgsl
 * uses lib/index.wgsl
 * grid (R*S*C/8 * (O/(4*LANES)) * SPLITS)
 */
export const conv2dDw = {
  name: "conv2d_dw",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** lanes per workgroup, 4 columns each */ LANES: 32, /** parts that k is dealt to */ SPLITS: 1 },
  grid: ["R*S*C/8 * (O/(4*LANES)) * SPLITS"],
  features: [],
  code: "// conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n, p stride + r - pad, q stride + s - pad, c] dy[n,p,q,o].\n//\n// A matrix product (R S C, N P Q) x (N P Q, O), small with a long sum: the sum is dealt to SPLITS partial results, which\n// sum_parts adds in order. 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, dy once per 8 of R S C.\n// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl\n// uses lib/gemm_parts.wgsl\n// uses lib/index.wgsl\n// grid (R*S*C/8 * (O/(4*LANES)) * SPLITS)\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)\n@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (N, P, Q, O)\n@group(0) @binding(2) var<storage, read_write> dw: array<f32>;        // (SPLITS, R, S, C, O)\n\nfn gemm_m() -> u32 { return R * S * C; }\nfn gemm_n() -> u32 { return O; }\nfn gemm_k(m: u32) -> u32 { return N * P * Q; }\n\nstruct Row { r: u32, s: u32, c: u32 }\nstruct Inner { image: u32, h: u32, v: u32 }                           // first pixel under the filter; may wrap below 0\n\nfn row_of(m: u32) -> Row { return Row(m / (S * C), m / C % S, m % C); }\nfn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (P * Q) * H, k / Q % P * stride - pad, k % Q * stride - pad); }\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let h = inner.h + row.r;                                            // below zero wraps to a number above H\n  let v = inner.v + row.s;\n  let inside = (h < H) & (v < W);                                  // & does not branch, && would\n  return select(0.0, x[select(0u, ((inner.image + h) * W + v) * C + row.c, inside)], inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return k * O; }\nfn load_b(line: Line, o: u32) -> f32 { return dy[line + o]; }\n\nfn store(split: u32, m: u32, o: u32, v: f32) { dw[(split * R * S * C + m) * O + o] = v; }\n\n// The inner loop that every matrix product here shares: for each m < gemm_m() and n < gemm_n()\n//   store(split, m, n, sum_k load_a(row_of(m), inner_of(m, k)) load_b(line_of(m, k), n))\n// The terms k < gemm_k(m), a number that 8 rows share, are dealt to SPLITS results, in order. Each lane makes 8 rows of 4\n// columns, and the lanes of a workgroup share the 8 rows. No barriers. The kernel gives Row, Inner, Line and the functions\n// named above. Indices stay in bounds: rows and columns past the last repeat it and are not stored.\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  var sums = Sums();\n  for (var k = t.k_from; k < t.k_to; k++) {\n    let j = inner_of(t.m, k);\n    let lo = vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));\n    let hi = vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));\n    add_outer(&sums, lo, hi, load_b4(line_of(t.m, k), columns));\n  }\n  store_rows(t, n, sums);\n}\n\n// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.\n\noverride LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each\noverride SPLITS: u32 = 1u;                                             // parts that k is dealt to\n\nstruct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {\n  (*sums).r0 += lo.x * b;\n  (*sums).r1 += lo.y * b;\n  (*sums).r2 += lo.z * b;\n  (*sums).r3 += lo.w * b;\n  (*sums).r4 += hi.x * b;\n  (*sums).r5 += hi.y * b;\n  (*sums).r6 += hi.z * b;\n  (*sums).r7 += hi.w * b;\n}\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  if (m >= gemm_m()) { return; }\n  if (n < gemm_n()) { store(split, m, n, v.x); }\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n\n// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as\n// subgroup operations demand of what the control flow hangs on.\nstruct Tile {\n  split: u32,                                                          // SPLITS or more where there is nothing to do\n  m: u32,\n  n: u32,                                                              // the first lane's first column\n  k_from: u32,\n  k_to: u32,\n}\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n\n  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split\n  let split = block / tiles;\n  let m = block % tiles / across * 8u;\n  let terms = gemm_k(m);\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split\n  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));\n}\n\n// The columns n to n + 3, kept in bounds.\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\nfn store_rows(t: Tile, n: u32, sums: Sums) {\n  store_row(t.split, t.m, n, sums.r0);\n  store_row(t.split, t.m + 1u, n, sums.r1);\n  store_row(t.split, t.m + 2u, n, sums.r2);\n  store_row(t.split, t.m + 3u, n, sums.r3);\n  store_row(t.split, t.m + 4u, n, sums.r4);\n  store_row(t.split, t.m + 5u, n, sums.r5);\n  store_row(t.split, t.m + 6u, n, sums.r6);\n  store_row(t.split, t.m + 7u, n, sums.r7);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n, p stride + r - pad, q stride + s - pad, c] dy[n,p,q,o].
 *
 * A matrix product (R S C, N P Q) x (N P Q, O), small with a long sum: the sum is dealt to SPLITS partial results, which
 * sum_parts adds in order. 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, dy once per 8 of R S C.
 * uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
 * uses lib/gemm_parts.wgsl
 * uses lib/index.wgsl
 * grid (R*S*C/8 * (O/(4*LANES)) * SPLITS)
 */
export const conv2dDwSubgroup = {
  name: "conv2d_dw_subgroup",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** 4 or 8, at most the subgroup's size */ SHARE: 4, /** lanes per workgroup, 4 columns each */ LANES: 32, /** parts that k is dealt to */ SPLITS: 1 },
  grid: ["R*S*C/8 * (O/(4*LANES)) * SPLITS"],
  features: ["subgroups"],
  code: "enable subgroups; // conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n, p stride + r - pad, q stride + s - pad, c] dy[n,p,q,o].\n//\n// A matrix product (R S C, N P Q) x (N P Q, O), small with a long sum: the sum is dealt to SPLITS partial results, which\n// sum_parts adds in order. 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, dy once per 8 of R S C.\n// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl\n// uses lib/gemm_parts.wgsl\n// uses lib/index.wgsl\n// grid (R*S*C/8 * (O/(4*LANES)) * SPLITS)\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)\n@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (N, P, Q, O)\n@group(0) @binding(2) var<storage, read_write> dw: array<f32>;        // (SPLITS, R, S, C, O)\n\nfn gemm_m() -> u32 { return R * S * C; }\nfn gemm_n() -> u32 { return O; }\nfn gemm_k(m: u32) -> u32 { return N * P * Q; }\n\nstruct Row { r: u32, s: u32, c: u32 }\nstruct Inner { image: u32, h: u32, v: u32 }                           // first pixel under the filter; may wrap below 0\n\nfn row_of(m: u32) -> Row { return Row(m / (S * C), m / C % S, m % C); }\nfn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (P * Q) * H, k / Q % P * stride - pad, k % Q * stride - pad); }\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let h = inner.h + row.r;                                            // below zero wraps to a number above H\n  let v = inner.v + row.s;\n  let inside = (h < H) & (v < W);                                  // & does not branch, && would\n  return select(0.0, x[select(0u, ((inner.image + h) * W + v) * C + row.c, inside)], inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return k * O; }\nfn load_b(line: Line, o: u32) -> f32 { return dy[line + o]; }\n\nfn store(split: u32, m: u32, o: u32, v: f32) { dw[(split * R * S * C + m) * O + o] = v; }\n\n// The loop of lib/gemm.wgsl for devices with subgroups: SHARE lanes of a subgroup each read a for another k and hand\n// it round, so that a is read, and its index worked out, once for all of them. No barriers, no workgroup memory.\n\n\n\noverride SHARE: u32 = 4u;                                              // 4 or 8, at most the subgroup's size\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) share: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  var sums = Sums();\n  for (var start = t.k_from; start < t.k_to; start += SHARE) {\n    // Lanes past the end hand round zeros, against any b that is in bounds.\n    let mine = start + share % SHARE;\n    let k = min(mine, t.k_to - 1u);\n    let j = inner_of(t.m, k);\n    let line = line_of(t.m, k);\n    let live = f32(mine < t.k_to);\n    let lo = live * vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));\n    let hi = live * vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));\n    add_outer(&sums, subgroupBroadcast(lo, 0u), subgroupBroadcast(hi, 0u), load_b4(subgroupBroadcast(line, 0u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 1u), subgroupBroadcast(hi, 1u), load_b4(subgroupBroadcast(line, 1u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 2u), subgroupBroadcast(hi, 2u), load_b4(subgroupBroadcast(line, 2u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 3u), subgroupBroadcast(hi, 3u), load_b4(subgroupBroadcast(line, 3u), columns));\n    if (SHARE == 8u) {\n      add_outer(&sums, subgroupBroadcast(lo, 4u), subgroupBroadcast(hi, 4u), load_b4(subgroupBroadcast(line, 4u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 5u), subgroupBroadcast(hi, 5u), load_b4(subgroupBroadcast(line, 5u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 6u), subgroupBroadcast(hi, 6u), load_b4(subgroupBroadcast(line, 6u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 7u), subgroupBroadcast(hi, 7u), load_b4(subgroupBroadcast(line, 7u), columns));\n    }\n  }\n  store_rows(t, n, sums);\n}\n\n// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.\n\noverride LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each\noverride SPLITS: u32 = 1u;                                             // parts that k is dealt to\n\nstruct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {\n  (*sums).r0 += lo.x * b;\n  (*sums).r1 += lo.y * b;\n  (*sums).r2 += lo.z * b;\n  (*sums).r3 += lo.w * b;\n  (*sums).r4 += hi.x * b;\n  (*sums).r5 += hi.y * b;\n  (*sums).r6 += hi.z * b;\n  (*sums).r7 += hi.w * b;\n}\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  if (m >= gemm_m()) { return; }\n  if (n < gemm_n()) { store(split, m, n, v.x); }\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n\n// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as\n// subgroup operations demand of what the control flow hangs on.\nstruct Tile {\n  split: u32,                                                          // SPLITS or more where there is nothing to do\n  m: u32,\n  n: u32,                                                              // the first lane's first column\n  k_from: u32,\n  k_to: u32,\n}\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n\n  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split\n  let split = block / tiles;\n  let m = block % tiles / across * 8u;\n  let terms = gemm_k(m);\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split\n  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));\n}\n\n// The columns n to n + 3, kept in bounds.\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\nfn store_rows(t: Tile, n: u32, sums: Sums) {\n  store_row(t.split, t.m, n, sums.r0);\n  store_row(t.split, t.m + 1u, n, sums.r1);\n  store_row(t.split, t.m + 2u, n, sums.r2);\n  store_row(t.split, t.m + 3u, n, sums.r3);\n  store_row(t.split, t.m + 4u, n, sums.r4);\n  store_row(t.split, t.m + 5u, n, sums.r5);\n  store_row(t.split, t.m + 6u, n, sums.r6);\n  store_row(t.split, t.m + 7u, n, sums.r7);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * conv2d_dx: dx[n,h,v,c] = sum_{r,s,o} dy[n,p,q,o] w[r,s,c,o] where p stride + r - pad = h and q stride + s - pad = v.
 *
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase, and each of
 * the stride^2 phases is a matrix product of its own, (pixels) x (taps O) x (taps O, C), without terms that are zero.
 * Its left side is gathered from dy as it is read.
 * 2 N P Q O R S C flops (edges aside); dy is read R S / stride^2 times per 4 LANES channels, dx written once.
 * uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
 * uses lib/gemm_parts.wgsl
 * uses lib/index.wgsl
 * grid (stride*stride*(N*(H/stride)*(W/stride)/8) * (C/(4*LANES)) * SPLITS)
 */
export const conv2dDx = {
  name: "conv2d_dx",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C","O"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** lanes per workgroup, 4 columns each */ LANES: 32, /** parts that k is dealt to */ SPLITS: 1 },
  grid: ["stride*stride*(N*(H/stride)*(W/stride)/8) * (C/(4*LANES)) * SPLITS"],
  features: [],
  code: "// conv2d_dx: dx[n,h,v,c] = sum_{r,s,o} dy[n,p,q,o] w[r,s,c,o] where p stride + r - pad = h and q stride + s - pad = v.\n//\n// Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase, and each of\n// the stride^2 phases is a matrix product of its own, (pixels) x (taps O) x (taps O, C), without terms that are zero.\n// Its left side is gathered from dy as it is read.\n// 2 N P Q O R S C flops (edges aside); dy is read R S / stride^2 times per 4 LANES channels, dx written once.\n// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl\n// uses lib/gemm_parts.wgsl\n// uses lib/index.wgsl\n// grid (stride*stride*(N*(H/stride)*(W/stride)/8) * (C/(4*LANES)) * SPLITS)\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\n@group(0) @binding(0) var<storage, read>       dy: array<f32>;        // (N, P, Q, O)\n@group(0) @binding(1) var<storage, read>       w: array<f32>;         // (R, S, C, O)\n@group(0) @binding(2) var<storage, read_write> dx: array<f32>;        // (N, H, W, C)\n\nfn phase_h() -> u32 { return (H + stride - 1u) / stride; }            // pixels of a phase along h, some past the edge\nfn phase_v() -> u32 { return (W + stride - 1u) / stride; }\nfn phase_rows() -> u32 { return (N * phase_h() * phase_v() + 7u) / 8u * 8u; } // whole tiles, so that 8 rows share a phase\nfn gemm_m() -> u32 { return stride * stride * phase_rows(); }\nfn gemm_n() -> u32 { return C; }\n\nstruct Pixel { n: u32, h: u32, v: u32 }\nfn pixel_of(m: u32) -> Pixel {\n  let phase = m / phase_rows();\n  let i = m % phase_rows();\n  return Pixel(\n    i / (phase_h() * phase_v()),\n    i / phase_v() % phase_h() * stride + phase / stride,\n    i % phase_v() * stride + phase % stride,\n  );\n}\n\n// The first tap of a phase along h and along v; taps go on in steps of stride.\nfn first_tap(m: u32) -> vec2u {\n  let phase = m / phase_rows();\n  return vec2u(phase / stride + pad, phase % stride + pad) % stride;\n}\nfn taps(m: u32) -> vec2u { return (vec2u(R, S) + stride - 1u - first_tap(m)) / stride; }\nfn gemm_k(m: u32) -> u32 { return taps(m).x * taps(m).y * O; }\n\nstruct Row { image: u32, p: u32, q: u32 }                             // where the first tap meets dy\nstruct Inner { i: u32, j: u32, o: u32 }                               // taps after the first, channel\n\nfn row_of(m: u32) -> Row {\n  let pixel = pixel_of(m);\n  return Row(pixel.n * P, (pixel.h + pad) / stride, (pixel.v + pad) / stride);\n}\n\nfn inner_of(m: u32, k: u32) -> Inner { return Inner(k / O / taps(m).y, k / O % taps(m).y, k % O); }\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let p = row.p - inner.i;                                            // below zero wraps to a number above P\n  let q = row.q - inner.j;\n  let inside = (row.image < N * P) & (p < P) & (q < Q);               // & does not branch, && would\n  return select(0.0, dy[select(0u, ((row.image + p) * Q + q) * O + inner.o, inside)], inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line {\n  let r = first_tap(m).x + k / O / taps(m).y * stride;\n  let s = first_tap(m).y + k / O % taps(m).y * stride;\n  return (r * S + s) * C * O + k % O;\n}\nfn load_b(line: Line, c: u32) -> f32 { return w[line + c * O]; }\n\nfn store(split: u32, m: u32, c: u32, v: f32) {\n  let pixel = pixel_of(m);\n  if (pixel.n < N && pixel.h < H && pixel.v < W) { dx[((pixel.n * H + pixel.h) * W + pixel.v) * C + c] = v; }\n}\n\n// The inner loop that every matrix product here shares: for each m < gemm_m() and n < gemm_n()\n//   store(split, m, n, sum_k load_a(row_of(m), inner_of(m, k)) load_b(line_of(m, k), n))\n// The terms k < gemm_k(m), a number that 8 rows share, are dealt to SPLITS results, in order. Each lane makes 8 rows of 4\n// columns, and the lanes of a workgroup share the 8 rows. No barriers. The kernel gives Row, Inner, Line and the functions\n// named above. Indices stay in bounds: rows and columns past the last repeat it and are not stored.\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  var sums = Sums();\n  for (var k = t.k_from; k < t.k_to; k++) {\n    let j = inner_of(t.m, k);\n    let lo = vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));\n    let hi = vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));\n    add_outer(&sums, lo, hi, load_b4(line_of(t.m, k), columns));\n  }\n  store_rows(t, n, sums);\n}\n\n// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.\n\noverride LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each\noverride SPLITS: u32 = 1u;                                             // parts that k is dealt to\n\nstruct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {\n  (*sums).r0 += lo.x * b;\n  (*sums).r1 += lo.y * b;\n  (*sums).r2 += lo.z * b;\n  (*sums).r3 += lo.w * b;\n  (*sums).r4 += hi.x * b;\n  (*sums).r5 += hi.y * b;\n  (*sums).r6 += hi.z * b;\n  (*sums).r7 += hi.w * b;\n}\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  if (m >= gemm_m()) { return; }\n  if (n < gemm_n()) { store(split, m, n, v.x); }\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n\n// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as\n// subgroup operations demand of what the control flow hangs on.\nstruct Tile {\n  split: u32,                                                          // SPLITS or more where there is nothing to do\n  m: u32,\n  n: u32,                                                              // the first lane's first column\n  k_from: u32,\n  k_to: u32,\n}\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n\n  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split\n  let split = block / tiles;\n  let m = block % tiles / across * 8u;\n  let terms = gemm_k(m);\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split\n  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));\n}\n\n// The columns n to n + 3, kept in bounds.\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\nfn store_rows(t: Tile, n: u32, sums: Sums) {\n  store_row(t.split, t.m, n, sums.r0);\n  store_row(t.split, t.m + 1u, n, sums.r1);\n  store_row(t.split, t.m + 2u, n, sums.r2);\n  store_row(t.split, t.m + 3u, n, sums.r3);\n  store_row(t.split, t.m + 4u, n, sums.r4);\n  store_row(t.split, t.m + 5u, n, sums.r5);\n  store_row(t.split, t.m + 6u, n, sums.r6);\n  store_row(t.split, t.m + 7u, n, sums.r7);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * conv2d_dx: dx[n,h,v,c] = sum_{r,s,o} dy[n,p,q,o] w[r,s,c,o] where p stride + r - pad = h and q stride + s - pad = v.
 *
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase, and each of
 * the stride^2 phases is a matrix product of its own, (pixels) x (taps O) x (taps O, C), without terms that are zero.
 * Its left side is gathered from dy as it is read.
 * 2 N P Q O R S C flops (edges aside); dy is read R S / stride^2 times per 4 LANES channels, dx written once.
 * uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
 * uses lib/gemm_parts.wgsl
 * uses lib/index.wgsl
 * grid (stride*stride*(N*(H/stride)*(W/stride)/8) * (C/(4*LANES)) * SPLITS)
 */
export const conv2dDxSubgroup = {
  name: "conv2d_dx_subgroup",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C","O"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** 4 or 8, at most the subgroup's size */ SHARE: 4, /** lanes per workgroup, 4 columns each */ LANES: 32, /** parts that k is dealt to */ SPLITS: 1 },
  grid: ["stride*stride*(N*(H/stride)*(W/stride)/8) * (C/(4*LANES)) * SPLITS"],
  features: ["subgroups"],
  code: "enable subgroups; // conv2d_dx: dx[n,h,v,c] = sum_{r,s,o} dy[n,p,q,o] w[r,s,c,o] where p stride + r - pad = h and q stride + s - pad = v.\n//\n// Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase, and each of\n// the stride^2 phases is a matrix product of its own, (pixels) x (taps O) x (taps O, C), without terms that are zero.\n// Its left side is gathered from dy as it is read.\n// 2 N P Q O R S C flops (edges aside); dy is read R S / stride^2 times per 4 LANES channels, dx written once.\n// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl\n// uses lib/gemm_parts.wgsl\n// uses lib/index.wgsl\n// grid (stride*stride*(N*(H/stride)*(W/stride)/8) * (C/(4*LANES)) * SPLITS)\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\n@group(0) @binding(0) var<storage, read>       dy: array<f32>;        // (N, P, Q, O)\n@group(0) @binding(1) var<storage, read>       w: array<f32>;         // (R, S, C, O)\n@group(0) @binding(2) var<storage, read_write> dx: array<f32>;        // (N, H, W, C)\n\nfn phase_h() -> u32 { return (H + stride - 1u) / stride; }            // pixels of a phase along h, some past the edge\nfn phase_v() -> u32 { return (W + stride - 1u) / stride; }\nfn phase_rows() -> u32 { return (N * phase_h() * phase_v() + 7u) / 8u * 8u; } // whole tiles, so that 8 rows share a phase\nfn gemm_m() -> u32 { return stride * stride * phase_rows(); }\nfn gemm_n() -> u32 { return C; }\n\nstruct Pixel { n: u32, h: u32, v: u32 }\nfn pixel_of(m: u32) -> Pixel {\n  let phase = m / phase_rows();\n  let i = m % phase_rows();\n  return Pixel(\n    i / (phase_h() * phase_v()),\n    i / phase_v() % phase_h() * stride + phase / stride,\n    i % phase_v() * stride + phase % stride,\n  );\n}\n\n// The first tap of a phase along h and along v; taps go on in steps of stride.\nfn first_tap(m: u32) -> vec2u {\n  let phase = m / phase_rows();\n  return vec2u(phase / stride + pad, phase % stride + pad) % stride;\n}\nfn taps(m: u32) -> vec2u { return (vec2u(R, S) + stride - 1u - first_tap(m)) / stride; }\nfn gemm_k(m: u32) -> u32 { return taps(m).x * taps(m).y * O; }\n\nstruct Row { image: u32, p: u32, q: u32 }                             // where the first tap meets dy\nstruct Inner { i: u32, j: u32, o: u32 }                               // taps after the first, channel\n\nfn row_of(m: u32) -> Row {\n  let pixel = pixel_of(m);\n  return Row(pixel.n * P, (pixel.h + pad) / stride, (pixel.v + pad) / stride);\n}\n\nfn inner_of(m: u32, k: u32) -> Inner { return Inner(k / O / taps(m).y, k / O % taps(m).y, k % O); }\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let p = row.p - inner.i;                                            // below zero wraps to a number above P\n  let q = row.q - inner.j;\n  let inside = (row.image < N * P) & (p < P) & (q < Q);               // & does not branch, && would\n  return select(0.0, dy[select(0u, ((row.image + p) * Q + q) * O + inner.o, inside)], inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line {\n  let r = first_tap(m).x + k / O / taps(m).y * stride;\n  let s = first_tap(m).y + k / O % taps(m).y * stride;\n  return (r * S + s) * C * O + k % O;\n}\nfn load_b(line: Line, c: u32) -> f32 { return w[line + c * O]; }\n\nfn store(split: u32, m: u32, c: u32, v: f32) {\n  let pixel = pixel_of(m);\n  if (pixel.n < N && pixel.h < H && pixel.v < W) { dx[((pixel.n * H + pixel.h) * W + pixel.v) * C + c] = v; }\n}\n\n// The loop of lib/gemm.wgsl for devices with subgroups: SHARE lanes of a subgroup each read a for another k and hand\n// it round, so that a is read, and its index worked out, once for all of them. No barriers, no workgroup memory.\n\n\n\noverride SHARE: u32 = 4u;                                              // 4 or 8, at most the subgroup's size\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) share: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  var sums = Sums();\n  for (var start = t.k_from; start < t.k_to; start += SHARE) {\n    // Lanes past the end hand round zeros, against any b that is in bounds.\n    let mine = start + share % SHARE;\n    let k = min(mine, t.k_to - 1u);\n    let j = inner_of(t.m, k);\n    let line = line_of(t.m, k);\n    let live = f32(mine < t.k_to);\n    let lo = live * vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));\n    let hi = live * vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));\n    add_outer(&sums, subgroupBroadcast(lo, 0u), subgroupBroadcast(hi, 0u), load_b4(subgroupBroadcast(line, 0u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 1u), subgroupBroadcast(hi, 1u), load_b4(subgroupBroadcast(line, 1u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 2u), subgroupBroadcast(hi, 2u), load_b4(subgroupBroadcast(line, 2u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 3u), subgroupBroadcast(hi, 3u), load_b4(subgroupBroadcast(line, 3u), columns));\n    if (SHARE == 8u) {\n      add_outer(&sums, subgroupBroadcast(lo, 4u), subgroupBroadcast(hi, 4u), load_b4(subgroupBroadcast(line, 4u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 5u), subgroupBroadcast(hi, 5u), load_b4(subgroupBroadcast(line, 5u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 6u), subgroupBroadcast(hi, 6u), load_b4(subgroupBroadcast(line, 6u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 7u), subgroupBroadcast(hi, 7u), load_b4(subgroupBroadcast(line, 7u), columns));\n    }\n  }\n  store_rows(t, n, sums);\n}\n\n// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.\n\noverride LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each\noverride SPLITS: u32 = 1u;                                             // parts that k is dealt to\n\nstruct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {\n  (*sums).r0 += lo.x * b;\n  (*sums).r1 += lo.y * b;\n  (*sums).r2 += lo.z * b;\n  (*sums).r3 += lo.w * b;\n  (*sums).r4 += hi.x * b;\n  (*sums).r5 += hi.y * b;\n  (*sums).r6 += hi.z * b;\n  (*sums).r7 += hi.w * b;\n}\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  if (m >= gemm_m()) { return; }\n  if (n < gemm_n()) { store(split, m, n, v.x); }\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n\n// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as\n// subgroup operations demand of what the control flow hangs on.\nstruct Tile {\n  split: u32,                                                          // SPLITS or more where there is nothing to do\n  m: u32,\n  n: u32,                                                              // the first lane's first column\n  k_from: u32,\n  k_to: u32,\n}\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n\n  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split\n  let split = block / tiles;\n  let m = block % tiles / across * 8u;\n  let terms = gemm_k(m);\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split\n  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));\n}\n\n// The columns n to n + 3, kept in bounds.\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\nfn store_rows(t: Tile, n: u32, sums: Sums) {\n  store_row(t.split, t.m, n, sums.r0);\n  store_row(t.split, t.m + 1u, n, sums.r1);\n  store_row(t.split, t.m + 2u, n, sums.r2);\n  store_row(t.split, t.m + 3u, n, sums.r3);\n  store_row(t.split, t.m + 4u, n, sums.r4);\n  store_row(t.split, t.m + 5u, n, sums.r5);\n  store_row(t.split, t.m + 6u, n, sums.r6);\n  store_row(t.split, t.m + 7u, n, sums.r7);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * fill: y[i] = value.
 *
 * One lane per element. Writes y once.
 * uses lib/index.wgsl
 */
export const fill = {
  name: "fill",
  bindings: {
    /** (n) */
    y: { access: "write", type: "u32", shape: ["n"], optional: false },
    /** what every element becomes */
    value: { access: "scalar", type: "u32", shape: [], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: "// fill: y[i] = value.\n//\n// One lane per element. Writes y once.\n// uses lib/index.wgsl\n\noverride n: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read_write> y: array<u32>;         // (n)\n@group(0) @binding(1) var<uniform> value: u32;                        // what every element becomes\n\n@compute @workgroup_size(WG)                                          // grid (n/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < n) { y[i] = value; }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * global_avg_pool: parts[t,n,c] = sum over pixels i = t, t + T, t + 2T, ... of x[n,i,c] / I.
 *
 * The mean over the I pixels of an image, dealt to T partial sums that sum_parts adds in order. One lane per (t, n, c), so
 * that neighbouring lanes read neighbouring channels. Reads x once.
 * uses lib/index.wgsl
 */
export const globalAvgPool = {
  name: "global_avg_pool",
  bindings: {
    /** (N, I, C) */
    x: { access: "read", type: "f32", shape: ["N","I","C"], optional: false },
    /** (T, N, C) */
    parts: { access: "write", type: "f32", shape: ["T","N","C"], optional: false },
  },
  sizes: ["N", "I", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*N*C/WG"],
  features: [],
  code: "// global_avg_pool: parts[t,n,c] = sum over pixels i = t, t + T, t + 2T, ... of x[n,i,c] / I.\n//\n// The mean over the I pixels of an image, dealt to T partial sums that sum_parts adds in order. One lane per (t, n, c), so\n// that neighbouring lanes read neighbouring channels. Reads x once.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride I: u32;\noverride C: u32;\noverride T: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, I, C)\n@group(0) @binding(1) var<storage, read_write> parts: array<f32>;     // (T, N, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*N*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let part = flat_index(group, groups) * WG + lane;\n  if (part >= T * N * C) { return; }\n  let c = part % C;\n  let image = part / C % N * I;\n  var sum = 0.0;\n  for (var i = part / (N * C); i < I; i += T) { sum += x[(image + i) * C + c]; }\n  parts[part] = sum / f32(I);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * global_avg_pool_dx: dx[n,i,c] = dy[n,c] / I.
 *
 * One lane per element. Writes dx once: 4 bytes per element; dy is read from cache.
 * uses lib/index.wgsl
 */
export const globalAvgPoolDx = {
  name: "global_avg_pool_dx",
  bindings: {
    /** (N, C) */
    dy: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, I, C) */
    dx: { access: "write", type: "f32", shape: ["N","I","C"], optional: false },
  },
  sizes: ["N", "I", "C"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*I*C/WG"],
  features: [],
  code: "// global_avg_pool_dx: dx[n,i,c] = dy[n,c] / I.\n//\n// One lane per element. Writes dx once: 4 bytes per element; dy is read from cache.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride I: u32;\noverride C: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       dy: array<f32>;        // (N, C)\n@group(0) @binding(1) var<storage, read_write> dx: array<f32>;        // (N, I, C)\n\n@compute @workgroup_size(WG)                                          // grid (N*I*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < N * I * C) { dx[i] = dy[i / (I * C) * C + i % C] / f32(I); }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * l2_normalize: y[n] = x[n] / max(|x[n]|, epsilon), and norm[n] = |x[n]|, or 0 where that is at most epsilon.
 *
 * The row is divided by its largest element first, so that squares of 1e-20 or 1e18 neither vanish nor overflow. One
 * workgroup per row; its WG lanes stride over the D features. Three passes over a row, of which the device reads memory once
 * where its cache holds the row; writes y once: 8 bytes and about 5 flops per element.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const l2Normalize = {
  name: "l2_normalize",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** shortest length that is still divided by */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N, D) */
    y: { access: "write", type: "f32", shape: ["N","D"], optional: false },
    /** (N) 0 marks a row without a gradient */
    norm: { access: "write", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N", "D"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: "// l2_normalize: y[n] = x[n] / max(|x[n]|, epsilon), and norm[n] = |x[n]|, or 0 where that is at most epsilon.\n//\n// The row is divided by its largest element first, so that squares of 1e-20 or 1e18 neither vanish nor overflow. One\n// workgroup per row; its WG lanes stride over the D features. Three passes over a row, of which the device reads memory once\n// where its cache holds the row; writes y once: 8 bytes and about 5 flops per element.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride D: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, D)\n@group(0) @binding(1) var<uniform>             epsilon: f32;          // shortest length that is still divided by\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (N, D)\n@group(0) @binding(3) var<storage, read_write> norm: array<f32>;      // (N) 0 marks a row without a gradient\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let row = n * D;\n  var largest = 0.0;\n  for (var d = lane; d < D; d += WG) { largest = max(largest, abs(x[row + d])); }\n  largest = group_max(lane, largest);\n  let unit = select(1.0, largest, largest > 1.2e-38);                 // smaller numbers may count as 0 on a device\n\n  var square = 0.0;\n  for (var d = lane; d < D; d += WG) {\n    let part = x[row + d] / unit;\n    square += part * part;\n  }\n  let root = sqrt(group_sum(lane, square));                           // |x| / unit, from 1 to sqrt(D)\n  let least = epsilon / unit;\n  let divisor = max(root, least);\n  for (var d = lane; d < D; d += WG) { y[row + d] = x[row + d] / unit / divisor; }\n  if (lane == 0u) { norm[n] = select(0.0, unit * root, root > least); }\n}\n\n// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.\n// All lanes must call. The order is fixed, so the same values give the same bits.\n\noverride WG: u32 = 64u;                                               // lanes per row, a power of two\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();                                                 // the previous result may still be being read\n  scratch[lane] = v;\n  workgroupBarrier();                                                 // every value is in place\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();                                               // this level is done\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * l2_normalize: y[n] = x[n] / max(|x[n]|, epsilon), and norm[n] = |x[n]|, or 0 where that is at most epsilon.
 *
 * The row is divided by its largest element first, so that squares of 1e-20 or 1e18 neither vanish nor overflow. One
 * workgroup per row; its WG lanes stride over the D features. Three passes over a row, of which the device reads memory once
 * where its cache holds the row; writes y once: 8 bytes and about 5 flops per element.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const l2NormalizeSubgroup = {
  name: "l2_normalize_subgroup",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** shortest length that is still divided by */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N, D) */
    y: { access: "write", type: "f32", shape: ["N","D"], optional: false },
    /** (N) 0 marks a row without a gradient */
    norm: { access: "write", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N", "D"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: "enable subgroups; // l2_normalize: y[n] = x[n] / max(|x[n]|, epsilon), and norm[n] = |x[n]|, or 0 where that is at most epsilon.\n//\n// The row is divided by its largest element first, so that squares of 1e-20 or 1e18 neither vanish nor overflow. One\n// workgroup per row; its WG lanes stride over the D features. Three passes over a row, of which the device reads memory once\n// where its cache holds the row; writes y once: 8 bytes and about 5 flops per element.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride D: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, D)\n@group(0) @binding(1) var<uniform>             epsilon: f32;          // shortest length that is still divided by\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (N, D)\n@group(0) @binding(3) var<storage, read_write> norm: array<f32>;      // (N) 0 marks a row without a gradient\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let row = n * D;\n  var largest = 0.0;\n  for (var d = lane; d < D; d += WG) { largest = max(largest, abs(x[row + d])); }\n  largest = group_max(lane, largest);\n  let unit = select(1.0, largest, largest > 1.2e-38);                 // smaller numbers may count as 0 on a device\n\n  var square = 0.0;\n  for (var d = lane; d < D; d += WG) {\n    let part = x[row + d] / unit;\n    square += part * part;\n  }\n  let root = sqrt(group_sum(lane, square));                           // |x| / unit, from 1 to sqrt(D)\n  let least = epsilon / unit;\n  let divisor = max(root, least);\n  for (var d = lane; d < D; d += WG) { y[row + d] = x[row + d] / unit / divisor; }\n  if (lane == 0u) { norm[n] = select(0.0, unit * root, root > least); }\n}\n\n// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.\n\n\noverride WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * l2_normalize_dx: dx[n] = (dy[n] - y[n] (y[n] . dy[n])) / norm[n], or 0 where norm[n] is 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Two passes over a row, of which the device reads memory
 * once where its cache holds the row: reads y and dy, writes dx: 12 bytes and 5 flops per element.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const l2NormalizeDx = {
  name: "l2_normalize_dx",
  bindings: {
    /** (N, D) rows of length 1 */
    y: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) 0 marks a row without a gradient */
    norm: { access: "read", type: "f32", shape: ["N"], optional: false },
    /** (N, D) */
    dy: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N, D) */
    dx: { access: "write", type: "f32", shape: ["N","D"], optional: false },
  },
  sizes: ["N", "D"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: "// l2_normalize_dx: dx[n] = (dy[n] - y[n] (y[n] . dy[n])) / norm[n], or 0 where norm[n] is 0.\n//\n// One workgroup per row; its WG lanes stride over the D features. Two passes over a row, of which the device reads memory\n// once where its cache holds the row: reads y and dy, writes dx: 12 bytes and 5 flops per element.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride D: u32;\n@group(0) @binding(0) var<storage, read>       y: array<f32>;         // (N, D) rows of length 1\n@group(0) @binding(1) var<storage, read>       norm: array<f32>;      // (N) 0 marks a row without a gradient\n@group(0) @binding(2) var<storage, read>       dy: array<f32>;        // (N, D)\n@group(0) @binding(3) var<storage, read_write> dx: array<f32>;        // (N, D)\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let row = n * D;\n  var along = 0.0;\n  for (var d = lane; d < D; d += WG) { along += y[row + d] * dy[row + d]; }\n  along = group_sum(lane, along);\n  let live = norm[n] > 0.0;\n  let divisor = select(1.0, norm[n], live);\n  for (var d = lane; d < D; d += WG) {\n    let v = (dy[row + d] - y[row + d] * along) / divisor;\n    dx[row + d] = select(0.0, v, live);\n  }\n}\n\n// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.\n// All lanes must call. The order is fixed, so the same values give the same bits.\n\noverride WG: u32 = 64u;                                               // lanes per row, a power of two\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();                                                 // the previous result may still be being read\n  scratch[lane] = v;\n  workgroupBarrier();                                                 // every value is in place\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();                                               // this level is done\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * l2_normalize_dx: dx[n] = (dy[n] - y[n] (y[n] . dy[n])) / norm[n], or 0 where norm[n] is 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Two passes over a row, of which the device reads memory
 * once where its cache holds the row: reads y and dy, writes dx: 12 bytes and 5 flops per element.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const l2NormalizeDxSubgroup = {
  name: "l2_normalize_dx_subgroup",
  bindings: {
    /** (N, D) rows of length 1 */
    y: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) 0 marks a row without a gradient */
    norm: { access: "read", type: "f32", shape: ["N"], optional: false },
    /** (N, D) */
    dy: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N, D) */
    dx: { access: "write", type: "f32", shape: ["N","D"], optional: false },
  },
  sizes: ["N", "D"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: "enable subgroups; // l2_normalize_dx: dx[n] = (dy[n] - y[n] (y[n] . dy[n])) / norm[n], or 0 where norm[n] is 0.\n//\n// One workgroup per row; its WG lanes stride over the D features. Two passes over a row, of which the device reads memory\n// once where its cache holds the row: reads y and dy, writes dx: 12 bytes and 5 flops per element.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride D: u32;\n@group(0) @binding(0) var<storage, read>       y: array<f32>;         // (N, D) rows of length 1\n@group(0) @binding(1) var<storage, read>       norm: array<f32>;      // (N) 0 marks a row without a gradient\n@group(0) @binding(2) var<storage, read>       dy: array<f32>;        // (N, D)\n@group(0) @binding(3) var<storage, read_write> dx: array<f32>;        // (N, D)\n\n@compute @workgroup_size(WG)                                          // grid (N)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let row = n * D;\n  var along = 0.0;\n  for (var d = lane; d < D; d += WG) { along += y[row + d] * dy[row + d]; }\n  along = group_sum(lane, along);\n  let live = norm[n] > 0.0;\n  let divisor = select(1.0, norm[n], live);\n  for (var d = lane; d < D; d += WG) {\n    let v = (dy[row + d] - y[row + d] * along) / divisor;\n    dx[row + d] = select(0.0, v, live);\n  }\n}\n\n// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.\n\n\noverride WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * label_count: how many rows count, and how much each.
 *
 *   weight[n] = class_weight[label[n]], 1 where none are given; 0 where the label is C or more, or IGNORE
 *   share     = scale / sum_n weight[n], 0 where that sum is 0
 *   count     = rows that count, rows left out by IGNORE, rows whose label is C or more
 *
 * One workgroup, whose WG lanes stride over the N rows. Reads 8 bytes and writes 4 per row.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const labelCount = {
  name: "label_count",
  bindings: {
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) optional */
    class_weight: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** what all rows together get */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    weight: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** () */
    share: { access: "write", type: "f32", shape: [], optional: false },
    /** (3) */
    count: { access: "write", type: "f32", shape: ["3"], optional: false },
  },
  sizes: ["N", "C"],
  knobs: { /** label of rows to leave out */ IGNORE: 4294967295, HAS_CLASS_WEIGHT: false, /** lanes per row, a power of two */ WG: 64 },
  grid: ["1"],
  features: [],
  code: "// label_count: how many rows count, and how much each.\n//\n//   weight[n] = class_weight[label[n]], 1 where none are given; 0 where the label is C or more, or IGNORE\n//   share     = scale / sum_n weight[n], 0 where that sum is 0\n//   count     = rows that count, rows left out by IGNORE, rows whose label is C or more\n//\n// One workgroup, whose WG lanes stride over the N rows. Reads 8 bytes and writes 4 per row.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n\noverride N: u32;\noverride C: u32;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride HAS_CLASS_WEIGHT: bool = false;\n@group(0) @binding(0) var<storage, read>       label: array<u32>;     // (N) class\n@group(0) @binding(1) var<storage, read>       class_weight: array<f32>; // (C) optional\n@group(0) @binding(2) var<uniform>             scale: f32;            // what all rows together get\n@group(0) @binding(3) var<storage, read_write> weight: array<f32>;    // (N)\n@group(0) @binding(4) var<storage, read_write> share: array<f32>;     // ()\n@group(0) @binding(5) var<storage, read_write> count: array<f32>;     // (3)\n\n@compute @workgroup_size(WG)                                          // grid (1)\nfn main(@builtin(local_invocation_index) lane: u32) {\n  var sum = 0.0;\n  var counted = 0.0;\n  var ignored = 0.0;\n  for (var n = lane; n < N; n += WG) {\n    let y = label[n];\n    let counts = y < C && y != IGNORE;\n    var w = 1.0;\n    if (HAS_CLASS_WEIGHT) { w = class_weight[min(y, C - 1u)]; }\n    w = select(0.0, w, counts);\n    weight[n] = w;\n    sum += w;\n    counted += f32(counts);\n    ignored += f32(y == IGNORE);\n  }\n  sum = group_sum(lane, sum);\n  counted = group_sum(lane, counted);\n  ignored = group_sum(lane, ignored);\n  if (lane == 0u) {\n    share[0] = select(0.0, scale / sum, sum > 0.0);\n    count[0] = counted;\n    count[1] = ignored;\n    count[2] = f32(N) - counted - ignored;\n  }\n}\n\n// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.\n// All lanes must call. The order is fixed, so the same values give the same bits.\n\noverride WG: u32 = 64u;                                               // lanes per row, a power of two\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();                                                 // the previous result may still be being read\n  scratch[lane] = v;\n  workgroupBarrier();                                                 // every value is in place\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();                                               // this level is done\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n",
} as const;

/**
 * label_count: how many rows count, and how much each.
 *
 *   weight[n] = class_weight[label[n]], 1 where none are given; 0 where the label is C or more, or IGNORE
 *   share     = scale / sum_n weight[n], 0 where that sum is 0
 *   count     = rows that count, rows left out by IGNORE, rows whose label is C or more
 *
 * One workgroup, whose WG lanes stride over the N rows. Reads 8 bytes and writes 4 per row.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const labelCountSubgroup = {
  name: "label_count_subgroup",
  bindings: {
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) optional */
    class_weight: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** what all rows together get */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    weight: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** () */
    share: { access: "write", type: "f32", shape: [], optional: false },
    /** (3) */
    count: { access: "write", type: "f32", shape: ["3"], optional: false },
  },
  sizes: ["N", "C"],
  knobs: { /** label of rows to leave out */ IGNORE: 4294967295, HAS_CLASS_WEIGHT: false, /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["1"],
  features: ["subgroups"],
  code: "enable subgroups; // label_count: how many rows count, and how much each.\n//\n//   weight[n] = class_weight[label[n]], 1 where none are given; 0 where the label is C or more, or IGNORE\n//   share     = scale / sum_n weight[n], 0 where that sum is 0\n//   count     = rows that count, rows left out by IGNORE, rows whose label is C or more\n//\n// One workgroup, whose WG lanes stride over the N rows. Reads 8 bytes and writes 4 per row.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n\noverride N: u32;\noverride C: u32;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride HAS_CLASS_WEIGHT: bool = false;\n@group(0) @binding(0) var<storage, read>       label: array<u32>;     // (N) class\n@group(0) @binding(1) var<storage, read>       class_weight: array<f32>; // (C) optional\n@group(0) @binding(2) var<uniform>             scale: f32;            // what all rows together get\n@group(0) @binding(3) var<storage, read_write> weight: array<f32>;    // (N)\n@group(0) @binding(4) var<storage, read_write> share: array<f32>;     // ()\n@group(0) @binding(5) var<storage, read_write> count: array<f32>;     // (3)\n\n@compute @workgroup_size(WG)                                          // grid (1)\nfn main(@builtin(local_invocation_index) lane: u32) {\n  var sum = 0.0;\n  var counted = 0.0;\n  var ignored = 0.0;\n  for (var n = lane; n < N; n += WG) {\n    let y = label[n];\n    let counts = y < C && y != IGNORE;\n    var w = 1.0;\n    if (HAS_CLASS_WEIGHT) { w = class_weight[min(y, C - 1u)]; }\n    w = select(0.0, w, counts);\n    weight[n] = w;\n    sum += w;\n    counted += f32(counts);\n    ignored += f32(y == IGNORE);\n  }\n  sum = group_sum(lane, sum);\n  counted = group_sum(lane, counted);\n  ignored = group_sum(lane, ignored);\n  if (lane == 0u) {\n    share[0] = select(0.0, scale / sum, sum > 0.0);\n    count[0] = counted;\n    count[1] = ignored;\n    count[2] = f32(N) - counted - ignored;\n  }\n}\n\n// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.\n\n\noverride WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n",
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are added
 * to what c holds.
 * 2 M N K flops; a is read once per 4 LANES columns, b once per 8 rows, c written once.
 * uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
 * uses lib/gemm_parts.wgsl
 * uses lib/index.wgsl
 * grid (M/8 * (N/(4*LANES)) * SPLITS)
 */
export const matmul = {
  name: "matmul",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "f32", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, /** c += instead of c = */ ACCUMULATE: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** lanes per workgroup, 4 columns each */ LANES: 32, /** parts that k is dealt to */ SPLITS: 1 },
  grid: ["M/8 * (N/(4*LANES)) * SPLITS"],
  features: [],
  code: "// matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.\n//\n//   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2\n//\n// (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds\n// that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are added\n// to what c holds.\n// 2 M N K flops; a is read once per 4 LANES columns, b once per 8 rows, c written once.\n// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl\n// uses lib/gemm_parts.wgsl\n// uses lib/index.wgsl\n// grid (M/8 * (N/(4*LANES)) * SPLITS)\n\noverride M: u32;\noverride N: u32;\noverride K: u32;\noverride TRANS_A: bool = false;                                       // a is stored (K, M)\noverride TRANS_B: bool = false;                                       // b is stored (N, K)\noverride HAS_BIAS: bool = false;\noverride ACCUMULATE: bool = false;                                    // c += instead of c =\noverride HAS_LIVE: bool = false;\noverride ACT: u32 = 0u;                                               // 0 none, 1 ReLU, 2 PReLU\n@group(0) @binding(0) var<storage, read>       a: array<f32>;         // (A0, A1)\n@group(0) @binding(1) var<storage, read>       b: array<f32>;         // (B0, B1)\n@group(0) @binding(2) var<storage, read>       bias: array<f32>;      // (N) optional\n@group(0) @binding(3) var<storage, read>       slope: array<f32>;     // (N) optional\n@group(0) @binding(4) var<storage, read>       live: array<f32>;      // (A0) optional: 0 for rows of a that count as 0\n@group(0) @binding(5) var<storage, read_write> c: array<f32>;         // (SPLITS, M, N)\n\nfn gemm_m() -> u32 { return M; }\nfn gemm_n() -> u32 { return N; }\n\n// K terms, or none where the rows of a that they come from count as 0.\nfn gemm_k(m: u32) -> u32 {\n  if (!HAS_LIVE) { return K; }\n  let first = select(m, 0u, TRANS_A);\n  let end = select(min(m + 8u, M), K, TRANS_A);\n  for (var row = first; row < end; row++) {\n    if (live[row] != 0.0) { return K; }\n  }\n  return 0u;\n}\n\nalias Row = u32;\nalias Inner = u32;\nfn row_of(m: u32) -> Row { return select(m * K, m, TRANS_A); }\nfn inner_of(m: u32, k: u32) -> Inner { return select(k, k * M, TRANS_A); }\nfn load_a(row: Row, inner: Inner) -> f32 { return a[row + inner]; }\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return select(k * N, k, TRANS_B); }\nfn load_b(line: Line, n: u32) -> f32 { return b[line + select(n, n * K, TRANS_B)]; }\n\nfn store(split: u32, m: u32, n: u32, v: f32) {\n  var y = v;\n  if (HAS_BIAS) { y += bias[n]; }\n  if (ACT == 1u) { y = max(y, 0.0); }\n  if (ACT == 2u) { y = max(y, 0.0) + slope[n] * min(y, 0.0); }\n  let i = (split * M + m) * N + n;\n  if (ACCUMULATE) { y += c[i]; }\n  c[i] = y;\n}\n\n// The inner loop that every matrix product here shares: for each m < gemm_m() and n < gemm_n()\n//   store(split, m, n, sum_k load_a(row_of(m), inner_of(m, k)) load_b(line_of(m, k), n))\n// The terms k < gemm_k(m), a number that 8 rows share, are dealt to SPLITS results, in order. Each lane makes 8 rows of 4\n// columns, and the lanes of a workgroup share the 8 rows. No barriers. The kernel gives Row, Inner, Line and the functions\n// named above. Indices stay in bounds: rows and columns past the last repeat it and are not stored.\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  var sums = Sums();\n  for (var k = t.k_from; k < t.k_to; k++) {\n    let j = inner_of(t.m, k);\n    let lo = vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));\n    let hi = vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));\n    add_outer(&sums, lo, hi, load_b4(line_of(t.m, k), columns));\n  }\n  store_rows(t, n, sums);\n}\n\n// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.\n\noverride LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each\noverride SPLITS: u32 = 1u;                                             // parts that k is dealt to\n\nstruct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {\n  (*sums).r0 += lo.x * b;\n  (*sums).r1 += lo.y * b;\n  (*sums).r2 += lo.z * b;\n  (*sums).r3 += lo.w * b;\n  (*sums).r4 += hi.x * b;\n  (*sums).r5 += hi.y * b;\n  (*sums).r6 += hi.z * b;\n  (*sums).r7 += hi.w * b;\n}\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  if (m >= gemm_m()) { return; }\n  if (n < gemm_n()) { store(split, m, n, v.x); }\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n\n// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as\n// subgroup operations demand of what the control flow hangs on.\nstruct Tile {\n  split: u32,                                                          // SPLITS or more where there is nothing to do\n  m: u32,\n  n: u32,                                                              // the first lane's first column\n  k_from: u32,\n  k_to: u32,\n}\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n\n  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split\n  let split = block / tiles;\n  let m = block % tiles / across * 8u;\n  let terms = gemm_k(m);\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split\n  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));\n}\n\n// The columns n to n + 3, kept in bounds.\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\nfn store_rows(t: Tile, n: u32, sums: Sums) {\n  store_row(t.split, t.m, n, sums.r0);\n  store_row(t.split, t.m + 1u, n, sums.r1);\n  store_row(t.split, t.m + 2u, n, sums.r2);\n  store_row(t.split, t.m + 3u, n, sums.r3);\n  store_row(t.split, t.m + 4u, n, sums.r4);\n  store_row(t.split, t.m + 5u, n, sums.r5);\n  store_row(t.split, t.m + 6u, n, sums.r6);\n  store_row(t.split, t.m + 7u, n, sums.r7);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are added
 * to what c holds.
 * 2 M N K flops; a is read once per 4 LANES columns, b once per 8 rows, c written once.
 * uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
 * uses lib/gemm_parts.wgsl
 * uses lib/index.wgsl
 * grid (M/8 * (N/(4*LANES)) * SPLITS)
 */
export const matmulSubgroup = {
  name: "matmul_subgroup",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "f32", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, /** c += instead of c = */ ACCUMULATE: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** 4 or 8, at most the subgroup's size */ SHARE: 4, /** lanes per workgroup, 4 columns each */ LANES: 32, /** parts that k is dealt to */ SPLITS: 1 },
  grid: ["M/8 * (N/(4*LANES)) * SPLITS"],
  features: ["subgroups"],
  code: "enable subgroups; // matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.\n//\n//   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2\n//\n// (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds\n// that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are added\n// to what c holds.\n// 2 M N K flops; a is read once per 4 LANES columns, b once per 8 rows, c written once.\n// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl\n// uses lib/gemm_parts.wgsl\n// uses lib/index.wgsl\n// grid (M/8 * (N/(4*LANES)) * SPLITS)\n\noverride M: u32;\noverride N: u32;\noverride K: u32;\noverride TRANS_A: bool = false;                                       // a is stored (K, M)\noverride TRANS_B: bool = false;                                       // b is stored (N, K)\noverride HAS_BIAS: bool = false;\noverride ACCUMULATE: bool = false;                                    // c += instead of c =\noverride HAS_LIVE: bool = false;\noverride ACT: u32 = 0u;                                               // 0 none, 1 ReLU, 2 PReLU\n@group(0) @binding(0) var<storage, read>       a: array<f32>;         // (A0, A1)\n@group(0) @binding(1) var<storage, read>       b: array<f32>;         // (B0, B1)\n@group(0) @binding(2) var<storage, read>       bias: array<f32>;      // (N) optional\n@group(0) @binding(3) var<storage, read>       slope: array<f32>;     // (N) optional\n@group(0) @binding(4) var<storage, read>       live: array<f32>;      // (A0) optional: 0 for rows of a that count as 0\n@group(0) @binding(5) var<storage, read_write> c: array<f32>;         // (SPLITS, M, N)\n\nfn gemm_m() -> u32 { return M; }\nfn gemm_n() -> u32 { return N; }\n\n// K terms, or none where the rows of a that they come from count as 0.\nfn gemm_k(m: u32) -> u32 {\n  if (!HAS_LIVE) { return K; }\n  let first = select(m, 0u, TRANS_A);\n  let end = select(min(m + 8u, M), K, TRANS_A);\n  for (var row = first; row < end; row++) {\n    if (live[row] != 0.0) { return K; }\n  }\n  return 0u;\n}\n\nalias Row = u32;\nalias Inner = u32;\nfn row_of(m: u32) -> Row { return select(m * K, m, TRANS_A); }\nfn inner_of(m: u32, k: u32) -> Inner { return select(k, k * M, TRANS_A); }\nfn load_a(row: Row, inner: Inner) -> f32 { return a[row + inner]; }\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return select(k * N, k, TRANS_B); }\nfn load_b(line: Line, n: u32) -> f32 { return b[line + select(n, n * K, TRANS_B)]; }\n\nfn store(split: u32, m: u32, n: u32, v: f32) {\n  var y = v;\n  if (HAS_BIAS) { y += bias[n]; }\n  if (ACT == 1u) { y = max(y, 0.0); }\n  if (ACT == 2u) { y = max(y, 0.0) + slope[n] * min(y, 0.0); }\n  let i = (split * M + m) * N + n;\n  if (ACCUMULATE) { y += c[i]; }\n  c[i] = y;\n}\n\n// The loop of lib/gemm.wgsl for devices with subgroups: SHARE lanes of a subgroup each read a for another k and hand\n// it round, so that a is read, and its index worked out, once for all of them. No barriers, no workgroup memory.\n\n\n\noverride SHARE: u32 = 4u;                                              // 4 or 8, at most the subgroup's size\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) share: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  var sums = Sums();\n  for (var start = t.k_from; start < t.k_to; start += SHARE) {\n    // Lanes past the end hand round zeros, against any b that is in bounds.\n    let mine = start + share % SHARE;\n    let k = min(mine, t.k_to - 1u);\n    let j = inner_of(t.m, k);\n    let line = line_of(t.m, k);\n    let live = f32(mine < t.k_to);\n    let lo = live * vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));\n    let hi = live * vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));\n    add_outer(&sums, subgroupBroadcast(lo, 0u), subgroupBroadcast(hi, 0u), load_b4(subgroupBroadcast(line, 0u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 1u), subgroupBroadcast(hi, 1u), load_b4(subgroupBroadcast(line, 1u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 2u), subgroupBroadcast(hi, 2u), load_b4(subgroupBroadcast(line, 2u), columns));\n    add_outer(&sums, subgroupBroadcast(lo, 3u), subgroupBroadcast(hi, 3u), load_b4(subgroupBroadcast(line, 3u), columns));\n    if (SHARE == 8u) {\n      add_outer(&sums, subgroupBroadcast(lo, 4u), subgroupBroadcast(hi, 4u), load_b4(subgroupBroadcast(line, 4u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 5u), subgroupBroadcast(hi, 5u), load_b4(subgroupBroadcast(line, 5u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 6u), subgroupBroadcast(hi, 6u), load_b4(subgroupBroadcast(line, 6u), columns));\n      add_outer(&sums, subgroupBroadcast(lo, 7u), subgroupBroadcast(hi, 7u), load_b4(subgroupBroadcast(line, 7u), columns));\n    }\n  }\n  store_rows(t, n, sums);\n}\n\n// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.\n\noverride LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each\noverride SPLITS: u32 = 1u;                                             // parts that k is dealt to\n\nstruct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {\n  (*sums).r0 += lo.x * b;\n  (*sums).r1 += lo.y * b;\n  (*sums).r2 += lo.z * b;\n  (*sums).r3 += lo.w * b;\n  (*sums).r4 += hi.x * b;\n  (*sums).r5 += hi.y * b;\n  (*sums).r6 += hi.z * b;\n  (*sums).r7 += hi.w * b;\n}\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  if (m >= gemm_m()) { return; }\n  if (n < gemm_n()) { store(split, m, n, v.x); }\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n\n// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as\n// subgroup operations demand of what the control flow hangs on.\nstruct Tile {\n  split: u32,                                                          // SPLITS or more where there is nothing to do\n  m: u32,\n  n: u32,                                                              // the first lane's first column\n  k_from: u32,\n  k_to: u32,\n}\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n\n  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split\n  let split = block / tiles;\n  let m = block % tiles / across * 8u;\n  let terms = gemm_k(m);\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split\n  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));\n}\n\n// The columns n to n + 3, kept in bounds.\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\nfn store_rows(t: Tile, n: u32, sums: Sums) {\n  store_row(t.split, t.m, n, sums.r0);\n  store_row(t.split, t.m + 1u, n, sums.r1);\n  store_row(t.split, t.m + 2u, n, sums.r2);\n  store_row(t.split, t.m + 3u, n, sums.r3);\n  store_row(t.split, t.m + 4u, n, sums.r4);\n  store_row(t.split, t.m + 5u, n, sums.r5);\n  store_row(t.split, t.m + 6u, n, sums.r6);\n  store_row(t.split, t.m + 7u, n, sums.r7);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * max_pool: y[n,p,q,c] = max of x[n,h,v,c] over the window's pixels, and source[n,p,q,c] = h W + v of the first of them.
 *
 * The window of (p, q) starts at (p stride - pad, q stride - pad) and is size pixels wide and high; pixels outside the image
 * are left out. Of equal pixels the first in row-major order counts.
 * One lane per result. Reads x size^2 / stride^2 times, writes y and source once.
 * uses lib/window.wgsl
 * uses lib/index.wgsl
 */
export const maxPool = {
  name: "max_pool",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, C) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","C"], optional: false },
    /** (N, P, Q, C) */
    source: { access: "write", type: "u32", shape: ["N","P","Q","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q", "size", "stride", "pad"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*P*Q*C/WG"],
  features: [],
  code: "// max_pool: y[n,p,q,c] = max of x[n,h,v,c] over the window's pixels, and source[n,p,q,c] = h W + v of the first of them.\n//\n// The window of (p, q) starts at (p stride - pad, q stride - pad) and is size pixels wide and high; pixels outside the image\n// are left out. Of equal pixels the first in row-major order counts.\n// One lane per result. Reads x size^2 / stride^2 times, writes y and source once.\n// uses lib/window.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride size: u32;\noverride stride: u32;\noverride pad: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (N, P, Q, C)\n@group(0) @binding(2) var<storage, read_write> source: array<u32>;    // (N, P, Q, C)\n\n@compute @workgroup_size(WG)                                          // grid (N*P*Q*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * P * Q * C) { return; }\n  let c = i % C;\n  let image = i / (P * Q * C) * H * W;\n  let rows = pixels_of(i / (Q * C) % P, H);\n  let columns = pixels_of(i / C % Q, W);\n  var best = rows.start * W + columns.start;\n  var top = x[(image + best) * C + c];\n  for (var h = rows.start; h < rows.end; h++) {\n    for (var v = columns.start; v < columns.end; v++) {\n      let here = h * W + v;\n      let value = x[(image + here) * C + c];\n      best = select(best, here, value > top);\n      top = max(top, value);\n    }\n  }\n  y[i] = top;\n  source[i] = best;\n}\n\n// Which pixels a pooling window covers and which windows cover a pixel, along one side of the image. Windows reach into the\n// padding, but only pixels inside the image count; because pad is at most size / 2, every window has one.\n\nstruct Span { start: u32, end: u32 }                                   // start <= i < end\n\nfn pixels_of(window: u32, pixels: u32) -> Span {\n  let first = window * stride;                                         // counted from the padding's edge\n  return Span(max(first, pad) - pad, min(first + size, pixels + pad) - pad);\n}\n\nfn windows_of(pixel: u32, windows: u32) -> Span {\n  let here = pixel + pad;                                              // counted from the padding's edge\n  return Span((max(here + 1u, size) - size + stride - 1u) / stride, min(here / stride + 1u, windows));\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * max_pool_dx: dx[n,h,v,c] = sum of dy[n,p,q,c] over the windows whose source is h W + v.
 *
 * One lane per pixel asks every window that covers it, in row-major order, so that nothing is scattered. Reads source and dy
 * size^2 / stride^2 times, writes dx once.
 * uses lib/window.wgsl
 * uses lib/index.wgsl
 */
export const maxPoolDx = {
  name: "max_pool_dx",
  bindings: {
    /** (N, P, Q, C) */
    source: { access: "read", type: "u32", shape: ["N","P","Q","C"], optional: false },
    /** (N, P, Q, C) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","C"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q", "size", "stride", "pad"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*H*W*C/WG"],
  features: [],
  code: "// max_pool_dx: dx[n,h,v,c] = sum of dy[n,p,q,c] over the windows whose source is h W + v.\n//\n// One lane per pixel asks every window that covers it, in row-major order, so that nothing is scattered. Reads source and dy\n// size^2 / stride^2 times, writes dx once.\n// uses lib/window.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride size: u32;\noverride stride: u32;\noverride pad: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       source: array<u32>;    // (N, P, Q, C)\n@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (N, P, Q, C)\n@group(0) @binding(2) var<storage, read_write> dx: array<f32>;        // (N, H, W, C)\n\n@compute @workgroup_size(WG)                                          // grid (N*H*W*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * H * W * C) { return; }\n  let c = i % C;\n  let here = i / C % (H * W);\n  let image = i / (H * W * C) * P;\n  let rows = windows_of(here / W, P);\n  let columns = windows_of(here % W, Q);\n  var sum = 0.0;\n  for (var p = rows.start; p < rows.end; p++) {\n    for (var q = columns.start; q < columns.end; q++) {\n      let window = ((image + p) * Q + q) * C + c;\n      sum += select(0.0, dy[window], source[window] == here);\n    }\n  }\n  dx[i] = sum;\n}\n\n// Which pixels a pooling window covers and which windows cover a pixel, along one side of the image. Windows reach into the\n// padding, but only pixels inside the image count; because pad is at most size / 2, every window has one.\n\nstruct Span { start: u32, end: u32 }                                   // start <= i < end\n\nfn pixels_of(window: u32, pixels: u32) -> Span {\n  let first = window * stride;                                         // counted from the padding's edge\n  return Span(max(first, pad) - pad, min(first + size, pixels + pad) - pad);\n}\n\nfn windows_of(pixel: u32, windows: u32) -> Span {\n  let here = pixel + pad;                                              // counted from the padding's edge\n  return Span((max(here + 1u, size) - size + stride - 1u) / stride, min(here / stride + 1u, windows));\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * prelu: y[n,c] = max(x[n,c], 0) + slope[c] min(x[n,c], 0).
 *
 * One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring
 * channels. Reads x once, writes y once: 8 bytes and 2 flops per element.
 * uses lib/index.wgsl
 */
export const prelu = {
  name: "prelu",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) */
    y: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: "// prelu: y[n,c] = max(x[n,c], 0) + slope[c] min(x[n,c], 0).\n//\n// One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring\n// channels. Reads x once, writes y once: 8 bytes and 2 flops per element.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride T: u32;                                                      // lanes per channel, which take every T-th row\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read>       slope: array<f32>;     // (C)\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (N, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T * C) { return; }\n  let c = first % C;\n  let below = slope[c];\n  for (var i = first; i < N * C; i += T * C) {\n    let v = x[i];\n    y[i] = max(v, 0.0) + below * min(v, 0.0);\n  }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * prelu_grad: dx[n,c] = dy[n,c] (x[n,c] > 0 ? 1 : slope[c]);
 *             parts[t,c] = sum over n = t, t + T, t + 2T, ... of dy[n,c] min(x[n,c], 0).
 *
 * Both gradients in one pass; sum_parts adds the parts in order to dslope. One lane per (t, c), so that neighbouring lanes
 * read neighbouring columns. Reads x and dy once, writes dx once: 12 bytes and 3 flops per element.
 * uses lib/index.wgsl
 */
export const preluGrad = {
  name: "prelu_grad",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, C) */
    dx: { access: "write", type: "f32", shape: ["N","C"], optional: false },
    /** (T, C) */
    parts: { access: "write", type: "f32", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: "// prelu_grad: dx[n,c] = dy[n,c] (x[n,c] > 0 ? 1 : slope[c]);\n//             parts[t,c] = sum over n = t, t + T, t + 2T, ... of dy[n,c] min(x[n,c], 0).\n//\n// Both gradients in one pass; sum_parts adds the parts in order to dslope. One lane per (t, c), so that neighbouring lanes\n// read neighbouring columns. Reads x and dy once, writes dx once: 12 bytes and 3 flops per element.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read>       slope: array<f32>;     // (C)\n@group(0) @binding(2) var<storage, read>       dy: array<f32>;        // (N, C)\n@group(0) @binding(3) var<storage, read_write> dx: array<f32>;        // (N, C)\n@group(0) @binding(4) var<storage, read_write> parts: array<f32>;     // (T, C)\n\n@compute @workgroup_size(WG)                                          // grid (T*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let part = flat_index(group, groups) * WG + lane;\n  if (part >= T * C) { return; }\n  let c = part % C;\n  let below = slope[c];\n  var sum = 0.0;\n  for (var n = part / C; n < N; n += T) {\n    let i = n * C + c;\n    let v = x[i];\n    let d = dy[i];\n    dx[i] = d * select(below, 1.0, v > 0.0);\n    sum += d * min(v, 0.0);\n  }\n  parts[part] = sum;\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * relu: y[i] = max(x[i], 0).
 *
 * One of T lanes takes the elements t, t + T, t + 2T, ... Reads x once, writes y once: 8 bytes per element.
 * uses lib/index.wgsl
 */
export const relu = {
  name: "relu",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T/WG"],
  features: [],
  code: "// relu: y[i] = max(x[i], 0).\n//\n// One of T lanes takes the elements t, t + T, t + 2T, ... Reads x once, writes y once: 8 bytes per element.\n// uses lib/index.wgsl\n\noverride n: u32;\noverride T: u32;                                                      // lanes, which take every T-th element\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (n)\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (n)\n\n@compute @workgroup_size(WG)                                          // grid (T/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T) { return; }\n  for (var i = first; i < n; i += T) { y[i] = max(x[i], 0.0); }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * relu_dx: dx[i] = dy[i] where y[i] > 0, else 0.
 *
 * The result y says where x was above 0, so that x itself need not be kept. One of T lanes takes the elements t,
 * t + T, t + 2T, ... Reads y and dy once, writes dx once: 12 bytes per element.
 * uses lib/index.wgsl
 */
export const reluDx = {
  name: "relu_dx",
  bindings: {
    /** (n) */
    y: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    dy: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    dx: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T/WG"],
  features: [],
  code: "// relu_dx: dx[i] = dy[i] where y[i] > 0, else 0.\n//\n// The result y says where x was above 0, so that x itself need not be kept. One of T lanes takes the elements t,\n// t + T, t + 2T, ... Reads y and dy once, writes dx once: 12 bytes per element.\n// uses lib/index.wgsl\n\noverride n: u32;\noverride T: u32;                                                      // lanes, which take every T-th element\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       y: array<f32>;         // (n)\n@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (n)\n@group(0) @binding(2) var<storage, read_write> dx: array<f32>;        // (n)\n\n@compute @workgroup_size(WG)                                          // grid (T/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T) { return; }\n  for (var i = first; i < n; i += T) { dx[i] = select(0.0, dy[i], y[i] > 0.0); }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * scale: y[i] = factor x[i].
 *
 * One lane per element. Reads x once, writes y once: 8 bytes and 1 flop per element.
 * uses lib/index.wgsl
 */
export const scale = {
  name: "scale",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** what every element is multiplied by */
    factor: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: "// scale: y[i] = factor x[i].\n//\n// One lane per element. Reads x once, writes y once: 8 bytes and 1 flop per element.\n// uses lib/index.wgsl\n\noverride n: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (n)\n@group(0) @binding(1) var<uniform>             factor: f32;           // what every element is multiplied by\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (n)\n\n@compute @workgroup_size(WG)                                          // grid (n/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < n) { y[i] = factor * x[i]; }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * scale_rows: y[n,c] = s[n] x[n,c].
 *
 * One lane per element. Reads x and s once, writes y once: 8 bytes and 1 flop per element.
 * uses lib/index.wgsl
 */
export const scaleRows = {
  name: "scale_rows",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N) */
    s: { access: "read", type: "f32", shape: ["N"], optional: false },
    /** (N, C) */
    y: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*C/WG"],
  features: [],
  code: "// scale_rows: y[n,c] = s[n] x[n,c].\n//\n// One lane per element. Reads x and s once, writes y once: 8 bytes and 1 flop per element.\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)\n@group(0) @binding(1) var<storage, read>       s: array<f32>;         // (N)\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (N, C)\n\n@compute @workgroup_size(WG)                                          // grid (N*C/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < N * C) { y[i] = s[i / C] * x[i]; }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * sgd: v[i] = momentum v[i] + dw[i] + decay w[i];  w[i] -= rate v[i].
 *
 * One of T lanes takes the elements t, t + T, t + 2T, ... Reads dw, v and w once, writes v and w once: 20 bytes and 6 flops
 * per element.
 * uses lib/index.wgsl
 */
export const sgd = {
  name: "sgd",
  bindings: {
    /** (n) gradient */
    dw: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) updated in place: velocity */
    v: { access: "update", type: "f32", shape: ["n"], optional: false },
    /** (n) updated in place */
    w: { access: "update", type: "f32", shape: ["n"], optional: false },
    /** learning rate */
    rate: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the velocity that stays */
    momentum: { access: "scalar", type: "f32", shape: [], optional: false },
    /** weight decay, added to the gradient */
    decay: { access: "scalar", type: "f32", shape: [], optional: false },
  },
  sizes: ["n", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T/WG"],
  features: [],
  code: "// sgd: v[i] = momentum v[i] + dw[i] + decay w[i];  w[i] -= rate v[i].\n//\n// One of T lanes takes the elements t, t + T, t + 2T, ... Reads dw, v and w once, writes v and w once: 20 bytes and 6 flops\n// per element.\n// uses lib/index.wgsl\n\noverride n: u32;\noverride T: u32;                                                      // lanes, which take every T-th element\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       dw: array<f32>;        // (n) gradient\n@group(0) @binding(1) var<storage, read_write> v: array<f32>;         // (n) updated in place: velocity\n@group(0) @binding(2) var<storage, read_write> w: array<f32>;         // (n) updated in place\n@group(0) @binding(3) var<uniform>             rate: f32;             // learning rate\n@group(0) @binding(4) var<uniform>             momentum: f32;         // part of the velocity that stays\n@group(0) @binding(5) var<uniform>             decay: f32;            // weight decay, added to the gradient\n\n@compute @workgroup_size(WG)                                          // grid (T/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T) { return; }\n  for (var i = first; i < n; i += T) {\n    let moved = momentum * v[i] + dw[i] + decay * w[i];\n    v[i] = moved;\n    w[i] -= rate * moved;\n  }\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * softmax_live: which rows of a softmax loss have a gradient worth summing in which block of classes.
 *
 *   live[b,n] = factor[n] where in block b some |d loss[n] / d logits[n,c]| / (scale factor[n] logit_scale) >= epsilon, else 0
 *
 * 0 too for labels of ALL or more, or IGNORE. From the sums of softmax_loss over the P parts of the classes, PARTS of which
 * are a block: no logits are read. One lane per (b, n). Reads 16 bytes per part, writes 4 per block.
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLive = {
  name: "softmax_live",
  bindings: {
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: false },
    /** (1, N, 4) sums of all classes */
    stats: { access: "read", type: "vec4f", shape: ["1","N","4"], optional: false },
    /** of the weighting */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (P/PARTS, PAD) */
    live: { access: "write", type: "f32", shape: ["P/PARTS","PAD"], optional: false },
  },
  sizes: ["N", "ALL", "P", "PARTS", "PART", "PAD"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** lanes per workgroup */ WG: 64, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["(P/PARTS)*PAD/WG"],
  features: [],
  code: "// softmax_live: which rows of a softmax loss have a gradient worth summing in which block of classes.\n//\n//   live[b,n] = factor[n] where in block b some |d loss[n] / d logits[n,c]| / (scale factor[n] logit_scale) >= epsilon, else 0\n//\n// 0 too for labels of ALL or more, or IGNORE. From the sums of softmax_loss over the P parts of the classes, PARTS of which\n// are a block: no logits are read. One lane per (b, n). Reads 16 bytes per part, writes 4 per block.\n// uses lib/softmax_finish.wgsl\n// uses lib/weight.wgsl\n// uses lib/exp.wgsl\n// uses lib/log1p.wgsl\n// uses lib/power.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride ALL: u32;                                                    // classes\noverride P: u32;\noverride PARTS: u32;                                                  // parts of a block, but the last\noverride PART: u32;                                                   // classes of a part, but the last\noverride PAD: u32;                                                    // N or more, so that blocks begin where bindings may\noverride HAS_FACTOR: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       label: array<u32>;     // (N) class\n@group(0) @binding(1) var<storage, read>       factor: array<f32>;    // (N) optional\n@group(0) @binding(2) var<storage, read>       parts: array<vec4f>;   // (P, N, 4) sums of parts of the classes\n@group(0) @binding(3) var<storage, read>       stats: array<vec4f>;   // (1, N, 4) sums of all classes\n@group(0) @binding(4) var<uniform>             gamma: f32;            // of the weighting\n@group(0) @binding(5) var<uniform>             smoothing: f32;        // part of the target that all classes share\n@group(0) @binding(6) var<uniform>             z_loss: f32;           // how much lse^2 counts\n@group(0) @binding(7) var<uniform>             logit_scale: f32;      // above 0\n@group(0) @binding(8) var<uniform>             epsilon: f32;          // above 0\n@group(0) @binding(9) var<storage, read_write> live: array<f32>;      // (P/PARTS, PAD)\n\n@compute @workgroup_size(WG)                                          // grid ((P/PARTS)*PAD/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  let b = i / PAD;\n  let n = i % PAD;\n  if (b >= (P + PARTS - 1u) / PARTS) { return; }\n  live[i] = 0.0;\n  if (n >= N) { return; }\n  let y = label[n];\n  if (y >= ALL || y == IGNORE) { return; }\n  let row = stats[n];\n  let slopes = finish(Sums(row.x, row.y, row.z, row.w), logit_scale).slopes;\n  let first = b * PARTS;\n  let end = min(first + PARTS, P);\n  var top = NOTHING;\n  for (var part = first; part < end; part++) { top = max(top, parts[part * N + n].x); }\n  var largest = abs(slopes.others) * exp2((top - row.x) * (logit_scale * 1.44269504)) + abs(slopes.all);\n  if (y >= first * PART && y < end * PART) { largest = max(largest, abs(slopes.own)); }\n  if (largest < epsilon * logit_scale) { return; }\n  var f = 1.0;\n  if (HAS_FACTOR) { f = factor[n]; }\n  live[i] = f;\n}\n\n// From the sums over the classes of a row to its loss, and to its gradient.\noverride SMOOTH: bool = false;                                        // whether smoothing may be above 0\n\nstruct Sums {\n  top: f32,                                                           // largest logit of the others, all but the label's\n  others: f32,                                                        // sum over the others of exp(s (logit - top))\n  below: f32,                                                         // sum over the others of top - logit, if SMOOTH\n  own: f32,                                                           // the label's logit, 0 where it is not among them\n}\n\nconst NOTHING = -1e30;                                                // below any logit, yet s times it is finite\n\n// dlogits is others exp(s (logit - top)) + all, and own for the label.\nstruct Slopes { others: f32, all: f32, own: f32 }\n\nstruct Finished { loss: f32, p: f32, slopes: Slopes }\n\nfn finish(sums: Sums, s: f32) -> Finished {\n  // The label over the largest other, whole and broken parts apart: at 80, the last bit of the difference is 4e-6 of e^80.\n  // Compilers may undo what recovers a rounding by sums and differences, but not this.\n  let whole = s * (floor(sums.own) - floor(sums.top));\n  let broken = s * ((sums.own - floor(sums.own)) - (sums.top - floor(sums.top)));\n  let above = whole + broken;\n  let leads = above > 0.0;\n  let down = exp_of(select(whole, -whole, leads), select(broken, -broken, leads));\n  let own = select(down, 1.0, leads);\n  let share = select(1.0, down, leads);                               // exp(s top) over the larger of the two\n  let others = sums.others * share;\n  let total = own + others;\n  let p = own / total;\n  let q = others / total;                                             // 1 - p\n  var nll = max(-above, 0.0) + log(total);\n  if (others <= own) { nll = log1p(others / own); }                   // log is only good to 2^-21 here\n  let lse = s * sums.own + nll;\n  var ce = nll;\n  let n = f32(ALL);\n  if (SMOOTH) { ce += smoothing / n * s * ((n - 1.0) * (sums.own - sums.top) + sums.below); }\n\n  let w = weight(p, q, gamma);\n  let pull = w.value + select(w.fall * ce, 0.0, DETACHED);            // on softmax(z)[c] - [c == y]\n  let spread = w.value * smoothing / n;                               // on n [c == y] - 1\n  let lift = 2.0 * z_loss * lse;                                      // on softmax(z)[c]\n  return Finished(w.value * ce + z_loss * lse * lse, p,\n                  Slopes(s * (pull + lift) / total * share, -s * spread, s * (spread * (n - 1.0) + lift * p - pull * q)));\n}\n\n// How much a row counts, by the softmax probability p of its label. All that tells cross-entropy, Knot Magnify and focal\n// loss apart is here: the weight w(p), and its fall -p w'(p), both from p and q = 1 - p, so that neither end cancels.\noverride WEIGHTING: u32 = 1u;                                         // 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal\noverride DETACHED: bool = false;                                      // the gradient takes the weight for a constant\n\nstruct Weight { value: f32, fall: f32 }\n\nfn weight(p: f32, q: f32, gamma: f32) -> Weight {\n  switch (WEIGHTING) {\n    case 1u, 2u: {                                                    // 1 / (gamma p + 1)^2\n      let r = 1.0 / (gamma * p + 1.0);\n      let k = normalizer(gamma);\n      return Weight(k * r * r, k * 2.0 * gamma * p * r * r * r);\n    }\n    case 3u: {                                                        // q^gamma\n      let w = power(q, gamma);\n      return Weight(w, gamma * p * w / max(q, 1.2e-38));\n    }\n    default: { return Weight(1.0, 0.0); }\n  }\n}\n\n// gamma / log(1 + gamma), which makes the mean of the loss over p uniform in [0, 1] that of cross-entropy; else 1.\nfn normalizer(gamma: f32) -> f32 {\n  if (WEIGHTING != 2u || gamma < 1e-30) { return 1.0; }\n  if (gamma > 1.0) { return gamma / log(gamma + 1.0); }\n  return gamma / log1p(gamma);\n}\n\n// exp(x + more) for x <= 0 and a small `more`, within 4 ULP. WGSL's own may be off by 3 + 2 |x| ULP, so it only gets what\n// whole multiples of log 2 leave of x; 0.693359375 n is exact, and 2^n is made from its bits.\nfn exp_of(x: f32, more: f32) -> f32 {\n  let v = max(x, -89.0);                                              // e^-89 is less than the smallest normal number\n  let n = max(round(v * 1.44269504), -127.0);                         // where 2^n counts as 0\n  let rest = (v - n * 0.693359375) + (n * 2.12194440e-4 + more);\n  return exp(rest) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// log(1 + x) for 0 <= x <= 1, within 2 ULP: 2 atanh(t) with t = x / (2 + x), as a series in t^2 <= 1/9. WGSL's own\n// log is only good to 2^-21 absolute here, which for a small x is nothing.\nfn log1p(x: f32) -> f32 {\n  let t = x / (2.0 + x);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));\n  return 2.0 * (t + t * tail);\n}\n\n// x^y for 0 <= x <= 1, within 2 + |y| ULP; 0^0 is 1. With x = m 2^e, x^y = 2^(y e) 2^(y log2 m), where y e is split into a\n// whole number, which is exact, and a rest.\nfn power(x: f32, y: f32) -> f32 {\n  if (y == 0.0) { return 1.0; }\n  if (x < 1.2e-38) { return 0.0; }\n  let bits = bitcast<u32>(x);\n  // m from about 0.7 to 1.4, so that log2 m is not cancelled by e near x = 1.\n  let e = i32((bits + 0x4afb0du) >> 23u) - 127;\n  let m = bitcast<f32>(bits - (u32(e) << 23u));\n  let t = (m - 1.0) / (m + 1.0);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0))));\n  let log2_m = 2.88539008 * (t + t * tail);\n  let head = bitcast<f32>(bitcast<u32>(y) & 0xffff0000u);             // 8 bits, as many as e has at most: exact products\n  let whole = round(head * f32(e));\n  let rest = (head * f32(e) - whole) + (y - head) * f32(e) + y * log2_m;\n  let more = round(rest);\n  let n = clamp(whole + more, -127.0, 0.0);                           // 2^-127 counts as 0\n  return exp2(clamp(rest - more, -1.0, 1.0)) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
 *
 *   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
 *   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
 *   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
 *   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
 *   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
 *                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
 *
 * w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
 * and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
 * and -log p = log1p(others / own) keep their digits where p is near 1.
 *
 * One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
 * one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
 *
 * A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
 * then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
 * logits holds the C classes from `first` on, of ALL.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/quad.wgsl | lib/quad_vec4.wgsl
 * uses lib/softmax_row.wgsl
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLoss = {
  name: "softmax_loss",
  bindings: {
    /** (N, C) optional: else dlogits holds them and is overwritten */
    logits: { access: "read", type: "f32", shape: ["N","C"], optional: true },
    /** (N) class; ALL or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) optional: sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: true },
    /** of the weighting, 0 or more */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all rows, such as 1 / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share, from 0 to 1 */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts, 0 or more */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in logits */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (L) */
    loss: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (L) softmax probability of the label */
    p: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (Q, N, 4) sums of the row, or of its slices */
    stats: { access: "write", type: "vec4f", shape: ["Q","N","4"], optional: false },
    /** (G, C) */
    dlogits: { access: "write", type: "f32", shape: ["G","C"], optional: false },
  },
  sizes: ["N", "C", "ALL", "L", "G", "P", "Q"],
  knobs: { HAS_LOGITS: false, HAS_FACTOR: false, HAS_PARTS: false, /** label of rows to leave out */ IGNORE: 4294967295, /** workgroups per row */ SLICES: 1, /** classes of a slice, whole turns; C or more for one */ SPAN: 4294967295, /** write stats alone */ PARTIAL: false, /** classes in each given part but the last */ PART: 0, /** write dlogits */ GRAD: true, /** lanes per row, a power of two */ WG: 64, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["N*SLICES"],
  features: [],
  code: "// softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.\n//\n//   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]\n//   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL\n//   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats\n//   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]\n//   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale\n//                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])\n//\n// w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p\n// and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)\n// and -log p = log1p(others / own) keep their digits where p is near 1.\n//\n// One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and\n// one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.\n//\n// A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,\n// then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then\n// logits holds the C classes from `first` on, of ALL.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/quad.wgsl | lib/quad_vec4.wgsl\n// uses lib/softmax_row.wgsl\n// uses lib/softmax_finish.wgsl\n// uses lib/weight.wgsl\n// uses lib/exp.wgsl\n// uses lib/log1p.wgsl\n// uses lib/power.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;                                                      // classes in logits\noverride ALL: u32;                                                    // classes of the softmax\noverride L: u32;                                                      // N, or 1 with PARTIAL\noverride G: u32;                                                      // N, or 1 without GRAD\noverride P: u32;                                                      // parts given\noverride Q: u32;                                                      // parts written: SLICES with PARTIAL, else 1\noverride HAS_LOGITS: bool = false;\noverride HAS_FACTOR: bool = false;\noverride HAS_PARTS: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride SLICES: u32 = 1u;                                            // workgroups per row\noverride SPAN: u32 = 4294967295u;                                     // classes of a slice, whole turns; C or more for one\noverride PARTIAL: bool = false;                                       // write stats alone\noverride PART: u32 = 0u;                                              // classes in each given part but the last\noverride GRAD: bool = true;                                           // write dlogits\n@group(0) @binding(0)  var<storage, read>       logits: array<Element>;  // (N, C) optional: else dlogits holds them and is overwritten\n@group(0) @binding(1)  var<storage, read>       label: array<u32>;    // (N) class; ALL or more, or IGNORE, to leave the row out\n@group(0) @binding(2)  var<storage, read>       factor: array<f32>;   // (N) optional: of each row's loss and gradient\n@group(0) @binding(3)  var<storage, read>       parts: array<vec4f>;  // (P, N, 4) optional: sums of parts of the classes\n@group(0) @binding(4)  var<uniform>             gamma: f32;           // of the weighting, 0 or more\n@group(0) @binding(5)  var<uniform>             scale: f32;           // factor on all rows, such as 1 / N\n@group(0) @binding(6)  var<uniform>             smoothing: f32;       // part of the target that all classes share, from 0 to 1\n@group(0) @binding(7)  var<uniform>             z_loss: f32;          // how much lse^2 counts, 0 or more\n@group(0) @binding(8)  var<uniform>             logit_scale: f32;     // above 0\n@group(0) @binding(9)  var<uniform>             first: u32;           // which of ALL classes is the first in logits\n@group(0) @binding(10) var<storage, read_write> loss: array<f32>;     // (L)\n@group(0) @binding(11) var<storage, read_write> p: array<f32>;        // (L) softmax probability of the label\n@group(0) @binding(12) var<storage, read_write> stats: array<vec4f>;  // (Q, N, 4) sums of the row, or of its slices\n@group(0) @binding(13) var<storage, read_write> dlogits: array<Element>;  // (G, C)\n\nfn load(i: u32) -> Element {\n  if (HAS_LOGITS) { return logits[i]; }\n  return dlogits[i];\n}\n\n@compute @workgroup_size(WG)                                          // grid (N*SLICES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let g = flat_index(group, groups);\n  if (g >= N * SLICES) { return; }\n  let n = g / SLICES;\n  let slice = g % SLICES;\n  let start = slice * min(SPAN, C);\n  let end = min(start + min(SPAN, C), C);\n  let row = n * C;\n  let y = label[n] - first;                                           // C or more where the label is not in logits\n  let s = logit_scale;\n\n  var block: Block;\n  var sums: Sums;\n  if (HAS_PARTS) { sums = sum_parts(lane, n, label[n], s); }\n  else { sums = sum_classes(lane, row, y, start, end, s, &block); }\n  if (PARTIAL) {\n    if (lane == 0u) { stats[slice * N + n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n    return;\n  }\n\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  if (label[n] >= ALL || label[n] == IGNORE) { f = 0.0; }\n  let found = finish(sums, s);\n  if (lane == 0u && slice == 0u) {\n    loss[n] = f * found.loss;\n    p[n] = select(found.p, 0.0, label[n] >= ALL || label[n] == IGNORE);\n    if (Q == 1u) { stats[n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n  }\n\n  if (GRAD) {\n    if (!HAS_LOGITS) { storageBarrier(); }                            // every lane has read the label's logit\n    // Where nothing counts the exponentials must not overflow either.\n    let top = select(sums.top, -NOTHING, f == 0.0);\n    let slopes = Slopes(f * found.slopes.others, f * found.slopes.all, f * found.slopes.own);\n    for (var c = start + 4u * lane; c < end; c += BLOCK) {\n      if (HAS_PARTS || C > BLOCK) { block = load_block(row, c, y); }\n      store_slopes(row, c, y, exps(block.a, top, s), slopes);\n      store_slopes(row, c + 4u * WG, y, exps(block.b, top, s), slopes);\n      store_slopes(row, c + 8u * WG, y, exps(block.c, top, s), slopes);\n      store_slopes(row, c + 12u * WG, y, exps(block.d, top, s), slopes);\n    }\n  }\n}\n\n// What exps e of the logits of classes c to c + 3 come to in the gradient.\nfn store_slopes(row: u32, c: u32, y: u32, e: vec4f, slopes: Slopes) {\n  store_quad(row, c, select(slopes.others * e + slopes.all, vec4f(slopes.own), is_label(c, y)));\n}\n\n// The sums of all classes from those of parts of them.\nfn sum_parts(lane: u32, n: u32, y: u32, s: f32) -> Sums {\n  var top = f32(NOTHING);\n  for (var i = lane; i < P; i += WG) { top = max(top, parts[i * N + n].x); }\n  top = group_max(lane, top);\n  var others = 0.0;\n  var below = 0.0;\n  var own = 0.0;\n  for (var i = lane; i < P; i += WG) {\n    let part = parts[i * N + n];\n    let start = i * PART;\n    let end = min(start + PART, ALL);\n    others += part.y * exp2((part.x - top) * (s * 1.44269504));\n    below += part.z + f32(end - start - u32(y >= start && y < end)) * (top - part.x);\n    own += part.w;\n  }\n  if (SMOOTH) { below = group_sum(lane, below); }\n  return Sums(top, group_sum(lane, others), below, group_sum(lane, own));\n}\n\n// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.\n// All lanes must call. The order is fixed, so the same values give the same bits.\n\noverride WG: u32 = 64u;                                               // lanes per row, a power of two\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();                                                 // the previous result may still be being read\n  scratch[lane] = v;\n  workgroupBarrier();                                                 // every value is in place\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();                                               // this level is done\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n\n// Four neighbouring classes c to c + 3 of a row that begins at element `row`, for rows of any length: one by one.\nalias Element = f32;\n\nfn in_row(c: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) < vec4u(C); }\n\nfn load_quad(row: u32, c: u32) -> vec4f {\n  let i = row + min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(C - 1u));\n  return vec4f(load(i.x), load(i.y), load(i.z), load(i.w));\n}\n\nfn load_one(row: u32, c: u32) -> f32 { return load(row + c); }\n\nfn store_quad(row: u32, c: u32, v: vec4f) {\n  if (c < C) { dlogits[row + c] = v.x; }\n  if (c + 1u < C) { dlogits[row + c + 1u] = v.y; }\n  if (c + 2u < C) { dlogits[row + c + 2u] = v.z; }\n  if (c + 3u < C) { dlogits[row + c + 3u] = v.w; }\n}\n\n// 16 classes a lane: four quads that lie 4 WG classes apart.\noverride BLOCK = 16u * WG;\nstruct Block { a: vec4f, b: vec4f, c: vec4f, d: vec4f }\n\nfn sum_of(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }\nfn max_of(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }\n\n// Which of the classes c to c + 3 is the label y.\nfn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }\n\nfn load_others(row: u32, c: u32, y: u32) -> vec4f {\n  return select(vec4f(NOTHING), load_quad(row, c), in_row(c) & !is_label(c, y));\n}\n\nfn load_block(row: u32, c: u32, y: u32) -> Block {\n  return Block(load_others(row, c, y), load_others(row, c + 4u * WG, y), load_others(row, c + 8u * WG, y),\n               load_others(row, c + 12u * WG, y));\n}\n\nfn exps(v: vec4f, top: f32, s: f32) -> vec4f { return exp2((v - top) * (s * 1.44269504)); }\n\n// How far logits lie below a reference; 0 for what is no other class.\nfn depth(v: vec4f, reference: f32) -> f32 { return sum_of(select(reference - v, vec4f(), v == vec4f(NOTHING))); }\n\n// The sums over the classes from `start` to `end`, in one pass over memory: when a block has a new maximum, what was\n// summed so far is scaled to it. Sums are taken in runs of 64 blocks, because one long sum rounds each term. The last block\n// stays in `block`.\nfn sum_classes(lane: u32, row: u32, y: u32, start: u32, end: u32, s: f32, block: ptr<function, Block>) -> Sums {\n  let reference = load_one(row, start);\n  let here = y >= start && y < end;\n  var own = 0.0;\n  if (here) { own = load_one(row, y); }\n  var top = f32(NOTHING);\n  var others = 0.0;\n  var below = 0.0;\n  for (var from_class = start; from_class < end; from_class += 64u * BLOCK) {\n    var run = 0.0;\n    var run_below = 0.0;\n    for (var c = from_class; c < min(from_class + 64u * BLOCK, end); c += BLOCK) {\n      let v = load_block(row, c + 4u * lane, y);\n      let higher = max(top, max_of(max(max(v.a, v.b), max(v.c, v.d))));\n      let rescale = exp2((top - higher) * (s * 1.44269504));\n      let sum = (exps(v.a, higher, s) + exps(v.b, higher, s)) + (exps(v.c, higher, s) + exps(v.d, higher, s));\n      run = run * rescale + sum_of(sum);\n      others *= rescale;\n      top = higher;\n      if (SMOOTH) {\n        run_below += (depth(v.a, reference) + depth(v.b, reference)) + (depth(v.c, reference) + depth(v.d, reference));\n      }\n      *block = v;\n    }\n    others += run;\n    below += run_below;\n  }\n  let mine = top;\n  top = group_max(lane, mine);\n  others = group_sum(lane, others * exp2((mine - top) * (s * 1.44269504)));\n  if (top == NOTHING) { others = 0.0; }                               // there is no other\n  if (SMOOTH) { below = group_sum(lane, below) + f32(end - start - u32(here)) * (top - reference); }\n  return Sums(top, others, below, own);\n}\n\n// From the sums over the classes of a row to its loss, and to its gradient.\noverride SMOOTH: bool = false;                                        // whether smoothing may be above 0\n\nstruct Sums {\n  top: f32,                                                           // largest logit of the others, all but the label's\n  others: f32,                                                        // sum over the others of exp(s (logit - top))\n  below: f32,                                                         // sum over the others of top - logit, if SMOOTH\n  own: f32,                                                           // the label's logit, 0 where it is not among them\n}\n\nconst NOTHING = -1e30;                                                // below any logit, yet s times it is finite\n\n// dlogits is others exp(s (logit - top)) + all, and own for the label.\nstruct Slopes { others: f32, all: f32, own: f32 }\n\nstruct Finished { loss: f32, p: f32, slopes: Slopes }\n\nfn finish(sums: Sums, s: f32) -> Finished {\n  // The label over the largest other, whole and broken parts apart: at 80, the last bit of the difference is 4e-6 of e^80.\n  // Compilers may undo what recovers a rounding by sums and differences, but not this.\n  let whole = s * (floor(sums.own) - floor(sums.top));\n  let broken = s * ((sums.own - floor(sums.own)) - (sums.top - floor(sums.top)));\n  let above = whole + broken;\n  let leads = above > 0.0;\n  let down = exp_of(select(whole, -whole, leads), select(broken, -broken, leads));\n  let own = select(down, 1.0, leads);\n  let share = select(1.0, down, leads);                               // exp(s top) over the larger of the two\n  let others = sums.others * share;\n  let total = own + others;\n  let p = own / total;\n  let q = others / total;                                             // 1 - p\n  var nll = max(-above, 0.0) + log(total);\n  if (others <= own) { nll = log1p(others / own); }                   // log is only good to 2^-21 here\n  let lse = s * sums.own + nll;\n  var ce = nll;\n  let n = f32(ALL);\n  if (SMOOTH) { ce += smoothing / n * s * ((n - 1.0) * (sums.own - sums.top) + sums.below); }\n\n  let w = weight(p, q, gamma);\n  let pull = w.value + select(w.fall * ce, 0.0, DETACHED);            // on softmax(z)[c] - [c == y]\n  let spread = w.value * smoothing / n;                               // on n [c == y] - 1\n  let lift = 2.0 * z_loss * lse;                                      // on softmax(z)[c]\n  return Finished(w.value * ce + z_loss * lse * lse, p,\n                  Slopes(s * (pull + lift) / total * share, -s * spread, s * (spread * (n - 1.0) + lift * p - pull * q)));\n}\n\n// How much a row counts, by the softmax probability p of its label. All that tells cross-entropy, Knot Magnify and focal\n// loss apart is here: the weight w(p), and its fall -p w'(p), both from p and q = 1 - p, so that neither end cancels.\noverride WEIGHTING: u32 = 1u;                                         // 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal\noverride DETACHED: bool = false;                                      // the gradient takes the weight for a constant\n\nstruct Weight { value: f32, fall: f32 }\n\nfn weight(p: f32, q: f32, gamma: f32) -> Weight {\n  switch (WEIGHTING) {\n    case 1u, 2u: {                                                    // 1 / (gamma p + 1)^2\n      let r = 1.0 / (gamma * p + 1.0);\n      let k = normalizer(gamma);\n      return Weight(k * r * r, k * 2.0 * gamma * p * r * r * r);\n    }\n    case 3u: {                                                        // q^gamma\n      let w = power(q, gamma);\n      return Weight(w, gamma * p * w / max(q, 1.2e-38));\n    }\n    default: { return Weight(1.0, 0.0); }\n  }\n}\n\n// gamma / log(1 + gamma), which makes the mean of the loss over p uniform in [0, 1] that of cross-entropy; else 1.\nfn normalizer(gamma: f32) -> f32 {\n  if (WEIGHTING != 2u || gamma < 1e-30) { return 1.0; }\n  if (gamma > 1.0) { return gamma / log(gamma + 1.0); }\n  return gamma / log1p(gamma);\n}\n\n// exp(x + more) for x <= 0 and a small `more`, within 4 ULP. WGSL's own may be off by 3 + 2 |x| ULP, so it only gets what\n// whole multiples of log 2 leave of x; 0.693359375 n is exact, and 2^n is made from its bits.\nfn exp_of(x: f32, more: f32) -> f32 {\n  let v = max(x, -89.0);                                              // e^-89 is less than the smallest normal number\n  let n = max(round(v * 1.44269504), -127.0);                         // where 2^n counts as 0\n  let rest = (v - n * 0.693359375) + (n * 2.12194440e-4 + more);\n  return exp(rest) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// log(1 + x) for 0 <= x <= 1, within 2 ULP: 2 atanh(t) with t = x / (2 + x), as a series in t^2 <= 1/9. WGSL's own\n// log is only good to 2^-21 absolute here, which for a small x is nothing.\nfn log1p(x: f32) -> f32 {\n  let t = x / (2.0 + x);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));\n  return 2.0 * (t + t * tail);\n}\n\n// x^y for 0 <= x <= 1, within 2 + |y| ULP; 0^0 is 1. With x = m 2^e, x^y = 2^(y e) 2^(y log2 m), where y e is split into a\n// whole number, which is exact, and a rest.\nfn power(x: f32, y: f32) -> f32 {\n  if (y == 0.0) { return 1.0; }\n  if (x < 1.2e-38) { return 0.0; }\n  let bits = bitcast<u32>(x);\n  // m from about 0.7 to 1.4, so that log2 m is not cancelled by e near x = 1.\n  let e = i32((bits + 0x4afb0du) >> 23u) - 127;\n  let m = bitcast<f32>(bits - (u32(e) << 23u));\n  let t = (m - 1.0) / (m + 1.0);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0))));\n  let log2_m = 2.88539008 * (t + t * tail);\n  let head = bitcast<f32>(bitcast<u32>(y) & 0xffff0000u);             // 8 bits, as many as e has at most: exact products\n  let whole = round(head * f32(e));\n  let rest = (head * f32(e) - whole) + (y - head) * f32(e) + y * log2_m;\n  let more = round(rest);\n  let n = clamp(whole + more, -127.0, 0.0);                           // 2^-127 counts as 0\n  return exp2(clamp(rest - more, -1.0, 1.0)) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
 *
 *   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
 *   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
 *   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
 *   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
 *   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
 *                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
 *
 * w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
 * and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
 * and -log p = log1p(others / own) keep their digits where p is near 1.
 *
 * One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
 * one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
 *
 * A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
 * then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
 * logits holds the C classes from `first` on, of ALL.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/quad.wgsl | lib/quad_vec4.wgsl
 * uses lib/softmax_row.wgsl
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLossSubgroup = {
  name: "softmax_loss_subgroup",
  bindings: {
    /** (N, C) optional: else dlogits holds them and is overwritten */
    logits: { access: "read", type: "f32", shape: ["N","C"], optional: true },
    /** (N) class; ALL or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) optional: sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: true },
    /** of the weighting, 0 or more */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all rows, such as 1 / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share, from 0 to 1 */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts, 0 or more */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in logits */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (L) */
    loss: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (L) softmax probability of the label */
    p: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (Q, N, 4) sums of the row, or of its slices */
    stats: { access: "write", type: "vec4f", shape: ["Q","N","4"], optional: false },
    /** (G, C) */
    dlogits: { access: "write", type: "f32", shape: ["G","C"], optional: false },
  },
  sizes: ["N", "C", "ALL", "L", "G", "P", "Q"],
  knobs: { HAS_LOGITS: false, HAS_FACTOR: false, HAS_PARTS: false, /** label of rows to leave out */ IGNORE: 4294967295, /** workgroups per row */ SLICES: 1, /** classes of a slice, whole turns; C or more for one */ SPAN: 4294967295, /** write stats alone */ PARTIAL: false, /** classes in each given part but the last */ PART: 0, /** write dlogits */ GRAD: true, /** lanes per row, at most the subgroup's size */ WG: 4, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["N*SLICES"],
  features: ["subgroups"],
  code: "enable subgroups; // softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.\n//\n//   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]\n//   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL\n//   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats\n//   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]\n//   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale\n//                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])\n//\n// w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p\n// and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)\n// and -log p = log1p(others / own) keep their digits where p is near 1.\n//\n// One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and\n// one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.\n//\n// A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,\n// then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then\n// logits holds the C classes from `first` on, of ALL.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/quad.wgsl | lib/quad_vec4.wgsl\n// uses lib/softmax_row.wgsl\n// uses lib/softmax_finish.wgsl\n// uses lib/weight.wgsl\n// uses lib/exp.wgsl\n// uses lib/log1p.wgsl\n// uses lib/power.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;                                                      // classes in logits\noverride ALL: u32;                                                    // classes of the softmax\noverride L: u32;                                                      // N, or 1 with PARTIAL\noverride G: u32;                                                      // N, or 1 without GRAD\noverride P: u32;                                                      // parts given\noverride Q: u32;                                                      // parts written: SLICES with PARTIAL, else 1\noverride HAS_LOGITS: bool = false;\noverride HAS_FACTOR: bool = false;\noverride HAS_PARTS: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride SLICES: u32 = 1u;                                            // workgroups per row\noverride SPAN: u32 = 4294967295u;                                     // classes of a slice, whole turns; C or more for one\noverride PARTIAL: bool = false;                                       // write stats alone\noverride PART: u32 = 0u;                                              // classes in each given part but the last\noverride GRAD: bool = true;                                           // write dlogits\n@group(0) @binding(0)  var<storage, read>       logits: array<Element>;  // (N, C) optional: else dlogits holds them and is overwritten\n@group(0) @binding(1)  var<storage, read>       label: array<u32>;    // (N) class; ALL or more, or IGNORE, to leave the row out\n@group(0) @binding(2)  var<storage, read>       factor: array<f32>;   // (N) optional: of each row's loss and gradient\n@group(0) @binding(3)  var<storage, read>       parts: array<vec4f>;  // (P, N, 4) optional: sums of parts of the classes\n@group(0) @binding(4)  var<uniform>             gamma: f32;           // of the weighting, 0 or more\n@group(0) @binding(5)  var<uniform>             scale: f32;           // factor on all rows, such as 1 / N\n@group(0) @binding(6)  var<uniform>             smoothing: f32;       // part of the target that all classes share, from 0 to 1\n@group(0) @binding(7)  var<uniform>             z_loss: f32;          // how much lse^2 counts, 0 or more\n@group(0) @binding(8)  var<uniform>             logit_scale: f32;     // above 0\n@group(0) @binding(9)  var<uniform>             first: u32;           // which of ALL classes is the first in logits\n@group(0) @binding(10) var<storage, read_write> loss: array<f32>;     // (L)\n@group(0) @binding(11) var<storage, read_write> p: array<f32>;        // (L) softmax probability of the label\n@group(0) @binding(12) var<storage, read_write> stats: array<vec4f>;  // (Q, N, 4) sums of the row, or of its slices\n@group(0) @binding(13) var<storage, read_write> dlogits: array<Element>;  // (G, C)\n\nfn load(i: u32) -> Element {\n  if (HAS_LOGITS) { return logits[i]; }\n  return dlogits[i];\n}\n\n@compute @workgroup_size(WG)                                          // grid (N*SLICES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let g = flat_index(group, groups);\n  if (g >= N * SLICES) { return; }\n  let n = g / SLICES;\n  let slice = g % SLICES;\n  let start = slice * min(SPAN, C);\n  let end = min(start + min(SPAN, C), C);\n  let row = n * C;\n  let y = label[n] - first;                                           // C or more where the label is not in logits\n  let s = logit_scale;\n\n  var block: Block;\n  var sums: Sums;\n  if (HAS_PARTS) { sums = sum_parts(lane, n, label[n], s); }\n  else { sums = sum_classes(lane, row, y, start, end, s, &block); }\n  if (PARTIAL) {\n    if (lane == 0u) { stats[slice * N + n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n    return;\n  }\n\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  if (label[n] >= ALL || label[n] == IGNORE) { f = 0.0; }\n  let found = finish(sums, s);\n  if (lane == 0u && slice == 0u) {\n    loss[n] = f * found.loss;\n    p[n] = select(found.p, 0.0, label[n] >= ALL || label[n] == IGNORE);\n    if (Q == 1u) { stats[n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n  }\n\n  if (GRAD) {\n    if (!HAS_LOGITS) { storageBarrier(); }                            // every lane has read the label's logit\n    // Where nothing counts the exponentials must not overflow either.\n    let top = select(sums.top, -NOTHING, f == 0.0);\n    let slopes = Slopes(f * found.slopes.others, f * found.slopes.all, f * found.slopes.own);\n    for (var c = start + 4u * lane; c < end; c += BLOCK) {\n      if (HAS_PARTS || C > BLOCK) { block = load_block(row, c, y); }\n      store_slopes(row, c, y, exps(block.a, top, s), slopes);\n      store_slopes(row, c + 4u * WG, y, exps(block.b, top, s), slopes);\n      store_slopes(row, c + 8u * WG, y, exps(block.c, top, s), slopes);\n      store_slopes(row, c + 12u * WG, y, exps(block.d, top, s), slopes);\n    }\n  }\n}\n\n// What exps e of the logits of classes c to c + 3 come to in the gradient.\nfn store_slopes(row: u32, c: u32, y: u32, e: vec4f, slopes: Slopes) {\n  store_quad(row, c, select(slopes.others * e + slopes.all, vec4f(slopes.own), is_label(c, y)));\n}\n\n// The sums of all classes from those of parts of them.\nfn sum_parts(lane: u32, n: u32, y: u32, s: f32) -> Sums {\n  var top = f32(NOTHING);\n  for (var i = lane; i < P; i += WG) { top = max(top, parts[i * N + n].x); }\n  top = group_max(lane, top);\n  var others = 0.0;\n  var below = 0.0;\n  var own = 0.0;\n  for (var i = lane; i < P; i += WG) {\n    let part = parts[i * N + n];\n    let start = i * PART;\n    let end = min(start + PART, ALL);\n    others += part.y * exp2((part.x - top) * (s * 1.44269504));\n    below += part.z + f32(end - start - u32(y >= start && y < end)) * (top - part.x);\n    own += part.w;\n  }\n  if (SMOOTH) { below = group_sum(lane, below); }\n  return Sums(top, group_sum(lane, others), below, group_sum(lane, own));\n}\n\n// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.\n\n\noverride WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n\n// Four neighbouring classes c to c + 3 of a row that begins at element `row`, for rows of any length: one by one.\nalias Element = f32;\n\nfn in_row(c: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) < vec4u(C); }\n\nfn load_quad(row: u32, c: u32) -> vec4f {\n  let i = row + min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(C - 1u));\n  return vec4f(load(i.x), load(i.y), load(i.z), load(i.w));\n}\n\nfn load_one(row: u32, c: u32) -> f32 { return load(row + c); }\n\nfn store_quad(row: u32, c: u32, v: vec4f) {\n  if (c < C) { dlogits[row + c] = v.x; }\n  if (c + 1u < C) { dlogits[row + c + 1u] = v.y; }\n  if (c + 2u < C) { dlogits[row + c + 2u] = v.z; }\n  if (c + 3u < C) { dlogits[row + c + 3u] = v.w; }\n}\n\n// 16 classes a lane: four quads that lie 4 WG classes apart.\noverride BLOCK = 16u * WG;\nstruct Block { a: vec4f, b: vec4f, c: vec4f, d: vec4f }\n\nfn sum_of(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }\nfn max_of(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }\n\n// Which of the classes c to c + 3 is the label y.\nfn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }\n\nfn load_others(row: u32, c: u32, y: u32) -> vec4f {\n  return select(vec4f(NOTHING), load_quad(row, c), in_row(c) & !is_label(c, y));\n}\n\nfn load_block(row: u32, c: u32, y: u32) -> Block {\n  return Block(load_others(row, c, y), load_others(row, c + 4u * WG, y), load_others(row, c + 8u * WG, y),\n               load_others(row, c + 12u * WG, y));\n}\n\nfn exps(v: vec4f, top: f32, s: f32) -> vec4f { return exp2((v - top) * (s * 1.44269504)); }\n\n// How far logits lie below a reference; 0 for what is no other class.\nfn depth(v: vec4f, reference: f32) -> f32 { return sum_of(select(reference - v, vec4f(), v == vec4f(NOTHING))); }\n\n// The sums over the classes from `start` to `end`, in one pass over memory: when a block has a new maximum, what was\n// summed so far is scaled to it. Sums are taken in runs of 64 blocks, because one long sum rounds each term. The last block\n// stays in `block`.\nfn sum_classes(lane: u32, row: u32, y: u32, start: u32, end: u32, s: f32, block: ptr<function, Block>) -> Sums {\n  let reference = load_one(row, start);\n  let here = y >= start && y < end;\n  var own = 0.0;\n  if (here) { own = load_one(row, y); }\n  var top = f32(NOTHING);\n  var others = 0.0;\n  var below = 0.0;\n  for (var from_class = start; from_class < end; from_class += 64u * BLOCK) {\n    var run = 0.0;\n    var run_below = 0.0;\n    for (var c = from_class; c < min(from_class + 64u * BLOCK, end); c += BLOCK) {\n      let v = load_block(row, c + 4u * lane, y);\n      let higher = max(top, max_of(max(max(v.a, v.b), max(v.c, v.d))));\n      let rescale = exp2((top - higher) * (s * 1.44269504));\n      let sum = (exps(v.a, higher, s) + exps(v.b, higher, s)) + (exps(v.c, higher, s) + exps(v.d, higher, s));\n      run = run * rescale + sum_of(sum);\n      others *= rescale;\n      top = higher;\n      if (SMOOTH) {\n        run_below += (depth(v.a, reference) + depth(v.b, reference)) + (depth(v.c, reference) + depth(v.d, reference));\n      }\n      *block = v;\n    }\n    others += run;\n    below += run_below;\n  }\n  let mine = top;\n  top = group_max(lane, mine);\n  others = group_sum(lane, others * exp2((mine - top) * (s * 1.44269504)));\n  if (top == NOTHING) { others = 0.0; }                               // there is no other\n  if (SMOOTH) { below = group_sum(lane, below) + f32(end - start - u32(here)) * (top - reference); }\n  return Sums(top, others, below, own);\n}\n\n// From the sums over the classes of a row to its loss, and to its gradient.\noverride SMOOTH: bool = false;                                        // whether smoothing may be above 0\n\nstruct Sums {\n  top: f32,                                                           // largest logit of the others, all but the label's\n  others: f32,                                                        // sum over the others of exp(s (logit - top))\n  below: f32,                                                         // sum over the others of top - logit, if SMOOTH\n  own: f32,                                                           // the label's logit, 0 where it is not among them\n}\n\nconst NOTHING = -1e30;                                                // below any logit, yet s times it is finite\n\n// dlogits is others exp(s (logit - top)) + all, and own for the label.\nstruct Slopes { others: f32, all: f32, own: f32 }\n\nstruct Finished { loss: f32, p: f32, slopes: Slopes }\n\nfn finish(sums: Sums, s: f32) -> Finished {\n  // The label over the largest other, whole and broken parts apart: at 80, the last bit of the difference is 4e-6 of e^80.\n  // Compilers may undo what recovers a rounding by sums and differences, but not this.\n  let whole = s * (floor(sums.own) - floor(sums.top));\n  let broken = s * ((sums.own - floor(sums.own)) - (sums.top - floor(sums.top)));\n  let above = whole + broken;\n  let leads = above > 0.0;\n  let down = exp_of(select(whole, -whole, leads), select(broken, -broken, leads));\n  let own = select(down, 1.0, leads);\n  let share = select(1.0, down, leads);                               // exp(s top) over the larger of the two\n  let others = sums.others * share;\n  let total = own + others;\n  let p = own / total;\n  let q = others / total;                                             // 1 - p\n  var nll = max(-above, 0.0) + log(total);\n  if (others <= own) { nll = log1p(others / own); }                   // log is only good to 2^-21 here\n  let lse = s * sums.own + nll;\n  var ce = nll;\n  let n = f32(ALL);\n  if (SMOOTH) { ce += smoothing / n * s * ((n - 1.0) * (sums.own - sums.top) + sums.below); }\n\n  let w = weight(p, q, gamma);\n  let pull = w.value + select(w.fall * ce, 0.0, DETACHED);            // on softmax(z)[c] - [c == y]\n  let spread = w.value * smoothing / n;                               // on n [c == y] - 1\n  let lift = 2.0 * z_loss * lse;                                      // on softmax(z)[c]\n  return Finished(w.value * ce + z_loss * lse * lse, p,\n                  Slopes(s * (pull + lift) / total * share, -s * spread, s * (spread * (n - 1.0) + lift * p - pull * q)));\n}\n\n// How much a row counts, by the softmax probability p of its label. All that tells cross-entropy, Knot Magnify and focal\n// loss apart is here: the weight w(p), and its fall -p w'(p), both from p and q = 1 - p, so that neither end cancels.\noverride WEIGHTING: u32 = 1u;                                         // 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal\noverride DETACHED: bool = false;                                      // the gradient takes the weight for a constant\n\nstruct Weight { value: f32, fall: f32 }\n\nfn weight(p: f32, q: f32, gamma: f32) -> Weight {\n  switch (WEIGHTING) {\n    case 1u, 2u: {                                                    // 1 / (gamma p + 1)^2\n      let r = 1.0 / (gamma * p + 1.0);\n      let k = normalizer(gamma);\n      return Weight(k * r * r, k * 2.0 * gamma * p * r * r * r);\n    }\n    case 3u: {                                                        // q^gamma\n      let w = power(q, gamma);\n      return Weight(w, gamma * p * w / max(q, 1.2e-38));\n    }\n    default: { return Weight(1.0, 0.0); }\n  }\n}\n\n// gamma / log(1 + gamma), which makes the mean of the loss over p uniform in [0, 1] that of cross-entropy; else 1.\nfn normalizer(gamma: f32) -> f32 {\n  if (WEIGHTING != 2u || gamma < 1e-30) { return 1.0; }\n  if (gamma > 1.0) { return gamma / log(gamma + 1.0); }\n  return gamma / log1p(gamma);\n}\n\n// exp(x + more) for x <= 0 and a small `more`, within 4 ULP. WGSL's own may be off by 3 + 2 |x| ULP, so it only gets what\n// whole multiples of log 2 leave of x; 0.693359375 n is exact, and 2^n is made from its bits.\nfn exp_of(x: f32, more: f32) -> f32 {\n  let v = max(x, -89.0);                                              // e^-89 is less than the smallest normal number\n  let n = max(round(v * 1.44269504), -127.0);                         // where 2^n counts as 0\n  let rest = (v - n * 0.693359375) + (n * 2.12194440e-4 + more);\n  return exp(rest) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// log(1 + x) for 0 <= x <= 1, within 2 ULP: 2 atanh(t) with t = x / (2 + x), as a series in t^2 <= 1/9. WGSL's own\n// log is only good to 2^-21 absolute here, which for a small x is nothing.\nfn log1p(x: f32) -> f32 {\n  let t = x / (2.0 + x);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));\n  return 2.0 * (t + t * tail);\n}\n\n// x^y for 0 <= x <= 1, within 2 + |y| ULP; 0^0 is 1. With x = m 2^e, x^y = 2^(y e) 2^(y log2 m), where y e is split into a\n// whole number, which is exact, and a rest.\nfn power(x: f32, y: f32) -> f32 {\n  if (y == 0.0) { return 1.0; }\n  if (x < 1.2e-38) { return 0.0; }\n  let bits = bitcast<u32>(x);\n  // m from about 0.7 to 1.4, so that log2 m is not cancelled by e near x = 1.\n  let e = i32((bits + 0x4afb0du) >> 23u) - 127;\n  let m = bitcast<f32>(bits - (u32(e) << 23u));\n  let t = (m - 1.0) / (m + 1.0);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0))));\n  let log2_m = 2.88539008 * (t + t * tail);\n  let head = bitcast<f32>(bitcast<u32>(y) & 0xffff0000u);             // 8 bits, as many as e has at most: exact products\n  let whole = round(head * f32(e));\n  let rest = (head * f32(e) - whole) + (y - head) * f32(e) + y * log2_m;\n  let more = round(rest);\n  let n = clamp(whole + more, -127.0, 0.0);                           // 2^-127 counts as 0\n  return exp2(clamp(rest - more, -1.0, 1.0)) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
 *
 *   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
 *   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
 *   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
 *   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
 *   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
 *                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
 *
 * w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
 * and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
 * and -log p = log1p(others / own) keep their digits where p is near 1.
 *
 * One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
 * one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
 *
 * A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
 * then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
 * logits holds the C classes from `first` on, of ALL.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/quad.wgsl | lib/quad_vec4.wgsl
 * uses lib/softmax_row.wgsl
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLossVec4 = {
  name: "softmax_loss_vec4",
  bindings: {
    /** (N, C) optional: else dlogits holds them and is overwritten */
    logits: { access: "read", type: "vec4f", shape: ["N","C"], optional: true },
    /** (N) class; ALL or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) optional: sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: true },
    /** of the weighting, 0 or more */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all rows, such as 1 / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share, from 0 to 1 */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts, 0 or more */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in logits */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (L) */
    loss: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (L) softmax probability of the label */
    p: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (Q, N, 4) sums of the row, or of its slices */
    stats: { access: "write", type: "vec4f", shape: ["Q","N","4"], optional: false },
    /** (G, C) */
    dlogits: { access: "write", type: "vec4f", shape: ["G","C"], optional: false },
  },
  sizes: ["N", "C", "ALL", "L", "G", "P", "Q"],
  knobs: { HAS_LOGITS: false, HAS_FACTOR: false, HAS_PARTS: false, /** label of rows to leave out */ IGNORE: 4294967295, /** workgroups per row */ SLICES: 1, /** classes of a slice, whole turns; C or more for one */ SPAN: 4294967295, /** write stats alone */ PARTIAL: false, /** classes in each given part but the last */ PART: 0, /** write dlogits */ GRAD: true, /** lanes per row, a power of two */ WG: 64, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["N*SLICES"],
  features: [],
  code: "// softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.\n//\n//   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]\n//   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL\n//   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats\n//   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]\n//   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale\n//                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])\n//\n// w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p\n// and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)\n// and -log p = log1p(others / own) keep their digits where p is near 1.\n//\n// One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and\n// one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.\n//\n// A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,\n// then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then\n// logits holds the C classes from `first` on, of ALL.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/quad.wgsl | lib/quad_vec4.wgsl\n// uses lib/softmax_row.wgsl\n// uses lib/softmax_finish.wgsl\n// uses lib/weight.wgsl\n// uses lib/exp.wgsl\n// uses lib/log1p.wgsl\n// uses lib/power.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;                                                      // classes in logits\noverride ALL: u32;                                                    // classes of the softmax\noverride L: u32;                                                      // N, or 1 with PARTIAL\noverride G: u32;                                                      // N, or 1 without GRAD\noverride P: u32;                                                      // parts given\noverride Q: u32;                                                      // parts written: SLICES with PARTIAL, else 1\noverride HAS_LOGITS: bool = false;\noverride HAS_FACTOR: bool = false;\noverride HAS_PARTS: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride SLICES: u32 = 1u;                                            // workgroups per row\noverride SPAN: u32 = 4294967295u;                                     // classes of a slice, whole turns; C or more for one\noverride PARTIAL: bool = false;                                       // write stats alone\noverride PART: u32 = 0u;                                              // classes in each given part but the last\noverride GRAD: bool = true;                                           // write dlogits\n@group(0) @binding(0)  var<storage, read>       logits: array<Element>;  // (N, C) optional: else dlogits holds them and is overwritten\n@group(0) @binding(1)  var<storage, read>       label: array<u32>;    // (N) class; ALL or more, or IGNORE, to leave the row out\n@group(0) @binding(2)  var<storage, read>       factor: array<f32>;   // (N) optional: of each row's loss and gradient\n@group(0) @binding(3)  var<storage, read>       parts: array<vec4f>;  // (P, N, 4) optional: sums of parts of the classes\n@group(0) @binding(4)  var<uniform>             gamma: f32;           // of the weighting, 0 or more\n@group(0) @binding(5)  var<uniform>             scale: f32;           // factor on all rows, such as 1 / N\n@group(0) @binding(6)  var<uniform>             smoothing: f32;       // part of the target that all classes share, from 0 to 1\n@group(0) @binding(7)  var<uniform>             z_loss: f32;          // how much lse^2 counts, 0 or more\n@group(0) @binding(8)  var<uniform>             logit_scale: f32;     // above 0\n@group(0) @binding(9)  var<uniform>             first: u32;           // which of ALL classes is the first in logits\n@group(0) @binding(10) var<storage, read_write> loss: array<f32>;     // (L)\n@group(0) @binding(11) var<storage, read_write> p: array<f32>;        // (L) softmax probability of the label\n@group(0) @binding(12) var<storage, read_write> stats: array<vec4f>;  // (Q, N, 4) sums of the row, or of its slices\n@group(0) @binding(13) var<storage, read_write> dlogits: array<Element>;  // (G, C)\n\nfn load(i: u32) -> Element {\n  if (HAS_LOGITS) { return logits[i]; }\n  return dlogits[i];\n}\n\n@compute @workgroup_size(WG)                                          // grid (N*SLICES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let g = flat_index(group, groups);\n  if (g >= N * SLICES) { return; }\n  let n = g / SLICES;\n  let slice = g % SLICES;\n  let start = slice * min(SPAN, C);\n  let end = min(start + min(SPAN, C), C);\n  let row = n * C;\n  let y = label[n] - first;                                           // C or more where the label is not in logits\n  let s = logit_scale;\n\n  var block: Block;\n  var sums: Sums;\n  if (HAS_PARTS) { sums = sum_parts(lane, n, label[n], s); }\n  else { sums = sum_classes(lane, row, y, start, end, s, &block); }\n  if (PARTIAL) {\n    if (lane == 0u) { stats[slice * N + n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n    return;\n  }\n\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  if (label[n] >= ALL || label[n] == IGNORE) { f = 0.0; }\n  let found = finish(sums, s);\n  if (lane == 0u && slice == 0u) {\n    loss[n] = f * found.loss;\n    p[n] = select(found.p, 0.0, label[n] >= ALL || label[n] == IGNORE);\n    if (Q == 1u) { stats[n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n  }\n\n  if (GRAD) {\n    if (!HAS_LOGITS) { storageBarrier(); }                            // every lane has read the label's logit\n    // Where nothing counts the exponentials must not overflow either.\n    let top = select(sums.top, -NOTHING, f == 0.0);\n    let slopes = Slopes(f * found.slopes.others, f * found.slopes.all, f * found.slopes.own);\n    for (var c = start + 4u * lane; c < end; c += BLOCK) {\n      if (HAS_PARTS || C > BLOCK) { block = load_block(row, c, y); }\n      store_slopes(row, c, y, exps(block.a, top, s), slopes);\n      store_slopes(row, c + 4u * WG, y, exps(block.b, top, s), slopes);\n      store_slopes(row, c + 8u * WG, y, exps(block.c, top, s), slopes);\n      store_slopes(row, c + 12u * WG, y, exps(block.d, top, s), slopes);\n    }\n  }\n}\n\n// What exps e of the logits of classes c to c + 3 come to in the gradient.\nfn store_slopes(row: u32, c: u32, y: u32, e: vec4f, slopes: Slopes) {\n  store_quad(row, c, select(slopes.others * e + slopes.all, vec4f(slopes.own), is_label(c, y)));\n}\n\n// The sums of all classes from those of parts of them.\nfn sum_parts(lane: u32, n: u32, y: u32, s: f32) -> Sums {\n  var top = f32(NOTHING);\n  for (var i = lane; i < P; i += WG) { top = max(top, parts[i * N + n].x); }\n  top = group_max(lane, top);\n  var others = 0.0;\n  var below = 0.0;\n  var own = 0.0;\n  for (var i = lane; i < P; i += WG) {\n    let part = parts[i * N + n];\n    let start = i * PART;\n    let end = min(start + PART, ALL);\n    others += part.y * exp2((part.x - top) * (s * 1.44269504));\n    below += part.z + f32(end - start - u32(y >= start && y < end)) * (top - part.x);\n    own += part.w;\n  }\n  if (SMOOTH) { below = group_sum(lane, below); }\n  return Sums(top, group_sum(lane, others), below, group_sum(lane, own));\n}\n\n// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.\n// All lanes must call. The order is fixed, so the same values give the same bits.\n\noverride WG: u32 = 64u;                                               // lanes per row, a power of two\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();                                                 // the previous result may still be being read\n  scratch[lane] = v;\n  workgroupBarrier();                                                 // every value is in place\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();                                               // this level is done\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n\n// Four neighbouring classes c to c + 3 of a row that begins at element `row`, for rows of whole quads: in one access.\nalias Element = vec4f;\n\nfn in_row(c: u32) -> vec4<bool> { return vec4<bool>(c < C); }\n\nfn load_quad(row: u32, c: u32) -> vec4f { return load((row + min(c, C - 4u)) / 4u); }\n\nfn load_one(row: u32, c: u32) -> f32 { return load((row + c) / 4u)[c % 4u]; }\n\nfn store_quad(row: u32, c: u32, v: vec4f) {\n  if (c < C) { dlogits[(row + c) / 4u] = v; }\n}\n\n// 16 classes a lane: four quads that lie 4 WG classes apart.\noverride BLOCK = 16u * WG;\nstruct Block { a: vec4f, b: vec4f, c: vec4f, d: vec4f }\n\nfn sum_of(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }\nfn max_of(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }\n\n// Which of the classes c to c + 3 is the label y.\nfn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }\n\nfn load_others(row: u32, c: u32, y: u32) -> vec4f {\n  return select(vec4f(NOTHING), load_quad(row, c), in_row(c) & !is_label(c, y));\n}\n\nfn load_block(row: u32, c: u32, y: u32) -> Block {\n  return Block(load_others(row, c, y), load_others(row, c + 4u * WG, y), load_others(row, c + 8u * WG, y),\n               load_others(row, c + 12u * WG, y));\n}\n\nfn exps(v: vec4f, top: f32, s: f32) -> vec4f { return exp2((v - top) * (s * 1.44269504)); }\n\n// How far logits lie below a reference; 0 for what is no other class.\nfn depth(v: vec4f, reference: f32) -> f32 { return sum_of(select(reference - v, vec4f(), v == vec4f(NOTHING))); }\n\n// The sums over the classes from `start` to `end`, in one pass over memory: when a block has a new maximum, what was\n// summed so far is scaled to it. Sums are taken in runs of 64 blocks, because one long sum rounds each term. The last block\n// stays in `block`.\nfn sum_classes(lane: u32, row: u32, y: u32, start: u32, end: u32, s: f32, block: ptr<function, Block>) -> Sums {\n  let reference = load_one(row, start);\n  let here = y >= start && y < end;\n  var own = 0.0;\n  if (here) { own = load_one(row, y); }\n  var top = f32(NOTHING);\n  var others = 0.0;\n  var below = 0.0;\n  for (var from_class = start; from_class < end; from_class += 64u * BLOCK) {\n    var run = 0.0;\n    var run_below = 0.0;\n    for (var c = from_class; c < min(from_class + 64u * BLOCK, end); c += BLOCK) {\n      let v = load_block(row, c + 4u * lane, y);\n      let higher = max(top, max_of(max(max(v.a, v.b), max(v.c, v.d))));\n      let rescale = exp2((top - higher) * (s * 1.44269504));\n      let sum = (exps(v.a, higher, s) + exps(v.b, higher, s)) + (exps(v.c, higher, s) + exps(v.d, higher, s));\n      run = run * rescale + sum_of(sum);\n      others *= rescale;\n      top = higher;\n      if (SMOOTH) {\n        run_below += (depth(v.a, reference) + depth(v.b, reference)) + (depth(v.c, reference) + depth(v.d, reference));\n      }\n      *block = v;\n    }\n    others += run;\n    below += run_below;\n  }\n  let mine = top;\n  top = group_max(lane, mine);\n  others = group_sum(lane, others * exp2((mine - top) * (s * 1.44269504)));\n  if (top == NOTHING) { others = 0.0; }                               // there is no other\n  if (SMOOTH) { below = group_sum(lane, below) + f32(end - start - u32(here)) * (top - reference); }\n  return Sums(top, others, below, own);\n}\n\n// From the sums over the classes of a row to its loss, and to its gradient.\noverride SMOOTH: bool = false;                                        // whether smoothing may be above 0\n\nstruct Sums {\n  top: f32,                                                           // largest logit of the others, all but the label's\n  others: f32,                                                        // sum over the others of exp(s (logit - top))\n  below: f32,                                                         // sum over the others of top - logit, if SMOOTH\n  own: f32,                                                           // the label's logit, 0 where it is not among them\n}\n\nconst NOTHING = -1e30;                                                // below any logit, yet s times it is finite\n\n// dlogits is others exp(s (logit - top)) + all, and own for the label.\nstruct Slopes { others: f32, all: f32, own: f32 }\n\nstruct Finished { loss: f32, p: f32, slopes: Slopes }\n\nfn finish(sums: Sums, s: f32) -> Finished {\n  // The label over the largest other, whole and broken parts apart: at 80, the last bit of the difference is 4e-6 of e^80.\n  // Compilers may undo what recovers a rounding by sums and differences, but not this.\n  let whole = s * (floor(sums.own) - floor(sums.top));\n  let broken = s * ((sums.own - floor(sums.own)) - (sums.top - floor(sums.top)));\n  let above = whole + broken;\n  let leads = above > 0.0;\n  let down = exp_of(select(whole, -whole, leads), select(broken, -broken, leads));\n  let own = select(down, 1.0, leads);\n  let share = select(1.0, down, leads);                               // exp(s top) over the larger of the two\n  let others = sums.others * share;\n  let total = own + others;\n  let p = own / total;\n  let q = others / total;                                             // 1 - p\n  var nll = max(-above, 0.0) + log(total);\n  if (others <= own) { nll = log1p(others / own); }                   // log is only good to 2^-21 here\n  let lse = s * sums.own + nll;\n  var ce = nll;\n  let n = f32(ALL);\n  if (SMOOTH) { ce += smoothing / n * s * ((n - 1.0) * (sums.own - sums.top) + sums.below); }\n\n  let w = weight(p, q, gamma);\n  let pull = w.value + select(w.fall * ce, 0.0, DETACHED);            // on softmax(z)[c] - [c == y]\n  let spread = w.value * smoothing / n;                               // on n [c == y] - 1\n  let lift = 2.0 * z_loss * lse;                                      // on softmax(z)[c]\n  return Finished(w.value * ce + z_loss * lse * lse, p,\n                  Slopes(s * (pull + lift) / total * share, -s * spread, s * (spread * (n - 1.0) + lift * p - pull * q)));\n}\n\n// How much a row counts, by the softmax probability p of its label. All that tells cross-entropy, Knot Magnify and focal\n// loss apart is here: the weight w(p), and its fall -p w'(p), both from p and q = 1 - p, so that neither end cancels.\noverride WEIGHTING: u32 = 1u;                                         // 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal\noverride DETACHED: bool = false;                                      // the gradient takes the weight for a constant\n\nstruct Weight { value: f32, fall: f32 }\n\nfn weight(p: f32, q: f32, gamma: f32) -> Weight {\n  switch (WEIGHTING) {\n    case 1u, 2u: {                                                    // 1 / (gamma p + 1)^2\n      let r = 1.0 / (gamma * p + 1.0);\n      let k = normalizer(gamma);\n      return Weight(k * r * r, k * 2.0 * gamma * p * r * r * r);\n    }\n    case 3u: {                                                        // q^gamma\n      let w = power(q, gamma);\n      return Weight(w, gamma * p * w / max(q, 1.2e-38));\n    }\n    default: { return Weight(1.0, 0.0); }\n  }\n}\n\n// gamma / log(1 + gamma), which makes the mean of the loss over p uniform in [0, 1] that of cross-entropy; else 1.\nfn normalizer(gamma: f32) -> f32 {\n  if (WEIGHTING != 2u || gamma < 1e-30) { return 1.0; }\n  if (gamma > 1.0) { return gamma / log(gamma + 1.0); }\n  return gamma / log1p(gamma);\n}\n\n// exp(x + more) for x <= 0 and a small `more`, within 4 ULP. WGSL's own may be off by 3 + 2 |x| ULP, so it only gets what\n// whole multiples of log 2 leave of x; 0.693359375 n is exact, and 2^n is made from its bits.\nfn exp_of(x: f32, more: f32) -> f32 {\n  let v = max(x, -89.0);                                              // e^-89 is less than the smallest normal number\n  let n = max(round(v * 1.44269504), -127.0);                         // where 2^n counts as 0\n  let rest = (v - n * 0.693359375) + (n * 2.12194440e-4 + more);\n  return exp(rest) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// log(1 + x) for 0 <= x <= 1, within 2 ULP: 2 atanh(t) with t = x / (2 + x), as a series in t^2 <= 1/9. WGSL's own\n// log is only good to 2^-21 absolute here, which for a small x is nothing.\nfn log1p(x: f32) -> f32 {\n  let t = x / (2.0 + x);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));\n  return 2.0 * (t + t * tail);\n}\n\n// x^y for 0 <= x <= 1, within 2 + |y| ULP; 0^0 is 1. With x = m 2^e, x^y = 2^(y e) 2^(y log2 m), where y e is split into a\n// whole number, which is exact, and a rest.\nfn power(x: f32, y: f32) -> f32 {\n  if (y == 0.0) { return 1.0; }\n  if (x < 1.2e-38) { return 0.0; }\n  let bits = bitcast<u32>(x);\n  // m from about 0.7 to 1.4, so that log2 m is not cancelled by e near x = 1.\n  let e = i32((bits + 0x4afb0du) >> 23u) - 127;\n  let m = bitcast<f32>(bits - (u32(e) << 23u));\n  let t = (m - 1.0) / (m + 1.0);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0))));\n  let log2_m = 2.88539008 * (t + t * tail);\n  let head = bitcast<f32>(bitcast<u32>(y) & 0xffff0000u);             // 8 bits, as many as e has at most: exact products\n  let whole = round(head * f32(e));\n  let rest = (head * f32(e) - whole) + (y - head) * f32(e) + y * log2_m;\n  let more = round(rest);\n  let n = clamp(whole + more, -127.0, 0.0);                           // 2^-127 counts as 0\n  return exp2(clamp(rest - more, -1.0, 1.0)) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
 *
 *   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
 *   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
 *   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
 *   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
 *   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
 *                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
 *
 * w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
 * and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
 * and -log p = log1p(others / own) keep their digits where p is near 1.
 *
 * One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
 * one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
 *
 * A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
 * then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
 * logits holds the C classes from `first` on, of ALL.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/quad.wgsl | lib/quad_vec4.wgsl
 * uses lib/softmax_row.wgsl
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLossSubgroupVec4 = {
  name: "softmax_loss_subgroup_vec4",
  bindings: {
    /** (N, C) optional: else dlogits holds them and is overwritten */
    logits: { access: "read", type: "vec4f", shape: ["N","C"], optional: true },
    /** (N) class; ALL or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) optional: sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: true },
    /** of the weighting, 0 or more */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all rows, such as 1 / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share, from 0 to 1 */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts, 0 or more */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in logits */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (L) */
    loss: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (L) softmax probability of the label */
    p: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (Q, N, 4) sums of the row, or of its slices */
    stats: { access: "write", type: "vec4f", shape: ["Q","N","4"], optional: false },
    /** (G, C) */
    dlogits: { access: "write", type: "vec4f", shape: ["G","C"], optional: false },
  },
  sizes: ["N", "C", "ALL", "L", "G", "P", "Q"],
  knobs: { HAS_LOGITS: false, HAS_FACTOR: false, HAS_PARTS: false, /** label of rows to leave out */ IGNORE: 4294967295, /** workgroups per row */ SLICES: 1, /** classes of a slice, whole turns; C or more for one */ SPAN: 4294967295, /** write stats alone */ PARTIAL: false, /** classes in each given part but the last */ PART: 0, /** write dlogits */ GRAD: true, /** lanes per row, at most the subgroup's size */ WG: 4, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["N*SLICES"],
  features: ["subgroups"],
  code: "enable subgroups; // softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.\n//\n//   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]\n//   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL\n//   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats\n//   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]\n//   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale\n//                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])\n//\n// w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p\n// and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)\n// and -log p = log1p(others / own) keep their digits where p is near 1.\n//\n// One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and\n// one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.\n//\n// A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,\n// then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then\n// logits holds the C classes from `first` on, of ALL.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n// uses lib/quad.wgsl | lib/quad_vec4.wgsl\n// uses lib/softmax_row.wgsl\n// uses lib/softmax_finish.wgsl\n// uses lib/weight.wgsl\n// uses lib/exp.wgsl\n// uses lib/log1p.wgsl\n// uses lib/power.wgsl\n// uses lib/index.wgsl\n\noverride N: u32;\noverride C: u32;                                                      // classes in logits\noverride ALL: u32;                                                    // classes of the softmax\noverride L: u32;                                                      // N, or 1 with PARTIAL\noverride G: u32;                                                      // N, or 1 without GRAD\noverride P: u32;                                                      // parts given\noverride Q: u32;                                                      // parts written: SLICES with PARTIAL, else 1\noverride HAS_LOGITS: bool = false;\noverride HAS_FACTOR: bool = false;\noverride HAS_PARTS: bool = false;\noverride IGNORE: u32 = 4294967295u;                                   // label of rows to leave out\noverride SLICES: u32 = 1u;                                            // workgroups per row\noverride SPAN: u32 = 4294967295u;                                     // classes of a slice, whole turns; C or more for one\noverride PARTIAL: bool = false;                                       // write stats alone\noverride PART: u32 = 0u;                                              // classes in each given part but the last\noverride GRAD: bool = true;                                           // write dlogits\n@group(0) @binding(0)  var<storage, read>       logits: array<Element>;  // (N, C) optional: else dlogits holds them and is overwritten\n@group(0) @binding(1)  var<storage, read>       label: array<u32>;    // (N) class; ALL or more, or IGNORE, to leave the row out\n@group(0) @binding(2)  var<storage, read>       factor: array<f32>;   // (N) optional: of each row's loss and gradient\n@group(0) @binding(3)  var<storage, read>       parts: array<vec4f>;  // (P, N, 4) optional: sums of parts of the classes\n@group(0) @binding(4)  var<uniform>             gamma: f32;           // of the weighting, 0 or more\n@group(0) @binding(5)  var<uniform>             scale: f32;           // factor on all rows, such as 1 / N\n@group(0) @binding(6)  var<uniform>             smoothing: f32;       // part of the target that all classes share, from 0 to 1\n@group(0) @binding(7)  var<uniform>             z_loss: f32;          // how much lse^2 counts, 0 or more\n@group(0) @binding(8)  var<uniform>             logit_scale: f32;     // above 0\n@group(0) @binding(9)  var<uniform>             first: u32;           // which of ALL classes is the first in logits\n@group(0) @binding(10) var<storage, read_write> loss: array<f32>;     // (L)\n@group(0) @binding(11) var<storage, read_write> p: array<f32>;        // (L) softmax probability of the label\n@group(0) @binding(12) var<storage, read_write> stats: array<vec4f>;  // (Q, N, 4) sums of the row, or of its slices\n@group(0) @binding(13) var<storage, read_write> dlogits: array<Element>;  // (G, C)\n\nfn load(i: u32) -> Element {\n  if (HAS_LOGITS) { return logits[i]; }\n  return dlogits[i];\n}\n\n@compute @workgroup_size(WG)                                          // grid (N*SLICES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let g = flat_index(group, groups);\n  if (g >= N * SLICES) { return; }\n  let n = g / SLICES;\n  let slice = g % SLICES;\n  let start = slice * min(SPAN, C);\n  let end = min(start + min(SPAN, C), C);\n  let row = n * C;\n  let y = label[n] - first;                                           // C or more where the label is not in logits\n  let s = logit_scale;\n\n  var block: Block;\n  var sums: Sums;\n  if (HAS_PARTS) { sums = sum_parts(lane, n, label[n], s); }\n  else { sums = sum_classes(lane, row, y, start, end, s, &block); }\n  if (PARTIAL) {\n    if (lane == 0u) { stats[slice * N + n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n    return;\n  }\n\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  if (label[n] >= ALL || label[n] == IGNORE) { f = 0.0; }\n  let found = finish(sums, s);\n  if (lane == 0u && slice == 0u) {\n    loss[n] = f * found.loss;\n    p[n] = select(found.p, 0.0, label[n] >= ALL || label[n] == IGNORE);\n    if (Q == 1u) { stats[n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n  }\n\n  if (GRAD) {\n    if (!HAS_LOGITS) { storageBarrier(); }                            // every lane has read the label's logit\n    // Where nothing counts the exponentials must not overflow either.\n    let top = select(sums.top, -NOTHING, f == 0.0);\n    let slopes = Slopes(f * found.slopes.others, f * found.slopes.all, f * found.slopes.own);\n    for (var c = start + 4u * lane; c < end; c += BLOCK) {\n      if (HAS_PARTS || C > BLOCK) { block = load_block(row, c, y); }\n      store_slopes(row, c, y, exps(block.a, top, s), slopes);\n      store_slopes(row, c + 4u * WG, y, exps(block.b, top, s), slopes);\n      store_slopes(row, c + 8u * WG, y, exps(block.c, top, s), slopes);\n      store_slopes(row, c + 12u * WG, y, exps(block.d, top, s), slopes);\n    }\n  }\n}\n\n// What exps e of the logits of classes c to c + 3 come to in the gradient.\nfn store_slopes(row: u32, c: u32, y: u32, e: vec4f, slopes: Slopes) {\n  store_quad(row, c, select(slopes.others * e + slopes.all, vec4f(slopes.own), is_label(c, y)));\n}\n\n// The sums of all classes from those of parts of them.\nfn sum_parts(lane: u32, n: u32, y: u32, s: f32) -> Sums {\n  var top = f32(NOTHING);\n  for (var i = lane; i < P; i += WG) { top = max(top, parts[i * N + n].x); }\n  top = group_max(lane, top);\n  var others = 0.0;\n  var below = 0.0;\n  var own = 0.0;\n  for (var i = lane; i < P; i += WG) {\n    let part = parts[i * N + n];\n    let start = i * PART;\n    let end = min(start + PART, ALL);\n    others += part.y * exp2((part.x - top) * (s * 1.44269504));\n    below += part.z + f32(end - start - u32(y >= start && y < end)) * (top - part.x);\n    own += part.w;\n  }\n  if (SMOOTH) { below = group_sum(lane, below); }\n  return Sums(top, group_sum(lane, others), below, group_sum(lane, own));\n}\n\n// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.\n\n\noverride WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n\n// Four neighbouring classes c to c + 3 of a row that begins at element `row`, for rows of whole quads: in one access.\nalias Element = vec4f;\n\nfn in_row(c: u32) -> vec4<bool> { return vec4<bool>(c < C); }\n\nfn load_quad(row: u32, c: u32) -> vec4f { return load((row + min(c, C - 4u)) / 4u); }\n\nfn load_one(row: u32, c: u32) -> f32 { return load((row + c) / 4u)[c % 4u]; }\n\nfn store_quad(row: u32, c: u32, v: vec4f) {\n  if (c < C) { dlogits[(row + c) / 4u] = v; }\n}\n\n// 16 classes a lane: four quads that lie 4 WG classes apart.\noverride BLOCK = 16u * WG;\nstruct Block { a: vec4f, b: vec4f, c: vec4f, d: vec4f }\n\nfn sum_of(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }\nfn max_of(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }\n\n// Which of the classes c to c + 3 is the label y.\nfn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }\n\nfn load_others(row: u32, c: u32, y: u32) -> vec4f {\n  return select(vec4f(NOTHING), load_quad(row, c), in_row(c) & !is_label(c, y));\n}\n\nfn load_block(row: u32, c: u32, y: u32) -> Block {\n  return Block(load_others(row, c, y), load_others(row, c + 4u * WG, y), load_others(row, c + 8u * WG, y),\n               load_others(row, c + 12u * WG, y));\n}\n\nfn exps(v: vec4f, top: f32, s: f32) -> vec4f { return exp2((v - top) * (s * 1.44269504)); }\n\n// How far logits lie below a reference; 0 for what is no other class.\nfn depth(v: vec4f, reference: f32) -> f32 { return sum_of(select(reference - v, vec4f(), v == vec4f(NOTHING))); }\n\n// The sums over the classes from `start` to `end`, in one pass over memory: when a block has a new maximum, what was\n// summed so far is scaled to it. Sums are taken in runs of 64 blocks, because one long sum rounds each term. The last block\n// stays in `block`.\nfn sum_classes(lane: u32, row: u32, y: u32, start: u32, end: u32, s: f32, block: ptr<function, Block>) -> Sums {\n  let reference = load_one(row, start);\n  let here = y >= start && y < end;\n  var own = 0.0;\n  if (here) { own = load_one(row, y); }\n  var top = f32(NOTHING);\n  var others = 0.0;\n  var below = 0.0;\n  for (var from_class = start; from_class < end; from_class += 64u * BLOCK) {\n    var run = 0.0;\n    var run_below = 0.0;\n    for (var c = from_class; c < min(from_class + 64u * BLOCK, end); c += BLOCK) {\n      let v = load_block(row, c + 4u * lane, y);\n      let higher = max(top, max_of(max(max(v.a, v.b), max(v.c, v.d))));\n      let rescale = exp2((top - higher) * (s * 1.44269504));\n      let sum = (exps(v.a, higher, s) + exps(v.b, higher, s)) + (exps(v.c, higher, s) + exps(v.d, higher, s));\n      run = run * rescale + sum_of(sum);\n      others *= rescale;\n      top = higher;\n      if (SMOOTH) {\n        run_below += (depth(v.a, reference) + depth(v.b, reference)) + (depth(v.c, reference) + depth(v.d, reference));\n      }\n      *block = v;\n    }\n    others += run;\n    below += run_below;\n  }\n  let mine = top;\n  top = group_max(lane, mine);\n  others = group_sum(lane, others * exp2((mine - top) * (s * 1.44269504)));\n  if (top == NOTHING) { others = 0.0; }                               // there is no other\n  if (SMOOTH) { below = group_sum(lane, below) + f32(end - start - u32(here)) * (top - reference); }\n  return Sums(top, others, below, own);\n}\n\n// From the sums over the classes of a row to its loss, and to its gradient.\noverride SMOOTH: bool = false;                                        // whether smoothing may be above 0\n\nstruct Sums {\n  top: f32,                                                           // largest logit of the others, all but the label's\n  others: f32,                                                        // sum over the others of exp(s (logit - top))\n  below: f32,                                                         // sum over the others of top - logit, if SMOOTH\n  own: f32,                                                           // the label's logit, 0 where it is not among them\n}\n\nconst NOTHING = -1e30;                                                // below any logit, yet s times it is finite\n\n// dlogits is others exp(s (logit - top)) + all, and own for the label.\nstruct Slopes { others: f32, all: f32, own: f32 }\n\nstruct Finished { loss: f32, p: f32, slopes: Slopes }\n\nfn finish(sums: Sums, s: f32) -> Finished {\n  // The label over the largest other, whole and broken parts apart: at 80, the last bit of the difference is 4e-6 of e^80.\n  // Compilers may undo what recovers a rounding by sums and differences, but not this.\n  let whole = s * (floor(sums.own) - floor(sums.top));\n  let broken = s * ((sums.own - floor(sums.own)) - (sums.top - floor(sums.top)));\n  let above = whole + broken;\n  let leads = above > 0.0;\n  let down = exp_of(select(whole, -whole, leads), select(broken, -broken, leads));\n  let own = select(down, 1.0, leads);\n  let share = select(1.0, down, leads);                               // exp(s top) over the larger of the two\n  let others = sums.others * share;\n  let total = own + others;\n  let p = own / total;\n  let q = others / total;                                             // 1 - p\n  var nll = max(-above, 0.0) + log(total);\n  if (others <= own) { nll = log1p(others / own); }                   // log is only good to 2^-21 here\n  let lse = s * sums.own + nll;\n  var ce = nll;\n  let n = f32(ALL);\n  if (SMOOTH) { ce += smoothing / n * s * ((n - 1.0) * (sums.own - sums.top) + sums.below); }\n\n  let w = weight(p, q, gamma);\n  let pull = w.value + select(w.fall * ce, 0.0, DETACHED);            // on softmax(z)[c] - [c == y]\n  let spread = w.value * smoothing / n;                               // on n [c == y] - 1\n  let lift = 2.0 * z_loss * lse;                                      // on softmax(z)[c]\n  return Finished(w.value * ce + z_loss * lse * lse, p,\n                  Slopes(s * (pull + lift) / total * share, -s * spread, s * (spread * (n - 1.0) + lift * p - pull * q)));\n}\n\n// How much a row counts, by the softmax probability p of its label. All that tells cross-entropy, Knot Magnify and focal\n// loss apart is here: the weight w(p), and its fall -p w'(p), both from p and q = 1 - p, so that neither end cancels.\noverride WEIGHTING: u32 = 1u;                                         // 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal\noverride DETACHED: bool = false;                                      // the gradient takes the weight for a constant\n\nstruct Weight { value: f32, fall: f32 }\n\nfn weight(p: f32, q: f32, gamma: f32) -> Weight {\n  switch (WEIGHTING) {\n    case 1u, 2u: {                                                    // 1 / (gamma p + 1)^2\n      let r = 1.0 / (gamma * p + 1.0);\n      let k = normalizer(gamma);\n      return Weight(k * r * r, k * 2.0 * gamma * p * r * r * r);\n    }\n    case 3u: {                                                        // q^gamma\n      let w = power(q, gamma);\n      return Weight(w, gamma * p * w / max(q, 1.2e-38));\n    }\n    default: { return Weight(1.0, 0.0); }\n  }\n}\n\n// gamma / log(1 + gamma), which makes the mean of the loss over p uniform in [0, 1] that of cross-entropy; else 1.\nfn normalizer(gamma: f32) -> f32 {\n  if (WEIGHTING != 2u || gamma < 1e-30) { return 1.0; }\n  if (gamma > 1.0) { return gamma / log(gamma + 1.0); }\n  return gamma / log1p(gamma);\n}\n\n// exp(x + more) for x <= 0 and a small `more`, within 4 ULP. WGSL's own may be off by 3 + 2 |x| ULP, so it only gets what\n// whole multiples of log 2 leave of x; 0.693359375 n is exact, and 2^n is made from its bits.\nfn exp_of(x: f32, more: f32) -> f32 {\n  let v = max(x, -89.0);                                              // e^-89 is less than the smallest normal number\n  let n = max(round(v * 1.44269504), -127.0);                         // where 2^n counts as 0\n  let rest = (v - n * 0.693359375) + (n * 2.12194440e-4 + more);\n  return exp(rest) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// log(1 + x) for 0 <= x <= 1, within 2 ULP: 2 atanh(t) with t = x / (2 + x), as a series in t^2 <= 1/9. WGSL's own\n// log is only good to 2^-21 absolute here, which for a small x is nothing.\nfn log1p(x: f32) -> f32 {\n  let t = x / (2.0 + x);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));\n  return 2.0 * (t + t * tail);\n}\n\n// x^y for 0 <= x <= 1, within 2 + |y| ULP; 0^0 is 1. With x = m 2^e, x^y = 2^(y e) 2^(y log2 m), where y e is split into a\n// whole number, which is exact, and a rest.\nfn power(x: f32, y: f32) -> f32 {\n  if (y == 0.0) { return 1.0; }\n  if (x < 1.2e-38) { return 0.0; }\n  let bits = bitcast<u32>(x);\n  // m from about 0.7 to 1.4, so that log2 m is not cancelled by e near x = 1.\n  let e = i32((bits + 0x4afb0du) >> 23u) - 127;\n  let m = bitcast<f32>(bits - (u32(e) << 23u));\n  let t = (m - 1.0) / (m + 1.0);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0))));\n  let log2_m = 2.88539008 * (t + t * tail);\n  let head = bitcast<f32>(bitcast<u32>(y) & 0xffff0000u);             // 8 bits, as many as e has at most: exact products\n  let whole = round(head * f32(e));\n  let rest = (head * f32(e) - whole) + (y - head) * f32(e) + y * log2_m;\n  let more = round(rest);\n  let n = clamp(whole + more, -127.0, 0.0);                           // 2^-127 counts as 0\n  return exp2(clamp(rest - more, -1.0, 1.0)) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * sum_parts: y[i] = sum_t x[t,i], t in ascending order.
 *
 * One lane per i. Reads x once, writes y once: the second pass of every sum that is dealt to T partial results.
 * uses lib/index.wgsl
 */
export const sumParts = {
  name: "sum_parts",
  bindings: {
    /** (T, n) */
    x: { access: "read", type: "f32", shape: ["T","n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["T", "n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: "// sum_parts: y[i] = sum_t x[t,i], t in ascending order.\n//\n// One lane per i. Reads x once, writes y once: the second pass of every sum that is dealt to T partial results.\n// uses lib/index.wgsl\n\noverride T: u32;\noverride n: u32;\noverride WG: u32 = 64u;                                               // lanes per workgroup\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (T, n)\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (n)\n\n@compute @workgroup_size(WG)                                          // grid (n/WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= n) { return; }\n  var sum = 0.0;\n  for (var t = 0u; t < T; t++) { sum += x[t * n + i]; }\n  y[i] = sum;\n}\n\n// The number of a workgroup in a grid of one dimension, which launch may have folded into two.\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n",
} as const;

/**
 * total: y = sum_i x[i].
 *
 * One workgroup, whose WG lanes stride over the elements: for sums of a batch's rows, in one dispatch. Reads x once.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const total = {
  name: "total",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** () */
    y: { access: "write", type: "f32", shape: [], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["1"],
  features: [],
  code: "// total: y = sum_i x[i].\n//\n// One workgroup, whose WG lanes stride over the elements: for sums of a batch's rows, in one dispatch. Reads x once.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n\noverride n: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (n)\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // ()\n\n@compute @workgroup_size(WG)                                          // grid (1)\nfn main(@builtin(local_invocation_index) lane: u32) {\n  var sum = 0.0;\n  for (var i = lane; i < n; i += WG) { sum += x[i]; }\n  sum = group_sum(lane, sum);\n  if (lane == 0u) { y[0] = sum; }\n}\n\n// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.\n// All lanes must call. The order is fixed, so the same values give the same bits.\n\noverride WG: u32 = 64u;                                               // lanes per row, a power of two\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();                                                 // the previous result may still be being read\n  scratch[lane] = v;\n  workgroupBarrier();                                                 // every value is in place\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();                                               // this level is done\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n",
} as const;

/**
 * total: y = sum_i x[i].
 *
 * One workgroup, whose WG lanes stride over the elements: for sums of a batch's rows, in one dispatch. Reads x once.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const totalSubgroup = {
  name: "total_subgroup",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** () */
    y: { access: "write", type: "f32", shape: [], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["1"],
  features: ["subgroups"],
  code: "enable subgroups; // total: y = sum_i x[i].\n//\n// One workgroup, whose WG lanes stride over the elements: for sums of a batch's rows, in one dispatch. Reads x once.\n// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl\n\noverride n: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (n)\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // ()\n\n@compute @workgroup_size(WG)                                          // grid (1)\nfn main(@builtin(local_invocation_index) lane: u32) {\n  var sum = 0.0;\n  for (var i = lane; i < n; i += WG) { sum += x[i]; }\n  sum = group_sum(lane, sum);\n  if (lane == 0u) { y[0] = sum; }\n}\n\n// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.\n\n\noverride WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n",
} as const;
