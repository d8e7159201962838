// undici's own files, loaded one by one: its index also loads fetch, websockets and mocks, which takes twice as long.

declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}

declare module "undici/lib/core/connect.js" {
  import type { Socket } from "node:net";
  import type { buildConnector } from "undici";
  type Connect = (...args: Parameters<buildConnector.connector>) => Socket;
  export default function connector(options: buildConnector.BuildOptions): Connect;
}

declare module "undici/lib/api/api-request.js" {
  import type { Dispatcher } from "undici";
  /** What the index makes a method of every dispatcher. */
  export default function request(
    this: Dispatcher,
    options: Dispatcher.RequestOptions,
  ): Promise<Dispatcher.ResponseData>;
}
