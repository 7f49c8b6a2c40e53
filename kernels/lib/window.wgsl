// Which pixels a pooling window covers and which windows cover a pixel, along one side of the image. Windows reach into the
// padding, but only pixels inside the image count; because pad is at most size / 2, every window has one.

struct Span { start: u32, end: u32 }                                   // start <= i < end

fn pixels_of(window: u32, pixels: u32) -> Span {
  let first = window * stride;                                         // counted from the padding's edge
  return Span(max(first, pad) - pad, min(first + size, pixels + pad) - pad);
}

fn windows_of(pixel: u32, windows: u32) -> Span {
  let here = pixel + pad;                                              // counted from the padding's edge
  return Span((max(here + 1u, size) - size + stride - 1u) / stride, min(here / stride + 1u, windows));
}
