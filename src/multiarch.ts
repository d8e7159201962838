#!/usr/bin/env node
import { run } from "./run.ts";
import { multiarchJob } from "./steps/multiarch/job.ts";

const [word, ...rest] = process.argv.slice(2);

// The words are the names of the other entrypoints.
switch (word) {
  case "setup":
  case "build":
  case "publish-manifest":
  case "teardown": {
    process.argv = [...process.argv.slice(0, 2), ...rest];
    await import(`./${word}.ts`);
    break;
  }
  default:
    await run(multiarchJob);
}
