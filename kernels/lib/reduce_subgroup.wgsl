// The reductions of lib/reduce.wgsl where the workgroup is one subgroup or less: no barriers, no workgroup memory.
enable subgroups;

override WG: u32 = 4u;                                                // lanes per row, at most the subgroup's size

fn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }
fn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }
