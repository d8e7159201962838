import type { Env } from "../inputs/parse.ts";
import type { Host } from "./host.ts";

/** Which host the environment describes. */
export function detectHost(env: Env): Host["name"] {
  return env["GITHUB_ACTIONS"] === "true" ? "github" : "plain";
}
