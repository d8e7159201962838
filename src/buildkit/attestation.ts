import { suggest } from "../inputs/suggestion.ts";
import { parseReference } from "../oci/reference.ts";
import type { AttributeTable } from "./attribute.ts";
import { checkAttribute, isBoolean, isTrue } from "./attribute.ts";
import { checkKey, formatFields, splitFields } from "./fields.ts";

export type AttestationType = "provenance" | "sbom";

/** An attestation that was asked for, or refused. */
export interface Attestation {
  readonly type: AttestationType;
  readonly disabled: boolean;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What BuildKit reads: https://github.com/moby/buildkit/blob/v0.32.2/solver/llbsolver/provenance.go */
const provenanceParameters: AttributeTable = {
  mode: ["min", "max", "full"],
  version: ["v1", "v0.2"],
  "builder-id": "text",
  filename: "text",
  "inline-only": "boolean",
  reproducible: "boolean",
  "capture-usage": "boolean",
  "complete-materials": "boolean",
};

const types: readonly AttestationType[] = ["provenance", "sbom"];

/** `type=sbom,generator=IMAGE`, `type=provenance,mode=max`. Throws an Error naming what is wrong. */
export function parseAttest(text: string): Attestation {
  const written = splitFields(text).find(({ key }) => key.toLowerCase() === "type")?.value;
  if (written === undefined) {
    throw new Error(`${JSON.stringify(text)} names no type: write type=provenance or type=sbom before it`);
  }
  const type = types.find((candidate) => candidate === written);
  if (type === undefined)
    throw new Error(`unknown type ${JSON.stringify(written)}: ${suggest(written, types)}`);
  return parseAttestationSwitch(text, type);
}

/** `true`, `false` or the parameters of one attestation: `mode=max`. Throws an Error naming what is wrong. */
export function parseAttestationSwitch(text: string, type: AttestationType): Attestation {
  const parameters = new Map<string, string>();
  let disabled = false;
  const seen = new Set<string>();
  for (const { key, value } of splitFields(text)) {
    const name = key.toLowerCase();
    if (value === undefined) {
      if (!isBoolean(key)) throw new Error(`${JSON.stringify(key)} is neither true, false nor KEY=VALUE`);
      disabled = !isTrue(key);
      continue;
    }
    if (seen.has(key)) throw new Error(`${key} is given twice`);
    seen.add(key);
    if (name === "type") {
      if (value !== type) throw new Error(`type=${value}: it is about ${type} here`);
    } else if (name === "disabled") {
      checkAttribute(name, value, "boolean");
      disabled = isTrue(value);
    } else {
      const parameter = type === "provenance" ? name : key;
      checkParameter(type, parameter, value);
      parameters.set(parameter, value);
    }
  }
  return { type, disabled, parameters };
}

function checkParameter(type: AttestationType, key: string, value: string): void {
  if (type === "provenance") {
    checkKey(key, [...Object.keys(provenanceParameters), "disabled"]);
    checkAttribute(key, value, provenanceParameters[key]);
  } else if (key === "generator") {
    parseReference(value);
  } else if (!/^[A-Z][A-Z0-9_]*$/.test(key)) {
    // The scanner finds any other parameter in its environment, behind BUILDKIT_SCAN_.
    checkKey(key, ["generator", "disabled"]);
  }
}

/**
 * The values of `--opt=attest:<type>=`, by docker/build-push-action's rules: the inputs of the two types win over `attests`,
 * in which the first of a type counts; `""` is not given. Provenance is on by itself when `hasDefault`, whole for what is
 * public on GitHub, and names `builderId` unless it names another.
 */
export function planAttestations(options: {
  readonly attests: readonly string[];
  readonly provenance: string;
  readonly sbom: string;
  readonly hasDefault: boolean;
  readonly isPrivate: boolean;
  readonly onGithub: boolean;
  readonly builderId: string | undefined;
}): ReadonlyMap<AttestationType, string> {
  const { attests, builderId, hasDefault, isPrivate, onGithub, provenance, sbom } = options;
  const listed = attests.map(parseAttest);
  const asked = (type: AttestationType, text: string): Attestation | undefined =>
    text === "" ? listed.find((attest) => attest.type === type) : parseAttestationSwitch(text, type);
  const usual = onGithub && !isPrivate ? "mode=max" : "mode=min,inline-only=true";
  const values = new Map<AttestationType, string>();
  const provenanceAsked =
    asked("provenance", provenance) ?? (hasDefault ? parseAttestationSwitch(usual, "provenance") : undefined);
  if (provenanceAsked?.disabled === false) {
    const { parameters } = provenanceAsked;
    const isNamed = builderId === undefined || parameters.has("builder-id");
    values.set("provenance", formatFields(isNamed ? parameters : [...parameters, ["builder-id", builderId]]));
  }
  const sbomAsked = asked("sbom", sbom);
  if (sbomAsked?.disabled === false) values.set("sbom", formatFields(sbomAsked.parameters));
  return values;
}
