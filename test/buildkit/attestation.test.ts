import { describe, expect, it } from "vitest";
import type { AttestationType } from "../../src/buildkit/attestation.ts";
import { parseAttest, parseAttestationSwitch, planAttestations } from "../../src/buildkit/attestation.ts";

const run = "https://github.com/o/r/actions/runs/1/attempts/1";

describe("an attestation", () => {
  it.each<{ text: string; type: AttestationType; disabled?: boolean; parameters: Record<string, string> }>([
    { text: "type=sbom", type: "sbom", parameters: {} },
    { text: "type=sbom,generator=image", type: "sbom", parameters: { generator: "image" } },
    {
      text: "type=sbom,generator=r.io/scanner:1,SELECT_CATALOGERS=x",
      type: "sbom",
      parameters: { generator: "r.io/scanner:1", SELECT_CATALOGERS: "x" },
    },
    { text: "type=sbom,disabled=true", type: "sbom", disabled: true, parameters: {} },
    { text: "type=sbom,false", type: "sbom", disabled: true, parameters: {} },
    { text: "type=sbom,disabled=false", type: "sbom", parameters: {} },
    {
      text: 'Type=provenance,Mode=min,inline-only=true,version=v0.2,reproducible=false,"builder-id=a,b"',
      type: "provenance",
      parameters: {
        mode: "min",
        "inline-only": "true",
        version: "v0.2",
        reproducible: "false",
        "builder-id": "a,b",
      },
    },
  ])("$text", ({ disabled = false, parameters, text, type }) => {
    const attestation = parseAttest(text);
    expect({ ...attestation, parameters: Object.fromEntries(attestation.parameters) }).toEqual({
      type,
      disabled,
      parameters,
    });
  });

  it.each([
    { text: "mode=max", message: '"mode=max" names no type' },
    { text: "type=provenence", message: 'unknown type "provenence": did you mean provenance?' },
    { text: "type=provenance,mode=mid", message: "mode=mid: did you mean min?" },
    { text: "type=provenance,mod=max", message: 'there is no "mod": did you mean mode?' },
    { text: "type=provenance,version=2", message: "version=2: there are v1, v0.2" },
    { text: "type=provenance,inline-only=yes", message: "inline-only=yes: it is true or false" },
    { text: "type=provenance,generator=x", message: 'there is no "generator"' },
    { text: "type=provenance,max", message: '"max" is neither true, false nor KEY=VALUE' },
    { text: "type=provenance,mode=max,mode=min", message: "mode is given twice" },
    { text: "type=sbom,generater=x", message: 'there is no "generater": did you mean generator?' },
    { text: "type=sbom,generator=R.io/X Y", message: 'not an image reference: "R.io/X Y"' },
    { text: "type=sbom,disabled=maybe", message: "disabled=maybe: it is true or false" },
    { text: 'type=sbom,"a', message: "a quote is not closed" },
  ])("is refused: $text", ({ message, text }) => {
    expect(() => parseAttest(text)).toThrow(message);
  });

  it.each<{ text: string; type: AttestationType; message: string }>([
    { text: "yes", type: "provenance", message: '"yes" is neither true, false nor KEY=VALUE' },
    { text: "type=sbom", type: "provenance", message: "type=sbom: it is about provenance here" },
    { text: "mode=max", type: "sbom", message: 'there is no "mode"' },
  ])("of its own input is refused: $text", ({ message, text, type }) => {
    expect(() => parseAttestationSwitch(text, type)).toThrow(message);
  });
});

describe("the attestations of a build", () => {
  const given = {
    attests: [] as readonly string[],
    provenance: "",
    sbom: "",
    hasDefault: true,
    isPrivate: false,
    onGithub: true,
    builderId: run as string | undefined,
  };

  it.each<{ name: string; options: Partial<typeof given>; values: Record<string, string> }>([
    { name: "public on GitHub", options: {}, values: { provenance: `mode=max,builder-id=${run}` } },
    {
      name: "private on GitHub",
      options: { isPrivate: true },
      values: { provenance: `mode=min,inline-only=true,builder-id=${run}` },
    },
    {
      name: "elsewhere",
      options: { onGithub: false, builderId: undefined },
      values: { provenance: "mode=min,inline-only=true" },
    },
    { name: "no default", options: { hasDefault: false }, values: {} },
    {
      name: "provenance: true",
      options: { provenance: "true" },
      values: { provenance: `builder-id=${run}` },
    },
    {
      name: "provenance: true, asked for in spite of no default",
      options: { provenance: "true", hasDefault: false, builderId: undefined },
      values: { provenance: "" },
    },
    { name: "provenance: false", options: { provenance: "false" }, values: {} },
    { name: "provenance: 0", options: { provenance: "0" }, values: {} },
    {
      name: "provenance: mode=min",
      options: { provenance: "mode=min" },
      values: { provenance: `mode=min,builder-id=${run}` },
    },
    {
      name: "provenance with a builder of its own",
      options: { provenance: "builder-id=foo" },
      values: { provenance: "builder-id=foo" },
    },
    {
      name: "attests have provenance",
      options: { attests: ["type=provenance,mode=min"] },
      values: { provenance: `mode=min,builder-id=${run}` },
    },
    {
      name: "attests switch provenance off",
      options: { attests: ["type=provenance,disabled=true"] },
      values: {},
    },
    {
      name: "the input wins over attests",
      options: {
        attests: ["type=provenance,disabled=true", "type=sbom"],
        provenance: "mode=max",
        sbom: "false",
      },
      values: { provenance: `mode=max,builder-id=${run}` },
    },
    {
      name: "the first of attests counts",
      options: { attests: ["type=sbom,generator=a", "type=sbom,generator=b"], provenance: "false" },
      values: { sbom: "generator=a" },
    },
    {
      name: "sbom: true",
      options: { sbom: "true", provenance: "false" },
      values: { sbom: "" },
    },
    {
      name: "sbom with parameters",
      options: { sbom: 'generator=r.io/s:1,"NOTE=a,b"', provenance: "false" },
      values: { sbom: 'generator=r.io/s:1,"NOTE=a,b"' },
    },
  ])("$name", ({ options, values }) => {
    expect(Object.fromEntries(planAttestations({ ...given, ...options }))).toEqual(values);
  });
});
