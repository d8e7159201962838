import { formatCsv, parseCsv } from "../buildkit/csv.ts";
import { apiHost, speaksHttp } from "./url.ts";

/** How one registry is to be reached, said once for the daemon, for buildctl and for ourselves. */
export interface RegistryTrust {
  /** `host[:port]`. */
  readonly host: string;
  readonly mirrors: readonly string[];
  /** Plain HTTP or not, where that is said. */
  readonly http?: boolean;
  /** HTTPS with any certificate. */
  readonly insecure: boolean;
  /** Paths of PEM files. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const fieldNames = ["http", "insecure", "mirror", "ca", "cert", "key"];

/** `host[:port]` and fields behind commas: `http`, `insecure`, `mirror=HOST`, `ca=FILE`, `cert=FILE`, `key=FILE`. */
export function parseRegistryTrust(text: string): RegistryTrust {
  const [host = "", ...fields] = parseCsv(text);
  if (!/^(\[[0-9a-f:]+\]|[\w.-]+)(:\d+)?$/i.test(host)) {
    throw new Error(`${JSON.stringify(host)} is not a registry's host[:port]`);
  }
  const values = new Map<string, string[]>();
  for (const field of fields) {
    const [, name = "", value = "true"] = /^([^=]*)(?:=(.*))?$/s.exec(field) ?? [];
    if (!fieldNames.includes(name)) {
      throw new Error(`${host}: unknown field ${JSON.stringify(name)}: there are ${fieldNames.join(", ")}`);
    }
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  const file = (name: "ca" | "cert" | "key") => {
    const [path] = values.get(name) ?? [];
    return path === undefined ? {} : { [name]: path };
  };
  const flag = (name: string): boolean | undefined => {
    const value = values.get(name)?.at(-1);
    if (value === undefined) return undefined;
    if (value !== "true" && value !== "false") throw new Error(`${host}: ${name} is true or false`);
    return value === "true";
  };
  const http = flag("http");
  if (values.has("cert") !== values.has("key")) throw new Error(`${host}: cert and key belong together`);
  return {
    host,
    mirrors: values.get("mirror") ?? [],
    ...(http === undefined ? {} : { http }),
    insecure: flag("insecure") ?? false,
    ...file("ca"),
    ...file("cert"),
    ...file("key"),
  };
}

/** The registries as tables of a buildkitd.toml. `fileAt` gives the daemon's path of one of our files. */
export function renderRegistryToml(
  registries: readonly RegistryTrust[],
  fileAt: (path: string) => string,
): string {
  const text = (value: string): string => JSON.stringify(value);
  return registries
    .map((trust) => {
      const { ca, cert, host, insecure, key, mirrors } = trust;
      const http = speaksHttp(trust);
      return [
        `[registry.${text(host)}]`,
        ...(mirrors.length === 0 ? [] : [`  mirrors = [${mirrors.map(text).join(", ")}]`]),
        ...(http === undefined ? [] : [`  http = ${http}`]),
        ...(insecure ? ["  insecure = true"] : []),
        ...(ca === undefined ? [] : [`  ca = [${text(fileAt(ca))}]`]),
        ...(cert === undefined || key === undefined
          ? []
          : [
              `  [[registry.${text(host)}.keypair]]`,
              `    key = ${text(fileAt(key))}`,
              `    cert = ${text(fileAt(cert))}`,
            ]),
        "",
      ].join("\n");
    })
    .join("\n");
}

/** `--registry-auth-tlscontext` of buildctl, which asks for the tokens itself. */
export function authTlsArguments(registries: readonly RegistryTrust[]): string[] {
  return registries
    .filter(({ ca, cert, insecure }) => insecure || ca !== undefined || cert !== undefined)
    .map(({ ca, cert, host, insecure, key }) => {
      const fields = [
        `host=${apiHost(host)}`,
        ...(ca === undefined ? [] : [`ca=${ca}`]),
        ...(cert === undefined ? [] : [`cert=${cert}`]),
        ...(key === undefined ? [] : [`key=${key}`]),
        ...(insecure ? ["insecure=true"] : []),
      ];
      return `--registry-auth-tlscontext=${formatCsv(fields)}`;
    });
}
