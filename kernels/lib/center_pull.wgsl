// sum (center - x[m]) / (1 + count) over the `count` rows m of a class, of which n is the first, in ascending order, of the
// features of element e, whose center is given.
fn center_pull(n: u32, e: u32, center: Element) -> Element {
  var sum = Element();
  var count = 0.0;
  for (var m = n; m < N; m = next[m]) {
    sum += center - x[m * (D / WIDTH) + e];
    count += 1.0;
  }
  return sum / (1.0 + count);
}
