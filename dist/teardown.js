import { dt as run, ot as teardownStep } from "./shared.js";
// src/teardown.ts
await run(teardownStep);
export {};
