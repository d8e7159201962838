import { appendToEnvFile, namedEnvFile } from "./env-file.ts";
import type { Host, HostWorld } from "./host.ts";
import { stepVariables } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";

/**
 * Jenkins: a console without groups and annotations, which masks what `withCredentials` binds and nothing else. Values go
 * to the file that MULTIARCH_ENV_FILE names, for `readProperties file: '…'`.
 */
export function createJenkinsHost(world: HostWorld): Host {
  return createStreamHost("jenkins", world, {
    handOn: (outputs) => {
      const lines = stepVariables(outputs).map(([name, value]) => `${name}=${escape(value)}\n`);
      appendToEnvFile(namedEnvFile(world.env), lines.join(""));
    },
  });
}

/** https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load-java.io.Reader- */
function escape(value: string): string {
  return value
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replace(/^ /, "\\ ")
    .replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
