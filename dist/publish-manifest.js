import { a as run, n as publishJob } from "./shared.js";
// src/publish-manifest.ts
await run(publishJob);
export {};
