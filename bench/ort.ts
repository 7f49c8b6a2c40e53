// onnxruntime-node's WebGPU provider, which has a Dawn and a device of its own, and its side of a row: forward only.
import os from "node:os";
import path from "node:path";
import type { Gpu } from "../src/gpu.ts";
import { unpackSwiftShader } from "../src/node/swiftshader.ts";
import { exclusiveDrivers } from "../src/node/vulkan.ts";
import type { Shape } from "../src/tensor.ts";
import { type Load, loader, PEERS, versionOf } from "./installed.ts";
import type { Contender } from "./row.ts";

/** An operation of ONNX; its tensors by their names. */
interface Node {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** Lists of integers, the only attributes that the rows need. */
  readonly attributes?: { readonly [name: string]: readonly number[] };
}

interface Graph {
  readonly nodes: readonly Node[];
  readonly inputs: { readonly [name: string]: Shape };
  readonly outputs: { readonly [name: string]: Shape };
}

interface OrtTensor {
  readonly data: Float32Array;
  dispose(): void;
}
type OrtTensors = { readonly [name: string]: OrtTensor };

interface Session {
  /** Computes into the outputs where they are given, else into new ones. */
  run(inputs: OrtTensors, outputs?: OrtTensors): Promise<OrtTensors>;
  release(): Promise<void>;
}

interface OrtCore {
  readonly Tensor: new (type: "float32", values: Float32Array, shape: Shape) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
}

/** onnxruntime-node with its WebGPU provider. */
export interface Ort {
  /** How it runs. */
  readonly says: string;
  /** The side of a row that the nodes make of the operands, both of which stay on the device. */
  side(
    nodes: readonly Node[],
    operands: { readonly [name: string]: { readonly values: Float32Array; readonly shape: Shape } },
    outputs: Graph["outputs"],
  ): Promise<Contender>;
}

/** onnxruntime-node on the adapter of `gpu`, or a sentence that says why it cannot be had. */
export async function openOrt(gpu: Gpu, folder = PEERS): Promise<Ort | string> {
  const load = loader("onnxruntime-node", folder);
  if (typeof load === "string") return load;
  const elsewhere = holdToAdapter(gpu.device.adapterInfo);
  if (elsewhere) return elsewhere;
  const { Tensor, InferenceSession } = load<OrtCore>("onnxruntime-node");
  const write = modelWriter(load);
  const open = (graph: Graph, preferredOutputLocation: "gpu-buffer" | "cpu") =>
    InferenceSession.create(write(graph), {
      executionProviders: ["webgpu"],
      preferredOutputLocation,
      logSeverityLevel: 3,
    });

  // All sessions share a queue, so that a number read back has waited for all that was sent before.
  const one = { x: new Tensor("float32", Float32Array.of(1), [1]) };
  const wait = await open(
    { nodes: [{ opType: "Neg", input: ["x"], output: ["y"] }], inputs: { x: [1] }, outputs: { y: [1] } },
    "cpu",
  );
  const side: Ort["side"] = async (nodes, operands, outputs) => {
    const inputs = mapped(operands, ({ shape }) => shape);
    const given = mapped(operands, ({ values, shape }) => new Tensor("float32", values, shape));
    // A session owns the memory of what it made, and so lives until that is disposed.
    const loading = await open(copies(inputs), "gpu-buffer");
    const loaded = renamed(await loading.run(given), inputs);
    const session = await open({ nodes, inputs, outputs }, "gpu-buffer");
    const made = await session.run(loaded);
    let sent: Promise<unknown>[] = [];
    return {
      send: () => void sent.push(session.run(loaded, made)),
      async settle() {
        const all = sent;
        sent = [];
        await Promise.all(all);
        await wait.run(one);
      },
      async results() {
        const reading = await open(copies(outputs), "cpu");
        const read = renamed(await reading.run(made), outputs);
        const values = mapped(read, ({ data }) => data.slice());
        await reading.release();
        return values;
      },
      dispose() {
        for (const tensor of [...Object.values(loaded), ...Object.values(made)]) tensor.dispose();
        void loading.release();
        void session.release();
      },
    };
  };
  const version = versionOf(load, "onnxruntime-node");
  const says =
    `ort is onnxruntime-node ${version} with its WebGPU provider, forward only: a device of its own Dawn on the same adapter, where ` +
    "operands and results stay; it waits for one number to be read back.";
  return { side, says };
}

/**
 * Sees to it that ort's Dawn, which takes no device of ours, finds our adapter: it too asks for the fastest one of the drivers
 * in sight. Gives a sentence where that would be another one.
 */
function holdToAdapter({ architecture }: GPUAdapterInfo): string | undefined {
  if (process.platform !== "linux") return undefined;
  process.env["XDG_RUNTIME_DIR"] ||= os.tmpdir(); // as for our own Dawn: Mesa complains where it is unset
  if (exclusiveDrivers()) return undefined;
  const folder = architecture === "swiftshader" && unpackSwiftShader();
  if (typeof folder === "string") {
    process.env["VK_DRIVER_FILES"] = path.join(folder, "vk_swiftshader_icd.json");
  } else if (process.env["KNOTGRAD_ADAPTER"] === "software") {
    return "ort cannot be held to a software adapter; name its driver in VK_ICD_FILENAMES instead of KNOTGRAD_ADAPTER";
  }
  return undefined;
}

/** Copies each tensor NAME to NAME_copy. */
const copies = (shapes: Graph["inputs"]): Graph => ({
  nodes: Object.keys(shapes).map((name) => ({ opType: "Identity", input: [name], output: [`${name}_copy`] })),
  inputs: shapes,
  outputs: Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`${name}_copy`, shape])),
});

const renamed = (copied: OrtTensors, names: object): OrtTensors =>
  Object.fromEntries(Object.keys(names).map((name) => [name, copied[`${name}_copy`]!]));

const mapped = <A, B>(of: { readonly [name: string]: A }, f: (a: A) => B): { [name: string]: B } =>
  Object.fromEntries(Object.entries(of).map(([name, a]) => [name, f(a)]));

interface Protobuf {
  create(schema: unknown, value: object): unknown;
  toBinary(schema: unknown, message: unknown): Uint8Array;
}
interface Onnx {
  readonly ModelProtoSchema: unknown;
  readonly TensorProto_DataType: { readonly FLOAT: number };
  readonly AttributeProto_AttributeType: { readonly INTS: number };
}

/** What writes a graph as an ONNX file. */
function modelWriter(load: Load): (graph: Graph) => Uint8Array {
  const { create, toBinary } = load<Protobuf>("@bufbuild/protobuf");
  const onnx = load<Onnx>("onnx-buf");
  const { FLOAT: elemType } = onnx.TensorProto_DataType;
  const { INTS: type } = onnx.AttributeProto_AttributeType;
  const values = (shapes: Graph["inputs"]) =>
    Object.entries(shapes).map(([name, shape]) => {
      const dim = shape.map((size) => ({ value: { case: "dimValue", value: BigInt(size) } }));
      return { name, type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } } };
    });
  return ({ nodes, inputs, outputs }) => {
    const node = nodes.map(({ attributes = {}, ...rest }) => ({
      ...rest,
      attribute: Object.entries(attributes).map(([name, ints]) => ({ name, type, ints: ints.map(BigInt) })),
    }));
    const graph = { name: "row", node, input: values(inputs), output: values(outputs) };
    const model = { irVersion: 8n, opsetImport: [{ version: 17n }], graph };
    return toBinary(onnx.ModelProtoSchema, create(onnx.ModelProtoSchema, model));
  };
}
