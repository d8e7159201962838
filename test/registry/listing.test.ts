import { describe, expect, it } from "vitest";

import { digestOf, parseDigest } from "../../src/oci/digest.ts";
import { ociIndex, ociManifest } from "../../src/oci/media-type.ts";
import { nextPage } from "../../src/registry/pages.ts";
import { referrersTag } from "../../src/registry/referrers.ts";
import { bench, failureOf, image, named, tagged } from "./bench.ts";

describe("the next page", () => {
  const url = new URL("https://r.io/v2/a/b/tags/list?n=2");
  it.each([
    { header: undefined, next: undefined },
    { header: "", next: undefined },
    {
      header: '</v2/a/b/tags/list?last=x&n=2>; rel="next"',
      next: "https://r.io/v2/a/b/tags/list?last=x&n=2",
    },
    { header: "<?last=x>; rel=next", next: "https://r.io/v2/a/b/tags/list?last=x" },
    { header: '<https://r.io/x>;title="y" ; rel="next"', next: "https://r.io/x" },
    { header: '</p>; rel="prev", </n>; rel="next"', next: "https://r.io/n" },
    { header: '</p>; rel="prev"', next: undefined },
  ])("of $header is $next", ({ header, next }) => {
    expect(nextPage(header, url)?.href).toBe(next);
  });

  it.each([
    '<https://other.io/v2/a/b/tags/list>; rel="next"',
    '<http://r.io/v2/a/b/tags/list>; rel="next"',
    '<https://r.io:444/>; rel="next"',
    '<http://169.254.169.254/>; rel="next"',
    "/v2/_catalog>",
    "</v2/_catalog",
  ])("is not taken from %j", (header) => {
    expect(() => nextPage(header, url)).toThrow("a next page that is not its own");
  });
});

describe("tags", () => {
  it("are listed over all pages, each once", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    const tags = ["a", "b", "c", "d", "e"];
    for (const tag of tags) image(registry, "arm64", tag);
    const to = (last: string) => `</v2/a/b/tags/list?n=2&last=${last}>; rel="next"`;
    const body = JSON.stringify({ name: "a/b", tags: ["a", "b"] });
    const first = { "content-type": "application/json", link: to("a") };
    const fault = { kind: "status", status: 200, headers: first, body } as const;
    registry.rules.push({ match: { path: /n=1000/, header: ["authorization", /./] }, fault });
    expect(await client.listTags(tagged(registry, "a"))).toEqual(tags);
    expect(registry.requests("GET", /tags/).map(({ query }) => query.get("last"))).toEqual([
      null,
      null,
      "a",
      "c",
    ]);
  });

  it("are none where there is no repository", async () => {
    const { registry, client } = await bench();
    expect(await client.listTags(tagged(registry, "a"))).toEqual([]);
  });

  it("may be null, and may hold other things", async () => {
    const { registry, client } = await bench();
    registry.rules.push({ fault: { kind: "status", status: 200, body: '{"tags":null}' } });
    registry.rules.push({ fault: { kind: "status", status: 200, body: '{"tags":["a",1]}' } });
    registry.rules.push({ fault: { kind: "status", status: 200, body: "<html>" } });
    expect(await client.listTags(tagged(registry, "a"))).toEqual([]);
    expect(await client.listTags(tagged(registry, "a"))).toEqual(["a"]);
    await expect(client.listTags(tagged(registry, "a"))).rejects.toThrow("is not JSON");
  });

  it.each([
    { name: "go round in circles", link: '</v2/a/b/tags/list?n=1000>; rel="next"', requests: 1 },
    { name: "come back to an earlier page", link: '</v2/a/b/tags/list?n=1>; rel="next"', requests: 2 },
  ])("are given up when they $name", async ({ link, requests }) => {
    const { registry, client } = await bench();
    const fault = { kind: "status", status: 200, headers: { link }, body: '{"tags":[]}' } as const;
    registry.rules.push({ times: 9, fault });
    const error = await failureOf(client.listTags(tagged(registry, "a")));
    expect(error.message).toContain("goes round in circles");
    expect(registry.log).toHaveLength(requests);
  });

  it("are given up after 1000 pages", async () => {
    const { registry, client } = await bench();
    for (let page = 0; page <= 1000; page++) {
      const link = `</v2/a/b/tags/list?page=${page}>; rel="next"`;
      registry.rules.push({ fault: { kind: "status", status: 200, headers: { link }, body: '{"tags":[]}' } });
    }
    const error = await failureOf(client.listTags(tagged(registry, "a")));
    expect(error.message).toContain("over 1000 pages");
    expect(registry.log).toHaveLength(1000);
  });
});

describe("referrers", () => {
  const about = (subject: { readonly digest: string; readonly size: number }, note: string) =>
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: ociManifest,
        artifactType: "application/vnd.test",
        config: {
          mediaType: "application/vnd.oci.empty.v1+json",
          digest: digestOf(Buffer.from("{}")),
          size: 2,
        },
        layers: [],
        subject: { mediaType: ociManifest, digest: subject.digest, size: subject.size },
        annotations: { note },
      }),
    );

  it.each([
    { name: "by the API", referrers: true, writes: 2 },
    { name: "by the tag that stands for it", referrers: false, writes: 4 },
  ])("are pushed and listed $name", async ({ referrers, writes }) => {
    const { registry, client } = await bench({ referrers });
    const subject = image(registry, "arm64");
    const where = named(registry, subject.digest);
    expect(await client.listReferrers(where)).toEqual([]);
    const bodies = ["one", "two"].map((note) => about(subject, note));
    for (const body of bodies) await client.putReferrer(where, body, ociManifest);
    expect(registry.requests("PUT")).toHaveLength(writes);
    const expected = bodies.map((body, at) => ({
      mediaType: ociManifest,
      digest: digestOf(body),
      size: body.length,
      annotations: { note: ["one", "two"][at] },
      artifactType: "application/vnd.test",
    }));
    expect(await client.listReferrers(where)).toEqual(expected);
    for (const body of bodies) await client.putReferrer(where, body, ociManifest);
    expect(await client.listReferrers(where)).toEqual(expected);
    expect(registry.tagged("a/b", referrersTag(subject.digest)) === undefined).toBe(referrers);
  });

  it("are kept under a tag of the subject's digest", () => {
    const digest = parseDigest(`sha512:${"0".repeat(128)}`);
    expect(referrersTag(digest)).toBe(`sha512-${"0".repeat(128)}`);
  });

  it("must have a subject", async () => {
    const { registry, client } = await bench();
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [] }));
    const error = await failureOf(client.putReferrer(tagged(registry, "a"), body, ociIndex));
    expect(error.message).toContain("has no subject");
    expect(registry.log).toEqual([]);
  });
});
