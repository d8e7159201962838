/** What BuildKit's errors commonly mean, and what to do about it; the first that fits is used. */
const advice: readonly (readonly [RegExp, (platform: string) => string])[] = [
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
      "the BuildKit daemon can't reach that address; a registry on this machine's loopback needs --network host at setup",
  ],
  [
    /server gave HTTP response to HTTPS client/i,
    () => "the registry speaks plain HTTP: say so in buildkitd-config",
  ],
  [/x509: /i, () => "the daemon does not trust the registry's certificate: give its CA in buildkitd-config"],
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
  return advice.find(([pattern]) => pattern.test(text))?.[1](platform);
}
