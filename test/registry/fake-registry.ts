// A registry of its own: distribution-spec in memory, with the faults that a test asks for. Runs in the test's process,
// but is spoken to over real HTTP. By hand: `npx tsx test/registry/fake-registry.ts [port]`.
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { pathToFileURL } from "node:url";

export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly headers?: Headers; readonly body?: string }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "reset" }
  | { readonly kind: "reset-after" }
  | { readonly kind: "truncate"; readonly bytes: number }
  | { readonly kind: "reset-mid-body"; readonly bytes: number }
  | { readonly kind: "flip-byte"; readonly at: number }
  | { readonly kind: "header"; readonly name: string; readonly value: string | undefined }
  | { readonly kind: "redirect"; readonly to: string; readonly status?: number }
  | { readonly kind: "expire-tokens" }
  | { readonly kind: "hang" };

type Headers = Readonly<Record<string, string | readonly string[]>>;

export type FaultRule = {
  readonly method?: string;
  readonly path?: RegExp;
  /** How many requests it strikes; 1 when left out. */
  readonly times?: number;
  readonly fault: Fault;
};

export type LoggedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly time: number;
  /** Scheme of the Authorization header; undefined when it was absent. */
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly socket: number;
  readonly body: string;
};

export type FakeRegistryOptions = {
  readonly auth?: "none" | "basic" | "bearer";
  readonly user?: string;
  readonly password?: string;
  /** Identity token that the token endpoint takes by POST. */
  readonly identityToken?: string;
  /** Seconds. */
  readonly expiresIn?: number;
  readonly tokenField?: "token" | "access_token";
  readonly host?: string;
  readonly realm?: string;
  readonly challenge?: string;
  readonly port?: number;
};

export type FakeRegistry = AsyncDisposable & {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly log: LoggedRequest[];
  readonly faults: FaultRule[];
  readonly tokens: Map<string, TokenGrant>;
  readonly putBlob: (repository: string, bytes: Uint8Array) => string;
  readonly putManifest: (repository: string, bytes: Uint8Array, mediaType: string, tag?: string) => string;
  readonly tagged: (repository: string, tag: string) => string | undefined;
  readonly requests: (method: string, path?: RegExp) => readonly LoggedRequest[];
  readonly close: () => Promise<void>;
};

type TokenGrant = { readonly scopes: readonly string[]; readonly expires: number };
type StoredManifest = { readonly bytes: Uint8Array; readonly mediaType: string };
type Repository = {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
  readonly uploads: Map<string, Uint8Array>;
};

