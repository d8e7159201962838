// Grades the chaos registry by the request scripts of distribution-spec's conformance suite, so that the client's tests
// stand on an honest peer. The scripts are not in this repository: MULTIARCH_VECTORS names their folder.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { type ChaosRegistry, startChaosRegistry } from "./chaos/registry.ts";
import { digestLike } from "./chaos/store.ts";

type Script = {
  readonly line: number;
  readonly src: string;
  readonly workflow: string;
  readonly title: string;
  readonly headersChecked: readonly string[];
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** Variable whose value stands in the path. */
    readonly ref?: string;
    readonly repo?: string;
    readonly expectStatus?: readonly (number | string)[];
  }[];
};

/** Scripts that are not passed, by file, line and title, with the reason. */
const different: Readonly<Record<string, string>> = {
  "01_pull_test.go:101 Get tag name from environment": "asks for nothing",
  "01_pull_test.go:338 Delete manifest[0] created in setup":
    "the suite deletes manifests before the blobs or after them, by its setting; here before",
  "01_pull_test.go:352 Delete manifest[1] created in setup":
    "the suite deletes manifests before the blobs or after them, by its setting; here before",
  "02_push_test.go:295 Cross-mounting of nonexistent blob should yield session id": "asks for nothing",
  "02_push_test.go:301 Cross-mounting without from, and automatic content discovery enabled should return a 201":
    "the suite wants this or the opposite, by its setting; here there is no automatic discovery",
  "02_push_test.go:445 Delete manifest created in tests":
    "the suite deletes manifests before the blobs or after them, by its setting; here before",
  "03_discovery_test.go:82 Populate registry with test tags (no push)": "asks for nothing",
};

const folder = process.env["MULTIARCH_VECTORS"] ?? "";

describe.skipIf(folder === "")(
  "the chaos registry by the conformance suite (not run unless MULTIARCH_VECTORS names its folder)",
  () => {
    it("passes it", async () => {
      const { cases } = JSON.parse(readFileSync(join(folder, "conformance.json"), "utf8")) as {
        readonly cases: readonly Script[];
      };
      await using registry = await startChaosRegistry();
      const values = variables();
      const wrong: string[] = [];
      let passed = 0;
      let location = "";
      for (const script of cases) {
        const id = `${script.src.replace("conformance/", "")}:${script.line} ${script.title}`;
        const reason = different[id];
        const played = await play(script, registry, values, location);
        location = played.location;
        if (played.failure === undefined) passed++;
        if (played.failure === undefined && reason !== undefined)
          wrong.push(`listed as different, but passed: ${id}`);
        if (played.failure !== undefined && reason === undefined) wrong.push(`${id}: ${played.failure}`);
      }
      const listed = Object.entries(different).map(([id, reason]) => `  ${id}: ${reason}`);
      process.stdout.write(`conformance: ${passed} of ${cases.length} scripts\n${listed.join("\n")}\n`);
      expect(wrong).toEqual([]);
    });
  },
);

type Values = ReadonlyMap<string, string>;

/** Sends the requests of a script one after the other. `location` is that of the last answer which named one. */
async function play(
  script: Script,
  registry: ChaosRegistry,
  values: Values,
  location: string,
): Promise<{ readonly location: string; readonly failure: string | undefined }> {
  const failures: string[] = script.requests.length === 0 ? ["it asks for nothing"] : [];
  const headers = new Set<string>();
  const valueOf = (name: string): string => {
    const value = values.get(name);
    if (value === undefined) failures.push(`unknown variable ${name}`);
    return value ?? "";
  };
  for (const request of script.requests) {
    const { body, expectStatus = [], method, path, query = {}, ref, repo } = request;
    const name = repo === "crossmountNamespace" ? "conformance/mounted" : "conformance/one";
    const filled = path.startsWith("{")
      ? location
      : path.replace("<name>", name).replace(/<(?:digest|reference)>/, () => valueOf(ref ?? ""));
    const url = new URL(filled, registry.origin);
    for (const [key, variable] of Object.entries(query)) url.searchParams.set(key, valueOf(variable));
    const sent = Object.entries(request.headers ?? {}).filter(([key]) => key !== "Content-Length");
    const response = await fetch(url, {
      method,
      headers: sent.map(([key, value]): [string, string] => [
        key,
        /^\w+\//.test(value) ? value : valueOf(value),
      ]),
      ...(body === undefined || body === "" || method === "GET" ? {} : { body: valueOf(body) }),
    });
    await response.arrayBuffer();
    location = response.headers.get("location") ?? location;
    for (const key of response.headers.keys()) headers.add(key);
    const fits = expectStatus.some((status) =>
      String(response.status).startsWith(String(status).replace("xx", "")),
    );
    if (expectStatus.length > 0 && !fits) {
      failures.push(
        `${method} ${url.pathname}${url.search}: ${response.status}, not ${expectStatus.join(" or ")}`,
      );
    }
  }
  const absent = script.headersChecked.filter((key) => !headers.has(key.toLowerCase()));
  if (absent.length > 0) failures.push(`without ${absent.join(" and ")}`);
  return { location, failure: failures.length === 0 ? undefined : failures.join("; ") };
}

