/**
 * Trained nets as ONNX files, and tensors shared with onnxruntime-web. `toOnnx` needs the packages onnx-buf and
 * `@bufbuild/protobuf`.
 * @module knotgrad/onnx
 */

export { fromOrt, type Ort, type OrtTensor, toOrt } from "./ort.ts";
export { type OnnxOptions, toOnnx } from "./to_onnx.ts";
