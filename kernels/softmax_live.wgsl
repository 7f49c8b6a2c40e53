// softmax_live: which rows of a softmax loss have a gradient worth summing in which block of classes.
//
//   live[b,n] = factor[n] where in block b some |d loss[n] / d logits[n,c]| / (scale factor[n] logit_scale) >= epsilon, else 0
//
// 0 too for labels of ALL or more, or IGNORE. From the sums of softmax_loss over the P parts of the classes, PARTS of which
// are a block: no logits are read. One lane per (b, n). Reads 16 bytes per part, writes 4 per block.
// uses lib/softmax_finish.wgsl
// uses lib/weight.wgsl
// uses lib/exp.wgsl
// uses lib/log1p.wgsl
// uses lib/power.wgsl
// uses lib/index.wgsl

override N: u32;
override ALL: u32;                                                    // classes
override P: u32;
override PARTS: u32;                                                  // parts of a block, but the last
override PART: u32;                                                   // classes of a part, but the last
override PAD: u32;                                                    // N or more, so that blocks begin where bindings may
override HAS_FACTOR: bool = false;
override IGNORE: u32 = 4294967295u;                                   // label of rows to leave out
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       label: array<u32>;     // (N) class
@group(0) @binding(1) var<storage, read>       factor: array<f32>;    // (N) optional
@group(0) @binding(2) var<storage, read>       parts: array<vec4f>;   // (P, N, 4) sums of parts of the classes
@group(0) @binding(3) var<storage, read>       stats: array<vec4f>;   // (1, N, 4) sums of all classes
@group(0) @binding(4) var<uniform>             gamma: f32;            // of the weighting
@group(0) @binding(5) var<uniform>             smoothing: f32;        // part of the target that all classes share
@group(0) @binding(6) var<uniform>             z_loss: f32;           // how much lse^2 counts
@group(0) @binding(7) var<uniform>             logit_scale: f32;      // above 0
@group(0) @binding(8) var<uniform>             epsilon: f32;          // above 0
@group(0) @binding(9) var<storage, read_write> live: array<f32>;      // (P/PARTS, PAD)

@compute @workgroup_size(WG)                                          // grid ((P/PARTS)*PAD/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  let b = i / PAD;
  let n = i % PAD;
  if (b >= (P + PARTS - 1u) / PARTS) { return; }
  live[i] = 0.0;
  if (n >= N) { return; }
  let y = label[n];
  if (y >= ALL || y == IGNORE) { return; }
  let row = stats[n];
  let slopes = finish(Sums(row.x, row.y, row.z, row.w), logit_scale).slopes;
  let first = b * PARTS;
  let end = min(first + PARTS, P);
  var top = NOTHING;
  for (var part = first; part < end; part++) { top = max(top, parts[part * N + n].x); }
  var largest = abs(slopes.others) * exp2((top - row.x) * (logit_scale * 1.44269504)) + abs(slopes.all);
  if (y >= first * PART && y < end * PART) { largest = max(largest, abs(slopes.own)); }
  if (largest < epsilon * logit_scale) { return; }
  var f = 1.0;
  if (HAS_FACTOR) { f = factor[n]; }
  live[i] = f;
}
