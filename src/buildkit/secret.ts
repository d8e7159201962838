/** A secret of a build, and where its value is. */
export interface Secret {
  readonly id: string;
  /** It may be missing or empty. */
  readonly optional: boolean;
  readonly source:
    | { readonly kind: "value"; readonly value: string }
    | { readonly kind: "env"; readonly name: string }
    | { readonly kind: "file"; readonly path: string };
}

/**
 * `ID=value`, or `ID?=value` for one that may be empty. Throws an Error that shows nothing of the value, nor of a text that
 * has no id: it may be one line of a secret.
 */
export function parseSecretValue(text: string): Secret {
  const { id, optional, rest } = splitSecret(text, "ID=VALUE");
  if (rest === undefined) {
    throw new Error(
      'a line is not ID=VALUE (it is not shown): a value of several lines is quoted with its id, "ID=LINE…"',
    );
  }
  if (rest === "" && !optional) throw new Error(`${id} is empty: write ${id}?= if it may be`);
  return { id, optional, source: { kind: "value", value: rest } };
}

/** `ID=VARIABLE`, or a `VARIABLE` alone that is its own id; `ID?=VARIABLE` for one that may be missing. */
export function parseSecretEnv(text: string): Secret {
  const { id, optional, rest = id } = splitSecret(text, "ID=VARIABLE");
  if (!/^[A-Za-z_]\w*$/.test(rest)) {
    // Who mistakes this input for the one of values has written the secret here.
    throw new Error(`${id}: what stands behind it (not shown) is not the name of a variable`);
  }
  return { id, optional, source: { kind: "env", name: rest } };
}

/** `ID=PATH`, or `ID?=PATH` for a file that may be missing. */
export function parseSecretFile(text: string): Secret {
  const { id, optional, rest = "" } = splitSecret(text, "ID=PATH");
  if (rest === "") throw new Error(`${id} names no file: write ${id}=PATH`);
  return { id, optional, source: { kind: "file", path: rest } };
}

function splitSecret(
  text: string,
  form: string,
): { readonly id: string; readonly optional: boolean; readonly rest: string | undefined } {
  const [, id, mark, rest] = /^([A-Za-z0-9][\w.:/-]*)(\?)?(?:=(.*))?$/s.exec(text) ?? [];
  if (id === undefined) {
    throw new Error(
      `an entry does not begin with ID= (it is not shown): write ${form}, the id of letters, digits, _ . : / -`,
    );
  }
  return { id, optional: mark !== undefined, rest };
}
