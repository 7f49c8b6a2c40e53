// Runs train.ts in Node: npm run -s example examples/tfjs/index.ts. In a browser, import the backend and train.ts alone.
import { asBrowser } from "./node.ts";

await asBrowser();
await import("@tensorflow/tfjs-backend-webgpu");
const { train } = await import("./train.ts");
await train(console.log);
