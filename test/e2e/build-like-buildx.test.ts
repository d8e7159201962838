import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeContext } from "./context.ts";
import { lab, program, startJob } from "./job.ts";
import { readFiles, readImage, readManifest } from "./registry-image.ts";
import type { Index } from "./registry-image.ts";

// docker buildx build with the same arguments on the same daemon.

const registry = lab.LAB_REGISTRY;
const job = startJob();
const platforms = "linux/amd64,linux/386,linux/arm64";
const dockerConfig = join(job.folder, "docker");
// Nobody's image has the time of another's otherwise.
const env = { DOCKER_CONFIG: dockerConfig, SOURCE_DATE_EPOCH: "1000000000" };
let theirs: Index;
let ours: Index;

beforeAll(async () => {
  const context = writeContext(job, "context", {
    Dockerfile: [
      "FROM --platform=$BUILDPLATFORM busybox AS made",
      "ARG TARGETARCH",
      "ARG NAME",
      'RUN echo "made by $NAME for $TARGETARCH, through $HTTP_PROXY" > /made',
      "FROM busybox AS image",
      "COPY --from=made /made /made",
      "COPY --from=more file /more",
      "COPY . /context",
      'ENV A="b c" D=$TARGETARCH',
      "LABEL own=yes given=no",
      "USER nobody",
      "WORKDIR /work",
      "EXPOSE 80/tcp",
      "HEALTHCHECK --interval=5m CMD true",
      'ENTRYPOINT ["cat"]',
      'CMD ["/made"]',
      "FROM busybox",
    ],
    kept: "kept",
    dropped: "dropped",
    ".dockerignore": ["dropped"],
  });
  const more = writeContext(job, "more", { file: "more" });
  mkdirSync(join(dockerConfig, "cli-plugins"), { recursive: true });
  symlinkSync(join(lab.LAB_BUILDX ?? "", "docker-buildx"), join(dockerConfig, "cli-plugins/docker-buildx"));
  writeFileSync(
    join(dockerConfig, "config.json"),
    JSON.stringify({ proxies: { default: { httpProxy: "http://proxy.example:3128" } } }),
  );
  const { "buildkit-host": address = "" } = await job.outputs("setup", ["--platforms", "linux/amd64"]);
  const docker = (...args: readonly string[]): Promise<string> => program("docker", args, { env });
  await docker("buildx", "create", "--name", "lab", "--driver", "remote", address);
  const common = [
    ...["--target", "image", "--build-arg", "NAME=a,b c", "--label", "given=yes", "--label", "empty="],
    ...["--annotation", "org.example.note=on the image", "--build-context", `more=${more}`],
  ];
  const name = `${registry}/e2e/like-buildx-theirs:latest`;
  await docker(
    ...["buildx", "build", "--builder", "lab", "--platform", platforms, "--push", "--provenance=false"],
    ...["--tag", name, ...common, context],
  );
  const image = [
    "--image",
    `${registry}/e2e/like-buildx-ours`,
    "--platforms",
    platforms.replaceAll(",", "\n"),
  ];
  await job.outputs(
    "build",
    [
      ...[...image, "--context", context, "--target", "image", "--build-args", "NAME=a,b c"],
      ...["--labels", "given=yes\nempty=", "--annotations", "org.example.note=on the image"],
      ...["--build-contexts", `more=${more}`, "--provenance", "false"],
    ],
    { env },
  );
  await job.outputs("publish-manifest", [...image, "--tags", "latest"]);
  theirs = (await readManifest("e2e/like-buildx-theirs", "latest")).json;
  ours = (await readManifest("e2e/like-buildx-ours", "latest")).json;
});

afterAll(() => job[Symbol.asyncDispose]());

describe.each([0, 1, 2])("image %i", (at) => {
  const read = async () => {
    const digests = [theirs, ours].map(({ manifests }) => manifests[at]?.digest ?? "");
    return Promise.all([
      readImage("e2e/like-buildx-theirs", digests[0] ?? ""),
      readImage("e2e/like-buildx-ours", digests[1] ?? ""),
    ]);
  };

  it("has the same config", async () => {
    const [their, our] = await read();
    expect(our.config.config.Labels).toMatchObject({ given: "yes", empty: "", own: "yes" });
    expect(our.config).toEqual(their.config);
  });

  it("has the same layers", async () => {
    const [their, our] = await read();
    expect(our.manifest.layers).toHaveLength(5);
    expect(our.manifest.layers).toEqual(their.manifest.layers);
    expect(await readFiles("e2e/like-buildx-ours", our.manifest)).toMatchObject({
      "context/kept": "kept",
      made: expect.stringContaining("made by a,b c for") as string,
      more: "more",
    });
  });

  it("is the same, byte for byte", async () => {
    const [their, our] = await read();
    expect(our.digest).toBe(their.digest);
  });
});

it("the index is the same, byte for byte", async () => {
  const [their, our] = await Promise.all(
    ["theirs", "ours"].map((whose) => readManifest(`e2e/like-buildx-${whose}`, "latest")),
  );
  expect(our?.digest).toBe(their?.digest);
});