export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const { auth = "none", user = "user", password = "secret", host: address = "127.0.0.1" } = options;
  const repositories = new Map<string, Repository>();
  const log: LoggedRequest[] = [];
  const faults: FaultRule[] = [];
  const struck = new Map<FaultRule, number>();
  const tokens = new Map<string, TokenGrant>();
  const sockets = new Map<Socket, number>();

  const repositoryOf = (name: string): Repository => {
    const known = repositories.get(name);
    if (known !== undefined) return known;
    const created: Repository = {
      blobs: new Map(),
      manifests: new Map(),
      tags: new Map(),
      uploads: new Map(),
    };
    repositories.set(name, created);
    return created;
  };

  const takeFault = (method: string, path: string): Fault | undefined => {
    const rule = faults.find(
      (candidate) =>
        (candidate.method === undefined || candidate.method === method) &&
        (candidate.path === undefined || candidate.path.test(path)) &&
        (struck.get(candidate) ?? 0) < (candidate.times ?? 1),
    );
    if (rule !== undefined) struck.set(rule, (struck.get(rule) ?? 0) + 1);
    return rule?.fault;
  };

  const isBasic = (header: string): boolean =>
    header === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  const isAllowed = (request: IncomingMessage, repository: string): boolean => {
    const header = request.headers.authorization ?? "";
    if (auth === "none") return true;
    if (auth === "basic") return isBasic(header);
    const grant = tokens.get(header.replace(/^Bearer /, ""));
    if (grant === undefined || grant.expires < Date.now()) return false;
    const wanted = request.method === "GET" || request.method === "HEAD" ? "pull" : "push";
    const action = request.method === "DELETE" ? "delete" : wanted;
    return grant.scopes.some((scope) => {
      const [, name, actions = ""] = /^repository:(.+):([^:]*)$/.exec(scope) ?? [];
      return name === repository && actions.split(",").includes(action);
    });
  };

  const giveToken = (request: IncomingMessage, url: URL, body: string): Answer => {
    const form = new URLSearchParams(body);
    const isPost = request.method === "POST";
    const basic = request.headers.authorization;
    const byForm =
      (form.get("grant_type") === "refresh_token" && form.get("refresh_token") === options.identityToken) ||
      (form.get("grant_type") === "password" &&
        form.get("username") === user &&
        form.get("password") === password);
    if (isPost ? !byForm : basic !== undefined && !isBasic(basic)) {
      return failed(401, "UNAUTHORIZED", "wrong user or password");
    }
    const scopes = isPost ? (form.get("scope") ?? "").split(" ") : url.searchParams.getAll("scope");
    // A visitor without a name may only read.
    const granted =
      isPost || basic !== undefined ? scopes : scopes.map((scope) => scope.replace(/:[^:]*$/, ":pull"));
    const token = randomUUID();
    const seconds = options.expiresIn ?? 300;
    tokens.set(token, { scopes: granted, expires: Date.now() + seconds * 1000 });
    const answer = { [options.tokenField ?? "token"]: token, expires_in: seconds };
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(answer) };
  };

  const answerTo = (request: IncomingMessage, url: URL, body: Buffer): Answer => {
    if (url.pathname === "/token") return giveToken(request, url, body.toString());
    const [, name = "", route = ""] =
      /^\/v2\/(.+?)\/((?:manifests|blobs|tags|referrers)\/.*)$/.exec(url.pathname) ?? [];
    if (!isAllowed(request, name)) {
      const realm = options.realm ?? `http://${hostOf(server)}/token`;
      const actions = request.method === "GET" || request.method === "HEAD" ? "pull" : "pull,push";
      const bearer = `Bearer realm="${realm}",service="fake",scope="repository:${name}:${actions}"`;
      const challenge = options.challenge ?? (auth === "basic" ? 'Basic realm="fake"' : bearer);
      return {
        ...failed(401, "UNAUTHORIZED", "authentication required"),
        headers: { "www-authenticate": challenge },
      };
    }
    if (url.pathname === "/v2/") return { status: 200, headers: {}, body: "{}" };
    return serve(repositoryOf(name), name, route, request, url, body);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? "/", `http://${hostOf(server)}`);
    const { method = "GET", headers, socket } = request;
    log.push({
      method,
      path: url.pathname,
      query: url.searchParams,
      time: performance.now(),
      authorization: headers.authorization?.split(" ")[0],
      headers,
      socket: sockets.get(socket) ?? 0,
      body: body.toString(),
    });
    const fault = takeFault(method, url.pathname);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "reset") return void socket.resetAndDestroy();
    if (fault?.kind === "delay") await new Promise((resolve) => void setTimeout(resolve, fault.ms));
    if (fault?.kind === "expire-tokens") tokens.clear();
    const answer = faulty(fault) ?? answerTo(request, url, body);
    if (fault?.kind === "reset-after") return void socket.resetAndDestroy();
    send(request, response, answer, fault);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.set(socket, sockets.size + 1);
  });
  await new Promise<void>((resolve) => void server.listen(options.port ?? 0, address, resolve));

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    host: hostOf(server),
    log,
    faults,
    tokens,
    putBlob: (repository, bytes) => {
      const digest = sha256(bytes);
      repositoryOf(repository).blobs.set(digest, bytes);
      return digest;
    },
    putManifest: (repository, bytes, mediaType, tag) => {
      const digest = sha256(bytes);
      repositoryOf(repository).manifests.set(digest, { bytes, mediaType });
      if (tag !== undefined) repositoryOf(repository).tags.set(tag, digest);
      return digest;
    },
    tagged: (repository, tag) => repositoryOf(repository).tags.get(tag),
    requests: (method, path = /^/) => log.filter((entry) => entry.method === method && path.test(entry.path)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Answer = { readonly status: number; readonly headers: Headers; readonly body?: Uint8Array | string };

function serve(
  repository: Repository,
  name: string,
  route: string,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
): Answer {
  const [kind = "", ...rest] = route.split("/");
  const last = rest.join("/");
  if (kind === "tags") return listTags(repository, name, url);
  if (kind === "referrers") return { status: 404, headers: {} };
  if (kind === "manifests") return serveManifest(repository, name, last, request, body);
  if (rest[0] === "uploads") return serveUpload(repository, name, rest[1], request, url, body);
  const blob = repository.blobs.get(last);
  if (blob === undefined) return failed(404, "BLOB_UNKNOWN", `no blob ${last}`);
  if (request.method === "DELETE") {
    repository.blobs.delete(last);
    return { status: 202, headers: {} };
  }
  const headers = { "content-type": "application/octet-stream", "docker-content-digest": last };
  return { status: 200, headers, body: blob };
}

function serveManifest(
  repository: Repository,
  name: string,
  target: string,
  request: IncomingMessage,
  body: Buffer,
): Answer {
  const { manifests, tags } = repository;
  if (request.method === "PUT") {
    const digest = target.startsWith("sha512:") ? sha512(body) : sha256(body);
    if (target.includes(":") && target !== digest)
      return failed(400, "DIGEST_INVALID", "digest does not match");
    const missing = childrenOf(body).filter((child) => !manifests.has(child));
    if (missing.length > 0) return failed(404, "MANIFEST_BLOB_UNKNOWN", `no manifest ${missing.join(", ")}`);
    manifests.set(digest, { bytes: body, mediaType: request.headers["content-type"] ?? "" });
    if (!target.includes(":")) tags.set(target, digest);
    const location = `/v2/${name}/manifests/${digest}`;
    return { status: 201, headers: { location, "docker-content-digest": digest } };
  }
  const digest = target.includes(":") ? target : tags.get(target);
  const manifest = digest === undefined ? undefined : manifests.get(digest);
  if (digest === undefined || manifest === undefined)
    return failed(404, "MANIFEST_UNKNOWN", `no manifest ${target}`);
  if (request.method === "DELETE") {
    if (target.includes(":")) manifests.delete(digest);
    for (const [tag, pointed] of tags) if (tag === target || pointed === target) tags.delete(tag);
    return { status: 202, headers: {} };
  }
  const headers = { "content-type": manifest.mediaType, "docker-content-digest": digest };
  return { status: 200, headers, body: manifest.bytes };
}

function childrenOf(body: Buffer): readonly string[] {
  const document = JSON.parse(body.toString()) as {
    readonly manifests?: readonly { readonly digest: string }[];
  };
  return (document.manifests ?? []).map(({ digest }) => digest);
}

function serveUpload(
  repository: Repository,
  name: string,
  id: string | undefined,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
): Answer {
  const digest = url.searchParams.get("digest");
  if (request.method === "POST" && digest === null) {
    const created = randomUUID();
    repository.uploads.set(created, new Uint8Array());
    return { status: 202, headers: { location: `/v2/${name}/blobs/uploads/${created}`, range: "0-0" } };
  }
  const before = request.method === "POST" ? new Uint8Array() : repository.uploads.get(id ?? "");
  if (before === undefined) return failed(404, "BLOB_UPLOAD_UNKNOWN", "no such upload");
  const bytes = Buffer.concat([before, body]);
  if (request.method === "PATCH") {
    repository.uploads.set(id ?? "", bytes);
    const location = `/v2/${name}/blobs/uploads/${id}`;
    return { status: 202, headers: { location, range: `0-${bytes.length - 1}` } };
  }
  if (digest !== sha256(bytes)) return failed(400, "DIGEST_INVALID", "digest does not match");
  repository.uploads.delete(id ?? "");
  repository.blobs.set(digest, bytes);
  const location = `/v2/${name}/blobs/${digest}`;
  return { status: 201, headers: { location, "docker-content-digest": digest } };
}

function listTags(repository: Repository, name: string, url: URL): Answer {
  const after = url.searchParams.get("last") ?? "";
  const most = Number(url.searchParams.get("n") ?? 1000);
  const tags = [...repository.tags.keys()].toSorted().filter((tag) => tag > after);
  return { status: 200, headers: {}, body: JSON.stringify({ name, tags: tags.slice(0, most) }) };
}

function faulty(fault: Fault | undefined): Answer | undefined {
  if (fault?.kind === "status") {
    return { status: fault.status, headers: fault.headers ?? {}, body: fault.body ?? "" };
  }
  if (fault?.kind === "redirect") return { status: fault.status ?? 307, headers: { location: fault.to } };
  return undefined;
}

function failed(status: number, code: string, message: string): Answer {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return { status, headers: { "content-type": "application/json" }, body };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  fault: Fault | undefined,
): void {
  const body = Buffer.from(answer.body ?? "");
  if (fault?.kind === "flip-byte") body[fault.at] = (body[fault.at] ?? 0) ^ 1;
  const headers: Record<string, string | string[]> = { "content-length": String(body.length) };
  for (const [name, value] of Object.entries(answer.headers)) {
    headers[name] = typeof value === "string" ? value : [...value];
  }
  if (fault?.kind === "header") {
    if (fault.value === undefined) delete headers[fault.name];
    else headers[fault.name] = fault.value;
  }
  if (fault?.kind === "truncate") headers["content-length"] = String(fault.bytes);
  response.writeHead(answer.status, headers);
  if (request.method === "HEAD") response.end();
  else if (fault?.kind === "truncate") response.end(body.subarray(0, fault.bytes));
  else if (fault?.kind === "reset-mid-body") {
    response.write(body.subarray(0, fault.bytes), () => void request.socket.resetAndDestroy());
  } else response.end(body);
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function sha512(bytes: Uint8Array): string {
  return `sha512:${createHash("sha512").update(bytes).digest("hex")}`;
}

function hostOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const registry = await startFakeRegistry({ port: Number(process.argv[2] ?? 0) });
  process.stdout.write(`${registry.host}\n`);
}
