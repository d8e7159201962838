import { isTrue } from "../../buildkit/attribute.ts";
import type { Output } from "../../buildkit/output.ts";
import type { Inputs } from "../../inputs/field.ts";
import { parseTarget, withTarget } from "../../oci/reference.ts";
import type { TargetInputs } from "../targets.ts";
import type { buildInputs } from "./inputs.ts";

type PushInputs = Pick<Inputs<typeof buildInputs>, "image" | "load" | "outputs" | "push">;

/** Whether images go to registries. Naming `image` alone says so; docker's action wants to be told. */
export function pushes({ image, load, outputs, push }: PushInputs): boolean {
  if (outputs.some(isPushed)) return true;
  return push ?? (image.length > 0 && !load && outputs.length === 0);
}

/** Whether images go into Docker. */
export function loads({ load, outputs }: Pick<PushInputs, "load" | "outputs">): boolean {
  return load || outputs.some(isLoaded);
}

/** Docker's exporter without a file to write to. */
export function isLoaded({ attributes, type }: Output): boolean {
  return type === "docker" && !attributes.has("dest");
}

/** The targets with those that the outputs name, as in `type=image,name=REPOSITORY:TAG,push=true`. */
export function withOutputTargets<T extends TargetInputs & PushInputs>(inputs: T): T {
  const named = inputs.outputs.filter(isPushed).flatMap(names).map(parseTarget);
  if (named.length === 0) return inputs;
  return {
    ...inputs,
    image: [...inputs.image, ...named.filter(({ tag }) => tag === undefined).map((name) => withTarget(name))],
    tags: [
      ...inputs.tags,
      ...named
        .filter(({ tag }) => tag !== undefined)
        .map((reference) => ({ kind: "reference", reference }) as const),
    ],
  };
}

/** An image that goes to registries. */
export function isPushed({ attributes, type }: Output): boolean {
  return type === "image" && isTrue(attributes.get("push") ?? "");
}

function names({ attributes }: Output): readonly string[] {
  return (attributes.get("name") ?? "").split(",").filter(Boolean);
}
