import { WorkError } from "../../errors.ts";

/**
 * The port of this machine's loopback in the output of `docker port` or `podman port`: `127.0.0.1:49153`, or
 * `1234/tcp -> 127.0.0.1:49153` when not asked for one port. Throws where the port is open to others.
 */
export function parsePublishedPort(text: string): number {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^.*->/, "").trim())
    .filter((line) => line !== "");
  const ports = lines.map((line) => Number(/^127\.0\.0\.1:(\d+)$/.exec(line)?.[1]));
  const [port] = ports;
  if (port === undefined) throw new WorkError("the container's port is not published");
  if (ports.some((each) => !(each > 0 && each < 65_536) || each !== port)) {
    throw new WorkError(
      `the container's port is published as ${lines.join(", ")} and not on 127.0.0.1 alone`,
      {
        fix: "leave --publish out of the options for the container",
      },
    );
  }
  return port;
}
