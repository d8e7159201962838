import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderActionYml } from "./action-yml.ts";
import { documentedSteps } from "./steps.ts";
import { renderReadme } from "./readme.ts";

for (const step of documentedSteps) {
  if (step.actionFolder !== undefined) {
    writeFileSync(join(step.actionFolder, "action.yml"), renderActionYml(step));
  }
}
writeFileSync("README.md", renderReadme(readFileSync("README.md", "utf8")));
