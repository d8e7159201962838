import { S as run, l as publishJob } from "./shared.js";
// src/publish-manifest.ts
await run(publishJob);
export {};
