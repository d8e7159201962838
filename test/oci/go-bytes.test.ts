// Check 18: our bytes are those of Go's json.MarshalIndent, which docker, buildx and others write an index with. Where Go is
// installed it says so itself; the digest, which it gave, holds everywhere.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";

import type { Descriptor } from "../../src/oci/descriptor.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { buildIndex } from "../../src/oci/image-index.ts";
import { dockerManifest, ociManifest } from "../../src/oci/media-type.ts";

const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/go/bin"];
const go = folders.map((folder) => join(folder, "go")).find((file) => existsSync(file));

const awkward = {
  "": "empty key",
  "a<b>&c": "<script>&amp;'\"\\/",
  "ünï.cödé": "\u2028 \u2029 \u007f \ud83d\ude80 中文",
  "\uffff": "sorted by bytes, not by UTF-16 units",
  "\ud83d\ude80": "after it",
  controls: "\u0001\t\n\r\u001f",
  Z: "upper case first",
};

const image = (seed: string, mediaType: string, more: Partial<Descriptor>): Descriptor => ({
  mediaType,
  digest: digestOf(new TextEncoder().encode(seed)),
  size: 1234,
  ...more,
});

const first = image("a", ociManifest, {
  platform: {
    os: "windows",
    architecture: "amd64",
    "os.version": "10.0.20348.1",
    "os.features": ["win32k", "a<b"],
  },
  annotations: awkward,
});
const indexes = [
  buildIndex({
    children: [
      first,
      image("b", dockerManifest, {
        platform: { os: "linux", architecture: "arm", variant: "v7" },
        artifactType: "a/b",
      }),
      image("c", ociManifest, {
        annotations: {
          "vnd.docker.reference.type": "attestation-manifest",
          "vnd.docker.reference.digest": first.digest,
        },
      }),
    ],
    annotations: awkward,
  }),
  buildIndex({
    children: [image("d", dockerManifest, { platform: { os: "linux", architecture: "s390x" } })],
  }),
];

it("has the bytes that Go gives", () => {
  expect(indexes.map(({ digest }) => digest)).toEqual([
    "sha256:d3af09f8a2dda0362d2fe71b357b9905307c2b55bd97b85c79b235db095b5c29",
    "sha256:bfa2bcfdc2470b297740da7700c9a0c82a87697c715f07e042eea56cf6668405",
  ]);
});

it.skipIf(go === undefined)(
  "has the bytes that Go gives, as it says itself",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "multiarch-go-"));
    try {
      const cwd = join(import.meta.dirname, "go-bytes");
      const env = { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off", CGO_ENABLED: "0" };
      execFileSync(go ?? "", ["build", "-o", join(folder, "write"), "."], { cwd, env });
      for (const { bytes } of indexes) {
        expect(execFileSync(join(folder, "write"), { input: bytes }).toString()).toBe(
          new TextDecoder().decode(bytes),
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  120_000,
);
