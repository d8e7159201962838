import { at as run, et as teardownStep } from "./shared.js";
// src/teardown.ts
await run(teardownStep);
export {};
