import { isBoolean, isTrue } from "./attribute.ts";

/** An agent, or keys, that a build's `RUN --mount=type=ssh` may use. */
export interface Ssh {
  readonly id: string;
  /** One socket, or files of keys; none means the agent of `SSH_AUTH_SOCK`. */
  readonly paths: readonly string[];
  /** The socket is passed on as it is, whatever speaks there. */
  readonly raw: boolean;
}

/** `default`, `ID`, `ID=SOCKET[,raw]` or `ID=KEY[,KEY…]`. Throws an Error naming what is wrong. */
export function parseSsh(text: string): Ssh {
  const [, id, list] = /^([A-Za-z0-9][\w.:@/-]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (id === undefined) {
    throw new Error(`${JSON.stringify(text)} is not ID, ID=SOCKET or ID=KEY,…: mostly, it is default`);
  }
  let raw = false;
  const paths: string[] = [];
  for (const [index, part] of (list ?? "").split(",").entries()) {
    const [, word] = /^raw=(.*)$/s.exec(part) ?? [];
    if (word !== undefined) {
      if (!isBoolean(word)) throw new Error(`${id}: raw=${word}: it is true or false`);
      raw = isTrue(word);
    } else if (part === "raw" && index > 0) {
      raw = true;
    } else if (part !== "") {
      paths.push(part);
    }
  }
  if (raw && paths.length !== 1) throw new Error(`${id}: raw needs exactly one socket`);
  return { id, paths, raw };
}

/** The value of `--ssh=` from which buildctl, and `parseSsh`, read the same. */
export function formatSsh({ id, paths, raw }: Ssh): string {
  const list = [...paths, ...(raw ? ["raw=true"] : [])];
  return list.length === 0 ? id : `${id}=${list.join(",")}`;
}
