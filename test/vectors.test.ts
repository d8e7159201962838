/* oxlint-disable vitest/require-to-throw-message -- upstream's messages are not ours */
// Walks the cases of other projects' public test suites. The cases are not in this repository: MULTIARCH_VECTORS names
// their folder. What we answer differently is listed in `different`, with a reason each; a row listed there that we
// answer like upstream fails, so that the list stays true.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { formatCsv, parseCsv } from "../src/buildkit/csv.ts";
import { isDigest, parseDigest } from "../src/oci/digest.ts";
import { parseManifest } from "../src/oci/manifest.ts";
import { parseContentType } from "../src/oci/media-type.ts";
import {
  formatPlatform,
  normalizePlatform,
  parsePlatform,
  type Platform,
  samePlatform,
} from "../src/oci/platform.ts";
import { formatFamiliar, formatReference, parseReference } from "../src/oci/reference.ts";
import { parseChallenges } from "../src/registry/auth.ts";
import { uploadUrl } from "../src/registry/blobs.ts";
import {
  createCredentialSource,
  findCredentials,
  findHelper,
  hostOfKey,
  serverKey,
} from "../src/registry/credentials.ts";
import { parseDockerConfig } from "../src/registry/docker-config.ts";
import { summarizeErrorBody } from "../src/registry/error.ts";
import { nextPage } from "../src/registry/pages.ts";
import { proxyFor, usesProxy } from "../src/registry/proxy.ts";
import { parseRealm } from "../src/registry/realm.ts";
import { sendFollowing } from "../src/registry/redirect.ts";
import { referrersTag } from "../src/registry/referrers.ts";
import { isTemporary, maxTries, triesAfter } from "../src/registry/retry.ts";
import { cleanActions, cleanScopes, repositoryScope } from "../src/registry/scope.ts";
import { parseTokenResponse } from "../src/registry/token.ts";
import type { HttpRequest, Transport } from "../src/registry/transport.ts";
import { addressKind, isLoopback, refusal } from "../src/registry/url.ts";
import { parseWarning } from "../src/registry/warning.ts";
import { neutralise } from "../src/report/untrusted.ts";
import { parseCommand } from "./host/runner-commands.ts";
import { different, outside } from "./vectors-answered-differently.ts";

// Rows are other people's JSON, of a hundred shapes; a wrong guess at one fails its check.
// oxlint-disable-next-line typescript/no-explicit-any
type Row = { readonly [field: string]: any };
type Check = (row: Row) => unknown;

const folder = process.env["MULTIARCH_VECTORS"] ?? "";

const anyDigest = parseDigest(`sha256:${"0".repeat(64)}`);

const throws = (run: () => unknown): boolean => {
  try {
    run();
    return false;
  } catch {
    return true;
  }
};

/** Runs `read` on a row that upstream takes; expects a refusal of a row that upstream refuses. */
const readsOrRefuses = (refused: boolean, run: () => unknown, expected: unknown): void => {
  if (refused) expect(throws(run)).toBe(true);
  else expect(run()).toEqual(expected);
};

const specPlatform = (upstream: Row): Platform => ({
  os: upstream["os"] ?? "",
  architecture: upstream["architecture"] ?? "",
  ...(upstream["variant"] ? { variant: upstream["variant"] } : {}),
  ...(upstream["osVersion"] ? { "os.version": upstream["osVersion"] } : {}),
  ...(upstream["osFeatures"] ? { "os.features": upstream["osFeatures"] } : {}),
});

const orderless = (platform: Platform): unknown => JSON.parse(JSON.stringify(platform));

