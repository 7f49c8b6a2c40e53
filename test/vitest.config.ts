import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // What imports the package by its name, as programs do, gets src here.
  ssr: { resolve: { conditions: ["knotgrad-source", ...defaultServerConditions] } },
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A software adapter already uses every core, so files run one after the other.
    fileParallelism: false,
  },
});
