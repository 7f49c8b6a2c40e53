// Packages that few functions need, loaded when one of these is called: programs that call none do without them.
import { createRequire } from "node:module";
import { KnotgradError } from "../error.ts";

const require = createRequire(import.meta.url);

/** What reads JPEG. Throws, for `where` and with the code `missing`, where it is not installed. */
export const jpegJs = (where: string): typeof import("jpeg-js") =>
  loaded(where, "jpeg-js", () => require("jpeg-js"));

/** What reads and writes PNG. Throws as `jpegJs` does. */
export const pngJs = (where: string): typeof import("pngjs") =>
  loaded(where, "pngjs", () => require("pngjs"));

function loaded<Package>(where: string, name: string, load: () => Package): Package {
  try {
    return load();
  } catch (cause) {
    throw new KnotgradError(
      "missing",
      `${where}: the npm package ${name} is not installed but is needed for such images; run \`npm install ${name}\``,
      { cause },
    );
  }
}
