import { at as run, tt as publishStep } from "./shared.js";
// src/publish-manifest.ts
await run(publishStep);
export {};
