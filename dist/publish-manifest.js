import { H as publishStep, K as run } from "./shared.js";
// src/publish-manifest.ts
await run(publishStep);
export {};
