import { ot as publishStep, ut as run } from "./shared.js";
// src/publish-manifest.ts
await run(publishStep);
export {};