/** What the scripts call their contents by, in the terms of the suite's Go code. */
function variables(): Values {
  const values = new Map<string, string>();
  const name = (text: string, content: string, ...names: readonly string[]): void => {
    values.set(text, content);
    for (const other of names) values.set(other, content);
  };
  const blob = (text: string, content: string): { readonly digest: string; readonly size: number } => {
    const digest = digestLike(Buffer.from(content));
    name(text, content);
    name(`${text}Digest`, digest);
    name(`${text}Length`, String(content.length));
    return { digest, size: content.length };
  };
  const octets = "application/octet-stream";
  const manifestType = "application/vnd.oci.image.manifest.v1+json";
  const layer = blob("layerBlob", "a layer");
  name("layerBlobData", "a layer");
  name("layerBlobContentLength", "7");
  const manifestOf = (config: object, more: object = {}): string =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
      layers: [{ mediaType: octets, ...layer }],
      ...more,
    });
  for (let at = 0; at < 5; at++) {
    const config = blob(
      `configs[${at}].`,
      JSON.stringify({ architecture: "amd64", os: "linux", author: String(at) }),
    );
    name(`configs[${at}].Content`, values.get(`configs[${at}].`) ?? "");
    name(`configs[${at}].ContentLength`, String(config.size));
    const manifest = manifestOf(config);
    name(`manifests[${at}].Content`, manifest);
    name(`manifests[${at}].Digest`, digestLike(Buffer.from(manifest)));
  }
  blob("testBlobA", "blob A");
  blob("testBlobB", "blob B in two chunks");
  blob("testBlobBChunk1", "blob B in");
  blob("testBlobBChunk2", " two chunks");
  name("testBlobBChunk1Range", "0-8");
  name("testBlobBChunk2Range", "9-19");
  const empty = blob("emptyJSON", "{}");
  name("emptyJSONBlob", "{}");
  name("emptyJSONDescriptor.Digest.String()", empty.digest);
  blob("testRefBlobA", "reference A");
  blob("testRefBlobB", "reference B");
  const subject = {
    mediaType: manifestType,
    digest: values.get("manifests[4].Digest"),
    size: values.get("manifests[4].Content")?.length,
  };
  const document = (text: string, content: string): void => {
    name(`${text}Content`, content);
    name(`${text}Digest`, digestLike(Buffer.from(content)));
  };
  for (const [at, letter] of ["A", "B", "C"].entries()) {
    document(
      `refsManifest${letter}ConfigArtifact`,
      manifestOf({ mediaType: `application/vnd.test.config.${at}`, ...empty }, { subject }),
    );
    document(
      `refsManifest${letter}LayerArtifact`,
      manifestOf(empty, { artifactType: `application/vnd.test.layer.${at}`, subject }),
    );
  }
  document(
    "refsIndexArtifact",
    JSON.stringify({ schemaVersion: 2, manifests: [], artifactType: octets, subject }),
  );
  document("emptyLayerManifest", manifestOf(empty, { layers: [] }));
  name("testRefArtifactTypeA", "application/vnd.test.layer.0");
  name("tag", "tag-one", "tagToDelete");
  name("emptyLayerTestTag", "empty-layer");
  name("tagList[numResults-1]", "tag-one");
  name("strconv.Itoa(numResults)", "1");
  name("dummyDigest", `sha256:${"1".repeat(64)}`);
  name("nonexistentManifest", "no-such-tag");
  name('"sha256:totallywrong"', "sha256:totallywrong");
  name("invalidManifestContent", "blablabla");
  name("client.Config.DefaultName", "conformance/one");
  name("ref", values.get("manifests[2].Digest") ?? "");
  return values;
}
