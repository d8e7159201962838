import { createConnection, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export type Distance = AsyncDisposable & {
  /** `127.0.0.1:PORT`, as if it were far away. */
  readonly host: string;
};

/**
 * The server at `host`, a round trip of so many milliseconds away. Connections open at once, so that what is measured are
 * the round trips of requests alone.
 */
export async function startDistance(host: string, roundTrip: number): Promise<Distance> {
  const [address = "", port = ""] = host.split(":");
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    let last: Promise<unknown> = Promise.resolve();
    const later = (work: () => void): void => {
      // Each chunk is so long on its way, and none overtakes another.
      const arrival = Promise.all([last, delay(roundTrip / 2)]);
      last = arrival.then(work);
    };
    from.on("data", (chunk) => later(() => void to.write(chunk)));
    from.on("end", () => later(() => void to.end()));
    from.on("error", () => to.destroy());
  };
  const server = createServer((near) => {
    const far = createConnection(Number(port), address);
    for (const socket of [near, far]) {
      socket.setNoDelay();
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
