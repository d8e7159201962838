import type { Pairs } from "./buildctl.ts";

const variables: Readonly<Record<string, string>> = {
  httpProxy: "HTTP_PROXY",
  httpsProxy: "HTTPS_PROXY",
  ftpProxy: "FTP_PROXY",
  noProxy: "NO_PROXY",
  allProxy: "ALL_PROXY",
};

/**
 * The build arguments that `docker build` makes of `proxies` in docker's config.json: those of the engine's address, else
 * the default ones, each in both spellings.
 */
export function proxyArguments(config: unknown, dockerHost: string | undefined): Pairs {
  const proxies = member(config, "proxies");
  const chosen = (dockerHost ? member(proxies, dockerHost) : undefined) ?? member(proxies, "default");
  return Object.entries(variables).flatMap(([name, variable]): Pairs => {
    const value = member(chosen, name);
    return typeof value === "string" && value !== ""
      ? [
          [variable, value],
          [variable.toLowerCase(), value],
        ]
      : [];
  });
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
