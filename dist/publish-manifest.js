import { dt as run, st as publishStep } from "./shared.js";
// src/publish-manifest.ts
await run(publishStep);
export {};
