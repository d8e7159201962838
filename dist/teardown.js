import { at as teardownStep, ut as run } from "./shared.js";
// src/teardown.ts
await run(teardownStep);
export {};
