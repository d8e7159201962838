import type { Descriptor } from "../../../src/oci/descriptor.ts";
import { parseDigest } from "../../../src/oci/digest.ts";
import * as mediaTypes from "../../../src/oci/media-type.ts";
import { parsePlatform } from "../../../src/oci/platform.ts";
import type { ChaosRegistry } from "../../registry/chaos/registry.ts";

export type ImageOptions = {
  /** The config says so word by word; nothing when empty. */
  readonly platform?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly revision?: string;
  readonly docker?: boolean;
  /** Anything to tell images of one platform apart. */
  readonly content?: string;
  readonly foreignLayer?: boolean;
  /** More fields of the config. */
  readonly config?: Readonly<Record<string, unknown>>;
};

export const sixPlatforms = [
  "linux/386",
  "linux/amd64",
  "linux/arm/v6",
  "linux/arm/v7",
  "linux/arm64",
  "linux/s390x",
];

/** An image of one platform with one layer, put straight into the registry; what build would say of it. */
export function putImage(registry: ChaosRegistry, options: ImageOptions = {}): Descriptor {
  const {
    content = "",
    docker = false,
    foreignLayer,
    platform = "linux/amd64",
    repository = "a/b",
  } = options;
  const named = platform === "" ? undefined : parsePlatform(platform);
  const labels =
    options.revision === undefined ? {} : { "org.opencontainers.image.revision": options.revision };
  const blob = (mediaType: string, text: string) => {
    const bytes = Buffer.from(text);
    return { mediaType, digest: registry.putBlob(repository, bytes), size: bytes.length };
  };
  const config = blob(
    docker ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
    JSON.stringify({ ...named, config: { Labels: labels }, ...options.config }),
  );
  const layerType = docker
    ? "application/vnd.docker.image.rootfs.diff.tar.gzip"
    : "application/vnd.oci.image.layer.v1.tar+gzip";
  const foreign = {
    mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    digest: `sha256:${"0".repeat(64)}`,
    size: 5,
    urls: ["http://127.0.0.1:1/layer"],
  };
  const mediaType = docker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config,
      layers: [
        blob(layerType, `layer of ${platform} ${content}`),
        ...(foreignLayer === true ? [foreign] : []),
      ],
    }),
  );
  const digest = parseDigest(registry.putManifest(repository, bytes, mediaType, options.tag));
  return { mediaType, digest, size: bytes.length, ...(named === undefined ? {} : { platform: named }) };
}

/** A statement about an image, as BuildKit puts it into an index. */
export function putAttestation(
  registry: ChaosRegistry,
  subject: Pick<Descriptor, "digest">,
  { repository = "a/b", content = `about ${subject.digest}` } = {},
): Descriptor {
  const config = Buffer.from(JSON.stringify({ architecture: "unknown", os: "unknown", content }));
  const statement = Buffer.from(JSON.stringify({ _type: "https://in-toto.io/Statement/v0.1", content }));
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: {
        mediaType: mediaTypes.ociConfig,
        digest: registry.putBlob(repository, config),
        size: config.length,
      },
      layers: [
        {
          mediaType: "application/vnd.in-toto+json",
          digest: registry.putBlob(repository, statement),
          size: statement.length,
        },
      ],
    }),
  );
  return {
    mediaType: mediaTypes.ociManifest,
    digest: parseDigest(registry.putManifest(repository, bytes, mediaTypes.ociManifest)),
    size: bytes.length,
    platform: { os: "unknown", architecture: "unknown" },
    annotations: {
      "vnd.docker.reference.type": "attestation-manifest",
      "vnd.docker.reference.digest": subject.digest,
    },
  };
}

/** An index over children, put straight into the registry; its descriptor has no platform. */
export function putIndex(
  registry: ChaosRegistry,
  manifests: readonly Descriptor[],
  {
    repository = "a/b",
    tag,
    mediaType = mediaTypes.ociIndex,
  }: { repository?: string; tag?: string; mediaType?: string } = {},
): Descriptor {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const digest = parseDigest(registry.putManifest(repository, bytes, mediaType, tag));
  return { mediaType, digest, size: bytes.length };
}