/** Plays the hops of a row to `sendFollowing`, and looks at what it asked for and what it showed. */
async function checkRedirect(row: Row): Promise<void> {
  const hops: readonly Row[] = row["hops"].flatMap((hop: Row) =>
    hop["repeat"] === undefined
      ? [hop]
      : Array.from({ length: hop["repeat"] + 1 }, (_, at) => ({
          method: "GET",
          url: `https://registry.example.com/${at}`,
          status: at < hop["repeat"] ? hop["status"] : 200,
          location: `/${at + 1}`,
        })),
  );
  const clean = (text: string) =>
    text.replaceAll("<d>", "d").replaceAll("1:A", "1:5001").replaceAll("1:B", "1:5002");
  for (let at = 0; at < hops.length;) {
    const first = hops[at] ?? {};
    const asked: HttpRequest[] = [];
    const transport: Transport = {
      close: async () => {},
      request: async (request) => {
        const hop = hops[at++] ?? {};
        asked.push(request);
        expect(request.method).toBe(hop["method"]);
        expect(request.url.href).toBe(new URL(clean(hop["url"])).href);
        if (hop["authorization"] !== undefined) {
          expect(request.headers["authorization"] !== undefined).toBe(hop["authorization"] !== "absent");
        }
        if (hop["status"] === 307 && hop["location"] === undefined)
          throw new Error("redirect without Location");
        const header = (name: string) =>
          name === "location" ? hop["location"] && clean(hop["location"]) : undefined;
        return { status: hop["status"], header, headers: () => [], bytes: new Uint8Array() };
      },
    };
    const secret = first["authorization"] !== "absent" ? { authorization: "Basic x" } : {};
    const url = new URL(clean(first["url"]));
    const request = { method: first["method"], url, headers: { ...secret, "x-custom": "1" }, maxBytes: 1 };
    const followed = sendFollowing(transport, request);
    if (row["expect"]["error"] !== undefined) return await expect(followed).rejects.toThrow();
    const { response } = await followed;
    if (String(row["expect"]["customHeaders"] ?? "").startsWith("absent on hop 2")) {
      expect(asked[1]?.headers["x-custom"]).toBe(undefined);
    }
    if (at >= hops.length && row["expect"]["status"] !== undefined)
      expect(response.status).toBe(row["expect"]["status"]);
  }
}

