import { InputError } from "../errors.ts";
import { splitList } from "../inputs/list.ts";
import { nearest } from "../inputs/nearest.ts";
import { parseTarget, type Reference } from "../oci/reference.ts";
import { parseTagRule, rawRule, ruleAttributes, type TagRule } from "./rule.ts";

/** One item of a list of tags. */
export type TagSpec =
  | { readonly kind: "rule"; readonly rule: TagRule }
  /** The rules that suit what the job is about. */
  | { readonly kind: "auto" }
  | { readonly kind: "tag"; readonly tag: string }
  /** Repository and tag, as docker/metadata-action gives them out. */
  | { readonly kind: "reference"; readonly reference: Reference };

/**
 * The items of a list of tags. They end at lines and commas as in docker/build-push-action, but a line that is a rule is one
 * item, and one that begins with `#` is none, as in docker/metadata-action.
 */
export function splitTagList(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    if (line.trimStart().startsWith("#")) return [];
    return splitList(line, { commas: !/(?:^|,)\s*"?type\s*=/i.test(line) });
  });
}

/** Reads one item. Throws InputError naming the text and the spelling that was meant. */
export function parseTagSpec(text: string): TagSpec {
  if (text === "auto") return { kind: "auto" };
  if (/(?:^|,)\s*"?type\s*=/i.test(text)) return { kind: "rule", rule: parseTagRule(text) };
  const wrong = (why: string, cause?: unknown): InputError =>
    new InputError(`not a tag: ${JSON.stringify(text)}: ${why}`, { cause });
  const plain = text.replaceAll(/\{\{.*?\}\}/gs, "");
  const [key = "", ...values] = plain.split("=");
  if (values.length > 0) {
    const meant = nearest(key.trim().toLowerCase(), ruleAttributes);
    if (meant === "type") throw wrong(`did you mean ${JSON.stringify(`type=${values.join("=")}`)}?`);
    throw wrong("a rule is one line that begins with its type, such as type=semver,pattern={{version}}");
  }
  if (text.includes("{{")) {
    if (/[/:]/.test(plain))
      throw wrong("a whole reference can't hold expressions: give the repository as image");
    return { kind: "rule", rule: parseRaw(text, wrong) };
  }
  if (/[/:]/.test(text)) return { kind: "reference", reference: parseTaggedReference(text) };
  if (!isTag(text)) {
    const meant = toTag(text);
    throw wrong(
      isTag(meant)
        ? `did you mean ${JSON.stringify(meant)}?`
        : "a tag has at most 128 of A-Z a-z 0-9 _ . and -",
    );
  }
  return { kind: "tag", tag: text };
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}

/** The text with what no tag has made into dashes, and none of those, nor dots, at its start. */
export function toTag(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, "-").replace(/^[.-]+/, "");
}

/** Docker moves `latest` when no tag is named. */
function parseTaggedReference(text: string): Reference {
  const reference = parseTarget(text);
  if (reference.digest !== undefined) {
    throw new InputError(
      `not a tag: ${JSON.stringify(text)}: a digest can't be moved; leave out the @ and what follows`,
    );
  }
  return { tag: "latest", ...reference };
}

function parseRaw(text: string, wrong: (why: string, cause: unknown) => InputError): TagRule {
  try {
    return rawRule(text);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error), error);
  }
}
