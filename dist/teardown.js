import { K as run, V as teardownStep } from "./shared.js";
// src/teardown.ts
await run(teardownStep);
export {};
