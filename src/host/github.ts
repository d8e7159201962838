import type { Host } from "./host.ts";

/** GitHub Actions (and what runs its actions): commands on stdout, outputs through the runner's files. */
export async function createGithubHost(): Promise<Host> {
  const core = await import("@actions/core");
  return {
    name: "github",
    log: {
      debug: core.debug,
      info: core.info,
      warning: (message) => core.warning(message),
      error: (message) => core.error(message),
      group: (title, lines) => {
        core.startGroup(title);
        core.info(lines.join("\n"));
        core.endGroup();
      },
    },
    mask: core.setSecret,
    emit: ({ outputs, variables, paths }) => {
      for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
      for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
      for (const path of paths) core.addPath(path);
    },
  };
}
