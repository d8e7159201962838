/** What BuildKit's errors commonly mean, and what to do about it; the first that fits is used. */
const advice: readonly (readonly [RegExp, (platform: string, host: string) => string])[] = [
  [
    /error while dialing|failed to list workers|^context deadline exceeded$/im,
    () => "the BuildKit daemon does not answer: is it still running? setup starts one; builder names another",
  ],
  [
    /granting entitlement (\S+) is not allowed by build daemon/i,
    () => "the daemon must allow it, too: give setup the same allow",
  ],
  [
    /failed to load LLB: \S+ is not allowed/i,
    () => "the Dockerfile asks for a privilege: give build and setup allow with its name",
  ],
  [
    /exec format error/i,
    (platform) =>
      `nothing here runs programs for ${platform}: run setup with this platform, which registers QEMU`,
  ],
  [
    /qemu: uncaught target signal|signal: (segmentation fault|illegal instruction)/i,
    (platform) =>
      `QEMU crashed on ${platform}: try another binfmt-image, or a machine that runs ${platform} itself`,
  ],
  [
    /no match for platform in manifest|does not provide the specified platform|no matching manifest/i,
    (platform) => `the base image has no ${platform}: choose one that has, or leave the platform out`,
  ],
  [
    /insufficient_scope|401 Unauthorized|403 Forbidden|authorization failed|access denied|no basic auth credentials/i,
    () =>
      "the registry refused the credentials: run docker login for it, with an account that may push there",
  ],
  [
    /connection refused|no such host|network is unreachable|i\/o timeout/i,
    () =>
      "the BuildKit daemon can't reach that address; a registry on this machine's loopback needs --daemon-network host at setup",
  ],
  [
    /server gave HTTP response to HTTPS client/i,
    (_, host) => `the registry speaks plain HTTP: say so at setup with registries: ${host},http`,
  ],
  [
    /certificate signed by unknown authority/i,
    (_, host) =>
      `the daemon does not know who signed the registry's certificate: say it at setup with registries: ${host},ca=FILE`,
  ],
  [/x509: /i, (_, host) => `the certificate of ${host} is not good: renew it, or use the name that is in it`],
  [
    /remote error: tls: (?:bad certificate|certificate required|unknown certificate|handshake failure)/i,
    (_, host) =>
      `the registry wants a client certificate: give it at setup with registries: ${host},cert=FILE,key=FILE`,
  ],
  [
    /429 Too Many Requests|toomanyrequests/i,
    () => "the registry limits requests: log in, or wait and run again",
  ],
  [/no space left on device/i, () => "the disk of the BuildKit daemon is full"],
  [
    /exit code: 137|signal: killed|cannot allocate memory/i,
    () => "the step was killed, most likely for want of memory",
  ],
];

/** Advice for the text of a failed solve, or undefined when its own words must do. */
export function solveAdvice(text: string, platform: string): string | undefined {
  const host = /\bhttps?:\/\/([^/\s"\\]+)\//.exec(text)?.[1] ?? "HOST";
  return advice.find(([pattern]) => pattern.test(text))?.[1](platform, host);
}

/** What registries and the way to them do for a moment, and what goes away by itself. */
const passing =
  /unexpected status[^\n]*: (408|425|429|499|50[0-4]|522)\b|429 Too Many Requests|toomanyrequests|(500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|504 Gateway Timeout)|connection reset by peer|TLS handshake timeout|unexpected EOF|i\/o timeout|server misbehaving|http2: server sent GOAWAY/i;

/**
 * Whether a failed solve may well succeed when it is tried again. What a RUN step printed does not count: what failed there
 * has failed.
 */
export function isPassing(error: string): boolean {
  return passing.test(error) && !/did not complete successfully: exit code/.test(error);
}
