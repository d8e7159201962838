import type { InputTable } from "../../inputs/field.ts";
import { list, text } from "../../inputs/field.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { parseDescriptor } from "../../oci/descriptor.ts";
import { platformList, registryTrustList, repositoryList } from "../fields.ts";

export const publishInputs = {
  image: repositoryList("Repositories that get the tags; they hold the images already."),
  tags: list({
    description: "Tags to move to the new image index, such as 1.2.3 or latest.",
    commas: true,
    required: true,
    placeholder: "TAG",
    item: (tag) => {
      if (!/^\w[\w.-]{0,127}$/.test(tag)) {
        throw new Error(
          `${JSON.stringify(tag)} is not a tag: letters, digits, _, . and -, 128 at most; repositories go into image`,
        );
      }
      return tag;
    },
  }),
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
