import { B as teardownStep, G as run } from "./shared.js";
// src/teardown.ts
await run(teardownStep);
export {};
