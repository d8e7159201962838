import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { writeContext } from "./context.ts";
import type { TestJob } from "./job.ts";

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What came with each request as authorization. */
  readonly authorizations: readonly string[];
}

/** Serves the bare repositories in a folder by `git http-backend`, only with the `authorization` where one is given. */
export async function startGitServer(folder: string, authorization?: string): Promise<GitServer> {
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    // The name of the scheme may be written in any way (RFC 9110, 11.1); git's is written small by BuildKit.
    const given = (request.headers.authorization ?? "").replace(/^basic /i, "Basic ");
    authorizations.push(given);
    if (authorization === undefined || given === authorization) {
      serve(folder, request, response);
    } else {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    }
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorizations,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

/** As a CGI program: https://git-scm.com/docs/git-http-backend, RFC 3875 */
function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(backend.stdin);
  let head = Buffer.alloc(0);
  backend.stdout.on("data", (chunk: Buffer) => {
    if (response.headersSent) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    const fields = head.subarray(0, end).toString().split("\r\n");
    const headers = fields.map((field) => field.split(/: (.*)/).slice(0, 2));
    const { Status: status = "200", ...others } = Object.fromEntries(headers) as Record<string, string>;
    response.writeHead(Number.parseInt(status, 10), others).write(head.subarray(end + 4));
  });
  backend.on("close", () => void response.end());
}

export interface GitRepository {
  /** Commits the files on top of what is there; gives the commit. */
  readonly commit: (
    files: Readonly<Record<string, string | readonly string[]>>,
    ...refs: readonly string[]
  ) => string;
}

/** A bare repository `NAME.git` in the folder `git` of the job, with a work tree beside it. */
export function createRepository(job: Pick<TestJob, "folder">, name: string): GitRepository {
  const bare = join(job.folder, "git", `${name}.git`);
  const tree = join(job.folder, "work", name);
  writeContext(job, "work", { [`${name}/README`]: "" });
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", tree, ...args], { encoding: "utf8", env: gitEnvironment }).trim();
  git("init", "--quiet", "--bare", "--initial-branch=main", bare);
  // As GitHub has it: a commit can be fetched by its name.
  git("-C", bare, "config", "uploadpack.allowAnySHA1InWant", "true");
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", bare);
  return {
    commit: (files, ...refs) => {
      writeContext(job, join("work", name), files);
      git("add", "--all");
      git("commit", "--quiet", "--message=more");
      git("push", "--quiet", "origin", ...["main", ...refs].map((ref) => `HEAD:${ref}`));
      return git("rev-parse", "HEAD");
    },
  };
}

/** Nothing of this machine's own settings, and the same commits every time. */
const gitEnvironment = {
  PATH: process.env["PATH"],
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Somebody",
  GIT_AUTHOR_EMAIL: "somebody@example.com",
  GIT_AUTHOR_DATE: "2020-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Somebody",
  GIT_COMMITTER_EMAIL: "somebody@example.com",
  GIT_COMMITTER_DATE: "2020-01-02T03:04:05Z",
};
