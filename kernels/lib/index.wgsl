// The number of a workgroup in a grid of one dimension, which launch may have folded into two.
fn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }
