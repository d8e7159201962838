/** What the input `progress` can be, but `auto`. */
export type ShownProgress = "tty" | "plain" | "rawjson" | "quiet";

/** `auto` is live on a terminal that a person looks at, and whole logs elsewhere; nothing can be live without a terminal. */
export function chooseProgress(
  mode: ShownProgress | "auto",
  where: { readonly isTerminal: boolean; readonly ci: boolean },
): ShownProgress {
  if (mode === "auto") return where.isTerminal && !where.ci ? "tty" : "plain";
  return mode === "tty" && !where.isTerminal ? "plain" : mode;
}
