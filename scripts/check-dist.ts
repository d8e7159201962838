import { execFileSync } from "node:child_process";

// Whoever runs the action runs what is committed, so it must be what the sources say.
execFileSync("npm", ["run", "--silent", "build"], { stdio: ["ignore", "ignore", "inherit"] });
const changed = execFileSync("git", ["status", "--porcelain", "--", "dist"], { encoding: "utf8" });
if (changed !== "") {
  process.stderr.write(`dist/ was not what a fresh build makes; commit what it is now:\n${changed}`);
  process.exitCode = 1;
}
