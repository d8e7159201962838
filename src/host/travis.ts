import type { Host, HostWorld } from "./host.ts";
import { joinLines, type LogSyntax, plainSyntax } from "./log.ts";
import { createStreamHost } from "./stream-host.ts";

/**
 * Travis CI: folds, which are read on stderr as well, because a job has one terminal for both streams. Its phases are one
 * shell, so that values get to later lines by `eval "$(… --print shell)"` alone.
 */
export function createTravisHost(world: HostWorld): Host {
  return createStreamHost("travis", world, { syntax: travisSyntax(world.now) });
}

/** As https://github.com/travis-ci/travis-build/tree/master/lib/travis/build/bash writes its own. */
function travisSyntax(now: () => number): LogSyntax {
  let count = 0;
  const fold = (title: string, body: string): string => {
    const name = `multiarch.${now()}.${++count}`;
    return joinLines(
      `travis_fold:start:${name}\r\u001b[0K${title}`,
      body,
      `travis_fold:end:${name}\r\u001b[0K`,
    );
  };
  return { ...plainSyntax, group: fold, untrusted: fold };
}
