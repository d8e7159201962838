import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderActionYml } from "./action-yml.ts";
import { documentedJobs } from "./jobs.ts";
import { renderReadme } from "./readme.ts";

for (const job of documentedJobs) {
  if (job.actionFolder !== undefined) {
    writeFileSync(join(job.actionFolder, "action.yml"), renderActionYml(job));
  }
}
writeFileSync("README.md", renderReadme(readFileSync("README.md", "utf8")));
