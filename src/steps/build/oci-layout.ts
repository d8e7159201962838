import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WorkError } from "../../errors.ts";

interface LayoutIndex {
  readonly manifests?: readonly {
    readonly digest?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

/** The digest of an image in an OCI layout (image-spec image-layout.md): the one with this tag, else the only one. */
export function layoutDigest(folder: string, tag: string | undefined): string {
  const text = readFileSync(join(folder, "index.json"), "utf8");
  return chooseDigest(JSON.parse(text) as LayoutIndex, folder, tag);
}

function chooseDigest({ manifests = [] }: LayoutIndex, folder: string, tag: string | undefined): string {
  const named = manifests.filter(({ annotations }) => {
    const name = annotations?.["org.opencontainers.image.ref.name"] ?? "";
    return tag !== undefined && (name === tag || name.endsWith(`:${tag}`));
  });
  const [found, ...others] = tag === undefined ? manifests : named;
  if (found?.digest !== undefined && others.length === 0) return found.digest;
  const wanted = tag === undefined ? "one image" : `one image ${tag}`;
  throw new WorkError(`build-contexts: the OCI layout ${folder} does not hold just ${wanted}`, {
    fix: "name it behind the folder, as in oci-layout://FOLDER:TAG or oci-layout://FOLDER@DIGEST",
  });
}
