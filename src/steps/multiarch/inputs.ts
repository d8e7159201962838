import type { InputTable } from "../../inputs/field.ts";
import { boolean } from "../../inputs/field.ts";
import { buildInputs } from "../build/inputs.ts";
import { indexInputs } from "../publish-manifest/inputs.ts";
import { setupInputs } from "../setup/inputs.ts";

const { builder: _, image, platforms, tags, ...building } = buildInputs;
const { platforms: __, ...preparing } = setupInputs;

/** All that the three steps take, but what one of them hands to the next. */
export const multiarchInputs = {
  image,
  tags,
  platforms,
  ...building,
  ...indexInputs,
  ...preparing,
  keep: boolean({
    description: "Leave the BuildKit daemon running at the end, for steps that follow or for its cache.",
  }),
} satisfies InputTable;
