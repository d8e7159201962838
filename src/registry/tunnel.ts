import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect as tlsConnect, type ConnectionOptions } from "node:tls";
import type { buildConnector } from "undici";

import { WorkError } from "../errors.ts";
import { ProxyError } from "./error.ts";
import { urlHostname } from "./url.ts";

/** The login of a proxy's URL, for the proxy alone. Throws WorkError for a proxy that does not speak HTTP. */
export function proxyHeaders(proxy: URL): Readonly<Record<string, string>> {
  if (!/^https?:$/.test(proxy.protocol)) {
    throw new WorkError(`the proxy ${proxy.protocol}//${proxy.host} does not speak HTTP`, {
      fix: "name an http:// or https:// proxy in HTTPS_PROXY and HTTP_PROXY",
    });
  }
  const { username, password } = proxy;
  if (username === "") return {};
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { "proxy-authorization": `Basic ${login.toString("base64")}` };
}

/** Connects through a proxy: CONNECT (RFC 9110, 9.3.6), and TLS with the registry itself inside the tunnel. */
export function tunnelConnector(
  proxy: URL,
  tls: ConnectionOptions,
  timeout: number,
): buildConnector.connector {
  const login = proxyHeaders(proxy);
  return ({ hostname, port, servername }, callback) => {
    const target = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port === "" ? 443 : port}`;
    const opening = (proxy.protocol === "https:" ? tlsRequest : plainRequest)({
      host: urlHostname(proxy),
      port: proxy.port,
      method: "CONNECT",
      path: target,
      headers: { host: target, ...login },
      agent: false,
    });
    let socket: Socket | undefined;
    const timer = setTimeout(() => {
      const cause = Object.assign(new Error(`no tunnel within ${timeout / 1000} s`), { code: "ETIMEDOUT" });
      fail(new ProxyError(proxy, "does not answer", { cause }));
    }, timeout);
    let fail = (error: Error): void => {
      // What follows from the first failure is not told again.
      fail = () => {};
      clearTimeout(timer);
      opening.destroy();
      socket?.destroy();
      callback(error, null);
    };
    opening.on("error", (cause) => fail(new ProxyError(proxy, "does not answer", { cause })));
    opening.on("connect", ({ statusCode: status = 0 }: IncomingMessage, tunnel: Socket) => {
      tunnel.on("error", (error) => fail(error));
      socket = tunnel;
      if (status !== 200) return fail(new ProxyError(proxy, `answered ${status}`, { status }));
      const inside = tlsConnect({
        ...tls,
        socket: tunnel,
        ...(servername ? { servername } : { host: hostname }),
      });
      socket = inside;
      const onError = (error: Error): void => fail(error);
      inside.on("error", onError);
      inside.once("secureConnect", () => {
        clearTimeout(timer);
        fail = () => {};
        inside.off("error", onError);
        callback(null, inside);
      });
    });
    opening.end();
  };
}
