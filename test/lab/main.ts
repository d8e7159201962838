import { parseArgs } from "node:util";
import { labDown, labEnv, labUp } from "./lab.ts";

const usage =
  "usage: npm run lab:up [-- --podman] [-- --ssh] [-- --rootless] [-- --buildx] [-- --registry-tools] | lab:down [-- --purge] | lab:env";

const extras = ["podman", "ssh", "rootless", "buildx", "registry-tools"] as const;

const signal = new AbortController();
for (const [index, name] of (["SIGINT", "SIGTERM"] as const).entries()) {
  process.once(name, () => {
    process.exitCode = index === 0 ? 130 : 143;
    signal.abort(new Error(`stopped by ${name}`));
  });
}

const started = performance.now();

function log(line: string): void {
  process.stderr.write(`lab: ${line}\n`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** npm puts these before the PATH of what it runs, and they are nothing to a shell's. */
function withoutNpmFolders(path: string): string {
  const folders = path.split(":");
  const first = folders.findIndex((folder) => !/\/(node_modules\/\.bin|node-gyp-bin)$/.test(folder));
  return folders.slice(Math.max(first, 0)).join(":");
}

async function run(): Promise<void> {
  const { positionals, values } = parseArgs({
    options: {
      podman: { type: "boolean", default: false },
      ssh: { type: "boolean", default: false },
      rootless: { type: "boolean", default: false },
      buildx: { type: "boolean", default: false },
      "registry-tools": { type: "boolean", default: false },
      purge: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  switch (positionals.join(" ")) {
    case "up":
      await labUp({ log, signal: signal.signal, extras: extras.filter((name) => values[name]) });
      log(`up in ${((performance.now() - started) / 1000).toFixed(1)} s`);
      break;
    case "down":
      await labDown({ log, purge: values.purge });
      log(`down in ${((performance.now() - started) / 1000).toFixed(1)} s`);
      break;
    case "env":
      process.stdout.write(
        Object.entries(await labEnv())
          .map(
            ([name, value]) =>
              `export ${name}=${quote(name === "PATH" ? withoutNpmFolders(value) : value)}\n`,
          )
          .join(""),
      );
      break;
    default:
      throw new Error(usage);
  }
}

try {
  await run();
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode ||= 1;
}
