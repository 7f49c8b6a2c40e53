// The products of a grouped convolution as one: a group's rows of the product lie below those of the group before, from
// a whole tile on, so that a tile is of one group. The kernel gives GROUP_M, a group's rows. With one group all of it folds.

override GROUP_SPAN = (GROUP_M + TILE_M - 1u) / TILE_M * TILE_M;      // from a group's first row to the next one's

fn gemm_m() -> u32 { return select(groups * GROUP_SPAN, GROUP_M, groups == 1u); }

fn group_of(m: u32) -> u32 { return select(m / GROUP_SPAN, 0u, groups == 1u); }

// Row of the group; rows left over in its last tile repeat its last one.
fn row_in_group(m: u32) -> u32 { return select(min(m % GROUP_SPAN, GROUP_M - 1u), m, groups == 1u); }
fn left_over(m: u32) -> bool { return (groups > 1u) & (m % GROUP_SPAN >= GROUP_M); }
