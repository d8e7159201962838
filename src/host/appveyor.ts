import { describeError } from "../errors.ts";
import { createDeliveries } from "./deliveries.ts";
import type { Annotation, Host, HostWorld } from "./host.ts";
import { type LogSyntax, plainSyntax } from "./log.ts";
import { stepVariables } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";

const timeoutMilliseconds = 10_000;

/**
 * AppVeyor: no groups, nothing that masks at run time. Messages and variables go to the build worker on this machine, as
 * its program `appveyor` sends them: https://www.appveyor.com/docs/build-worker-api/.
 */
export function createAppveyorHost(world: HostWorld): Host {
  const { send, finish } = createDeliveries((error) => host.log.debug(describeError(error)));
  const worker = world.env["APPVEYOR_API_URL"] ?? "";
  const post = (path: string, body: Readonly<Record<string, unknown>>): void => {
    if (URL.canParse(worker)) send(() => postJson(new URL(path, worker), body));
  };
  const host = createStreamHost("appveyor", world, {
    syntax: appveyorSyntax(post),
    handOn: async (outputs) => {
      for (const [name, value] of stepVariables(outputs)) post("api/build/variables", { name, value });
      await finish();
    },
    close: finish,
  });
  return host;
}

function appveyorSyntax(post: (path: string, body: Readonly<Record<string, unknown>>) => void): LogSyntax {
  const annotate = (category: string, message: string, { file, line }: Annotation): void => {
    if (file === undefined) post("api/build/messages", { message, category });
    else {
      const place = { fileName: file, ...(line === undefined ? {} : { line }) };
      post("api/build/compilationmessages", { message, category, ...place });
    }
  };
  return {
    ...plainSyntax,
    warning: (text, about) => {
      annotate("warning", text, about);
      return plainSyntax.warning(text, about);
    },
    error: (text, about) => {
      annotate("error", text, about);
      return plainSyntax.error(text, about);
    },
  };
}

async function postJson(url: URL, body: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the build worker answered ${url.pathname} with ${response.status}`);
}
