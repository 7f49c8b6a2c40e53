// A graph of ONNX while it is built: its nodes in their order, and its weights.
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "onnx-buf";
import { KnotgradError } from "../error.ts";
import type { Shape } from "../tensor.ts";

/** The version of ONNX's operators that nodes are of, and of the format of files. */
const OPSET = 17n;
const IR = 8n;

/** Who wrote a file, as the file says. */
export const PRODUCER = "knotgrad";

/** The bytes that every file begins with: its format, and who wrote it. */
export const fileStart = (): Uint8Array =>
  toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: IR, producerName: PRODUCER }));

/** A value that goes in or comes out: its type and sizes, of which N is left open. */
interface Port {
  readonly name: string;
  readonly type: "f32" | "u8";
  readonly shape: readonly (number | "N")[];
}

/** What a file holds beside nodes and weights. */
interface Frame {
  readonly name: string;
  readonly about: string;
  readonly input: Port;
  readonly outputs: readonly Port[];
  readonly metadata: { readonly [key: string]: string };
}

/** Nodes and weights; values go by names. */
export class Graph {
  private readonly nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  private readonly weights: MessageInitShape<typeof TensorProtoSchema>[] = [];

  /** Adds a node of ONNX's operator `type`, whose attributes are whole numbers. Gives the name of its result. */
  node(
    type: string,
    name: string,
    input: readonly string[],
    attributes: { readonly [name: string]: number | readonly number[] } = {},
  ): string {
    const attribute = Object.entries(attributes).map(([name, value]) =>
      typeof value === "number"
        ? { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) }
        : { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) },
    );
    this.nodes.push({ opType: type, name, input: [...input], output: [name], attribute });
    return name;
  }

  /** Adds weights. Gives their name. Throws, for `toOnnx`, where a number is not finite. */
  weight(name: string, shape: Shape, values: Float32Array<ArrayBuffer>): string {
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new KnotgradError(
        "value",
        `toOnnx: ${name} holds ${values[at]} but must be finite; take weights from before training went wrong`,
      );
    }
    this.weights.push({
      name,
      dims: shape.map(BigInt),
      dataType: TensorProto_DataType.FLOAT,
      // Little-endian, as the host is wherever there is WebGPU.
      rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    });
    return name;
  }

  /** The bytes of a file. */
  encode({ name, about, input, outputs, metadata }: Frame): Uint8Array<ArrayBuffer> {
    const model = create(ModelProtoSchema, {
      irVersion: IR,
      producerName: PRODUCER,
      docString: about,
      opsetImport: [{ domain: "", version: OPSET }],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name,
        node: this.nodes,
        initializer: this.weights,
        input: [port(input)],
        output: outputs.map(port),
      },
    });
    return toBinary(ModelProtoSchema, model);
  }
}

const port = ({ name, type, shape }: Port): MessageInitShape<typeof ValueInfoProtoSchema> => ({
  name,
  type: {
    value: {
      case: "tensorType",
      value: {
        elemType: type === "u8" ? TensorProto_DataType.UINT8 : TensorProto_DataType.FLOAT,
        shape: {
          dim: shape.map((size) => ({
            value:
              size === "N" ? { case: "dimParam", value: size } : { case: "dimValue", value: BigInt(size) },
          })),
        },
      },
    },
  },
});
