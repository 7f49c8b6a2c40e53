// The rows of the bench.
import { digitNet, faceNet } from "../src/face/nets.ts";
import type { Row } from "./row.ts";
import { batchNormGrad } from "./rows/batch_norm.ts";
import { centerLoss } from "./rows/center_loss.ts";
import { conv2d, conv2dGrad } from "./rows/conv2d.ts";
import { kmLoss } from "./rows/km_loss.ts";
import { linearKm } from "./rows/linear_km.ts";
import { matmul } from "./rows/matmul.ts";
import { trainStep } from "./rows/train_step.ts";

/** All rows. */
export function benchRows(): Row[] {
  const layers = [
    { x: [8, 56, 56, 64], O: 64, stride: 1 },
    // Three layers of the face net.
    { x: [64, 56, 48, 1], O: 16, stride: 1 },
    { x: [64, 56, 48, 16], O: 32, stride: 2 },
    { x: [64, 14, 12, 64], O: 128, stride: 2 },
  ] as const;
  return [
    kmLoss(256, 1024),
    kmLoss(256, 8192),
    kmLoss(256, 32768),
    centerLoss(64, 128, 299),
    centerLoss(256, 512, 10572),
    linearKm(256, 512, 10572),
    linearKm(64, 128, 100_000),
    linearKm(64, 128, 100_000, 2 ** -12),
    linearKm(64, 128, 1_000_000),
    matmul(512, 512, 512),
    matmul(1024, 1024, 1024),
    // The linear layer of the face net, for one image and for a batch; a large one; a convolution's product.
    matmul(1, 128, 2688),
    matmul(64, 128, 2688),
    matmul(8, 512, 25088),
    matmul(2048, 64, 576),
    ...layers.map(conv2d),
    ...layers.map(conv2dGrad),
    batchNormGrad([64, 56, 48, 16]),
    batchNormGrad([64, 14, 12, 64]),
    trainStep(faceNet(), 64, 299),
  ];
}

/** The same work in sizes whose times mean nothing: for trying the bench itself. */
export function tinyRows(): Row[] {
  const layer = { x: [2, 6, 5, 4], O: 8, stride: 2 } as const;
  return [
    kmLoss(8, 40),
    centerLoss(8, 12, 5),
    linearKm(8, 12, 40),
    linearKm(8, 12, 40, 2 ** -12),
    matmul(16, 24, 8),
    conv2d(layer),
    conv2dGrad(layer),
    batchNormGrad([4, 3, 3, 8]),
    trainStep(digitNet(8), 4, 5),
  ];
}
