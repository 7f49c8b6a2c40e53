// `npm run -s bench:pack -- [FOLDER] [--folder]`: check and bench in a folder that runs without Node, npm and a network.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { type BuildOptions, build } from "esbuild";

const USAGE = `usage: npm run -s bench:pack -- [FOLDER] [--folder]

  FOLDER    to be made, and FOLDER.tar.gz beside it; runs/pack unless given
  --folder  without the archive
`;

const ROOT = path.join(import.meta.dirname, "..");
/** Most bytes that the archive may have. */
const LIMIT = 60 * 2 ** 20;

/** The peers that are packed. onnxruntime-node is not: its library would take the archive past the limit. */
const PEERS = [
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-layers",
  "@tensorflow/tfjs-backend-webgpu",
  "@jax-js/jax",
];

/**
 * Files of packages that are found as files when the program runs: SwiftShader's package is found by its entry, and benny's
 * `benchmark` asks for two others in a way that no bundler sees.
 */
const PACKAGES = {
  webgpu: ["package.json", "LICENSE.md", "index.js", "dist/linux-x64/dawn.node"],
  "@sparticuz/chromium": ["package.json", "LICENSE", "build/cjs/index.cjs", "bin/swiftshader.tar.br"],
  benchmark: ["package.json", "LICENSE", "benchmark.js"],
  lodash: ["package.json", "LICENSE", "lodash.js"],
  platform: ["package.json", "LICENSE", "platform.js"],
};

/** Libraries of glibc, which must be the machine's own. */
const GLIBC = /^(linux-vdso|ld-linux-x86-64|libc|libm|libdl|libpthread|librt)\.so/;

/** Fills a new folder. Throws where it exists, and on another machine than Linux on x64. */
async function pack(folder: string): Promise<void> {
  const machine = `${process.platform} ${process.arch}`;
  if (machine !== "linux x64") {
    throw new Error(`this is ${machine} but the Node that is packed must be one for linux x64`);
  }
  if (existsSync(folder)) {
    throw new Error(`${folder} exists but must be new; remove it or name another folder`);
  }
  try {
    await fill(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fill(folder: string): Promise<void> {
  mkdirSync(path.join(folder, "lib"), { recursive: true });
  const copy = (from: string, to: string) => cpSync(path.join(ROOT, from), path.join(folder, to));
  copy("bench/pack/run.sh", "run.sh");
  copy("bench/pytorch.py", "pytorch.py");
  copy("LICENSE", "LICENSE");
  copyFileSync(process.execPath, path.join(folder, "node"));
  for (const [name, files] of Object.entries(PACKAGES)) {
    for (const file of files) copy(`node_modules/${name}/${file}`, `node_modules/${name}/${file}`);
  }
  for (const file of ["node", "node_modules/webgpu/dist/linux-x64/dawn.node"]) {
    for (const library of libraries(path.join(folder, file))) {
      copyFileSync(library, path.join(folder, "lib", path.basename(library)));
    }
  }
  await bundle({
    entryPoints: { knotgrad: "src/node/cli.ts", bench: "bench/index.ts" },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    external: Object.keys(PACKAGES),
    // What is bundled of CommonJS asks for Node's modules by it.
    banner: {
      js: `import * as nodeModule from "node:module";\nconst require = nodeModule.createRequire(import.meta.url);`,
    },
  });
  const missing = await packPeers(path.join(folder, "peers"));
  for (const name of missing) {
    process.stderr.write(
      `bench:pack: ${name} is left out: it is not installed; run \`npm ci --prefix bench/peers\`\n`,
    );
  }
}

/** Every peer in one file each, where bench/installed.ts looks for it. Gives those that are not installed. */
async function packPeers(folder: string): Promise<string[]> {
  const manifest = path.join(ROOT, "bench/peers/package.json");
  mkdirSync(folder);
  copyFileSync(manifest, path.join(folder, "package.json"));
  const missing: string[] = [];
  for (const name of PEERS) {
    // Those of the repository's own tests are not those that are compared with.
    if (!existsSync(path.join(path.dirname(manifest), "node_modules", name))) {
      missing.push(name);
      continue;
    }
    const entry = createRequire(manifest).resolve(name);
    const outfile = path.join(folder, "node_modules", name, "index.js");
    await bundle({ entryPoints: [entry], outfile, format: "cjs", external: PEERS });
    writeFileSync(
      path.join(path.dirname(outfile), "package.json"),
      JSON.stringify({ name, main: "index.js" }),
    );
  }
  return missing;
}

const bundle = (options: BuildOptions) =>
  build({
    absWorkingDir: ROOT,
    bundle: true,
    platform: "node",
    target: "node20",
    logLevel: "error",
    ...options,
  });

/** Paths of the shared libraries, but glibc's, that a file needs. Throws where one is not found. */
function libraries(file: string): string[] {
  const lines = execFileSync("ldd", [file], { encoding: "utf8" }).trim().split("\n");
  return lines.flatMap((line) => {
    const [, name, found] = line.match(/^\s*(\S+)(?: => (.+?))?(?: \(0x\w+\))?$/)!;
    if (GLIBC.test(path.basename(name!))) return [];
    if (!found?.startsWith("/")) throw new Error(`${file} needs ${name} but it is ${found}`);
    return [found];
  });
}

/** Writes FOLDER.tar.gz and gives its bytes. Throws where they are too many. */
function compress(folder: string): number {
  const archive = `${folder}.tar.gz`;
  execFileSync("tar", ["-czf", archive, "-C", path.dirname(folder), path.basename(folder)]);
  const { size } = statSync(archive);
  if (size >= LIMIT) {
    throw new Error(`${archive} has ${mebibytes(size)} but it must be less than ${mebibytes(LIMIT)}`);
  }
  return size;
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

try {
  const { values, positionals } = parseArgs({
    options: { folder: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  if (values.help) process.stdout.write(USAGE);
  else {
    if (positionals.length > 1)
      throw new Error(`${positionals.length} folders are given but it takes one\n${USAGE}`);
    const folder = path.resolve(positionals[0] ?? path.join(ROOT, "runs/pack"));
    await pack(folder);
    process.stdout.write(`${folder}/run.sh OUT_FOLDER\n`);
    if (!values.folder) {
      const size = compress(folder);
      process.stdout.write(`${folder}.tar.gz, ${mebibytes(size)}\n`);
    }
  }
} catch (error) {
  process.stderr.write(`bench:pack: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
