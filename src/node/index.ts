/**
 * What the package adds in Node: an adapter, files, and the report.
 * @module knotgrad/node
 */

export {
  type AdapterInfo,
  type AdapterOptions,
  announce,
  type OpenedAdapter,
  openAdapter,
  openDevice,
} from "./adapter.ts";
export { type AlignOptions, alignFiles } from "./align_files.ts";
export { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
export type { AdapterMode } from "./dawn.ts";
export { decodeImage } from "./decode.ts";
export { digits } from "./digits.ts";
export {
  type DecodeOptions,
  type LoadedFiles,
  type LoadOptions,
  loadFiles,
  type Skipped,
} from "./files.ts";
export { openGpu } from "./gpu.ts";
export { type FolderOptions, loadFolder } from "./images.ts";
export { readLandmarks } from "./landmarks.ts";
export { loadModel, type ModelFile, readModelFile, saveModel } from "./model_file.ts";
export { readBin } from "./packs.ts";
export { type FaceImage, type NamedPair, pairFiles, readPairs } from "./pairs.ts";
export { loadRecords, type RecordOptions } from "./record_io.ts";
export { type Report, type RunReport, reportHtml } from "./report/index.ts";
export type { Sample } from "./report/report.ts";
export { fillInWorker } from "./workers.ts";
