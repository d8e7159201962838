import { lt as setupStep, ut as run } from "./shared.js";
// src/setup.ts
await run(setupStep);
export {};
