/**
 * Makes text that others wrote (build output, registry messages) harmless in a CI log: the marks that runners
 * take as commands anywhere in a line (`##[`, `##vso[`, `##teamcity[`, GitLab's `section_`) or at its start
 * (`::`) are broken up, and control characters that move the cursor are dropped.
 */
export function neutralise(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g, "")
      // oxlint-disable-next-line no-control-regex -- terminal sequences other than colours
      .replaceAll(/\u001b(?!\[[0-9;]*m)/g, "")
      .replaceAll(/##(?=\[|vso\[|teamcity\[)/g, "# #")
      .replaceAll(/section_(?=start:|end:)/g, "section-")
      .replaceAll(/^(\s*):(?=:)/gm, "$1: ")
  );
}
