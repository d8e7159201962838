/** A heading and a table, the first row as its head, in GitHub's Markdown; what cells hold is text and nothing else. */
export function renderMarkdownTable(title: string, rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [
    `### ${escapeCell(title)}`,
    "",
    line(head),
    line(head.map(() => "---")),
    ...body.map(line),
    "",
  ].join("\n");
}

function escapeCell(cell: string): string {
  if (cell === "---") return cell;
  return cell
    .replaceAll(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]|!#~]/g, String.raw`\$&`);
}
