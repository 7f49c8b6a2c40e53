// Whether parsed JSON is a net.
import type { Layer, Net } from "./nets.ts";

type Fits = (value: unknown) => boolean;
const whole =
  (least: number): Fits =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least;
const optional =
  (fits: Fits): Fits =>
  (value) =>
    value === undefined || fits(value);
const object = (fields: { readonly [name: string]: Fits }): Fits => {
  const names = Object.keys(fields);
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).every((name) => names.includes(name)) &&
    names.every((name) => fields[name]((value as { [name: string]: unknown })[name]));
};

const kind =
  (wanted: Layer["kind"]): Fits =>
  (value) =>
    value === wanted;
const isSize: Fits = (value) =>
  whole(1)(value) || (Array.isArray(value) && value.length === 2 && value.every(whole(1)));
const isBoolean: Fits = (value) => typeof value === "boolean";
const isLayers: Fits = (value) =>
  Array.isArray(value) && value.every((layer) => isLayer.some((fits) => fits(layer)));
const isLayer: readonly Fits[] = [
  object({
    kind: kind("conv"),
    filters: whole(1),
    size: isSize,
    stride: whole(1),
    pad: whole(0),
    groups: optional(whole(1)),
    bias: optional(isBoolean),
    spread: optional((value) => typeof value === "number" && value >= 0),
  }),
  object({
    kind: kind("local"),
    filters: whole(1),
    size: isSize,
    stride: whole(1),
    pad: whole(0),
    bias: optional(isBoolean),
  }),
  object({ kind: kind("batchNorm") }),
  object({ kind: kind("relu") }),
  object({ kind: kind("prelu") }),
  object({ kind: kind("residual"), layers: isLayers }),
  object({ kind: kind("flatten") }),
  object({ kind: kind("linear"), size: whole(1) }),
];
const fitsNet = object({
  name: (value) => typeof value === "string",
  height: whole(1),
  width: whole(1),
  channels: whole(1),
  layers: isLayers,
});

/** Whether a value, such as parsed JSON, is a net: layers of these kinds, whether or not they fit each other. */
export const isNet = (value: unknown): value is Net => fitsNet(value);