const checks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  platforms: {
    parse: (row) => {
      if (row["error"]) return expect(throws(() => parsePlatform(row["input"]))).toBe(true);
      const platform = parsePlatform(row["input"]);
      expect(orderless(platform)).toEqual(orderless(specPlatform(row["expect"])));
      expect(formatPlatform(platform)).toBe(row["formatAll"] ?? row["format"]);
      const normalized = normalizePlatform(platform);
      expect(orderless(normalized)).toEqual(orderless(specPlatform(row["normalized"])));
      expect(formatPlatform(normalized)).toBe(row["normalizedFormat"]);
      for (const other of row["alsoMatches"] ?? [])
        expect(samePlatform(platform, specPlatform(other))).toBe(true);
    },
    "parse regclient": (row) => {
      const parse = () => normalizePlatform(parsePlatform(row["input"]));
      readsOrRefuses(row["error"], parse, row["error"] ? undefined : specPlatform(row["expect"]));
    },
    formatAll: (row) => {
      expect(formatPlatform(specPlatform(row["platform"]))).toBe(row["formatAll"]);
    },
  },
  references: {
    normalize: (row) => {
      if (row["error"] !== undefined) return expect(throws(() => parseReference(row["input"]))).toBe(true);
      const reference = parseReference(row["input"]);
      expect(reference).toEqual({
        registry: row["domain"],
        repository: row["path"],
        ...(row["tag"] === undefined ? {} : { tag: row["tag"] }),
        ...(row["digest"] === undefined ? {} : { digest: row["digest"] }),
      });
      expect(formatReference(reference)).toBe(row["canonical"]);
      expect(formatFamiliar(reference)).toBe(row["familiar"]);
      expect(parseReference(formatReference(reference))).toEqual(reference);
    },
    normalized: (row) => {
      expect(throws(() => parseReference(row["input"]))).toBe(!row["valid"]);
    },
    normalizeName: (row) => {
      const reference = parseReference(row["input"]);
      expect(reference).toEqual({ registry: row["domain"], repository: row["path"] });
      expect(formatReference(reference)).toBe(row["canonical"]);
      expect(formatFamiliar(reference)).toBe(row["familiar"]);
    },
    splitHostname: (row) => {
      expect(parseReference(row["input"])).toEqual({ registry: row["domain"], repository: row["path"] });
    },
    parseAny: (row) => {
      expect(formatReference(parseReference(row["input"]))).toBe(row["canonical"]);
    },
    parseNamed: (row) => {
      const isCanonical = () => {
        const reference = parseReference(row["input"]);
        if (formatReference(reference) !== row["input"]) throw new Error("not canonical");
        return reference;
      };
      readsOrRefuses(row["err"] !== undefined, isCanonical, {
        registry: row["domain"],
        repository: row["path"],
      });
    },
  },
  digests: {
    digest: (row) => {
      expect(isDigest(row["input"])).toBe(row["valid"]);
      expect(throws(() => parseDigest(row["input"]))).toBe(!row["valid"]);
    },
  },
  csv: {
    csvFields: (row) => {
      const refused = row["fields"] === null;
      readsOrRefuses(refused, () => parseCsv(row["input"]), row["fields"]);
      if (!refused) expect(parseCsv(formatCsv(row["fields"]))).toEqual(row["fields"]);
    },
    exporterRoundTrip: (row) => {
      expect(formatCsv(["type=image", `name=${row["value"]}`, "push=true"])).toBe(row["encoded"]);
      expect(parseCsv(row["encoded"])).toEqual(row["fields"]);
    },
  },
  challenges: {
    challenge: (row) => {
      const parsed = () => parseChallenges(row["header"]);
      if (row["error"]) return expect(throws(parsed)).toBe(true);
      if (row["partial"]) return expect(parsed()).toMatchObject(row["challenges"]);
      expect(parsed()).toEqual(row["challenges"]);
    },
    singleChallenge: (row) => {
      const [first] = parseChallenges(row["header"]);
      const known = first !== undefined && ["basic", "bearer"].includes(first.scheme);
      expect(known ? first.scheme : "unknown").toBe(row["scheme"]);
      if (row["params"] !== null) expect(first?.params).toEqual(row["params"]);
    },
    tokenResponse: (row) => {
      const parsed = () => parseTokenResponse(row["body"], "auth.example.com").token;
      readsOrRefuses(row["error"], parsed, row["expected"]?.token);
    },
  },
  scopes: {
    scopeRepository: (row) => {
      if (row["want"] === undefined)
        return expect(cleanActions(row["actions"] ?? []).length === 0 || !row["repository"]).toBe(true);
      expect(repositoryScope(row["repository"], row["actions"])).toBe(row["want"]);
    },
    cleanScopes: (row) => {
      expect(cleanScopes(row["scopes"] ?? [])).toEqual(row["want"] ?? []);
    },
    cleanActions: (row) => {
      expect(cleanActions(row["actions"] ?? [])).toEqual(row["want"] ?? []);
    },
    repositoryScope: (row) => {
      const repository = row["locator"].slice(row["locator"].indexOf("/") + 1);
      expect(repositoryScope(repository, row["push"] ? ["pull", "push"] : ["pull"])).toBe(row["expected"]);
    },
    tokenScopes: (row) => {
      expect(cleanScopes([...row["scopesInCtx"], ...row["commonScopes"]])).toEqual(row["expected"]);
    },
    parseScopes: (row) => {
      const scopes = cleanScopes(row["input"].flatMap((text: string) => text.split(" ")));
      const expected = Object.entries(row["expected"] ?? {}).map(
        ([name, actions]) => `${name}:${(actions as string[]).join(",")}`,
      );
      expect(scopes).toEqual(expected);
    },
  },
  dockerconfig: {
    get: (row) => {
      const expected = { ...row["expect"], ...pick(row, ["username", "password"]) };
      checkFound(row, row["config"], row["key"], expected);
    },
    "get oras-raw": (row) => {
      const config = () => parseDockerConfig(row["config"] ?? "", "config.json");
      if (row["error"]) return expect(throws(() => findCredentials(config(), row["key"]))).toBe(true);
      const { Auth: auth, Username, Password, IdentityToken, RegistryToken } = row["expect"];
      const [user, password] = auth ? splitAuth(auth) : [Username, Password];
      expect(findCredentials(config(), row["key"]) ?? {}).toEqual(
        defined({ username: user, password, identityToken: IdentityToken, registryToken: RegistryToken }),
      );
    },
    "get oras": (row) => {
      const { Username, Password, RefreshToken, AccessToken } = row["expect"] ?? {};
      const wanted = {
        username: Username,
        password: Password,
        identityToken: RefreshToken,
        registryToken: AccessToken,
      };
      checkFound(row, row["config"], row["key"], defined(wanted));
    },
    "get containers-image": (row) => checkFound(row, row["config"], row["key"], row["expect"]),
    "get go-containerregistry": async (row) => {
      if (!row["config"].includes("credsStore"))
        return checkFound(row, row["config"], row["key"], row["expect"]);
      const source = createCredentialSource({ env: { DOCKER_AUTH_CONFIG: row["config"] } });
      await expect(source.find(row["key"])).rejects.toThrow();
    },
    "credentialKeyForHost oras": (row) => {
      expect(serverKey(row["host"])).toBe(row["want"]);
    },
    "dockerLoginThenQuery containers-image": (row) => {
      const config = {
        auths: { [row["storedKey"]]: { auth: Buffer.from("user:secret").toString("base64") } },
      };
      expect(findCredentials(config, row["queryKey"]) !== undefined).toBe(row["found"]);
    },
    "DOCKER_AUTH_CONFIG+file": async (row) => {
      const home = await mkdtemp(join(tmpdir(), "multiarch-vectors-"));
      await writeFile(join(home, "config.json"), row["config"]);
      const source = createCredentialSource({ env: { DOCKER_CONFIG: home, DOCKER_AUTH_CONFIG: row["env"] } });
      for (const [host, wanted] of Object.entries<Row>(row["auths"])) {
        expect((await source.find(host)).credentials).toEqual(pick(wanted, ["username", "password"]));
      }
      if (row["env"].includes("username"))
        expect((await source.find("env.example.test")).credentials).toBe(undefined);
      await rm(home, { recursive: true });
    },
    "getForImage sigstore-js": (row) => {
      const [host = ""] = row["image"].split("/");
      checkFound(row, row["config"], host, row["expect"]);
    },
    convertToHostname: (row) => {
      expect(hostOfKey(row["input"])).toBe(row["expected"]);
    },
    "convertToHostname oras": (row) => {
      expect(hostOfKey(row["addr"])).toBe(row["want"]);
    },
    credHelperFor: (row) => {
      expect(findHelper(parseDockerConfig(row["config"], "config.json"), row["serverAddress"]) ?? "").toBe(
        row["want"],
      );
    },
    helperProtocol: async (row) => {
      const run = async () => ({ exitCode: row["exit"], stdout: row["helperStdout"] });
      const config = { credsStore: "fake" };
      const source = createCredentialSource({
        env: { DOCKER_AUTH_CONFIG: JSON.stringify(config) },
        run: (_program, server) => {
          if (row["helperStdin"] !== undefined)
            expect(server).toBe(
              hostOfKey(row["helperStdin"]) === "index.docker.io"
                ? "https://index.docker.io/v1/"
                : hostOfKey(row["helperStdin"]),
            );
          return run();
        },
      });
      const found = source.find(hostOfKey(row["helperStdin"] ?? "example.com"));
      if (row["error"]) return await expect(found).rejects.toThrow();
      expect((await found).credentials ?? {}).toEqual(row["expect"]);
    },
    "authEntry go-containerregistry": (row) => {
      const find = () => {
        const config = { auths: { "example.com": JSON.parse(row["entry"]) } };
        return findCredentials(config, "example.com");
      };
      if (row["expect"] === null) return expect(throws(find)).toBe(true);
      const { Username, Password, IdentityToken, RegistryToken } = row["expect"];
      expect(find()).toEqual(
        defined({
          username: Username,
          password: Password,
          identityToken: IdentityToken,
          registryToken: RegistryToken,
        }),
      );
    },
    "decodeAuth oras": (row) => {
      const find = () =>
        findCredentials({ auths: { "example.com": { auth: row["auth"] } } }, "example.com") ?? {};
      readsOrRefuses(row["error"], find, defined({ username: row["username"], password: row["password"] }));
    },
    helpers: async (row) => {
      const source = createCredentialSource({
        env: { DOCKER_AUTH_CONFIG: row["config"] },
        run: async (program, server) => {
          const answer = row["helpers"][program.replace("docker-credential-", "")]?.[server];
          if (answer === undefined)
            return { exitCode: 1, stdout: "credentials not found in native keychain" };
          if (answer.exit !== undefined) return { exitCode: answer.exit, stdout: answer.stdout };
          return { exitCode: 0, stdout: JSON.stringify(answer) };
        },
      });
      for (const [host, wanted] of Object.entries<Row>(row["auths"])) {
        expect((await source.find(host)).credentials).toEqual(pick(wanted, ["username", "password"]));
      }
    },
    DOCKER_AUTH_CONFIG: (row) => {
      const config = () => parseDockerConfig(row["env"], "DOCKER_AUTH_CONFIG");
      if (row["error"]) return expect(throws(config)).toBe(true);
      for (const [host, wanted] of Object.entries<Row>(row["auths"])) {
        expect(findCredentials(config(), host)).toEqual(pick(wanted, ["username", "password"]));
      }
    },
    load: (row) => {
      const config = () => parseDockerConfig(row["config"], "config.json");
      if (row["error"]) return expect(throws(config)).toBe(true);
      expect(config().credsStore).toBe(row["credsStore"]);
      if (row["credHelpers"] !== undefined) expect(config().credHelpers).toEqual(row["credHelpers"]);
      for (const [host, wanted] of Object.entries<Row>(row["auths"] ?? {})) {
        expect(findCredentials(config(), host)).toEqual(pick(wanted, ["username", "password"]));
      }
    },
  },
  urls: {
    isLocalhost: (row) => {
      expect(isLoopback(row["host"])).toBe(row["match"]);
    },
    defaultScheme: (row) => {
      expect(isLoopback(row["domain"]) ? "http" : "https").toBe(row["scheme"]);
    },
    isRFC1918: (row) => {
      expect(addressKind(row["reg"].replace(/:\d+$/, "")) === "private").toBe(row["result"]);
    },
    realm: (row) => {
      const registry = new URL(
        `${row["insecure"] ? "http" : "https"}://${row["registryHost"] || "registry.example.com"}`,
      );
      expect(throws(() => parseRealm(row["realm"], registry))).toBe(row["wantErr"]);
    },
    realmForRegistry: (row) => {
      expect(throws(() => parseRealm(row["realm"], new URL(row["registry"])))).toBe(row["error"]);
    },
    linkNext: (row) => {
      const next = () => nextPage(row["header"], new URL(row["url"]))?.href;
      readsOrRefuses(row["wantErr"] === true, next, row["want"]);
    },
    linkInvalid: (row) => {
      const next = () => nextPage(row["header"], new URL("https://registry.example.com/v2/a/tags/list"));
      expect(throws(next) || next() === undefined).toBe(row["error"]);
    },
    uploadLocation: (row) => {
      const url = uploadUrl(row["location"], new URL(row["source"] ?? row["base"]), anyDigest).href;
      const expected: string = row["expected"] ?? row["url"];
      const separator = expected.includes("?") ? "&" : "?";
      expect(url).toBe(`${expected}${separator}digest=${encodeURIComponent(anyDigest)}`);
    },
    uploadLocationBlocked: (row) => {
      const base = new URL("https://registry.example.com/");
      expect(throws(() => uploadUrl(row["location"], base, anyDigest))).toBe(row["error"]);
    },
    uploadLocationAllowed: (row) => {
      const base = new URL(`${isLoopback(row["host"]) ? "http" : "https"}://${row["host"]}/`);
      expect(throws(() => uploadUrl(row["location"], base, anyDigest))).toBe(false);
    },
    redirect: (row) => {
      const to = new URL(row["dest"]);
      const from = new URL(`${to.protocol}//${row["orig"]}`);
      expect(refusal(from, to, "own-network") === undefined).toBe(row["allowed"]);
    },
    redirectAllowed: (row) => {
      const why = refusal(new URL(row["from"]), new URL(row["to"]), "own-network");
      expect(why !== undefined).toBe(row["error"]);
    },
  },
  proxy: {
    "useProxy go": (row) => {
      const env = row["env"];
      expect(usesProxy(row["host"], env["no_proxy"] ?? env["NO_PROXY"] ?? "")).toBe(row["useProxy"]);
    },
    "proxyForURL go": (row) => {
      const proxy = () => proxyFor(new URL(row["url"]), row["env"])?.href.replace(/\/$/, "") ?? null;
      readsOrRefuses(row["error"] !== null, proxy, row["proxy"]);
    },
    "bypass actions": (row) => {
      const url = new URL(row["url"]);
      const port = url.port || (url.protocol === "https:" ? "443" : "80");
      expect(!usesProxy(`${url.hostname}:${port}`, row["env"]["no_proxy"] ?? "")).toBe(row["bypass"]);
    },
    "proxyForURL actions": (row) => {
      const proxy = proxyFor(new URL(row["url"]), row["env"])?.href.replace(/\/$/, "") ?? null;
      expect(proxy).toBe(row["proxy"]?.replace(/\/$/, "") ?? null);
    },
  },
  retry: {
    temporary: (row) => {
      const codes = (row["error"]["Errors"] ?? []).map((error: Row) => error["Code"]);
      const status = row["error"]["StatusCode"];
      expect(isTemporary({ codes, ...(status === undefined ? {} : { status }) })).toBe(row["retry"]);
    },
    transientTransport: (row) => {
      const error = new Error(row["err"]);
      const ended = { timeout: "UND_ERR_HEADERS_TIMEOUT", EOF: "UND_ERR_SOCKET" };
      const name = Object.entries(ended).find(([word]) =>
        row["err"].toLowerCase().includes(word.toLowerCase()),
      )?.[1];
      const cause = name === undefined ? error : Object.assign(error, { code: name });
      expect(triesAfter(new Error("wrapped", { cause })) === maxTries).toBe(row["transient"]);
    },
  },
  redirects: { redirect: checkRedirect },
  protocol: {
    warning: (row) => {
      expect(parseWarning(row["header"]) ?? "").toBe(
        row["want"]?.Text ?? (typeof row["want"] === "string" ? row["want"] : ""),
      );
    },
    contentType: (row) => {
      expect(parseContentType(row["input"])).toBe(row["expected"]);
    },
    errorBody: (row) => {
      expect(row["msg"]).toContain(summarizeErrorBody(row["errorBody"]));
    },
    referrersTag: (row) => {
      const tag = () => referrersTag(parseDigest(row["desc"]["Digest"]));
      readsOrRefuses(row["wantErr"] !== undefined, tag, row["want"]);
    },
    guessMediaType: (row) => {
      const parsed = () => parseManifest(new TextEncoder().encode(row["document"]), row["file"]).mediaType;
      const refused = row["mediaType"] === "" || row["mediaType"].includes("distribution.manifest.v1+");
      readsOrRefuses(refused, parsed, row["mediaType"]);
    },
  },
  workflow_commands: {
    commandParse: (row) => {
      const registered = new Set<string>(row["registered"]);
      expect(parseCommand(row["text"], registered)).toMatchObject({
        data: row["data"],
        properties: row["properties"],
      });
      expect(parseCommand(neutralise(row["text"]), registered)).toBe(undefined);
    },
    issueCommand: (row) => {
      const registered = new Set<string>([row["command"]]);
      expect(parseCommand(row["output"], registered)?.data).toBe(row["message"]);
      expect(parseCommand(neutralise(row["output"]), registered)).toBe(undefined);
    },
  },
  oci_schema: {
    "docker-index": (row) => checkDocument(row),
    "docker-manifest": (row) => checkDocument(row),
    index: (row) => checkValidity(row),
    manifest: (row) => checkValidity(row),
  },
};

