import type { InputTable } from "../../inputs/field.ts";
import { text } from "../../inputs/field.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { parseDescriptor } from "../../oci/descriptor.ts";
import { flavorList, platformList, registryTrustList, repositoryList, tagList } from "../fields.ts";

export const publishInputs = {
  image: repositoryList("Repositories that get the tags; they hold the images already."),
  tags: tagList(
    "Tags to move to the new image index: names such as 1.2.3, whole references, auto, or rules such as " +
      "type=semver,pattern={{version}}.",
  ),
  flavor: flavorList(),
  platforms: platformList(
    "Platforms that the index must have, no fewer and no more, in this order; without it, those that were built.",
  ),
  descriptors: text({
    description: "JSON array of the images' OCI descriptors: the output of build in another job.",
    placeholder: "JSON",
    defaultText: "what build pushed in this job",
    check: (value) => void parseDescriptors(value),
  }),
  registries: registryTrustList(),
} satisfies InputTable;

/** The descriptors in the output of build. */
export function parseDescriptors(value: string): readonly Descriptor[] {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new Error("this is not JSON");
  }
  if (!Array.isArray(json) || json.length === 0) throw new Error("this is not a JSON array of descriptors");
  return json.map((descriptor, index) => parseDescriptor(descriptor, `descriptor ${index + 1}`));
}
