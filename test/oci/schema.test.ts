// Checks our indexes by the JSON schemas of the OCI image specification, which are not in this repository:
// MULTIARCH_VECTORS names their folder.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import AjvDraft04 from "ajv-draft-04";
import { describe, expect, it } from "vitest";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { buildIndex } from "../../src/oci/image-index.ts";
import { ociManifest } from "../../src/oci/media-type.ts";
import { parsePlatform } from "../../src/oci/platform.ts";

const folder = process.env["MULTIARCH_VECTORS"];

const image = (platform: string): Descriptor => ({
  mediaType: ociManifest,
  digest: digestOf(new TextEncoder().encode(platform)),
  size: 1234,
  platform: parsePlatform(platform),
});

const attestationOf = (subject: Descriptor): Descriptor => ({
  mediaType: ociManifest,
  digest: digestOf(new TextEncoder().encode(subject.digest)),
  size: 566,
  annotations: {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": subject.digest,
  },
});

describe.skipIf(folder === undefined)("the schema of an image index", () => {
  const base = "https://schemas.test";
  const ajv = new AjvDraft04({ strict: false, validateFormats: false });
  // Their references are relative to where they lie, and not to the ids that every part of them has.
  const read = (name: string): object => {
    const text = readFileSync(join(folder ?? "", `schema-${name}.json`), "utf8");
    const schema = JSON.parse(text, (key, value: unknown) => (key === "id" ? undefined : value)) as object;
    return { ...schema, id: `${base}/${name}.json` };
  };
  if (folder !== undefined) {
    for (const name of ["content-descriptor", "defs-descriptor", "defs"]) ajv.addSchema(read(name));
  }
  const validate = folder === undefined ? undefined : ajv.compile(read("image-index-schema"));
  const problemsOf = (document: unknown): unknown => (validate?.(document) === true ? [] : validate?.errors);

  const [arm, amd] = [image("linux/arm/v7"), image("linux/amd64")];

  it.each([
    { name: "one image", children: [arm] },
    { name: "images with attestations", children: [arm, amd, attestationOf(arm), attestationOf(amd)] },
    { name: "Windows", children: [image("windows(10.0.20348.1)/amd64")] },
  ])("takes ours over $name", ({ children }) => {
    const { bytes } = buildIndex({ children, annotations: { "org.opencontainers.image.title": "x" } });
    expect(problemsOf(JSON.parse(new TextDecoder().decode(bytes)))).toEqual([]);
  });

  it("refuses what is none", () => {
    expect(problemsOf({ schemaVersion: 1, manifests: [] })).not.toEqual([]);
    expect(problemsOf({ schemaVersion: 2, manifests: [{ ...arm, size: "1" }] })).not.toEqual([]);
  });
});
