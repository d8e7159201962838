import { dt as run, ut as setupStep } from "./shared.js";
// src/setup.ts
await run(setupStep);
export {};
