// What `npm run docs` makes pages of: the sources of the modules that package.json exports.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const sourceOf = (name) =>
  [`${name}/index.ts`, `${name}.ts`, `${name}.gen.ts`].map((file) => join("src", file)).find((file) => existsSync(join(root, file)));

export default {
  entryPoints: Object.keys(exports).map(sourceOf).filter(Boolean),
  out: "docs",
  // No remote is needed: sources are linked as they lie beside docs/.
  disableGit: true,
  sourceLinkTemplate: "../../{path}#L{line}",
  skipErrorChecking: true, // tsc checks
  treatWarningsAsErrors: true,
  // How types are made, and what kernels and tables are told: the exports that name them say what they hold.
  intentionallyNotExported: ["NamesOf", "Viewed", "Memory", "Moves", "Size", "Settings", "loops"],
  validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true },
  // Of functions and members test/docs.test.ts asks more.
  requiredToBeDocumented: ["Class", "Interface", "TypeAlias", "Variable"],
};
