import protobuf from "protobufjs/light.js";

import { CLASSES } from "../dataset.ts";
import type { Layer, Network } from "./network.ts";

/** The part of ONNX's messages (onnx.proto3) that these networks need, by their field numbers there. */
const MESSAGES = protobuf.Root.fromJSON({
  nested: {
    ModelProto: { fields: { irVersion: field(1, "int64"), producerName: field(2, "string"), graph: field(7, "GraphProto"), opsetImport: list(8, "OperatorSetIdProto") } },
    OperatorSetIdProto: { fields: { domain: field(1, "string"), version: field(2, "int64") } },
    GraphProto: { fields: { node: list(1, "NodeProto"), name: field(2, "string"), initializer: list(5, "TensorProto"), input: list(11, "ValueInfoProto"), output: list(12, "ValueInfoProto") } },
    NodeProto: { fields: { input: list(1, "string"), output: list(2, "string"), opType: field(4, "string"), attribute: list(5, "AttributeProto") } },
    AttributeProto: { fields: { name: field(1, "string"), i: field(3, "int64"), type: field(20, "int32") } },
    TensorProto: { fields: { dims: list(1, "int64"), dataType: field(2, "int32"), name: field(8, "string"), rawData: field(9, "bytes") } },
    ValueInfoProto: { fields: { name: field(1, "string"), type: field(2, "TypeProto") } },
    TypeProto: { fields: { tensorType: field(1, "TensorTypeProto") } },
    TensorTypeProto: { fields: { elemType: field(1, "int32"), shape: field(2, "TensorShapeProto") } },
    TensorShapeProto: { fields: { dim: list(1, "DimensionProto") } },
    DimensionProto: { fields: { dimValue: field(1, "int64"), dimParam: field(2, "string") } },
  },
}).lookupType("ModelProto");

function field(id: number, type: string): protobuf.IField {
  return { id, type };
}

function list(id: number, type: string): protobuf.IField {
  return { id, type, rule: "repeated" } as protobuf.IField;
}

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT_ATTRIBUTE = 2;

/** The network as an ONNX model: input `features`, rows × columns; output `probabilities`, rows × 3; both 32-bit floats. */
export function toOnnx(network: Network): Uint8Array {
  const { columns, mean, scale, layers } = network;
  const last = layers.length - 1;
  const nodes = layers.flatMap((_, i) => [
    withAttribute(node("Gemm", [i === 0 ? "scaled" : `values${i}`, `weights${i}`, `bias${i}`], i === last ? "margins" : `sums${i}`), "transB"),
    ...(i === last ? [] : [node("Relu", [`sums${i}`], `values${i + 1}`)]),
  ]);
  const graph = {
    name: "rps",
    node: [node("Sub", ["features", "mean"], "centred"), node("Div", ["centred", "scale"], "scaled"), ...nodes, withAttribute(node("Softmax", ["margins"], "probabilities"), "axis")],
    initializer: [tensor("mean", [columns], mean), tensor("scale", [columns], scale), ...layers.flatMap(({ inputs, outputs, weights, bias }, i) => [tensor(`weights${i}`, [outputs, inputs], weights), tensor(`bias${i}`, [outputs], bias)])],
    input: [rows("features", columns)],
    output: [rows("probabilities", CLASSES)],
  };
  return MESSAGES.encode(MESSAGES.fromObject({ irVersion: IR_VERSION, producerName: "gauntlet-rps", opsetImport: [{ domain: "", version: OPSET }], graph })).finish();
}

function node(opType: string, input: readonly string[], output: string): object {
  return { opType, input, output: [output] };
}

/** Both attributes that occur are 1: weights lie output after output, and chances sum over the classes. */
function withAttribute(of: object, name: "transB" | "axis"): object {
  return { ...of, attribute: [{ name, i: 1, type: INT_ATTRIBUTE }] };
}

/** Little-endian, as ONNX has it and every machine that Node runs on. */
function tensor(name: string, dims: readonly number[], values: Float32Array): object {
  return { name, dims, dataType: FLOAT, rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function rows(name: string, columns: number): object {
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim: [{ dimParam: "rows" }, { dimValue: columns }] } } } };
}

interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly string[];
  readonly rawData: Uint8Array;
}

/** Reads what `toOnnx` wrote. @throws RangeError for another graph, or tensors that don't fit together. */
export function fromOnnx(bytes: Uint8Array): Network {
  const model = MESSAGES.toObject(MESSAGES.decode(bytes), { longs: String, arrays: true, objects: true }) as { readonly graph?: { readonly initializer: readonly OnnxTensor[]; readonly node: readonly { readonly opType: string }[] } };
  const tensors = new Map((model.graph?.initializer ?? []).map((one) => [one.name, one]));
  const count = [...tensors.keys()].filter((name) => name.startsWith("weights")).length;
  const layers = Array.from({ length: count }, (_, i): Layer => {
    const [outputs, inputs] = (tensors.get(`weights${i}`)?.dims ?? []).map(Number) as [number, number];
    return { inputs, outputs, weights: floats(tensors.get(`weights${i}`), inputs * outputs), bias: floats(tensors.get(`bias${i}`), outputs) };
  });
  const columns = layers[0]?.inputs ?? 0;
  const fits = layers.length > 0 && layers.every(({ outputs }, i) => outputs === (layers[i + 1]?.inputs ?? CLASSES));
  const asWritten = model.graph?.node.map(({ opType }) => opType).join() === ["Sub", "Div", ...layers.flatMap((_, i) => (i === layers.length - 1 ? ["Gemm"] : ["Gemm", "Relu"])), "Softmax"].join();
  if (!fits || !asWritten) throw new RangeError("this is no ONNX model of such a network");
  return { kind: "network", columns, mean: floats(tensors.get("mean"), columns), scale: floats(tensors.get("scale"), columns), layers };
}

function floats(tensor: OnnxTensor | undefined, length: number): Float32Array {
  if (tensor === undefined || tensor.rawData.byteLength !== length * 4) throw new RangeError(`the model's tensor "${tensor?.name ?? "?"}" has not ${length} values`);
  return new Float32Array(Uint8Array.from(tensor.rawData).buffer);
}