const checkFound = (row: Row, config: string | null, key: string, expected: Row): void => {
  const find = () => findCredentials(parseDockerConfig(config ?? "", "config.json"), key) ?? {};
  const wanted = Object.fromEntries(Object.entries(expected ?? {}).filter(([, value]) => value !== ""));
  readsOrRefuses(row["error"] === true, find, wanted);
};

const checkDocument = (row: Row): void => {
  const bytes = new TextEncoder().encode(row["document"]);
  expect(bytes.length).toBe(row["size"]);
  expect(parseManifest(bytes, row["src"]).kind).toBe(row["kind"].replace("docker-", ""));
};

const checkValidity = (row: Row): void => {
  const header = `application/vnd.oci.image.${row["kind"]}.v1+json`;
  const parse = () => parseManifest(new TextEncoder().encode(row["document"]), row["src"], header);
  expect(throws(parse)).toBe(!row["valid"]);
};

const pick = (row: Row, keys: readonly string[]): Row =>
  Object.fromEntries(keys.filter((key) => row[key] !== undefined).map((key) => [key, row[key]]));

const defined = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([, value]) => value));

const splitAuth = (auth: string): readonly [string, string] => {
  const text = Buffer.from(auth, "base64").toString();
  return [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
};

describe.skipIf(folder === "")(
  "public test vectors (not run unless MULTIARCH_VECTORS names their folder)",
  () => {
    const files =
      folder !== "" && existsSync(folder)
        ? readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("schema-"))
        : [];
    const tally: string[] = [];
    let [answered, concerning, all] = [0, 0, 0];

    afterAll(() => {
      process.stdout.write(
        `${tally.join("\n")}\n${answered} of ${concerning} upstream rows that concern us (${all} in all)\n`,
      );
    });

    it("are there", () => expect(files.length).toBeGreaterThan(0));

    it.each(files)("%s", async (name) => {
      const file = name.replace(".json", "");
      const { cases } = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
        readonly cases: readonly Row[];
      };
      const wrong: string[] = [];
      let [same, ours] = [0, 0];
      for (const row of cases) {
        const kind = row["dialect"] === undefined ? row["kind"] : `${row["kind"]} ${row["dialect"]}`;
        const check = checks[file]?.[kind] ?? checks[file]?.[dialectless(file, kind)];
        const reason = outside[file]?.[kind] ?? outside[file]?.["*"];
        if (check === undefined) {
          if (reason === undefined) wrong.push(`nobody checks ${file} ${kind}`);
          continue;
        }
        ours++;
        const input = ["input", "name", "key", "url", "host", "domain", "test"].find(
          (field) => row[field] !== undefined,
        );
        const id = `${row["src"]} ${JSON.stringify(input === undefined ? "" : row[input])}`;
        const listed = different[file]?.[id];
        try {
          await check(row);
          same++;
          if (listed !== undefined) wrong.push(`listed as different, but answered alike: ${id}`);
        } catch (error) {
          const line = (error instanceof Error ? error.message : String(error))
            .split("\n")
            .slice(0, 12)
            .join(" ");
          if (listed === undefined)
            wrong.push(`${id}: ${line.slice(0, 300)} ROW ${JSON.stringify(row).slice(0, 400)}`);
        }
      }
      tally.push(
        `${file}: ${same} of ${ours} upstream rows${ours === cases.length ? "" : ` (${cases.length - ours} outside)`}`,
      );
      answered += same;
      concerning += ours;
      all += cases.length;

      expect(wrong.slice(0, 25)).toEqual([]);
    });
  },
);

const sharedKinds = new Set(["challenges", "protocol"]);

/** Files whose dialects are held to one rule. */
function dialectless(file: string, kind: string): string {
  return sharedKinds.has(file) ? (kind.split(" ")[0] ?? kind) : kind;
}
